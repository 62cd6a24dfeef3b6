"""HTTP/2 as viewers must not speak it: what RFC 9113 has as errors, and what wears servers out."""

import socket
import ssl
import struct
import urllib.parse

import hpack
import pytest

from configuration import behavior, create, custom_origin, distribution
from origin import Reply
from warmfront import PATIENCE_SECONDS

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS, PADDED, ACK = 0x1, 0x4, 0x8, 0x1
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR = 0, 1, 3, 5, 6
COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 9, 11


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    length = len(payload) if length is None else length
    return struct.pack(">I", length)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def window_update(stream, amount):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", amount))


def setting(number, value):
    return frame(SETTINGS, payload=struct.pack(">HI", number, value))


class Viewer:
    """One connection, frame by frame."""

    def __init__(self, warmfront, host, preface=PREFACE + frame(SETTINGS)):
        context = ssl.create_default_context(cafile=warmfront.addresses["ca"])
        context.set_alpn_protocols(["h2"])
        address = urllib.parse.urlsplit(warmfront.addresses["edge-https"])
        raw = socket.create_connection((address.hostname, address.port), PATIENCE_SECONDS)
        self.socket = context.wrap_socket(raw, server_hostname=host)
        self.host = host
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.buffer = b""
        self.send(preface)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # The edge has hung up; what it said before is still to be read.

    def block(self, path="/", method="GET", scheme="https", more=()):
        fields = [(":method", method), (":scheme", scheme), (":authority", self.host), (":path", path), *more]
        return self.encoder.encode(fields)

    def request(self, stream, flags=END_STREAM | END_HEADERS, **words):
        self.send(frame(HEADERS, flags, stream, self.block(**words)))

    def _read(self, count):
        while len(self.buffer) < count:
            try:
                read = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError):
                read = b""
            if not read:
                return None
            self.buffer += read
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def frames(self):
        """What comes, until the connection ends."""
        while (head := self._read(9)) is not None:
            length = int.from_bytes(head[:3], "big")
            payload = self._read(length)
            if payload is None:
                return
            yield head[3], head[4], int.from_bytes(head[5:9], "big") & 0x7FFFFFFF, payload

    def answer(self, stream):
        """Status and body of a stream, or the code that it or the connection ended with."""
        status, body = None, b""
        for kind, flags, at, payload in self.frames():
            if kind == GOAWAY and (code := int.from_bytes(payload[4:8], "big")) != NO_ERROR:
                return "GOAWAY", code
            if kind == HEADERS:
                fields = dict(self.decoder.decode(payload))
                status = int(fields[":status"]) if at == stream else status
            if at != stream:
                continue
            if kind == RST_STREAM:
                return "RST_STREAM", int.from_bytes(payload, "big")
            if kind == DATA:
                body += payload
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                return status, body
        return "CLOSED", None

    def wait_for(self, wanted):
        """The next frame of a kind."""
        return next((rest for kind, *rest in self.frames() if kind == wanted), None)


@pytest.fixture
def site(warmfront, origin):
    origin.plan("/", Reply(200, "hello"))
    methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached = {"Quantity": 2, "Items": ["GET", "HEAD"]}
    allowed = {"Quantity": 7, "Items": methods, "CachedMethods": cached}
    default = behavior(origin.name, AllowedMethods=allowed)
    return create(warmfront.cloudfront(), distribution(custom_origin(origin), default=default))["DomainName"]


@pytest.fixture
def viewer(warmfront, site):
    with Viewer(warmfront, site) as connected:
        yield connected
    # Whatever happened there, others are served.
    with Viewer(warmfront, site) as other:
        other.request(1)
        assert other.answer(1) == (200, b"hello")


def test_a_plain_request_is_answered(viewer):
    viewer.request(1)
    assert viewer.answer(1) == (200, b"hello")


# Each breaks a rule of RFC 9113 after which the connection ends. The codes are those that it asks for; for frames that cannot
# be read the library says PROTOCOL_ERROR, where the RFC has FRAME_SIZE_ERROR, COMPRESSION_ERROR or FLOW_CONTROL_ERROR.
BROKEN = {
    "4.2 a frame above the largest size": (
        lambda it: frame(DATA, 0, 1, bytes(16385)),
        {FRAME_SIZE_ERROR, STREAM_CLOSED, PROTOCOL_ERROR},
    ),
    "4.2 SETTINGS with a size that is no multiple of 6": (
        lambda it: frame(SETTINGS, payload=bytes(5)),
        {FRAME_SIZE_ERROR, PROTOCOL_ERROR},
    ),
    "4.3 a header block that cannot be decoded": (
        lambda it: frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\xff\xff\xff\xff\xff"),
        {COMPRESSION_ERROR, PROTOCOL_ERROR},
    ),
    "5.1 DATA on an idle stream": (lambda it: frame(DATA, END_STREAM, 1, b"x"), {PROTOCOL_ERROR, STREAM_CLOSED}),
    "5.1 RST_STREAM on an idle stream": (lambda it: frame(RST_STREAM, 0, 1, bytes(4)), {PROTOCOL_ERROR}),
    "5.1 WINDOW_UPDATE on an idle stream": (lambda it: window_update(1, 1), {PROTOCOL_ERROR}),
    "5.1 CONTINUATION without HEADERS": (
        lambda it: frame(CONTINUATION, END_HEADERS, 1, it.block()),
        {PROTOCOL_ERROR},
    ),
    "5.1.1 a stream with an even number": (
        lambda it: frame(HEADERS, END_STREAM | END_HEADERS, 2, it.block()),
        {PROTOCOL_ERROR},
    ),
    "6.1 DATA without a stream": (lambda it: frame(DATA, 0, 0, b"x"), {PROTOCOL_ERROR}),
    "6.1 padding that is longer than its frame": (
        lambda it: frame(HEADERS, END_HEADERS, 1, it.block(method="POST")) + frame(DATA, PADDED, 1, b"\xff"),
        {PROTOCOL_ERROR},
    ),
    "6.2 HEADERS without a stream": (
        lambda it: frame(HEADERS, END_STREAM | END_HEADERS, 0, it.block()),
        {PROTOCOL_ERROR},
    ),
    "6.2 another frame within a header block": (
        lambda it: frame(HEADERS, END_STREAM, 1, it.block()) + frame(PING, payload=bytes(8)),
        {PROTOCOL_ERROR},
    ),
    "6.4 RST_STREAM without a stream": (lambda it: frame(RST_STREAM, 0, 0, bytes(4)), {PROTOCOL_ERROR}),
    "6.5 SETTINGS on a stream": (lambda it: frame(SETTINGS, 0, 1), {PROTOCOL_ERROR}),
    "6.5 an acknowledgement with a payload": (
        lambda it: frame(SETTINGS, ACK, 0, bytes(6)),
        {FRAME_SIZE_ERROR, PROTOCOL_ERROR},
    ),
    "6.5.2 ENABLE_PUSH that is neither 0 nor 1": (lambda it: setting(2, 2), {PROTOCOL_ERROR}),
    "6.5.2 a window above the largest": (lambda it: setting(4, 1 << 31), {FLOW_CONTROL_ERROR, PROTOCOL_ERROR}),
    "6.5.2 a frame size below the smallest": (lambda it: setting(5, 16383), {PROTOCOL_ERROR}),
    "6.6 PUSH_PROMISE by a client": (
        lambda it: frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + it.block()),
        {PROTOCOL_ERROR},
    ),
    "6.7 PING on a stream": (lambda it: frame(PING, 0, 1, bytes(8)), {PROTOCOL_ERROR}),
    "6.7 PING of another size": (lambda it: frame(PING, payload=bytes(6)), {FRAME_SIZE_ERROR, PROTOCOL_ERROR}),
    "6.8 GOAWAY on a stream": (lambda it: frame(GOAWAY, 0, 1, bytes(8)), {PROTOCOL_ERROR}),
    "6.9 WINDOW_UPDATE by nothing": (lambda it: window_update(0, 0), {PROTOCOL_ERROR}),
    "6.9 WINDOW_UPDATE of another size": (
        lambda it: frame(WINDOW_UPDATE, payload=bytes(3)),
        {FRAME_SIZE_ERROR, PROTOCOL_ERROR},
    ),
    "6.9.1 a connection's window above the largest": (lambda it: window_update(0, 0x7FFFFFFF), {FLOW_CONTROL_ERROR}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_who_breaks_the_protocol_is_disconnected(viewer, case):
    broken, codes = BROKEN[case]
    viewer.send(broken(viewer))
    how, code = viewer.answer(1)
    assert how in ("GOAWAY", "CLOSED") and (code is None or code in codes), (how, code)


# Each is a malformed request (section 8.1.1): its stream ends, or it is answered with an error; nobody acts on it.
MALFORMED = {
    "8.2 a name in capitals": {"more": [("X-Capital", "a")]},
    "8.2.1 a line end in a value": {"more": [("x-split", "a\r\nx-injected: b")]},
    "8.2.1 a zero byte in a value": {"more": [("x-zero", "a\0b")]},
    "8.2.2 Connection": {"more": [("connection", "keep-alive")]},
    "8.2.2 Transfer-Encoding": {"more": [("transfer-encoding", "chunked")]},
    "8.2.2 TE other than trailers": {"more": [("te", "gzip")]},
    "8.3 an unknown pseudo-header field": {"more": [(":unknown", "a")]},
    "8.3 a pseudo-header field of responses": {"more": [(":status", "200")]},
    "8.3 a pseudo-header field behind others": {"more": [("x-a", "a"), (":path", "/b")]},
    "8.3.1 an empty path": {"path": ""},
    "8.3.1 two methods": {"more": [(":method", "POST")]},
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_request_reaches_no_origin(viewer, origin, case):
    viewer.request(1, **MALFORMED[case])
    outcome, code = viewer.answer(1)
    is_refused = outcome in ("RST_STREAM", "GOAWAY", "CLOSED") or 400 <= outcome < 500
    assert is_refused, (outcome, code)
    assert origin.asked() == 0


def test_a_body_of_another_length_than_declared_is_refused(viewer, origin):
    viewer.request(1, flags=END_HEADERS, method="POST", more=[("content-length", "4")])
    viewer.send(frame(DATA, END_STREAM, 1, b"12345"))
    outcome, _ = viewer.answer(1)
    assert outcome in ("RST_STREAM", "GOAWAY") or outcome >= 400
    assert all(len(request.body) <= 4 for request in origin.requests)


def test_frames_of_unknown_kinds_mean_nothing(viewer):
    viewer.send(frame(0xB7, 0xFF, 0, b"whatever") + frame(PRIORITY, 0, 1, struct.pack(">IB", 0, 15)))
    viewer.request(1)
    assert viewer.answer(1) == (200, b"hello")


def test_a_wrong_preface_is_no_connection(warmfront, site):
    with Viewer(warmfront, site, preface=b"GET / HTTP/1.1\r\n\r\n" + bytes(100)) as viewer:
        assert viewer.answer(1)[0] in ("GOAWAY", "CLOSED")


# proves: E11
def test_header_lists_have_a_limit(viewer):
    viewer.request(1, more=[("x-large", "x" * 16_000)])
    # What fits into one frame is well below the limit of a head.
    assert viewer.answer(1) == (200, b"hello")


def test_a_flood_of_continuations_ends_the_connection(viewer):
    viewer.send(frame(HEADERS, END_STREAM, 1, viewer.block()))
    for number in range(200):
        block = viewer.encoder.encode([(f"x-{number}-{part}", "x" * 1000) for part in range(12)])
        viewer.send(frame(CONTINUATION, 0, 1, block))
    assert viewer.answer(1)[0] in ("GOAWAY", "CLOSED", "RST_STREAM", 431)


def test_a_flood_of_empty_continuations_ends_the_connection(viewer):
    viewer.send(frame(HEADERS, END_STREAM, 1, viewer.block()))
    viewer.send(frame(CONTINUATION, 0, 1) * 20_000)
    assert viewer.answer(1)[0] in ("GOAWAY", "CLOSED")


def test_a_small_block_that_decodes_to_a_huge_list_is_refused(viewer, origin):
    # One field of 4 KB goes into the table; each further byte names it again.
    block = viewer.block(more=[("x-bomb", "b" * 3900)])
    viewer.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, block + b"\xbe" * 12_000))
    outcome, _ = viewer.answer(1)
    assert outcome in ("RST_STREAM", "GOAWAY", 431, 494), outcome
    assert origin.asked() == 0


# CVE-2023-44487
def test_rapid_resets_end_the_connection(viewer, origin):
    for stream in range(1, 4001, 2):
        viewer.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, viewer.block(path=f"/{stream}")))
        viewer.send(frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))
    assert viewer.answer(4001)[:2] in (("GOAWAY", ENHANCE_YOUR_CALM), ("CLOSED", None))
    assert origin.asked() < 2000


def test_more_streams_than_allowed_are_refused(viewer, origin):
    origin.gate.clear()
    for stream in range(1, 2 * 200, 2):
        viewer.request(stream, path=f"/{stream}")
    refused = 0
    for kind, _, _, payload in viewer.frames():
        if kind == RST_STREAM:
            refused += 1
            assert int.from_bytes(payload, "big") in (7, PROTOCOL_ERROR)
        if kind == GOAWAY or refused == 200 - 128:
            break
    origin.gate.set()
    assert refused <= 200 - 128
    assert origin.asked() <= 128


def test_pings_and_settings_are_answered_but_not_without_end(viewer):
    viewer.send(frame(PING, payload=b"12345678"))
    assert viewer.wait_for(PING)[2] == b"12345678"
    viewer.request(1)
    assert viewer.answer(1) == (200, b"hello")


def test_a_closed_window_holds_back_the_body_and_nothing_else(viewer, origin):
    origin.plan("/large", Reply(200, "x" * 300_000))
    viewer.send(setting(4, 0))
    viewer.request(1, path="/large")
    viewer.request(3)
    # The windows of both streams are closed: heads come, bodies do not.
    seen = set()
    for kind, _, at, _ in viewer.frames():
        assert kind != DATA
        if kind == HEADERS:
            seen.add(at)
        if seen == {1, 3}:
            break
    viewer.send(window_update(3, 100))
    for kind, flags, at, payload in viewer.frames():
        if kind == DATA:
            assert (at, payload) == (3, b"hello")
            break


@pytest.mark.parametrize("number, value", [(1, 0), (1, 1 << 20), (3, 0), (6, 100)])
def test_odd_settings_do_no_harm(viewer, number, value):
    viewer.send(setting(number, value))
    viewer.request(1)
    assert viewer.answer(1)[0] in (200, "RST_STREAM")
