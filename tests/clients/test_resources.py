"""Every operation on what distributions refer to, through boto3: success, and every error that its model lists."""

import pytest

from configuration import behavior, change, create, custom_origin, distribution
from expect import refusal
from resources import (
    ALL, CACHE_POLICY, ORIGIN_ACCESS_CONTROL, ORIGIN_ACCESS_IDENTITY, ORIGIN_REQUEST_POLICY, POLICIES,
    RESPONSE_HEADERS_POLICY, cache_policy, origin_request_policy, response_headers_policy,
)
from origin import Reply
from warmfront import FOR_TESTS, Warmfront

each_kind = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.noun)
each_policy = pytest.mark.parametrize("kind", POLICIES, ids=lambda kind: kind.noun)


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


def user(kind, id, origin):
    """A distribution that uses the resource."""
    if kind in POLICIES:
        members = {} if kind is CACHE_POLICY else {"CachePolicyId": CACHE_POLICY.managed}
        return distribution(
            custom_origin(origin), default=behavior(origin.name, **{**members, f"{kind.shape}Id": id})
        )
    prefix = "origin-access-identity/cloudfront/" if kind is ORIGIN_ACCESS_IDENTITY else ""
    bucket = {
        "Id": "bucket",
        "DomainName": "site.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": prefix + id if prefix else ""},
        "OriginAccessControlId": "" if prefix else id,
    }
    return distribution(bucket)


@each_kind
def test_one_is_created_read_replaced_listed_and_deleted(cloudfront, kind):
    config = kind.config("one")
    made = kind.call(cloudfront, "create", **kind.given(config))
    id, etag = made[kind.shape]["Id"], made["ETag"]
    assert (made["ResponseMetadata"]["HTTPStatusCode"], etag[0]) == (201, "E")
    assert made["Location"].endswith(f"/{id}")
    read = kind.call(cloudfront, "get", Id=id)
    assert (read[kind.shape], read["ETag"]) == (made[kind.shape], etag)
    shown = kind.call(cloudfront, "get", "_config", Id=id)
    assert shown["ETag"] == etag
    assert {member: shown[f"{kind.shape}Config"][member] for member in config} == config

    note = "Description" if kind is ORIGIN_ACCESS_CONTROL else "Comment"
    changed = {**shown[f"{kind.shape}Config"], note: "changed"}
    updated = kind.call(cloudfront, "update", Id=id, IfMatch=etag, **kind.given(changed))
    assert updated["ETag"] != etag
    assert kind.call(cloudfront, "get", "_config", Id=id)[f"{kind.shape}Config"] == changed

    assert [i for page in kind.pages(cloudfront) for i in kind.ids(page)].count(id) == 1
    deleted = kind.call(cloudfront, "delete", Id=id, IfMatch=updated["ETag"])
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert id not in [i for page in kind.pages(cloudfront) for i in kind.ids(page)]


@each_kind
def test_every_one_is_on_exactly_one_page(cloudfront, kind):
    made = [kind.create(cloudfront, str(number))[0] for number in range(3)]
    whole = kind.ids(next(kind.pages(cloudfront)))
    assert set(made) <= set(whole)
    pages = list(kind.pages(cloudfront, MaxItems="2"))
    assert [id for page in pages for id in kind.ids(page)] == whole
    assert all(page["Quantity"] == len(kind.ids(page)) <= 2 == page["MaxItems"] for page in pages)
    if kind not in POLICIES:
        assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]


@each_policy
def test_a_list_can_have_only_managed_or_only_custom_policies(cloudfront, kind):
    made = kind.create(cloudfront, "one")[0]
    custom = [id for page in kind.pages(cloudfront, Type="custom") for id in kind.ids(page)]
    managed = [page["Items"] for page in kind.pages(cloudfront, Type="managed")]
    assert custom == [made]
    assert kind.managed in [item[kind.shape]["Id"] for items in managed for item in items]
    assert {item["Type"] for items in managed for item in items} == {"managed"}


# proves: M15
@each_policy
def test_a_managed_policy_is_shown_and_cannot_be_changed(cloudfront, kind):
    read = kind.call(cloudfront, "get", Id=kind.managed)
    config = kind.call(cloudfront, "get", "_config", Id=kind.managed)[f"{kind.shape}Config"]
    assert read[kind.shape][f"{kind.shape}Config"] == config
    assert config["Name"].startswith("Managed-")
    version = {"Id": kind.managed, "IfMatch": read["ETag"]}
    update = kind.method(cloudfront, "update")
    assert refusal(update, **version, **kind.given(config))[:2] == ("IllegalUpdate", 400)
    assert refusal(kind.method(cloudfront, "delete"), **version)[:2] == ("IllegalDelete", 400)


def listed(client, operation):
    """The errors that CloudFront's model lists for an operation, but for what only other keys are refused with."""
    shapes = client.meta.service_model.operation_model(operation).error_shapes
    return {shape.name for shape in shapes} - {"AccessDenied"}


@each_kind
def test_create_is_refused_with_every_listed_error(binary, tmp_path, kind):
    flags = (*FOR_TESTS, "--quota", f"{kind.quota}=1")
    with Warmfront(binary, tmp_path / "data", *flags) as server:
        client = server.cloudfront()
        kind.create(client, "one")
        other = kind.config("one", comment="other") if kind is ORIGIN_ACCESS_IDENTITY else kind.config("one")
        wrong = {code: kind.given(make("two")) for code, make in kind.wrong.items()}
        create = kind.method(client, "create")
        for code, arguments in wrong.items():
            assert refusal(create, **arguments)[:2] == (code, 400)
        assert refusal(create, **kind.given(other))[:2] == (kind.taken, 409)
        assert refusal(create, **kind.given(kind.config("two")))[:2] == (kind.too_many, 400)
        seen = {*wrong, kind.taken, kind.too_many}
        # boto3 sends no empty body; and an identity's configuration has nothing that is counted.
        assert listed(client, f"Create{kind.shape}") - seen <= unreachable(kind)


def unreachable(kind):
    return {"MissingBody", "InconsistentQuantities"} if kind is ORIGIN_ACCESS_IDENTITY else set()


@each_kind
def test_update_is_refused_with_every_listed_error(cloudfront, origin, kind):
    id, etag = kind.create(cloudfront, "one")
    kind.create(cloudfront, "two")
    good = kind.given(kind.config("one"))
    update = kind.method(cloudfront, "update")
    expected = {
        "InvalidIfMatchVersion": (400, {"Id": id, **good}),
        kind.missing: (404, {"Id": kind.unknown, "IfMatch": etag, **good}),
        "PreconditionFailed": (412, {"Id": id, "IfMatch": "E00000000000A", **good}),
    }
    for code, make in kind.wrong.items():
        expected[code] = (400, {"Id": id, "IfMatch": etag, **kind.given(make("one"))})
    if kind is ORIGIN_ACCESS_IDENTITY:
        expected["IllegalUpdate"] = (400, {"Id": id, "IfMatch": etag, **kind.given(kind.config("two"))})
    else:
        expected[kind.taken] = (409, {"Id": id, "IfMatch": etag, **kind.given(kind.config("two"))})
    if kind is ORIGIN_ACCESS_CONTROL:
        create(cloudfront, user(kind, id, origin))
        other_type = kind.given(kind.config("one", origin_type="lambda"))
        expected["IllegalUpdate"] = (400, {"Id": id, "IfMatch": etag, **other_type})
    if kind in POLICIES:
        expected["IllegalUpdate"] = (400, {"Id": kind.managed, "IfMatch": etag, **good})
    for code, (status, arguments) in expected.items():
        assert refusal(update, **arguments)[:2] == (code, status)
    assert listed(cloudfront, f"Update{kind.shape}") - set(expected) <= unreachable(kind)
    assert kind.call(cloudfront, "get", Id=id)["ETag"] == etag


@each_kind
def test_delete_and_get_are_refused_with_every_listed_error(cloudfront, origin, kind):
    id, etag = kind.create(cloudfront, "one")
    made = create(cloudfront, user(kind, id, origin))
    delete = kind.method(cloudfront, "delete")
    expected = {
        "InvalidIfMatchVersion": (400, {"Id": kind.unknown}),
        kind.missing: (404, {"Id": kind.unknown, "IfMatch": etag}),
        "PreconditionFailed": (412, {"Id": id, "IfMatch": "E00000000000A"}),
        kind.in_use: (409, {"Id": id, "IfMatch": etag}),
    }
    if kind in POLICIES:
        expected["IllegalDelete"] = (400, {"Id": kind.managed, "IfMatch": etag})
    for code, (status, arguments) in expected.items():
        assert refusal(delete, **arguments)[:2] == (code, status)
    assert listed(cloudfront, f"Delete{kind.shape}") == set(expected)
    assert made["Id"] in refusal(delete, Id=id, IfMatch=etag)[2]
    for suffix in ("", "_config"):
        get = kind.method(cloudfront, "get", suffix)
        assert refusal(get, Id=kind.unknown)[:2] == (kind.missing, 404)


@each_kind
def test_lists_refuse_sizes_that_no_page_has(cloudfront, kind):
    for size in ("0", "101", "many"):
        call = getattr(cloudfront, kind.list_method)
        assert refusal(call, MaxItems=size)[:2] == ("InvalidArgument", 400)


@each_policy
def test_distributions_are_listed_by_the_policy_that_they_use(cloudfront, origin, kind):
    id, _ = kind.create(cloudfront, "one")
    by_policy = getattr(cloudfront, f"list_distributions_by_{kind.noun}_id")
    argument = f"{kind.shape}Id"
    assert by_policy(**{argument: id})["DistributionIdList"]["Quantity"] == 0
    made = sorted(create(cloudfront, user(kind, id, origin))["Id"] for _ in range(3))
    first = by_policy(**{argument: id}, MaxItems="2")["DistributionIdList"]
    assert (first["Items"], first["IsTruncated"]) == (made[:2], True)
    rest = by_policy(**{argument: id}, Marker=first["NextMarker"])["DistributionIdList"]
    assert (rest["Items"], rest["IsTruncated"]) == (made[2:], False)
    assert refusal(by_policy, **{argument: kind.unknown})[:2] == (kind.missing, 404)
    assert refusal(by_policy, **{argument: id}, MaxItems="0")[:2] == ("InvalidArgument", 400)


def test_distributions_without_a_web_acl_are_listed(cloudfront, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    found = cloudfront.list_distributions_by_web_acl_id(WebACLId="null")["DistributionList"]
    assert [item["Id"] for item in found["Items"]] == [made["Id"]]
    call = cloudfront.list_distributions_by_web_acl_id
    assert refusal(call, WebACLId="null", MaxItems="0")[:2] == ("InvalidArgument", 400)
    assert refusal(call, WebACLId="no acl")[:2] == ("InvalidWebACLId", 400)


def test_a_repeated_create_of_an_identity_is_answered_with_the_first(cloudfront):
    config = ORIGIN_ACCESS_IDENTITY.given(ORIGIN_ACCESS_IDENTITY.config("one", comment="same"))
    first = ORIGIN_ACCESS_IDENTITY.call(cloudfront, "create", **config)
    again = ORIGIN_ACCESS_IDENTITY.call(cloudfront, "create", **config)
    shape = ORIGIN_ACCESS_IDENTITY.shape
    assert (again[shape], again["ETag"]) == (first[shape], first["ETag"])
    user_id = first[shape]["S3CanonicalUserId"]
    assert len(user_id) == 64 and set(user_id) <= set("0123456789abcdef")


@each_kind
def test_an_update_that_stops_using_one_frees_it(cloudfront, origin, kind):
    id, etag = kind.create(cloudfront, "one")
    made = create(cloudfront, user(kind, id, origin))

    def stop(config):
        default = config["DefaultCacheBehavior"]
        default["CachePolicyId"] = CACHE_POLICY.managed
        default.pop("OriginRequestPolicyId", None)
        default.pop("ResponseHeadersPolicyId", None)
        for entry in config["Origins"]["Items"]:
            entry["OriginAccessControlId"] = ""
            entry.get("S3OriginConfig", {})["OriginAccessIdentity"] = ""

    change(cloudfront, made["Id"], stop)
    kind.call(cloudfront, "delete", Id=id, IfMatch=etag)


# proves: D10, D11
def test_a_custom_cache_policy_decides_the_key_and_an_update_of_it_is_live(warmfront, cloudfront, origin):
    origin.plan("/a", Reply(200))
    id, etag = CACHE_POLICY.create(cloudfront, "one", queries=["page"])
    made = create(cloudfront, user(CACHE_POLICY, id, origin))

    def asked_after(path):
        warmfront.get(made["DomainName"], path)
        return origin.asked()

    assert asked_after("/a?page=1&other=1") == 1
    assert asked_after("/a?page=1&other=2") == 1
    assert asked_after("/a?page=2") == 2
    assert origin.requests[0].target == "/a?page=1"
    config = cache_policy("one", queries=["other"])
    cloudfront.update_cache_policy(Id=id, IfMatch=etag, CachePolicyConfig=config)
    assert cloudfront.get_distribution(Id=made["Id"])["Distribution"]["Status"] == "Deployed"
    assert asked_after("/a?page=1&other=1") == 3
    assert asked_after("/a?page=9&other=1") == 3


def test_an_update_of_an_origin_request_policy_is_live(warmfront, cloudfront, origin):
    for path in ("/a", "/b"):
        origin.plan(path, Reply(200))
    id, etag = ORIGIN_REQUEST_POLICY.create(cloudfront, "one", headers=["X-One"])
    made = create(cloudfront, user(ORIGIN_REQUEST_POLICY, id, origin))
    headers = {"X-One": "1", "X-Two": "2"}
    warmfront.get(made["DomainName"], "/a", headers=headers)
    config = origin_request_policy("one", headers=["X-Two"])
    cloudfront.update_origin_request_policy(Id=id, IfMatch=etag, OriginRequestPolicyConfig=config)
    warmfront.get(made["DomainName"], "/b", headers=headers)
    sent = [(asked.headers.get("X-One"), asked.headers.get("X-Two")) for asked in origin.requests]
    assert sent == [("1", None), (None, "2")]


# proves: M40
def test_an_update_of_a_response_headers_policy_is_live_also_for_what_is_stored(warmfront, cloudfront, origin):
    origin.plan("/a", Reply(200, "stored", {"X-Secret": "told"}))
    id, etag = RESPONSE_HEADERS_POLICY.create(cloudfront, "one", custom=[("X-Mine", "1")])
    made = create(cloudfront, user(RESPONSE_HEADERS_POLICY, id, origin))
    first = warmfront.get(made["DomainName"], "/a")
    assert (first["X-Mine"], first["X-Secret"]) == ("1", "told")
    config = response_headers_policy("one", custom=[("X-Mine", "2")], removed=["X-Secret"])
    cloudfront.update_response_headers_policy(Id=id, IfMatch=etag, ResponseHeadersPolicyConfig=config)
    second = warmfront.get(made["DomainName"], "/a")
    assert (second["X-Mine"], second["X-Secret"], origin.asked()) == ("2", None, 1)


def test_an_update_that_would_break_a_distribution_is_refused_and_names_it(cloudfront):
    id, etag = CACHE_POLICY.create(cloudfront, "one")
    bucket = {
        "Id": "bucket",
        "DomainName": "site.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = create(cloudfront, distribution(bucket, default=behavior("bucket", CachePolicyId=id)))
    config = cache_policy("one", headers=["Host"])
    answer = refusal(cloudfront.update_cache_policy, Id=id, IfMatch=etag, CachePolicyConfig=config)
    assert answer[:2] == ("IllegalUpdate", 400)
    assert made["Id"] in answer[2]


@pytest.mark.parametrize(
    "kind", [CACHE_POLICY, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY, ORIGIN_ACCESS_CONTROL],
    ids=lambda kind: kind.noun,
)
def test_only_so_many_distributions_may_use_the_same_one(binary, tmp_path, origin, kind):
    with Warmfront(binary, tmp_path / "data", *FOR_TESTS, "--quota", "distributions-per-resource=1") as server:
        client = server.cloudfront()
        id, _ = kind.create(client, "one")
        create(client, user(kind, id, origin))
        answer = refusal(client.create_distribution, DistributionConfig=user(kind, id, origin))
        assert answer[:2] == (f"TooManyDistributionsAssociatedTo{kind.shape}", 400)


def test_only_so_many_distributions_are_created(binary, tmp_path, origin):
    with Warmfront(binary, tmp_path / "data", *FOR_TESTS, "--quota", "distributions=1") as server:
        client = server.cloudfront()
        create(client, distribution(custom_origin(origin)))
        answer = refusal(client.create_distribution, DistributionConfig=distribution(custom_origin(origin)))
        assert answer[:2] == ("TooManyDistributions", 400)
