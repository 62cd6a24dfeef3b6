"""What is asked, and how much faster than its peers the product must answer it.

CPU that a peer takes for a request, divided by ours, must be at least what `required` says.
"""

import dataclasses
import random

KIB, MIB = 1024, 1024 * 1024
BODY, PAGE, REST = "x" * KIB, "p" * KIB, "y" * (KIB - 5)
OBJECTS = 10_000
LARGE = {"100k": random.Random(1).randbytes(100 * KIB), "10m": random.Random(2).randbytes(10 * MIB)}

NGINX, OPEN, HAPROXY, VARNISH = "nginx", "nginx, files kept open", "HAProxy", "Varnish"
TRAFFIC_SERVER, EPOLL = "Traffic Server", "epoll loop"


def over(nginx, haproxy=None, varnish=None, traffic_server=None, **others):
    """The ratios that are required; both nginxes are nginx."""
    all_of_them = {NGINX: nginx, OPEN: nginx, HAPROXY: haproxy, VARNISH: varnish, TRAFFIC_SERVER: traffic_server}
    return {name: ratio for name, ratio in {**all_of_them, **others}.items() if ratio}


@dataclasses.dataclass
class Workload:
    key: str
    title: str
    # Path to status and body, of those that are looked at; all that are asked are in `paths`.
    expected: dict
    required: dict
    paths: list = None
    tls: bool = False
    http2: bool = False
    connections: int = 64
    streams: int = 1
    script: str = "load.lua"
    # Only whole seconds of transfer say something about objects of which few are answered in a round.
    is_large: bool = False
    # The origin is asked each time.
    is_passed: bool = False

    def __post_init__(self):
        self.paths = self.paths or list(self.expected)
        self.status, body = next(iter(self.expected.values()))
        self.size = len(body)


def one(path, body, status=200):
    return {path: (status, body if isinstance(body, bytes) else body.encode())}


def many():
    sample = range(0, OBJECTS, 499)
    return {f"/many/{number:05}": (200, f"{number:05}{REST}".encode()) for number in sample}


WORKLOADS = [
    Workload("w1", "hit, 1 KiB", one("/object", BODY), {**over(2.0, 1.5, 4.0, 4.0), EPOLL: 1 / 1.35}),
    Workload("w4", f"hit, {OBJECTS:,} distinct objects of 1 KiB", many(), over(2.3, 1.5), script="many.lua",
             paths=[f"/many/{number:05}" for number in range(OBJECTS)]),
    Workload("w2", "hit, 100 KiB", one("/large/100k", LARGE["100k"]), over(1.4, 1.4, 1.4, 1.4)),
    Workload("w3", "hit, 10 MiB", one("/large/10m", LARGE["10m"]), over(0.95, 2.0, 2.0, 2.0), connections=8,
             is_large=True),
    Workload("w5", "not cacheable, passed to the origin, 1 KiB", one("/dynamic/object", BODY), over(1.0, 1.1),
             is_passed=True),
    Workload("w6", "TLS 1.3, hit, 1 KiB", one("/object", BODY), over(2.0, 2.0, None, 2.0), tls=True),
    Workload("w6b", "TLS 1.3, hit, 100 KiB", one("/large/100k", LARGE["100k"]), over(1.4, 1.4, None, 1.4), tls=True),
    Workload("w7t", "HTTP/2 over TLS, hit, 1 KiB", one("/object", BODY), over(1.6, 1.0), tls=True, http2=True,
             connections=8, streams=16),
    Workload("404", "remembered 404, 1 KiB", one("/missing", BODY, 404), over(2.0, 1.5, 4.0, 4.0)),
    Workload("page", "404 with a page of 1 KiB", one("/paged/missing", PAGE, 404), over(2.0, 1.5, 4.0, 4.0)),
]
