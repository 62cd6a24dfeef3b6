"""Invalidations through boto3, and what they do to viewers."""

import time

import pytest

from configuration import counted, create, custom_origin, distribution, page
from origin import Reply
from expect import ONE_QUESTION, refusal


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


@pytest.fixture
def made(cloudfront, origin):
    return create(cloudfront, distribution(custom_origin(origin)))


def invalidate(client, id, *paths, reference=None):
    batch = {"Paths": counted(*paths), "CallerReference": reference or f"{paths}-{time.monotonic_ns()}"}
    return client.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]


# proves: K01
def test_an_invalidated_object_is_fetched_again(warmfront, cloudfront, origin, made):
    origin.plan("/a", Reply(200, "one"), Reply(200, "two"))
    origin.plan("/b", Reply(200, "b"))
    warmfront.get(made["DomainName"], "/a"), warmfront.get(made["DomainName"], "/b")
    invalidate(cloudfront, made["Id"], "/a")
    assert warmfront.get(made["DomainName"], "/a").body == b"two"
    assert warmfront.get(made["DomainName"], "/b").x_cache == "Hit from cloudfront"
    assert origin.asked("/b") == 1


# proves: K03
def test_a_trailing_wildcard_takes_everything_below(warmfront, cloudfront, origin, made):
    for path in ("/images/1", "/images/2", "/other"):
        origin.plan(path, Reply(200, path))
        warmfront.get(made["DomainName"], path)
    invalidate(cloudfront, made["Id"], "/images/*")
    for path in ("/images/1", "/images/2", "/other"):
        warmfront.get(made["DomainName"], path)
    assert [origin.asked(path) for path in ("/images/1", "/images/2", "/other")] == [2, 2, 1]


# proves: A76, B67, K12
def test_a_remembered_error_goes_with_its_path_and_the_page_with_its_own(warmfront, cloudfront, origin):
    origin.plan("/thing", Reply(404))
    origin.plan("/sorry.html", Reply(200, "old page"), Reply(200, "new page"))
    config = distribution(custom_origin(origin), errors=[page(404, "/sorry.html", 404, min_ttl=300)])
    made = create(cloudfront, config)

    def get():
        return warmfront.get(made["DomainName"], "/thing").body

    assert get() == b"old page"
    invalidate(cloudfront, made["Id"], "/thing")
    assert get() == b"old page"
    assert (origin.asked("/thing"), origin.asked("/sorry.html")) == (2, 1)
    invalidate(cloudfront, made["Id"], "/sorry.html")
    assert get() == b"new page"
    assert (origin.asked("/thing"), origin.asked("/sorry.html")) == (2, 2)


# proves: K13
def test_the_waiter_for_a_completed_invalidation_asks_once(cloudfront, made):
    invalidation = invalidate(cloudfront, made["Id"], "/*")
    waiter = cloudfront.get_waiter("invalidation_completed")
    waiter.wait(DistributionId=made["Id"], Id=invalidation["Id"], WaiterConfig=ONE_QUESTION)
    shown = cloudfront.get_invalidation(DistributionId=made["Id"], Id=invalidation["Id"])["Invalidation"]
    assert shown["Status"] == "Completed"
    assert shown["InvalidationBatch"]["Paths"] == counted("/*")


# proves: K16
def test_the_same_reference_with_the_same_paths_is_the_same_invalidation(cloudfront, made):
    first = invalidate(cloudfront, made["Id"], "/a", "/b", reference="once")
    second = invalidate(cloudfront, made["Id"], "/a", "/b", reference="once")
    assert first["Id"] == second["Id"]
    batch = {"Paths": counted("/c"), "CallerReference": "once"}
    code, status, _ = refusal(
        cloudfront.create_invalidation, DistributionId=made["Id"], InvalidationBatch=batch
    )
    assert (code, status) == ("InvalidationBatchAlreadyExists", 400)


def test_invalidations_are_listed_newest_first_and_in_pages(cloudfront, made):
    ids = [invalidate(cloudfront, made["Id"], f"/{number}")["Id"] for number in range(3)]
    pages = cloudfront.get_paginator("list_invalidations").paginate(
        DistributionId=made["Id"], PaginationConfig={"PageSize": 2}
    )
    listed = [item["Id"] for page in pages for item in page["InvalidationList"].get("Items", [])]
    assert listed == ids[::-1]


@pytest.mark.parametrize("path", ["no-slash", ""])
def test_a_path_without_a_slash_is_refused(cloudfront, made, path):
    batch = {"Paths": counted(path), "CallerReference": "one"}
    code, status, _ = refusal(
        cloudfront.create_invalidation, DistributionId=made["Id"], InvalidationBatch=batch
    )
    assert (code, status) == ("InvalidArgument", 400)
