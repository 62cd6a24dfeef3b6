"""Server CPU for each request under load: wrk on one core, the server on another.

CPU time, not speed, is compared: it does not depend on how fast wrk is, and it is what a full machine runs out
of. Rounds of the servers alternate, so that a change of the machine's mood meets all of them.
"""

import http.client
import os
import re
import statistics
import subprocess

SERVER_CORE, LOAD_CORE = "0", "1"
CONNECTIONS = 64
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def on_core(core):
    return ("taskset", "-c", core)


class Workload:
    """One server, one address that it answers from its memory."""

    def __init__(self, server, name, pids, port, host, path, status, body):
        self.server, self.name = server, name
        self.pids, self.port, self.host, self.path = pids, port, host, path
        self.status, self.body = status, body
        self.rounds = []

    def check(self):
        """The answer must be the right one, before and after it is measured."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", self.path, headers={"Host": self.host})
            response = connection.getresponse()
            found = (response.status, response.read())
            assert found == (self.status, self.body), (self.server, self.name, found)
        finally:
            connection.close()

    def measure(self, seconds):
        """One round."""
        before = cpu_seconds(self.pids)
        printed = subprocess.run(
            [*on_core(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Host: {self.host}",
             f"http://127.0.0.1:{self.port}{self.path}"],
            check=True, capture_output=True, text=True,
        ).stdout
        spent = cpu_seconds(self.pids) - before
        requests = int(re.search(r"(\d+) requests in", printed)[1])
        assert "Socket errors" not in printed, printed
        self.rounds.append((spent / requests * 1e6, requests / seconds))

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
    """User and system time of processes with all their threads."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            # The name in brackets may contain spaces; counting starts behind it.
            fields = stat.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_SECOND


def run(workloads, origins, rounds, seconds):
    """Warms up, measures in turns, and makes sure that no origin was asked meanwhile."""
    for workload in workloads:
        workload.check()
        workload.measure(1)
        workload.rounds.clear()
    asked = [origin.asked() for origin in origins]
    for _ in range(rounds):
        for workload in workloads:
            workload.measure(seconds)
    for workload in workloads:
        workload.check()
    assert [origin.asked() for origin in origins] == asked, "an origin was asked while hits were measured"
