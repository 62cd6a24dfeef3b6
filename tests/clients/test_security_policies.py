"""Security policies of viewer certificates, and sessions that are resumed."""

import socket
import ssl
import urllib.parse

import pytest

from configuration import create, custom_origin, distribution
from warmfront import FOR_TESTS, PATIENCE_SECONDS, Warmfront

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


@pytest.fixture
def lenient(binary, tmp_path):
    """A server that keeps references to certificates that live outside: only then a policy can be chosen."""
    with Warmfront(binary, tmp_path / "data", *FOR_TESTS, "--lenient-references") as server:
        yield server


def host_with(server, origin, policy):
    certificate = {"ACMCertificateArn": ARN, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": policy}
    config = distribution(custom_origin(origin), ViewerCertificate=certificate)
    return create(server.cloudfront(), config)["DomainName"]


def handshake(server, host, version=None, ciphers=None, session=None, context=None):
    """The connection that is agreed on."""
    context = context or ssl.create_default_context(cafile=server.addresses["ca"])
    context.set_alpn_protocols(["h2", "http/1.1"])
    if version:
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    address = urllib.parse.urlsplit(server.addresses["edge-https"])
    raw = socket.create_connection((address.hostname, address.port), PATIENCE_SECONDS)
    return context.wrap_socket(raw, server_hostname=host, session=session)


TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
CHACHA = "ECDHE-ECDSA-CHACHA20-POLY1305"
AES = "ECDHE-ECDSA-AES256-GCM-SHA384"
CBC = "ECDHE-ECDSA-AES128-SHA256"


# proves: O10, O11, O12, O18
@pytest.mark.parametrize("policy, accepted, refused", [
    ("TLSv1_2016", [(TLS13, None), (TLS12, CHACHA), (TLS12, AES)], [(TLS12, CBC)]),
    ("TLSv1.2_2021", [(TLS13, None), (TLS12, CHACHA), (TLS12, AES)], [(TLS12, CBC)]),
    ("TLSv1.2_2025", [(TLS13, None), (TLS12, AES)], [(TLS12, CHACHA)]),
    ("TLSv1.3_2025", [(TLS13, None)], [(TLS12, AES), (TLS12, CHACHA)]),
])
def test_the_policy_decides_what_is_spoken(lenient, origin, policy, accepted, refused):
    host = host_with(lenient, origin, policy)
    for version, ciphers in accepted:
        with handshake(lenient, host, version, ciphers) as agreed:
            assert agreed.selected_alpn_protocol() == "h2"
            assert ciphers in (None, agreed.cipher()[0])
    for version, ciphers in refused:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            handshake(lenient, host, version, ciphers)


# proves: O13
def test_the_edge_prefers_its_own_order_of_suites(lenient, origin):
    host = host_with(lenient, origin, "TLSv1.2_2021")
    with handshake(lenient, host, TLS12, f"{CHACHA}:{AES}:ECDHE-ECDSA-AES128-GCM-SHA256") as agreed:
        assert agreed.cipher()[0] == "ECDHE-ECDSA-AES128-GCM-SHA256"


def test_a_session_goes_on_with_any_worker_but_under_no_other_name(warmfront, origin):
    config = distribution(custom_origin(origin), Aliases={"Quantity": 1, "Items": ["www.localhost"]})
    host = create(warmfront.cloudfront(), config)["DomainName"]
    context = ssl.create_default_context(cafile=warmfront.addresses["ca"])
    with handshake(warmfront, host, TLS12, context=context) as first:
        assert not first.session_reused
        session = first.session
    # Enough connections for each worker to have some.
    for _ in range(16):
        with handshake(warmfront, host, session=session, context=context) as again:
            assert again.session_reused
    with handshake(warmfront, "www.localhost", session=session, context=context) as other:
        assert not other.session_reused
