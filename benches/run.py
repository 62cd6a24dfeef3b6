"""Measures, prints and writes docs/benchmarks.md. Started by `cargo xtask bench`.

Flags: --rounds N and --seconds N for the load (default 5 rounds of 5 seconds), --only load or --only scale
(nothing is written then).
"""

import argparse
import os
import pathlib
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/clients"))

import load
import report
import scale
from configuration import behavior, create, custom_origin, distribution, page
from nginx import Nginx
from origin import Origin, Reply
from warmfront import Warmfront

OBJECT = b"x" * 1024
PAGE = b"p" * 1024
LONG = {"Cache-Control": "max-age=3600"}


def plan(origin):
    origin.plan("/object", Reply(200, OBJECT, LONG))
    origin.plan("/missing", Reply(404, OBJECT, LONG))
    origin.plan("/paged/missing", Reply(404, "not this", LONG))
    origin.plan("/errors/404.html", Reply(200, PAGE, LONG))


def ours(server, host, paged_host):
    """The workloads of our server: the same paths, the page by a custom error response."""
    pids, port = [server.process.pid], urllib.parse.urlsplit(server.addresses["edge-http"]).port
    return [
        load.Workload("Warmfront", "object of 1 KiB", pids, port, host, "/object", 200, OBJECT),
        load.Workload("Warmfront", "remembered 404 of 1 KiB", pids, port, host, "/missing", 404, OBJECT),
        load.Workload("Warmfront", "404 with a page of 1 KiB", pids, port, paged_host, "/paged/missing", 404, PAGE),
    ]


def theirs(name, server):
    pids, port, host = server.pids, server.port, "nginx.localhost"
    return [
        load.Workload(name, "object of 1 KiB", pids, port, host, "/object", 200, OBJECT),
        load.Workload(name, "remembered 404 of 1 KiB", pids, port, host, "/missing", 404, OBJECT),
        load.Workload(name, "404 with a page of 1 KiB", pids, port, host, "/paged/missing", 404, PAGE),
    ]


def measure_load(binary, folder, rounds, seconds):
    launcher = load.on_core(load.SERVER_CORE)
    with Origin("site.localhost") as origin:
        plan(origin)
        with (
            Warmfront(binary, folder / "data", "--workers", "1", launcher=launcher) as server,
            Nginx(folder / "nginx", origin.port, launcher) as nginx,
            Nginx(folder / "nginx-open", origin.port, launcher, keeps_files_open=True) as keeping,
        ):
            client = server.cloudfront()
            plain = create(client, distribution(custom_origin(origin)))
            errors = [page(404, "/errors/404.html", 404, min_ttl=3600)]
            paged = create(client, distribution(custom_origin(origin), errors=errors))
            turns = zip(
                ours(server, plain["DomainName"], paged["DomainName"]),
                theirs("nginx", nginx),
                theirs("nginx, files kept open", keeping),
            )
            workloads = [workload for turn in turns for workload in turn]
            load.run(workloads, [origin], rounds, seconds)
            return report.loads(workloads)


def measure_scale(binary, folder):
    with Origin("site.localhost") as origin, Origin("pages.localhost") as pages:
        start = scale.empty_start(binary, folder)
        asked, asked_for_pages = scale.crowd(binary, folder, origin, pages)
        creating, updating, live, slowest = scale.updates(binary, folder, origin)
    rows = [
        ["start with an empty data directory, until everything listens", f"{start * 1e3:.0f} ms"],
        [f"{scale.VIEWERS:,} viewers ask for one missing object at once: requests to its origin", asked],
        ["the same: requests to the origin of the error page", asked_for_pages],
        [f"create, averaged over the first {scale.DISTRIBUTIONS:,} distributions", f"{creating * 1e3:.0f} ms"],
        [f"read and update one of {scale.DISTRIBUTIONS:,}, until the API's answers", f"{updating * 1e3:.0f} ms"],
        ["from that answer until viewers get the change, median", f"{live * 1e3:.1f} ms"],
        ["the same, slowest", f"{slowest * 1e3:.1f} ms"],
    ]
    return report.table(["what", "measured"], rows)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--only", choices=["load", "scale"])
    chosen = arguments.parse_args()
    binary = pathlib.Path(os.environ["WARMFRONT"])
    parts = [report.machine(Nginx.version())]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if chosen.only != "scale":
            parts.append(measure_load(binary, folder, chosen.rounds, chosen.seconds))
        if chosen.only != "load":
            parts.append(measure_scale(binary, folder))
    text = "\n\n".join(parts)
    print(text)
    if chosen.only is None:
        report.write(text)


if __name__ == "__main__":
    main()
