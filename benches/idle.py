"""What a connection costs that waits for its viewer's next request."""

import pathlib
import resource
import socket
import time

CONNECTIONS = 5_000
# For servers that give buffers back after a moment.
MOMENT_SECONDS = 3


def kib_per_connection(server):
    """Growth of the memory in use by a fresh server, after one request on each of many connections."""
    exchange(server, 50)
    before = memory_kib(server.pids)
    held = exchange(server, CONNECTIONS)
    time.sleep(MOMENT_SECONDS)
    grown = memory_kib(server.pids) - before
    for connection in held:
        connection.close()
    return grown / CONNECTIONS


def exchange(server, count):
    """Connections with one answered request each."""
    request = f"GET /object HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode()
    held = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", server.http), 10)
        connection.sendall(request)
        held.append(connection)
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n", 1)[1]) < 1024:
            piece = connection.recv(65536)
            assert piece, f"{server.name} hung up on connection {len(held)}"
            answer += piece
        assert answer.startswith(b"HTTP/1.1 200 "), (server.name, answer)
    return held


def memory_kib(pids):
    """Resident memory of processes."""
    page = resource.getpagesize() // 1024
    return sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids) * page
