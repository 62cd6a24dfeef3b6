"""An origin that fails in every way that it can, and the one who knows what may be believed of it.

The body of an object says which object and which version of it this is, all the way through, so that a piece of another
one anywhere in it is seen.
"""

import asyncio
import random
import time

SMALL, LARGE, MISSING, ERROR_PAGE = "/small/", "/large/", "/missing/", "/errors/down.html"
SMALL_OBJECTS, LARGE_OBJECTS, MISSING_OBJECTS = 400, 12, 50
PAGE_BODY = b"We will be back. " * 60
MISSING_BODY = b"Nothing here. " * 40
# What an origin that fails says; viewers must get the page instead.
FAILURE_BODY = b"failure of the origin, not for viewers"
# How often a request meets a fault, in a hundred.
FAULTS_PERCENT = 8


def body(path, version):
    """The only right body of a version of an object."""
    number = int(path.rpartition("/")[2])
    size = 64 + number * 97 % 40_000 if path.startswith(SMALL) else 600_000 + number * 300_007
    text = f"{path} version {version:08} ".encode()
    return (text * (size // len(text) + 1))[:size]


def version_of(content):
    """The version that a body says that it is."""
    return int(content.split(b" ", 3)[2])


class FaultyOrigin:
    """Speaks HTTP/1.1; its objects have versions, which others raise."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.versions = {}
        self.asked = 0
        self.faults = 0
        # When an object was cut off in the middle, last.
        self.cuts = {}
        # All requests fail meanwhile.
        self.is_down = False

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]

    def version(self, path):
        return self.versions.get(path, 1)

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.asked += 1
                await self.answer(head.split(b" ", 2)[1].decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # The edge has left, or was cut off on purpose, or everything is over.
        finally:
            writer.close()

    async def answer(self, path, writer):
        if path == ERROR_PAGE:
            return await send(writer, 200, PAGE_BODY, 3600)
        if self.is_down or self.random.random() * 100 < FAULTS_PERCENT:
            self.faults += 1
            return await self.fail(path, writer)
        if path.startswith(MISSING):
            return await send(writer, 404, MISSING_BODY, self.random.randint(1, 5))
        await send(writer, 200, body(path, self.version(path)), self.random.choice([1, 2, 5, 3600]))

    async def fail(self, path, writer):
        """One of the ways."""
        way = self.random.choice(["status", "status", "hang up", "cut", "slow", "garbage"])
        if way == "status":
            await send(writer, self.random.choice([500, 502, 503, 504]), FAILURE_BODY, 0)
        elif way == "garbage":
            writer.write(b"this is not HTTP\r\n\r\n")
            await hang_up(writer)
        elif way == "hang up" or path.startswith(MISSING):
            await hang_up(writer)
        else:
            await self.go_wrong_midway(way, path, writer)

    async def go_wrong_midway(self, way, path, writer):
        content = body(path, self.version(path))
        half = len(content) // 2
        writer.write(head_of(200, len(content), 3600) + content[:half])
        await writer.drain()
        if way == "cut":
            self.cuts[path] = time.monotonic()
            await hang_up(writer)
        else:
            await asyncio.sleep(self.random.uniform(0.05, 0.4))
            writer.write(content[half:])
            await writer.drain()


async def send(writer, status, content, max_age):
    writer.write(head_of(status, len(content), max_age) + content)
    await writer.drain()


def head_of(status, length, max_age):
    return f"HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nCache-Control: max-age={max_age}\r\n\r\n".encode()


async def hang_up(writer):
    writer.close()
    raise ConnectionResetError
