"""An origin that answers as planned and remembers what it was asked.

A path that was not planned answers 599 with a tell-tale body, so that a request that should not have come is
seen by whoever asked for it.
"""

import http.server
import socket
import threading


class Reply:
    """A planned answer."""

    def __init__(self, status=200, body=b"", headers=()):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = dict(headers)


UNPLANNED = Reply(599, "nobody planned this request")


class Request:
    """A request as it arrived."""

    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    allow_reuse_address = False

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.open = set()

    def process_request(self, connection, address):
        self.open.add(connection)
        super().process_request(connection, address)

    def shutdown_request(self, connection):
        self.open.discard(connection)
        super().shutdown_request(connection)

    def cut_off(self):
        """Ends the connections that are kept alive."""
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The other side was faster.

    def handle_error(self, *_):
        pass  # A connection that ended while it was answered is no news to these tests.


class Origin:
    """A server on a free port of the loopback, under a name below localhost."""

    def __init__(self, name):
        self.name = name
        self.requests = []
        self.plans = {}
        self.lock = threading.Lock()
        # Answers wait for this; clear it to hold requests back.
        self.gate = threading.Event()
        self.gate.set()
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are separate writes; without this the second waits for the other side.
            disable_nagle_algorithm = True

            def answer(self):
                body = self.chunks() if "Transfer-Encoding" in self.headers else self.counted()
                reply = origin.reply_to(Request(self.command, self.path, self.headers, body))
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

            def counted(self):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            def chunks(self):
                body = b""
                while length := int(self.rfile.readline(), 16):
                    body += self.rfile.read(length)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.go_down()

    def go_down(self):
        """Stops listening and hangs up: from now on connections are refused."""
        if self.server:
            self.gate.set()
            self.server.shutdown()
            self.server.server_close()
            self.server.cut_off()
            self.server = None

    def plan(self, path, *replies):
        """Plans the answers to a path, in order; the last one is repeated."""
        with self.lock:
            self.plans[path] = list(replies)

    def reply_to(self, request):
        with self.lock:
            self.requests.append(request)
            replies = self.plans.get(request.target.split("?")[0], [UNPLANNED])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        self.gate.wait()
        return reply

    def asked(self, path=None):
        """How often it was asked, altogether or for a path."""
        with self.lock:
            return sum(path in (None, request.target.split("?")[0]) for request in self.requests)
