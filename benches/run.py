"""Measures, prints and writes docs/benchmarks.md. Started by `cargo xtask bench`.

Without flags everything is measured in about 13 minutes and written down; with --only or --servers nothing is
written. `cargo xtask bench soak` starts soak.py instead.
"""

import argparse
import contextlib
import os
import pathlib
import sys
import tempfile
import time

import counts
import idle
import load
import report
import scale
import servers
import workloads

PARTS = ["idle", "counts", "scale"]
NAMES = {kind.__name__.lower(): kind for kind in [servers.Warmfront, *servers.PEER_CLASSES, servers.EpollLoop]}
# Memory of an idle connection, and system calls of a hit, that the product must stay within.
MOST_KIB, MOST_CALLS = 4, 2


class Bench:
    """One run: where everything is, and what was chosen."""

    def __init__(self, binary, folder, origin, chosen):
        self.binary, self.folder, self.origin, self.chosen = binary, folder, origin, chosen
        self.certificate = servers.certificate(folder)

    def server(self, name, folder):
        """A server that is not started yet."""
        kind = NAMES[name]
        folder.mkdir(exist_ok=True)
        if kind is servers.Warmfront:
            return kind(self.binary, folder, self.origin.http)
        return kind(folder, self.origin.http, self.certificate)

    def does(self, part):
        return not self.chosen.only or part in self.chosen.only

    def idle(self):
        """KiB for each idle connection, by the name of the server."""
        found = {}
        for name in self.chosen.servers:
            if name != "epollloop":
                with self.server(name, self.folder / "idle") as server:
                    tell(f"idle connections of {server.name}")
                    found[server.name] = idle.kib_per_connection(server)
        return found

    def loads(self):
        """All workloads with all servers, in turns."""
        chosen = [workload for workload in workloads.WORKLOADS if self.does(workload.key)]
        if not chosen:
            return []
        with contextlib.ExitStack() as stack:
            running = [stack.enter_context(self.server(name, self.folder)) for name in self.chosen.servers]
            measurements = [
                load.Measurement(workload, server, self.folder)
                for workload in chosen
                for server in running
                if can(server, workload)
            ]
            load.run(measurements, self.origin, self.chosen.rounds, self.chosen.seconds, tell)
        return [measurement for measurement in measurements if measurement.rounds]

    def counts(self):
        """System calls and instructions of a hit."""
        with self.server("warmfront", self.folder / "calls") as server:
            tell("system calls of a hit")
            calls, waits, counted = counts.system_calls(server, self.folder)
        tell("instructions of a hit")
        instructions, profile = counts.instructions(self.binary, self.folder, self.origin)
        tell(f"system calls by name: {counted}")
        if self.chosen.keep:
            pathlib.Path(self.chosen.keep).write_bytes(profile.read_bytes())
        rows = [
            ["system calls, other than those that wait for all connections", report.at_most(calls, MOST_CALLS)],
            [f"calls that wait, with {counts.CONNECTIONS} connections", f"{waits:.2f}"],
            ["instructions in user mode (callgrind), one connection", f"{instructions:,.0f}"],
        ]
        functions = [[f"`{name}`", f"{count:,.0f}"] for name, count in counts.shares(profile)]
        return "\n\n".join([
            report.table(["of a hit of 1 KiB over HTTP/1.1", "counted"], rows),
            report.table(["instructions of these functions, with all that they call", "for a hit"], functions),
        ])


def can(server, workload):
    if isinstance(server, servers.EpollLoop):
        return workload.key == "w1"
    return workload.key not in server.cannot


def tell(what):
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def versions():
    kinds = [servers.Nginx, servers.HAProxy, servers.Varnish, servers.TrafficServer]
    return {kind.name: kind.version() for kind in kinds}


def measured(bench):
    """All parts that were chosen, as text."""
    chosen = bench.chosen
    parts = [report.machine(versions(), chosen.rounds, chosen.seconds)]
    kib = bench.idle() if bench.does("idle") else {}
    results = report.Results(bench.loads())
    if results.measurements or kib:
        results.names = results.names or list(kib)
        parts += [results.costs(kib), results.ratios()]
    if "Warmfront" in kib:
        parts.append(f"Idle connections of Warmfront: {report.at_most(kib['Warmfront'], MOST_KIB, ' KiB')}.")
    parts.append(results.missing())
    if bench.does("counts"):
        parts.append(bench.counts())
    if bench.does("scale"):
        tell("scale")
        parts.append(scale.measured(bench.binary, bench.folder))
    if results.measurements:
        parts.append("All medians, with their spread:\n\n" + results.details())
    return "\n\n".join(part for part in parts if part)


def arguments():
    known = [workload.key for workload in workloads.WORKLOADS] + PARTS
    parser = argparse.ArgumentParser(prog="cargo xtask bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of one workload with one server in a round")
    parser.add_argument("--only", nargs="+", choices=known, metavar="PART", help=", ".join(known))
    parser.add_argument("--servers", nargs="+", choices=NAMES, metavar="SERVER", help=", ".join(NAMES))
    parser.add_argument("--keep", metavar="FILE", help="keep callgrind's profile, for callgrind_annotate")
    chosen = parser.parse_args()
    chosen.is_complete = not chosen.only and not chosen.servers
    chosen.servers = chosen.servers or list(NAMES)
    return chosen


def main():
    chosen = arguments()
    servers.raise_limits()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        texts = (workloads.BODY, workloads.REST, workloads.PAGE, workloads.LARGE)
        with servers.Origin(folder, *texts) as origin:
            text = measured(Bench(pathlib.Path(os.environ["WARMFRONT"]), folder, origin, chosen))
    print(text)
    if chosen.is_complete:
        report.write(text)


if __name__ == "__main__":
    main()
