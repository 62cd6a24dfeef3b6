"""How it behaves in numbers: a thousand distributions, a thousand viewers at once, and an empty start."""

import asyncio
import http.client
import statistics
import time
import urllib.parse

from configuration import behavior, change, create, custom_origin, distribution, page
from origin import Origin, Reply
from warmfront import Warmfront

import report

STARTS = 5
DISTRIBUTIONS = 1_000
UPDATES = 20
VIEWERS = 1_000


def measured(binary, folder):
    """The table of all of it."""
    with Origin("site.localhost") as origin, Origin("pages.localhost") as pages:
        start = empty_start(binary, folder)
        asked, asked_for_pages = crowd(binary, folder, origin, pages)
        creating, updating, live, slowest = updates(binary, folder, origin)
    rows = [
        ["start with an empty data directory, until everything listens", f"{start * 1e3:.0f} ms"],
        [f"{VIEWERS:,} viewers ask for one missing object at once: requests to its origin", asked],
        ["the same: requests to the origin of the error page", asked_for_pages],
        [f"create, averaged over the first {DISTRIBUTIONS:,} distributions", f"{creating * 1e3:.0f} ms"],
        [f"read and update one of {DISTRIBUTIONS:,}, until the API's answers", f"{updating * 1e3:.0f} ms"],
        ["from that answer until viewers get the change, median", f"{live * 1e3:.1f} ms"],
        ["the same, slowest", f"{slowest * 1e3:.1f} ms"],
    ]
    return report.table(["what", "measured"], rows)


def empty_start(binary, folder):
    """Seconds from the start of the process to the line that says that everything listens; median."""
    times = []
    for number in range(STARTS):
        started = time.perf_counter()
        with Warmfront(binary, folder / f"empty-{number}"):
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def updates(binary, folder, origin):
    """With many distributions: the seconds that an update takes, and those from its answer to its effect."""
    origin.plan("/old", Reply(200, "old"))
    origin.plan("/new", Reply(200, "new"))
    with Warmfront(binary, folder / "many") as server:
        client = server.cloudfront()
        started = time.perf_counter()
        made = [
            create(client, distribution(custom_origin(origin), DefaultRootObject="old"))
            for _ in range(DISTRIBUTIONS)
        ]
        creating = (time.perf_counter() - started) / DISTRIBUTIONS
        answered, live = [], []
        for number in range(UPDATES):
            one = made[number * 37 % DISTRIBUTIONS]
            viewer = Viewer(server, one["DomainName"])
            assert viewer.body() == b"old"
            started = time.perf_counter()
            change(client, one["Id"], lambda config: config.update(DefaultRootObject="new"))
            done = time.perf_counter()
            while viewer.body() != b"new":
                pass
            live.append(time.perf_counter() - done)
            answered.append(done - started)
        return creating, statistics.median(answered), statistics.median(live), max(live)


class Viewer:
    """One viewer on one connection."""

    def __init__(self, server, host):
        self.host = host
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.addresses["edge-http"]).netloc)

    def body(self):
        self.connection.request("GET", "/", headers={"Host": self.host})
        return self.connection.getresponse().read()


def crowd(binary, folder, origin, pages):
    """Many viewers ask for one missing object at once; answers how often each origin was asked."""
    origin.plan("/missing", Reply(404, "gone"))
    pages.plan("/errors/404.html", Reply(200, "sorry"))
    config = distribution(
        custom_origin(origin), custom_origin(pages),
        behaviors=[{"PathPattern": "/errors/*", **behavior(pages.name)}],
        errors=[page(404, "/errors/404.html", 404)],
    )
    before = origin.asked(), pages.asked()
    with Warmfront(binary, folder / "crowd") as server:
        host = create(server.cloudfront(), config)["DomainName"]
        origin.gate.clear()
        answers = asyncio.run(ask_together(server, host, origin))
    assert answers == [b"sorry"] * VIEWERS, set(answers)
    return origin.asked() - before[0], pages.asked() - before[1]


async def ask_together(server, host, origin):
    address = urllib.parse.urlsplit(server.addresses["edge-http"])
    connections = [await asyncio.open_connection(address.hostname, address.port) for _ in range(VIEWERS)]
    for _, writer in connections:
        writer.write(f"GET /missing HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    await asyncio.gather(*(writer.drain() for _, writer in connections))
    # Time for all of them to arrive and wait; the origin holds the answer back until then.
    await asyncio.sleep(2)
    origin.gate.set()
    answers = await asyncio.gather(*(reader.read() for reader, _ in connections))
    for _, writer in connections:
        writer.close()
    return [answer.split(b"\r\n\r\n", 1)[1] for answer in answers]
