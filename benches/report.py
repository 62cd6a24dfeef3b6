"""Writes down what was measured: a table for the terminal and `docs/benchmarks.md`."""

import datetime
import pathlib
import platform

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
BEGIN, END = "<!-- measured: begin (written by cargo xtask bench) -->", "<!-- measured: end -->"


def table(head, rows):
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def loads(workloads):
    head = ["answered from memory", "server", "CPU per request (us)", "lowest to highest", "requests per second"]
    return table(head, [
        [load.name, load.server, f"{load.cpu_us:.1f}", "{:.1f} to {:.1f}".format(*load.spread_us),
         f"{load.per_second:,.0f}"]
        for load in workloads
    ])


def machine(nginx_version):
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    cores = sum(line.startswith("processor") for line in open("/proc/cpuinfo"))
    today = datetime.date.today().isoformat()
    return f"{today}; {model}, {cores} cores; Linux {platform.release().split('-')[0]}; nginx {nginx_version}."


def write(text):
    """Puts the text between the marks of the page."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
