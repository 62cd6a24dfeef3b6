"""Numbers that no noise can change: system calls and instructions of a hit.

Allocations are counted by a test, `hits_do_not_allocate` in `crates/testkit/tests`.
"""

import pathlib
import re
import signal
import socket
import subprocess
import time

from servers import Warmfront

CONNECTIONS = 64
WAVES = 50
HITS = 1_000
PATIENCE_SECONDS = 60
SHOWN_FUNCTIONS = 20
# Waiting is for all connections that are ready, not for one request.
WAITING = {"epoll_wait", "epoll_pwait", "epoll_pwait2"}


def system_calls(server, folder):
    """Calls of the thread that serves, for each hit: those for the request, and those that wait for the next ones."""
    viewers = [Viewer(server) for _ in range(CONNECTIONS)]
    wave(viewers)
    thread = serving_thread(server.process.pid)
    summary = folder / "strace.txt"
    strace = subprocess.Popen(["strace", "-c", "-qq", "-o", summary, "-p", str(thread)])
    status = pathlib.Path(f"/proc/{server.process.pid}/task/{thread}/status")
    wait_until(lambda: "TracerPid:\t0" not in status.read_text())
    for _ in range(WAVES):
        wave(viewers)
    strace.send_signal(signal.SIGINT)
    strace.wait(PATIENCE_SECONDS)
    counted = {
        words[-1]: int(words[3])
        for words in map(str.split, summary.read_text().splitlines())
        if len(words) >= 5 and words[3].isdigit() and words[-1] != "total"
    }
    hits = CONNECTIONS * WAVES
    waits = sum(count for name, count in counted.items() if name in WAITING)
    calls = sum(counted.values()) - waits
    return calls / hits, waits / hits, counted


def instructions(binary, folder, origin):
    """Instructions of the process in user mode for each hit, on one connection."""
    out = folder / "callgrind"
    launcher = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--quiet", f"--callgrind-out-file={out}"]
    (folder / "counted").mkdir()
    server = Warmfront(binary, folder / "counted", origin.http)
    server.running.command = [*launcher, *server.running.command[len(("taskset", "-c", "0")):]]
    with server:
        viewer = Viewer(server)
        control(server, "--instr=on")
        viewer.hits(HITS)
        control(server, "--zero")
        viewer.hits(HITS)
        control(server, "--dump")
        dumped = out.with_name("callgrind.1")
        total = re.search(r"^(?:totals|summary): (\d+)", dumped.read_text(errors="replace"), re.MULTILINE)
        return int(total[1]) / HITS, dumped


def shares(profile, hits=HITS):
    """Instructions for each hit in our functions, with what they call, by function."""
    printed = subprocess.run(
        ["callgrind_annotate", "--inclusive=yes", profile], check=True, capture_output=True, text=True
    ).stdout
    found = {}
    for line in printed.splitlines():
        if named := re.match(r" *([\d,]+) \(.*?\) +\S+?:((?:cache|edge|observe|rules)::.*?)(?: \[|$)", line):
            name, count = named[2], int(named[1].replace(",", "")) / hits
            found[name] = max(count, found.get(name, 0))
    return sorted(found.items(), key=lambda one: -one[1])[:SHOWN_FUNCTIONS]


def control(server, command):
    subprocess.run(["callgrind_control", command, str(server.process.pid)], check=True, capture_output=True)


class Viewer:
    """One connection that asks for one object."""

    def __init__(self, server):
        self.request = f"GET /object HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode()
        self.connection = socket.create_connection(("127.0.0.1", server.http), PATIENCE_SECONDS)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.hits(1)

    def hits(self, count):
        for _ in range(count):
            self.ask()
            self.take()

    def ask(self):
        self.connection.sendall(self.request)

    def take(self):
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n", 1)[1]) < 1024:
            piece = self.connection.recv(65536)
            assert piece, "the edge has hung up"
            answer += piece
        assert answer.startswith(b"HTTP/1.1 200 "), answer


def wave(viewers):
    """One request on each connection."""
    for viewer in viewers:
        viewer.ask()
    for viewer in viewers:
        viewer.take()


def serving_thread(pid):
    """The thread of the first worker."""
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == "edge-0":
            return int(task.name)
    raise AssertionError("no thread is called edge-0")


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
