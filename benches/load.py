"""Server CPU for each request under load: load on one core, the server on another.

CPU time, not speed, is compared: it does not depend on how fast the load is made, and it is what a full machine
runs out of. Rounds of the servers alternate, so that a change of the machine's mood meets all of them.
"""

import contextlib
import os
import pathlib
import re
import statistics
import subprocess

import viewer
from servers import LOAD_CORE, on_core

HERE = pathlib.Path(__file__).parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
WARM_UP_SECONDS = 1
# What every TLS connection that is measured must agree on: the load generators offer nothing else.
CIPHER = "TLS_AES_256_GCM_SHA384"
OPENSSL = f"""openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = only
[only]
MinProtocol = TLSv1.3
Ciphersuites = {CIPHER}
"""


class Measurement:
    """One workload with one server."""

    def __init__(self, workload, server, folder):
        self.workload, self.server = workload, server
        self.host = server.paged_host if workload.key == "page" else server.host
        self.port = server.https if workload.tls else server.http
        self.environment = {**os.environ, "OPENSSL_CONF": str(folder / "openssl.cnf")}
        (folder / "openssl.cnf").write_text(OPENSSL)
        self.rounds = []

    def check(self):
        """The answers must be the right ones, before and after they are measured."""
        expected = self.workload.expected
        for path, (status, body) in expected.items():
            found = self.answer(path)
            if found != (status, body):
                told = f"{found[0]}, {len(found[1]):,} bytes, {found[1][:200]!r}"
                raise AssertionError(f"{self.server.name}, {self.workload.key}, {path}: {told}")

    def answer(self, path):
        if self.workload.http2:
            return viewer.over_http2(self.host, self.port, path)
        return viewer.answer(self.host, self.port, path, self.workload.tls)

    def fill(self):
        """Everything is asked for once."""
        viewer.fetch_all(self.host, self.port, self.workload.paths, self.workload.tls)

    def measure(self, seconds):
        """Microseconds of server CPU for each request, and how many requests there were."""
        pids = self.server.pids
        before = cpu_seconds(pids)
        requests = self.h2load(seconds) if self.workload.http2 else self.wrk(seconds)
        spent = cpu_seconds(pids) - before
        return spent / requests * 1e6, requests

    def url(self):
        scheme = "https" if self.workload.tls else "http"
        return f"{scheme}://{self.host}:{self.port}{self.workload.paths[0]}"

    def wrk(self, seconds):
        """Answers how many requests were answered; of large objects, parts count as such."""
        printed = self.run(
            "wrk", "-t1", f"-c{self.workload.connections}", f"-d{seconds}s", "--timeout", "20s",
            "-s", self.workload.script, "-H", f"Host: {self.host}", self.url(),
        )
        requests, size, failed, refused = map(int, re.search(r"counted (\d+) (\d+) (\d+) (\d+)", printed).groups())
        assert failed == 0 and refused == (requests if self.workload.status >= 400 else 0), printed
        return size / self.workload.size if self.workload.is_large else requests

    def h2load(self, seconds):
        printed = self.run(
            "h2load", "-t1", f"-c{self.workload.connections}", f"-m{self.workload.streams}", f"-D{seconds}",
            f"--connect-to=127.0.0.1:{self.port}", f"--tls13-ciphers={CIPHER}",
            # Without a port: the authority is part of what peers store objects under.
            f"https://{self.host}{self.workload.paths[0]}",
        )
        assert "Application protocol: h2\n" in printed and f"Cipher: {CIPHER}\n" in printed, printed
        counted = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", printed)
        succeeded, *others = map(int, counted.groups())
        assert succeeded > 0 and others == [0, 0, 0], printed
        return succeeded

    def run(self, *command):
        finished = subprocess.run(
            [*on_core(LOAD_CORE), *command], env=self.environment, cwd=HERE, capture_output=True, text=True
        )
        assert finished.returncode == 0, (command, finished.stdout, finished.stderr)
        return finished.stdout

    @property
    def cpu_us(self):
        """Median microseconds of server CPU for one request."""
        return statistics.median(cpu for cpu, _ in self.rounds)

    @property
    def spread_us(self):
        return min(cpu for cpu, _ in self.rounds), max(cpu for cpu, _ in self.rounds)

    @property
    def per_second(self):
        return statistics.median(rate for _, rate in self.rounds)


def cpu_seconds(pids):
    """User and system time of processes with all their threads, as the kernel accounts for it."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            # The name in brackets may contain spaces; counting starts behind it.
            fields = stat.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_SECOND


def run(measurements, origin, rounds, seconds, tell):
    """Warms up, measures in turns, and makes sure that the origin was asked exactly when it had to be."""
    for measurement in measurements:
        tell(f"warming up {measurement.server.name}, {measurement.workload.key}")
        measurement.fill()
        measurement.check()
        measurement.measure(WARM_UP_SECONDS)
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        for measurement in measurements:
            with forgiven(measurement, tell, "a round of a peer does not count"):
                one_round(measurement, origin, seconds)
    for measurement in measurements:
        rounds, measurement.rounds = measurement.rounds, []
        with forgiven(measurement, tell, "a peer does not count"):
            measurement.check()
            measurement.rounds = rounds


@contextlib.contextmanager
def forgiven(measurement, tell, what):
    """What a peer does wrong is told and left out; what Warmfront does wrong ends everything."""
    try:
        yield
    except AssertionError as error:
        if measurement.server.name == "Warmfront":
            raise
        tell(f"{what}: {error}")


def one_round(measurement, origin, seconds):
    before = origin.settled()
    cpu, requests = measurement.measure(seconds)
    check_asked(measurement, origin.settled() - before, requests)
    measurement.rounds.append((cpu, requests / seconds))


def check_asked(measurement, asked, requests):
    """Hits ask for nothing; peers may have lost an object for a moment."""
    workload, server = measurement.workload, measurement.server
    if workload.is_passed:
        least, most = requests, requests + workload.connections
    else:
        least, most = 0, 0 if server.name == "Warmfront" else requests / 1000
    told = f"{server.name}, {workload.key}: the origin was asked {asked} times for {requests} requests"
    assert least <= asked <= most, told
