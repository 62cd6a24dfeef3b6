"""HTTP/3 as viewers meet it."""

import asyncio
import socket
import urllib.parse

import pytest
from aioquic.buffer import encode_uint_var

from configuration import behavior, create, custom_origin, distribution
from http3 import Ended, connected
from origin import Reply

ALL = {"Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
       "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}


@pytest.fixture
def site(warmfront, origin):
    """A distribution with HTTP/3 that lets everything through."""
    default = behavior(origin.name, AllowedMethods=ALL)
    aliases = {"Quantity": 1, "Items": ["www.localhost"]}
    config = distribution(custom_origin(origin), default=default, HttpVersion="http2and3", Aliases=aliases)
    return create(warmfront.cloudfront(), config)["DomainName"]


# proves: H03, H34, O20
def test_pages_come_over_http3_and_say_so(warmfront, origin, site):
    origin.plan("/a", Reply(200, "hello", {"Cache-Control": "max-age=60"}))

    async def ask():
        async with connected(warmfront, site) as viewer:
            return await viewer.ask(site, "/a"), await viewer.ask(site, "/a")

    first, second = asyncio.run(ask())
    assert (first.status, first.body, first.x_cache) == (200, b"hello", "Miss from cloudfront")
    assert (second.status, second.body, second.x_cache) == (200, b"hello", "Hit from cloudfront")
    assert first["Via"].startswith("3.0 ")
    port = urllib.parse.urlsplit(warmfront.addresses["edge-https"]).port
    assert first["Alt-Svc"] == f'h3=":{port}"; ma=86400'
    assert first["Connection"] is None


def test_bodies_go_both_ways_whole(warmfront, origin, site):
    large = "0123456789abcdef" * 65536
    origin.plan("/large", Reply(200, large))
    origin.plan("/upload", Reply(200, "taken"))
    body = bytes(range(256)) * 280

    async def ask():
        async with connected(warmfront, site) as viewer:
            return (
                await viewer.ask(site, "/large"),
                await viewer.ask(site, "/upload", "POST", [("content-length", str(len(body)))], body),
                await viewer.ask(site, "/upload", "POST", (), body),
            )

    answer, *uploads = asyncio.run(ask())
    assert (answer.status, len(answer.body)) == (200, 1 << 20) and answer.body == large.encode()
    assert [(upload.status, upload.body) for upload in uploads] == [(200, b"taken")] * 2
    assert [request.body for request in origin.requests if request.target == "/upload"] == [body, body]


def test_a_hundred_requests_share_a_connection(warmfront, origin, site):
    for number in range(100):
        origin.plan(f"/{number}", Reply(200, f"answer {number}"))

    async def ask():
        async with connected(warmfront, site) as viewer:
            return await asyncio.gather(*(viewer.ask(site, f"/{number}") for number in range(100)))

    answers = asyncio.run(ask())
    assert [answer.body for answer in answers] == [f"answer {number}".encode() for number in range(100)]


# proves: O01, O02
def test_every_name_has_its_certificate_and_strangers_none(warmfront, origin, site):
    origin.plan("/", Reply(200, "hello"))

    async def ask(host):
        async with connected(warmfront, host) as viewer:
            return (await viewer.ask(host, "/")).status

    assert [asyncio.run(ask(host)) for host in (site, "www.localhost")] == [200, 200]
    with pytest.raises(ConnectionError):
        asyncio.run(ask("nobody.localhost"))


# proves: O20, H34
@pytest.mark.parametrize("version, speaks", [("http1.1", False), ("http2", False), ("http3", True), ("http2and3", True)])
def test_the_distribution_says_whether_http3_is_spoken(warmfront, origin, version, speaks):
    origin.plan("/", Reply(200, "hello"))
    config = distribution(custom_origin(origin), HttpVersion=version)
    host = create(warmfront.cloudfront(), config)["DomainName"]

    async def ask():
        async with connected(warmfront, host) as viewer:
            return (await viewer.ask(host, "/")).status

    if speaks:
        assert asyncio.run(ask()) == 200
    else:
        with pytest.raises(ConnectionError):
            asyncio.run(ask())
    # In clear text nobody is told, whatever the distribution says.
    assert warmfront.get(host, "/")["Alt-Svc"] is None


def frame(kind, payload, length=None):
    """A frame of HTTP/3, possibly one that lies about its length."""
    return encode_uint_var(kind) + encode_uint_var(len(payload) if length is None else length) + payload


def test_what_a_viewer_can_make_the_edge_hold_is_bounded(warmfront, origin, site):
    origin.plan("/", Reply(200, "hello"))

    async def ask():
        async with connected(warmfront, site) as viewer:
            # A head, and a frame of a kind that nobody knows, that never end.
            floods = [viewer.send_raw(frame(kind, bytes(1 << 20), 1 << 30)) for kind in (0x1, 0x21)]
            for flood in floods:
                with pytest.raises(Ended, match="0x107"):
                    await flood
        async with connected(warmfront, site) as viewer:
            large = await viewer.ask(site, "/", headers=[("x-large", "x" * 33_000)])
            huge = await viewer.ask(site, "/", headers=[(f"x-large-{number}", "x" * 60_000) for number in range(5)])
            return large.status, huge.status, (await viewer.ask(site, "/")).status

    assert asyncio.run(ask()) == (494, 431, 200)


def test_a_body_of_another_length_than_declared_is_refused(warmfront, origin, site):
    origin.plan("/", Reply(200, "hello"))

    async def ask(length):
        async with connected(warmfront, site) as viewer:
            return await viewer.ask(site, "/", "POST", [("content-length", length)], b"12345")

    for length in ("4", "6"):
        try:
            assert asyncio.run(ask(length)).status >= 400, length
        except Ended:
            pass
    assert [request.body for request in origin.requests if request.method == "POST" and len(request.body) > 5] == []


def test_packets_that_mean_nothing_do_no_harm(warmfront, origin, site):
    origin.plan("/", Reply(200, "hello"))
    address = urllib.parse.urlsplit(warmfront.addresses["edge-http3"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for packet in (b"", b"\x00", b"\xff" * 1200, bytes(range(256)) * 5, b"\xc0\x00\x00\x00\x01" + bytes(1400)):
            stranger.sendto(packet, (address.hostname, address.port))

    async def ask():
        async with connected(warmfront, site) as viewer:
            return (await viewer.ask(site, "/")).status

    assert asyncio.run(ask()) == 200
