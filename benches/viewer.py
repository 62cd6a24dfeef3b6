"""Viewers that look at what they get: over HTTP/1.1 with and without TLS, and over HTTP/2."""

import http.client
import socket
import ssl
import subprocess
import tempfile

PATIENCE_SECONDS = 20
LOOPBACK = "127.0.0.1"


class Connection(http.client.HTTPConnection):
    """To the loopback, whatever the name; with TLS the name is told and the certificate is not looked at."""

    def __init__(self, host, port, tls):
        super().__init__(host, port, timeout=PATIENCE_SECONDS)
        self.tls = tls

    def connect(self):
        self.sock = socket.create_connection((LOOPBACK, self.port), PATIENCE_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def ask(self, path):
        self.request("GET", path, headers={"Host": self.host})
        response = self.getresponse()
        return response.status, response.read()


def answer(host, port, path, tls=False):
    """Status and body; over TLS it must be TLS 1.3. Which cipher is measured the load generator says: it offers one."""
    connection = Connection(host, port, tls)
    try:
        found = connection.ask(path)
        if tls:
            assert connection.sock.version() == "TLSv1.3", (host, connection.sock.version())
        return found
    finally:
        connection.close()


def fetch_all(host, port, paths, tls=False):
    """Asks for everything on one connection."""
    connection = Connection(host, port, tls)
    try:
        for path in paths:
            connection.ask(path)
    finally:
        connection.close()


def over_http2(host, port, path):
    with tempfile.NamedTemporaryFile() as body:
        printed = subprocess.run(
            ["curl", "--silent", "--show-error", "--insecure", "--http2", "--tlsv1.3", "--noproxy", "*",
             "--connect-to", f"::{LOOPBACK}:{port}", "--output", body.name,
             "--write-out", "%{http_version} %{http_code}", f"https://{host}{path}"],
            check=True, capture_output=True, text=True,
        ).stdout
        version, status = printed.split()
        assert version == "2", (host, printed)
        return int(status), body.read()
