"""A distribution from creation to deletion, through boto3."""

import pytest

from configuration import behavior, change, create, custom_origin, distribution
from expect import ONE_QUESTION, refusal
from origin import Reply
from warmfront import ACCESS_KEY_ID, FOR_TESTS, Warmfront


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


def test_a_new_distribution_serves_viewers_at_once(warmfront, cloudfront, origin):
    origin.plan("/hello.txt", Reply(200, "hello"))
    made = create(cloudfront, distribution(custom_origin(origin)))
    first = warmfront.get(made["DomainName"], "/hello.txt")
    second = warmfront.get(made["DomainName"], "/hello.txt")
    assert (first.status, first.body, first.x_cache) == (200, b"hello", "Miss from cloudfront")
    assert (second.status, second.body, second.x_cache) == (200, b"hello", "Hit from cloudfront")
    assert origin.asked() == 1


def test_create_answers_where_the_distribution_is_and_which_version(cloudfront, origin):
    answer = cloudfront.create_distribution(DistributionConfig=distribution(custom_origin(origin)))
    made = answer["Distribution"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["Location"].endswith(f"/2020-05-31/distribution/{made['Id']}")
    assert answer["ETag"].startswith("E")
    assert made["ARN"] == f"arn:aws:cloudfront::123456789012:distribution/{made['Id']}"
    assert made["Status"] == "InProgress"


def test_the_waiter_for_a_deployed_distribution_asks_once(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    cloudfront.get_waiter("distribution_deployed").wait(Id=made["Id"], WaiterConfig=ONE_QUESTION)
    assert cloudfront.get_distribution(Id=made["Id"])["Distribution"]["Status"] == "Deployed"


def test_what_was_read_can_be_sent_back_unchanged(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin), Comment="<&> \u00fc"))
    before = cloudfront.get_distribution_config(Id=made["Id"])["DistributionConfig"]
    change(cloudfront, made["Id"], lambda config: None)
    after = cloudfront.get_distribution_config(Id=made["Id"])["DistributionConfig"]
    assert before == after
    assert after["Comment"] == "<&> \u00fc"


def test_an_update_gives_a_new_version_and_reaches_viewers(warmfront, cloudfront, origin):
    origin.plan("/", Reply(200, "the root"))
    origin.plan("/start.html", Reply(200, "the start"))
    made = create(cloudfront, distribution(custom_origin(origin)))
    assert warmfront.get(made["DomainName"], "/").body == b"the root"
    old = cloudfront.get_distribution_config(Id=made["Id"])["ETag"]
    new = change(cloudfront, made["Id"], lambda config: config.update(DefaultRootObject="start.html"))
    assert new != old
    assert warmfront.get(made["DomainName"], "/").body == b"the start"


def test_an_old_version_is_refused(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    read = cloudfront.get_distribution_config(Id=made["Id"])
    change(cloudfront, made["Id"], lambda config: config.update(Comment="newer"))
    code, status, _ = refusal(
        cloudfront.update_distribution,
        Id=made["Id"], IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"],
    )
    assert (code, status) == ("PreconditionFailed", 412)


def test_an_update_without_a_version_is_refused(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    read = cloudfront.get_distribution_config(Id=made["Id"])
    code, status, _ = refusal(
        cloudfront.update_distribution, Id=made["Id"], DistributionConfig=read["DistributionConfig"]
    )
    assert (code, status) == ("InvalidIfMatchVersion", 400)


def test_a_caller_reference_cannot_be_used_twice(cloudfront, origin):
    config = distribution(custom_origin(origin))
    made = create(cloudfront, config)
    code, status, message = refusal(cloudfront.create_distribution, DistributionConfig=config)
    assert (code, status) == ("DistributionAlreadyExists", 409)
    assert made["Id"] in message


def test_a_caller_reference_cannot_be_changed(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    read = cloudfront.get_distribution_config(Id=made["Id"])
    read["DistributionConfig"]["CallerReference"] = "another"
    code, status, _ = refusal(
        cloudfront.update_distribution,
        Id=made["Id"], IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"],
    )
    assert (code, status) == ("IllegalUpdate", 400)


# proves: E01, E05
def test_an_alternate_domain_name_belongs_to_one_distribution(warmfront, cloudfront, origin):
    origin.plan("/", Reply(200, "mine"))
    create(cloudfront, distribution(custom_origin(origin), Aliases={"Quantity": 1, "Items": ["www.localhost"]}))
    assert warmfront.get("www.localhost", "/").body == b"mine"
    second = distribution(custom_origin(origin), Aliases={"Quantity": 1, "Items": ["www.localhost"]})
    code, status, _ = refusal(cloudfront.create_distribution, DistributionConfig=second)
    assert (code, status) == ("CNAMEAlreadyExists", 409)


def test_a_target_that_is_no_origin_is_refused(cloudfront, origin):
    config = distribution(custom_origin(origin), default=behavior("nobody"))
    code, status, _ = refusal(cloudfront.create_distribution, DistributionConfig=config)
    assert (code, status) == ("NoSuchOrigin", 404)


def test_the_list_comes_in_pages(cloudfront, origin):
    made = [create(cloudfront, distribution(custom_origin(origin)))["Id"] for _ in range(5)]
    pages = list(cloudfront.get_paginator("list_distributions").paginate(PaginationConfig={"PageSize": 2}))
    assert [page["DistributionList"]["Quantity"] for page in pages] == [2, 2, 1]
    assert [page["DistributionList"]["IsTruncated"] for page in pages] == [True, True, False]
    listed = [item["Id"] for page in pages for item in page["DistributionList"].get("Items", [])]
    assert sorted(listed) == sorted(made)


# proves: E04
def test_a_distribution_is_disabled_before_it_is_deleted(warmfront, cloudfront, origin):
    origin.plan("/", Reply(200, "here"))
    made = create(cloudfront, distribution(custom_origin(origin)))
    version = cloudfront.get_distribution(Id=made["Id"])["ETag"]
    code, status, _ = refusal(cloudfront.delete_distribution, Id=made["Id"], IfMatch=version)
    assert (code, status) == ("DistributionNotDisabled", 409)
    version = change(cloudfront, made["Id"], lambda config: config.update(Enabled=False))
    cloudfront.get_waiter("distribution_deployed").wait(Id=made["Id"], WaiterConfig=ONE_QUESTION)
    assert warmfront.get(made["DomainName"], "/").status == 403
    cloudfront.delete_distribution(Id=made["Id"], IfMatch=version)
    code, status, _ = refusal(cloudfront.get_distribution, Id=made["Id"])
    assert (code, status) == ("NoSuchDistribution", 404)
    assert cloudfront.list_distributions()["DistributionList"]["Quantity"] == 0


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "cn-northwest-1"])
def test_requests_may_be_signed_for_any_region(warmfront, region):
    assert warmfront.cloudfront(region=region).list_distributions()["DistributionList"]["Quantity"] == 0


def test_a_wrong_secret_and_an_unknown_key_are_refused(warmfront):
    wrong = warmfront.cloudfront(secret="wrong")
    assert refusal(wrong.list_distributions)[:2] == ("SignatureDoesNotMatch", 403)
    unknown = warmfront.cloudfront(access_key_id=ACCESS_KEY_ID[::-1])
    assert refusal(unknown.list_distributions)[:2] == ("InvalidClientTokenId", 403)


def test_a_second_start_finds_what_the_first_one_kept(binary, warmfront, cloudfront, origin, tmp_path):
    origin.plan("/", Reply(200, "here"))
    made = create(cloudfront, distribution(custom_origin(origin)))
    before = cloudfront.get_distribution_config(Id=made["Id"])
    warmfront.__exit__()
    with Warmfront(binary, tmp_path / "data", *FOR_TESTS) as again:
        after = again.cloudfront().get_distribution_config(Id=made["Id"])
        assert (after["ETag"], after["DistributionConfig"]) == (before["ETag"], before["DistributionConfig"])
        assert again.get(made["DomainName"], "/").body == b"here"
