"""Managed policies by id, and the older settings that do the same."""

import pytest

from configuration import (
    ALL_VIEWER, CACHING_DISABLED, CACHING_OPTIMIZED, SECURITY_HEADERS, behavior, counted, create,
    custom_origin, distribution,
)
from origin import Reply
from expect import refusal


@pytest.fixture
def serve(warmfront, origin):
    """Creates a distribution with this default cache behavior; answers how to get a path from it."""

    def serve(**settings):
        default = behavior(origin.name, **settings)
        made = create(warmfront.cloudfront(), distribution(custom_origin(origin), default=default))
        return lambda path, **how: warmfront.get(made["DomainName"], path, **how)

    return serve


# proves: M01, F07
def test_caching_optimized_ignores_queries_and_cookies(serve, origin):
    origin.plan("/a", Reply(200, "same for all"))
    get = serve(CachePolicyId=CACHING_OPTIMIZED)
    get("/a?x=1", headers={"Cookie": "a=1"})
    assert get("/a?x=2", headers={"Cookie": "a=2"}).x_cache == "Hit from cloudfront"
    asked = origin.requests[0]
    assert (asked.target, asked.headers.get("Cookie")) == ("/a", None)


# proves: C06, M03
def test_caching_disabled_asks_the_origin_each_time(serve, origin):
    origin.plan("/a", Reply(200, "fresh", {"Cache-Control": "max-age=60"}))
    get = serve(CachePolicyId=CACHING_DISABLED)
    get("/a")
    assert get("/a").x_cache == "Miss from cloudfront"
    assert origin.asked() == 2


# proves: M20
def test_all_viewer_sends_everything_to_the_origin(serve, origin):
    origin.plan("/a", Reply(200))
    get = serve(CachePolicyId=CACHING_DISABLED, OriginRequestPolicyId=ALL_VIEWER)
    get("/a?x=1", headers={"Cookie": "a=1", "X-Mine": "yes"})
    asked = origin.requests[0]
    assert (asked.target, asked.headers["Cookie"], asked.headers["X-Mine"]) == ("/a?x=1", "a=1", "yes")


# proves: M35, M40
def test_security_headers_are_added(serve, origin):
    origin.plan("/a", Reply(200))
    answer = serve(ResponseHeadersPolicyId=SECURITY_HEADERS)("/a")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Strict-Transport-Security"] == "max-age=31536000"


# proves: C01, C11
def test_forwarded_values_and_ttls_of_the_older_kind_work(warmfront, serve, origin):
    origin.plan("/a", Reply(200))
    get = serve(
        ForwardedValues={
            "QueryString": True,
            "QueryStringCacheKeys": counted("page"),
            "Cookies": {"Forward": "whitelist", "WhitelistedNames": counted("session")},
            "Headers": counted("Accept-Language"),
        },
        MinTTL=0, DefaultTTL=20, MaxTTL=100,
    )

    def asked_after(path, **headers):
        get(path, headers=headers)
        return origin.asked()

    assert asked_after("/a?page=1&other=1", Cookie="session=1") == 1
    assert asked_after("/a?page=1&other=2", Cookie="session=1; more=1") == 1
    assert asked_after("/a?page=2&other=1", Cookie="session=1") == 2
    assert asked_after("/a?page=1", Cookie="session=2") == 3
    assert asked_after("/a?page=1", Cookie="session=1", **{"Accept-Language": "de"}) == 4
    warmfront.advance(21)
    assert asked_after("/a?page=1", Cookie="session=1") == 5


@pytest.mark.parametrize(
    "member, code",
    [
        ("CachePolicyId", "NoSuchCachePolicy"),
        ("OriginRequestPolicyId", "NoSuchOriginRequestPolicy"),
        ("ResponseHeadersPolicyId", "NoSuchResponseHeadersPolicy"),
    ],
)
def test_an_unknown_policy_is_refused(warmfront, origin, member, code):
    unknown = {member: "00000000-0000-4000-8000-000000000000"}
    config = distribution(custom_origin(origin), default=behavior(origin.name, **unknown))
    answer = refusal(warmfront.cloudfront().create_distribution, DistributionConfig=config)
    assert answer[:2] == (code, 404)
