"""The servers that are compared, each a process of its own on one core, and the origin behind all of them.

The configurations of the peers are in `peers/`, with names in braces where ports and folders go.
"""

import glob
import http.client
import os
import pathlib
import re
import resource
import socket
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/clients"))

from configuration import CACHING_DISABLED, behavior, create, custom_origin, distribution, page
from warmfront import Warmfront as Process

PEERS = pathlib.Path(__file__).with_name("peers")
PATIENCE_SECONDS = 20
# No request for so long means that none is under way.
QUIET_SECONDS = 0.05
SERVER_CORE, LOAD_CORE = "0", "1"
# The name that viewers use with the peers.
HOST = "bench.localhost"


def on_core(core):
    return ("taskset", "-c", core)


class Server:
    """A process that serves; `cannot` says of workloads why they are not measured with it."""

    name = None
    core = SERVER_CORE
    cannot = {}

    def __init__(self, folder, origin_port, certificate):
        self.folder = folder / type(self).__name__.lower()
        self.folder.mkdir()
        self.http, self.https = free_port(), free_port()
        self.host = self.paged_host = HOST
        self.values = {
            "FOLDER": self.folder, "HTTP": self.http, "HTTPS": self.https, "ORIGIN": origin_port, "HOST": HOST,
            "CERTIFICATE": certificate / "certificate.pem", "KEY": certificate / "key.pem",
            "PEM": certificate / "both.pem",
        }

    def configured(self, template, **values):
        """A file of `peers/`, filled in, in the folder of this server."""
        text = (PEERS / template).read_text()
        for name, value in {**self.values, **values}.items():
            text = text.replace("{" + name + "}", str(value))
        path = self.folder / pathlib.Path(template).name
        path.write_text(text)
        return path

    def command(self):
        raise NotImplementedError

    def __enter__(self):
        log = open(self.folder / "output.log", "wb")
        self.process = subprocess.Popen([*on_core(self.core), *self.command()], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.http):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.name}: {(self.folder / 'output.log').read_text()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pids(self):
        """The process and all that it has started."""
        return family(self.process.pid)


class Warmfront(Server):
    name = "Warmfront"

    def __init__(self, binary, folder, origin_port, *flags):
        self.folder = folder
        flags = ("--workers", "1", *flags)
        self.running = Process(binary, folder / "warmfront", *flags, launcher=on_core(self.core))
        self.origin = Named("origin.localhost", origin_port)

    def __enter__(self):
        self.running.__enter__()
        self.process = self.running.process
        addresses = self.running.addresses
        self.http, self.https = (urllib.parse.urlsplit(addresses[name]).port for name in ("edge-http", "edge-https"))
        client = self.running.cloudfront()
        origin, dynamic = custom_origin(self.origin), behavior(self.origin.name, CachePolicyId=CACHING_DISABLED)
        site = distribution(origin, behaviors=[{"PathPattern": "/dynamic/*", **dynamic}], HttpVersion="http2")
        errors = [page(404, "/errors/404.html", 404, min_ttl=3600)]
        self.host = create(client, site)["DomainName"]
        self.paged_host = create(client, distribution(origin, errors=errors))["DomainName"]
        return self

    def __exit__(self, *exception):
        self.running.__exit__(*exception)


class Named:
    """An origin as `custom_origin` wants it."""

    def __init__(self, name, port):
        self.name, self.port = name, port


class Nginx(Server):
    name = "nginx"
    open_files = "off"

    def command(self):
        configuration = self.configured("nginx.conf", OPEN_FILES=self.open_files)
        return ["nginx", "-c", configuration, "-p", self.folder]

    @staticmethod
    def version():
        return output("nginx", "-v").rpartition("/")[2]


class NginxOpen(Nginx):
    """Keeps the files of objects open, instead of opening one for each request."""

    name = "nginx, files kept open"
    open_files = "max=20000 inactive=1h"


class HAProxy(Server):
    name = "HAProxy"
    cannot = {
        "404": "keeps answers of status 200 only",
        "page": "keeps answers of status 200 only",
    }

    def command(self):
        return ["haproxy", "-db", "-f", self.configured("haproxy.cfg")]

    @staticmethod
    def version():
        return re.search(r"version ([\d.]+)", output("haproxy", "-v"))[1]


class Varnish(Server):
    name = "Varnish"
    cannot = {name: "has no TLS" for name in ("w6", "w6b", "w7t")}

    def command(self):
        # The log in shared memory is the access log of Varnish.
        logged = re.findall(r"^(\w+)\n-+$", output("varnishd", "-x", "vsl"), re.MULTILINE)
        silence = "vsl_mask=" + ",".join(f"-{tag}" for tag in logged)
        parameters = [silence, "thread_pools=1", "thread_pool_min=100", "thread_pool_max=1000", "timeout_idle=600"]
        settings = [word for parameter in parameters for word in ("-p", parameter)]
        return [
            "varnishd", "-F", "-j", "none", "-n", self.folder, "-f", self.configured("varnish.vcl"),
            "-a", f"127.0.0.1:{self.http}", "-s", "malloc,1g", *settings,
        ]

    @staticmethod
    def version():
        return re.search(r"varnish-([\d.]+)", output("varnishd", "-V"))[1]


class TrafficServer(Server):
    name = "Traffic Server"
    cannot = {"page": "has no pages from elsewhere"}

    def command(self):
        for file in ("certificate.pem", "key.pem"):
            (self.folder / file).write_bytes((self.values["KEY"].parent / file).read_bytes())
        (self.folder / "cache").mkdir()
        (self.folder / "plugin.config").touch()
        libraries = re.search(r"LIBDIR: (\S+)", output("traffic_layout", "info"))[1]
        for template in sorted((PEERS / "trafficserver").iterdir()):
            self.configured(f"trafficserver/{template.name}", LIBRARIES=libraries)
        return ["traffic_server", f"--run-root={self.folder / 'runroot.yaml'}"]

    @staticmethod
    def version():
        return re.search(r"Traffic Server ([\d.]+)", output("traffic_server", "-V"))[1]


class EpollLoop(Server):
    """The yardstick: `peers/epoll_loop.c`."""

    name = "epoll loop"

    def command(self):
        program = self.folder / "epoll_loop"
        subprocess.run(["cc", "-O2", "-o", program, PEERS / "epoll_loop.c"], check=True)
        return [program, str(self.http), "1024"]


class Origin(Server):
    """nginx again, on the core of the load."""

    name = "origin"
    core = LOAD_CORE

    def __init__(self, folder, body, rest, error_page, large):
        super().__init__(folder, 0, folder)
        self.texts = {"BODY": body, "REST": rest, "PAGE": error_page}
        self.own = 0
        (self.folder / "large").mkdir()
        for name, content in large.items():
            (self.folder / "large" / name).write_bytes(content)

    def command(self):
        configuration = self.configured("origin.conf", PORT=self.http, **self.texts)
        return ["nginx", "-c", configuration, "-p", self.folder]

    def asked(self):
        """How many requests came from others."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=PATIENCE_SECONDS)
        connection.request("GET", "/asked")
        numbers = re.search(r"requests\s+\d+ \d+ (\d+)", connection.getresponse().read().decode())
        connection.close()
        self.own += 1
        return int(numbers[1]) - self.own

    def settled(self):
        """The same, when nothing is under way any more: servers go on for a moment after their viewers have left."""
        asked = None
        while asked != (asked := self.asked()):
            time.sleep(QUIET_SECONDS)
        return asked


PEER_CLASSES = [Nginx, NginxOpen, HAProxy, Varnish, TrafficServer]


def certificate(folder):
    """A certificate that the peers share; what it says costs nothing once a connection stands."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True, capture_output=True,
    )
    both = (folder / "certificate.pem").read_text() + (folder / "key.pem").read_text()
    (folder / "both.pem").write_text(both)
    return folder


def family(pid):
    """A process and its descendants."""
    found = [pid]
    for thread in glob.glob(f"/proc/{pid}/task/*/children"):
        for child in pathlib.Path(thread).read_text().split():
            found += family(int(child))
    return found


def raise_limits():
    """As many descriptors as are allowed, here and in what is started."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def output(*command):
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")
    return finished.stdout.strip()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
