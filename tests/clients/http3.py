"""A viewer that speaks HTTP/3, by aioquic: an implementation that shares nothing with the server's."""

import asyncio
import contextlib
import ssl
import urllib.parse

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated, StreamReset

from warmfront import PATIENCE_SECONDS, Answer


class Ended(Exception):
    """The stream or its connection ended before the answer was whole."""


class Viewer(QuicConnectionProtocol):
    """One connection."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.http = H3Connection(self._quic)
        self.under_way = {}
        self.terminated = asyncio.get_running_loop().create_future()

    def quic_event_received(self, event):
        if isinstance(event, ConnectionTerminated):
            for waiting, _, _ in self.under_way.values():
                self._fail(waiting, f"connection closed: {event.error_code:#x}")
            if not self.terminated.done():
                self.terminated.set_result(event.error_code)
        if isinstance(event, StreamReset) and event.stream_id in self.under_way:
            self._fail(self.under_way[event.stream_id][0], f"stream reset: {event.error_code:#x}")
        for event in self.http.handle_event(event):
            self._received(event)

    def _received(self, event):
        if event.stream_id not in self.under_way:
            return
        waiting, headers, body = self.under_way[event.stream_id]
        if isinstance(event, HeadersReceived):
            headers.extend((name.decode(), value.decode()) for name, value in event.headers)
        if isinstance(event, DataReceived):
            body.extend(event.data)
        if event.stream_ended and not waiting.done():
            status = int(dict(headers)[":status"])
            waiting.set_result(Answer(status, [pair for pair in headers if pair[0] != ":status"], bytes(body)))

    @staticmethod
    def _fail(waiting, why):
        if not waiting.done():
            waiting.set_exception(Ended(why))

    def send(self, host, path, method="GET", headers=(), body=None, ends=True):
        """Sends a request; what is returned becomes its answer."""
        stream = self._quic.get_next_available_stream_id()
        waiting = asyncio.get_running_loop().create_future()
        self.under_way[stream] = (waiting, [], bytearray())
        pseudo = [(b":method", method.encode()), (b":scheme", b"https"), (b":authority", host.encode()),
                  (b":path", path.encode())]
        fields = [(name.encode(), value.encode()) for name, value in headers]
        self.http.send_headers(stream, pseudo + fields, end_stream=ends and body is None)
        if body is not None:
            self.http.send_data(stream, body, end_stream=ends)
        self.transmit()
        return waiting

    async def ask(self, *args, **kwargs):
        """A request and its answer."""
        return await asyncio.wait_for(self.send(*args, **kwargs), PATIENCE_SECONDS)

    def send_raw(self, data, ends=False):
        """Sends bytes on a new stream; what is returned fails when the stream does."""
        stream = self._quic.get_next_available_stream_id()
        waiting = asyncio.get_running_loop().create_future()
        self.under_way[stream] = (waiting, [], bytearray())
        self._quic.send_stream_data(stream, data, end_stream=ends)
        self.transmit()
        return waiting


@contextlib.asynccontextmanager
async def connected(warmfront, host):
    """A connection to the edge under this name, with a certificate of its authority."""
    configuration = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN, server_name=host)
    configuration.load_verify_locations(warmfront.addresses["ca"])
    configuration.verify_mode = ssl.CERT_REQUIRED
    address = urllib.parse.urlsplit(warmfront.addresses["edge-http3"])
    connecting = connect(address.hostname, address.port, configuration=configuration, create_protocol=Viewer)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with connecting as viewer:
            yield viewer
