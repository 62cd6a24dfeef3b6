"""Writes down what was measured: tables for the terminal and `docs/benchmarks.md`."""

import datetime
import pathlib
import platform

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
BEGIN, END = "<!-- measured: begin (written by cargo xtask bench) -->", "<!-- measured: end -->"


def table(head, rows):
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


class Results:
    """Medians by workload and server."""

    def __init__(self, measurements):
        self.by_key = {(found.workload.key, found.server.name): found for found in measurements}
        self.workloads = list({found.workload.key: found.workload for found in measurements}.values())
        self.names = list(dict.fromkeys(found.server.name for found in measurements))
        self.measurements = measurements

    def cpu(self, workload, name):
        found = self.by_key.get((workload.key, name))
        return found.cpu_us if found else None

    def costs(self, idle):
        """CPU for each request; the last row is memory."""
        rows = [
            [title(workload), *(number(self.cpu(workload, name)) for name in self.names)]
            for workload in self.workloads
        ]
        if idle:
            rows.append(["KiB per idle HTTP/1.1 connection", *(number(idle.get(name)) for name in self.names)])
        return table(["microseconds of server CPU per request", *self.names], rows)

    def ratios(self):
        """How many times as much a peer takes, and what is required."""
        peers = [name for name in self.names if name != "Warmfront"]
        rows = []
        for workload in self.workloads:
            ours = self.cpu(workload, "Warmfront")
            if ours:
                rows.append([title(workload), *(self.ratio(workload, ours, name) for name in peers)])
        return table(["CPU of the peer / CPU of Warmfront", *peers], rows) if rows and peers else ""

    def ratio(self, workload, ours, name):
        theirs, required = self.cpu(workload, name), workload.required.get(name)
        return "-" if theirs is None else verdict(theirs / ours, required)

    def details(self):
        rows = [
            [title(found.workload), found.server.name, f"{found.cpu_us:.1f}",
             "{:.1f} to {:.1f}".format(*found.spread_us), f"{found.per_second:,.0f}"]
            for found in sorted(self.measurements, key=lambda found: self.workloads.index(found.workload))
        ]
        return table(["workload", "server", "CPU per request (us)", "lowest to highest", "requests per second"], rows)

    def missing(self):
        """Why there are holes in the tables."""
        reasons = {}
        for found in self.measurements:
            for key, reason in found.server.cannot.items():
                reasons.setdefault((found.server.name, reason), set()).add(key)
        lines = [f"{name} {reason} ({', '.join(sorted(keys))})" for (name, reason), keys in reasons.items()]
        return f"Not measured: {'; '.join(lines)}." if lines else ""


def title(workload):
    return f"{workload.key}: {workload.title}"


def number(value):
    return "-" if value is None else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def verdict(ratio, required):
    """A ratio, and whether it is enough; the bound is said as it is written in the goals."""
    if required is None:
        return f"{ratio:.2f}"
    return f"{ratio:.2f}, {'met' if ratio >= required else '**not met**'} ({required:.2f})"


def at_most(value, limit, unit=""):
    return f"{value:.2f}{unit}, {'met' if value <= limit else '**not met**'} (at most {limit:g})"


def machine(versions, rounds, seconds):
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    cores = sum(line.startswith("processor") for line in open("/proc/cpuinfo"))
    today = datetime.date.today().isoformat()
    kernel = platform.release().split("-")[0]
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"{today}; {model}, {cores} cores; Linux {kernel}; {told}; {rounds} rounds of {seconds} seconds."


def write(text):
    """Puts the text between the marks of the page."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
