"""HTTPS as viewers meet it: a certificate for every name, redirects, and HTTP/1.1 over TLS."""

import http.client
import socket
import ssl
import urllib.parse

import pytest

from configuration import behavior, create, custom_origin, distribution
from origin import Reply
from warmfront import PATIENCE_SECONDS


@pytest.fixture
def get_securely(warmfront):
    """Gets a path over HTTPS, trusting only the authority that the server made for itself."""
    context = ssl.create_default_context(cafile=warmfront.addresses["ca"])
    address = urllib.parse.urlsplit(warmfront.addresses["edge-https"])

    def get(host, path):
        raw = socket.create_connection((address.hostname, address.port), PATIENCE_SECONDS)
        connection = http.client.HTTPConnection(host)
        connection.sock = context.wrap_socket(raw, server_hostname=host)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    return get


def test_every_name_of_a_distribution_has_a_certificate(warmfront, get_securely, origin):
    origin.plan("/", Reply(200, "hello"))
    aliases = {"Quantity": 2, "Items": ["www.localhost", "*.wild.localhost"]}
    made = create(warmfront.cloudfront(), distribution(custom_origin(origin), Aliases=aliases))
    for host in (made["DomainName"], "www.localhost", "any.wild.localhost"):
        assert get_securely(host, "/") == (200, b"hello"), host


def test_an_unknown_name_has_no_certificate(get_securely):
    with pytest.raises(ssl.SSLError):
        get_securely("nobody.localhost", "/")


# proves: O30, O31
def test_http_is_redirected_to_https_when_the_behavior_says_so(warmfront, origin):
    default = behavior(origin.name, ViewerProtocolPolicy="redirect-to-https")
    made = create(warmfront.cloudfront(), distribution(custom_origin(origin), default=default))
    answer = warmfront.get(made["DomainName"], "/a?b=c")
    port = urllib.parse.urlsplit(warmfront.addresses["edge-https"]).port
    assert (answer.status, answer["Location"]) == (301, f"https://{made['DomainName']}:{port}/a?b=c")
    assert answer.x_cache == "Redirect from cloudfront"
    assert origin.asked() == 0


# proves: O30
def test_http_is_refused_when_the_behavior_says_so(warmfront, get_securely, origin):
    origin.plan("/", Reply(200, "secret enough"))
    default = behavior(origin.name, ViewerProtocolPolicy="https-only")
    made = create(warmfront.cloudfront(), distribution(custom_origin(origin), default=default))
    assert warmfront.get(made["DomainName"], "/").status == 403
    assert get_securely(made["DomainName"], "/") == (200, b"secret enough")
