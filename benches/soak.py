"""Some minutes of everything at once, on the loopback. Started by `cargo xtask bench soak`.

Viewers ask for objects that are there, missing and broken, whole and in ranges, over HTTP and HTTPS; some read
slowly, some vanish. The origin fails (faulty.py). Meanwhile objects change and are invalidated, and the distribution
is updated. Every answer is judged; memory and open files must not grow once everything is warm.
"""

import argparse
import asyncio
import collections
import os
import pathlib
import random
import ssl
import statistics
import sys
import tempfile
import time
import urllib.parse

import faulty
import idle
from faulty import ERROR_PAGE, FaultyOrigin
from servers import Named, Warmfront, family, raise_limits
from configuration import CACHING_OPTIMIZED, behavior, change, create, custom_origin, distribution, page
from warmfront import Warmfront as Process

VIEWERS = 48
# Less than the objects take, so that the cache always makes room.
CACHE_MEMORY = "24MiB"
PATIENCE_SECONDS = 60
# Memory may differ by this much between the middle and the end.
GROWTH, SLACK_KIB = 1.10, 8 * 1024
# An answer may end early when the origin has cut it off since its request began, or this long before.
CUT_SECONDS = 1
FAILED = {500, 502, 503, 504}


class Wrong(Exception):
    """An answer that must not be."""


class Soak:
    """What everybody knows of each other."""

    def __init__(self, server, origin, host, id, ends, seed):
        self.server, self.origin, self.host, self.id, self.ends = server, origin, host, id, ends
        self.seed = seed
        addresses = (urllib.parse.urlsplit(server.addresses[name]) for name in ("edge-http", "edge-https"))
        self.http, self.https = (address.port for address in addresses)
        self.client = server.cloudfront()
        # The oldest version of an object that a request which starts now may get.
        self.oldest = {}
        self.outcomes = collections.Counter()

    def goes_on(self):
        return time.monotonic() < self.ends

    async def viewer(self, number):
        """One viewer after the other, each with some requests on one connection."""
        chance = random.Random(f"{self.seed} {number}")
        while self.goes_on():
            connection = await Connection.open(self, chance.random() < 0.25)
            try:
                for _ in range(chance.randint(1, 40)):
                    if not self.goes_on() or not await self.request(connection, chance):
                        break
            finally:
                connection.writer.close()

    async def request(self, connection, chance):
        """One request; whether the connection can be used again."""
        path = pick(chance)
        manner = chance.choices(["whole", "range", "head", "slow", "vanish"], [70, 10, 5, 5, 10])[0]
        oldest, whole, begun = self.oldest.get(path, 1), None, time.monotonic()
        if manner == "range" and not path.startswith(faulty.MISSING):
            first = chance.randint(0, 60)
            whole = (first, first + chance.randint(0, 5_000))
        await connection.ask("HEAD" if manner == "head" else "GET", path, whole)
        if manner == "vanish":
            await asyncio.sleep(chance.choice([0, 0.001, 0.02]))
            self.outcomes["vanished"] += 1
            return False
        try:
            status, fields, content = await connection.answer(manner)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            # The edge had begun when the origin hung up: the viewer has to see that something is missing.
            if self.origin.cuts.get(path, 0) < begun - CUT_SECONDS:
                raise Wrong(f"{manner} {path}: {error!r}, and the origin had cut nothing") from error
            self.outcomes["cut"] += 1
            return False
        self.outcomes[self.judge(path, oldest, manner, whole, status, fields, content)] += 1
        return fields.get("connection") != "close"

    def judge(self, path, oldest, manner, wanted, status, fields, content):
        """What an answer is, if it may be."""
        told = f"{manner} {path}: {status} {fields} {content[:120]!r}"
        if manner == "head":
            known = status in FAILED | {200, 404}
        elif status in FAILED:
            known = content == faulty.PAGE_BODY
        elif status == 404:
            known = path.startswith(faulty.MISSING) and content == faulty.MISSING_BODY
        elif status == 206 and wanted:
            known = self.is_part(path, oldest, wanted, fields, content)
        elif status == 416 and wanted:
            known = wanted[0] >= int(fields["content-range"].rpartition("/")[2])
        else:
            known = status == 200 and not path.startswith(faulty.MISSING) and self.is_whole(path, oldest, content)
        if not known:
            raise Wrong(f"{told}; versions {oldest} to {self.origin.version(path)}")
        return f"{status}"

    def is_whole(self, path, oldest, content):
        version = faulty.version_of(content)
        return oldest <= version <= self.origin.version(path) and content == faulty.body(path, version)

    def is_part(self, path, oldest, wanted, fields, content):
        first, last = wanted
        versions = range(oldest, self.origin.version(path) + 1)
        right = any(content == faulty.body(path, version)[first:last + 1] for version in versions)
        return right and fields["content-range"].startswith(f"bytes {first}-{first + len(content) - 1}/")

    async def publisher(self):
        """Changes objects and invalidates them, one by one or all of a folder."""
        chance = random.Random(f"{self.seed} publisher")
        while self.goes_on():
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            path = pick(chance, missing=False)
            paths, pattern = [path], path
            if chance.random() < 0.2:
                folder = path[:path.rindex("/") + 1]
                paths, pattern = everything(folder), f"{folder}*"
            for one in paths:
                self.origin.versions[one] = self.origin.version(one) + 1
            raised = {one: self.origin.version(one) for one in paths}
            await self.api(self.invalidate, pattern, f"{time.monotonic_ns()}")
            self.oldest.update(raised)
            self.outcomes["invalidations"] += 1

    def invalidate(self, pattern, reference):
        batch = {"CallerReference": reference, "Paths": {"Quantity": 1, "Items": [pattern]}}
        made = self.client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)["Invalidation"]
        while made["Status"] != "Completed":
            made = self.client.get_invalidation(DistributionId=self.id, Id=made["Id"])["Invalidation"]

    async def updater(self):
        """Changes the distribution without changing what it means."""
        number = 0
        while self.goes_on():
            await asyncio.sleep(1)
            number += 1
            comment = f"update {number}"
            await self.api(change, self.client, self.id, lambda config: config.update(Comment=comment))
            self.outcomes["updates"] += 1

    async def outages(self):
        """Now and then the origin is down for a moment."""
        chance = random.Random(f"{self.seed} outages")
        while self.goes_on():
            await asyncio.sleep(chance.uniform(5, 15))
            self.origin.is_down = True
            await asyncio.sleep(chance.uniform(0.5, 2))
            self.origin.is_down = False

    async def gauge(self, samples):
        """Memory and open files of the server, each second."""
        while self.goes_on():
            pids = family(self.server.process.pid)
            files = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)
            samples.append((time.monotonic(), idle.memory_kib(pids), files))
            await asyncio.sleep(1)

    async def api(self, call, *arguments):
        return await asyncio.get_running_loop().run_in_executor(None, call, *arguments)


class Connection:
    """A viewer's connection; reads answers by their length, and nothing else is accepted."""

    @classmethod
    async def open(cls, soak, tls):
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        made = cls()
        made.host = soak.host
        made.reader, made.writer = await asyncio.open_connection(
            "127.0.0.1", soak.https if tls else soak.http, ssl=context, server_hostname=soak.host if tls else None
        )
        return made

    async def ask(self, method, path, part):
        part = f"Range: bytes={part[0]}-{part[1]}\r\n" if part else ""
        self.writer.write(f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n{part}\r\n".encode())
        await self.writer.drain()
        self.method = method

    async def answer(self, manner):
        """Status, fields and body."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if self.method == "HEAD":
            return int(first.split()[1]), fields, b""
        if fields.get("transfer-encoding") == "chunked":
            content = await self.chunks()
        elif manner == "slow":
            content = await self.slowly(int(fields["content-length"]))
        else:
            whole = self.reader.readexactly(int(fields["content-length"]))
            content = await asyncio.wait_for(whole, PATIENCE_SECONDS)
        return int(first.split()[1]), fields, content

    async def chunks(self):
        content = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            content += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readexactly(2)
        return content

    async def slowly(self, length):
        content = b""
        while len(content) < length:
            content += await self.reader.readexactly(min(length // 20 + 1, length - len(content)))
            await asyncio.sleep(0.05)
        return content


def everything(folder):
    count = {faulty.SMALL: faulty.SMALL_OBJECTS, faulty.LARGE: faulty.LARGE_OBJECTS}[folder]
    return [f"{folder}{number}" for number in range(count)]


def pick(chance, missing=True):
    """A path; a few are asked for often."""
    folder = chance.choices([faulty.SMALL, faulty.LARGE, faulty.MISSING], [90, 4, 6 if missing else 0])[0]
    counts = {faulty.LARGE: faulty.LARGE_OBJECTS, faulty.MISSING: faulty.MISSING_OBJECTS}
    count = counts.get(folder, faulty.SMALL_OBJECTS)
    return f"{folder}{int(count * chance.random() ** 3)}"


def configuration(origin):
    site = custom_origin(Named("origin.localhost", origin.port))
    errors = [page(code, ERROR_PAGE, code, min_ttl=1) for code in sorted(FAILED)]
    return distribution(site, errors=errors)


async def soak(server, seconds, seed):
    """All of it; answers outcomes, samples and the origin."""
    origin = FaultyOrigin(seed)
    await origin.start()
    client = server.cloudfront()
    made = create(client, configuration(origin))
    ends = time.monotonic() + seconds
    run = Soak(server, origin, made["DomainName"], made["Id"], ends, seed)
    samples = []
    others = [run.publisher(), run.updater(), run.outages(), run.gauge(samples)]
    async with asyncio.TaskGroup() as tasks:
        for task in [*(run.viewer(number) for number in range(VIEWERS)), *others]:
            tasks.create_task(task)
    origin.server.close()
    return run.outcomes, samples, origin


def flat(samples):
    """Memory and files in the middle and at the end, as medians; whether they stay."""
    begin, end = samples[0][0], samples[-1][0]
    part = lambda low, high: [one for one in samples if low <= (one[0] - begin) / (end - begin) <= high]
    medians = lambda low, high: [statistics.median(column) for column in list(zip(*part(low, high)))[1:]]
    (middle, files), (last, last_files) = medians(0.4, 0.6), medians(0.8, 1)
    tenths = [statistics.median(one[1] for one in part(tenth / 10, tenth / 10 + 0.1)) for tenth in range(10)]
    print("memory in MiB, by tenths of the time: " + " ".join(f"{kib / 1024:.0f}" for kib in tenths))
    print(f"memory: {middle / 1024:.1f} MiB in the middle, {last / 1024:.1f} MiB at the end")
    print(f"open files: {files:.0f} in the middle, {last_files:.0f} at the end")
    return last <= middle * GROWTH + SLACK_KIB and last_files <= files + 2 * VIEWERS


def main():
    arguments = argparse.ArgumentParser(prog="cargo xtask bench soak")
    arguments.add_argument("--minutes", type=float, default=2)
    arguments.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    chosen = arguments.parse_args()
    raise_limits()
    print(f"seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        with Process(os.environ["WARMFRONT"], data, "--cache-memory", CACHE_MEMORY) as server:
            outcomes, samples, origin = asyncio.run(soak(server, chosen.minutes * 60, chosen.seed))
            assert server.process.poll() is None, "the server has ended"
        log = server.log.read_text(errors="replace")
    print(f"the origin was asked {origin.asked:,} times and failed {origin.faults:,} times")
    print("viewers: " + ", ".join(f"{name} {count:,}" for name, count in sorted(outcomes.items())))
    assert "panicked" not in log, log
    assert outcomes["200"] > 0 and outcomes["503"] > 0, "the soak did not do its work"
    if not flat(samples):
        sys.exit("memory or open files grow")
    print("no answer was wrong; memory and open files are flat")


if __name__ == "__main__":
    main()
