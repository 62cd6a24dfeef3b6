"""Terraform's order of calls, by hand: what terraform-provider-aws sends for its CloudFront resources, and that it
finds nothing to change afterwards."""

import copy

import pytest

from origin import Reply
from terraform import Items, Provider, counted, render, to_change
from terraform_plans import ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY, behavior, cache_policy, distribution

# Members that the provider reads without asking whether they are there.
ALWAYS_READ = ("CacheBehaviors", "CustomErrorResponses", "Logging", "OriginGroups", "Origins", "Restrictions")
ALWAYS_READ_OF_BEHAVIORS = (
    "AllowedMethods", "FunctionAssociations", "LambdaFunctionAssociations", "TrustedKeyGroups", "TrustedSigners",
)


@pytest.fixture
def provider(warmfront):
    return Provider(warmfront)


def create(provider, planned, tags):
    """`terraform apply` of a new distribution: create, wait, read."""
    pairs = Items("Tag", *({"Key": key, "Value": value} for key, value in tags.items()))
    document = {"DistributionConfig": planned, "Tags": {"Items": pairs}}
    body = render("DistributionConfigWithTags", document)
    made = provider.expect(201, "POST", "/distribution?WithTags=", body).document
    return wait_until_deployed(provider, made["Id"])


def wait_until_deployed(provider, id):
    """The provider asks every 15 seconds until the status is right; here the first answer must be."""
    answer = provider.expect(200, "GET", f"/distribution/{id}")
    assert answer.document["Status"] == "Deployed"
    return answer


def update(provider, id, etag, config):
    return provider.expect(200, "PUT", f"/distribution/{id}/config", render("DistributionConfig", config), etag)


def create_access_control(provider):
    config = {
        "Description": "Managed by Terraform",
        "Name": "pages",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    return create_and_read(provider, "/origin-access-control", "OriginAccessControl", config)


def create_and_read(provider, path, name, config):
    """Create, then read by id, as every resource of the provider does; answers id, version and configuration."""
    made = provider.expect(201, "POST", path, render(f"{name}Config", config)).document
    read = provider.expect(200, "GET", f"{path}/{made['Id']}")
    return made["Id"], read.etag, read.document[f"{name}Config"]


def test_a_difference_is_seen_and_the_order_of_a_set_is_none():
    planned = distribution(8001, "")
    shown = copy.deepcopy(planned)
    shown["Aliases"]["Items"].reverse()
    del shown["WebACLId"]
    assert to_change(planned, shown) == []
    shown["WebACLId"] = "other"
    shown["CustomErrorResponses"]["Items"][1]["ResponseCode"] = "503"
    shown["CacheBehaviors"]["Items"].reverse()
    assert len(to_change(planned, shown)) > 3


def test_apply_leaves_nothing_to_change(warmfront, provider, origin):
    origin.plan("/missing", Reply(404))
    origin.plan("/sorry.html", Reply(200, "sorry"))
    access_control, _, _ = create_access_control(provider)
    planned = distribution(origin.port, access_control)
    shown = create(provider, planned, {"team": "web", "empty": ""}).document
    config = shown["DistributionConfig"]
    assert to_change(planned, config) == []
    assert provider.tags(shown["ARN"]) == {"team": "web", "empty": ""}
    assert provider.calls == [
        "POST origin-access-control 201", "GET origin-access-control 200",
        "POST distribution 201", "GET distribution 200", "GET tagging 200",
    ]
    answer = warmfront.get("www.localhost", "/missing")
    assert (answer.status, answer.body) == (200, b"sorry")


def test_lists_are_shown_in_the_order_in_which_they_were_sent(provider):
    planned = distribution(8001, create_access_control(provider)[0])
    config = create(provider, planned, {}).document["DistributionConfig"]

    def order(of, key):
        return [item[key] for item in of["Items"]]

    assert order(config["CacheBehaviors"], "PathPattern") == ["/pages/*", "/old/*"]
    assert order(config["Origins"], "Id") == ["site", "pages"]
    assert order(config["CustomErrorResponses"], "ErrorCode") == ["404", "503", "403"]
    keys = config["CacheBehaviors"]["Items"][1]["ForwardedValues"]["QueryStringCacheKeys"]
    assert keys["Items"] == ["page", "lang"]


def test_what_the_provider_reads_without_asking_is_always_there(provider):
    planned = distribution(8001, create_access_control(provider)[0])
    config = create(provider, planned, {}).document["DistributionConfig"]
    for name in ALWAYS_READ:
        assert name in config, name
    assert config["Logging"]["Enabled"] == "false"
    assert config["OriginGroups"]["Quantity"] == "0"
    behaviors = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]["Items"]]
    for shown in behaviors:
        for name in ALWAYS_READ_OF_BEHAVIORS:
            assert name in shown, (name, shown)
        assert "CachedMethods" in shown["AllowedMethods"]
    # Absent pages are empty texts, not absent: the next update must have all four.
    for page in config["CustomErrorResponses"]["Items"]:
        assert sorted(page) == ["ErrorCachingMinTTL", "ErrorCode", "ResponseCode", "ResponsePagePath"]


def test_what_was_not_planned_is_not_shown(provider):
    planned = distribution(8001, create_access_control(provider)[0])
    config = create(provider, planned, {}).document["DistributionConfig"]
    # With a cache policy, these would be differences to a plan that does not have them.
    for name in ("ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL", "RealtimeLogConfigArn"):
        assert name not in config["DefaultCacheBehavior"], name
    assert not config["CacheBehaviors"]["Items"][1].get("CachePolicyId")
    for name in ("ACMCertificateArn", "IAMCertificateId"):
        assert name not in config["ViewerCertificate"], name
    for shown in config["Origins"]["Items"]:
        assert shown.get("OriginShield", {}).get("Enabled", "false") == "false"
    assert "CustomOriginConfig" not in config["Origins"]["Items"][1]


def test_an_update_sends_everything_and_leaves_nothing_to_change(warmfront, provider, origin):
    origin.plan("/sorry.html", Reply(200, "sorry"))
    access_control, _, _ = create_access_control(provider)
    planned = distribution(origin.port, access_control)
    read = create(provider, planned, {"team": "web"})
    id, arn = read.document["Id"], read.document["ARN"]
    changed = copy.deepcopy(planned)
    changed["Comment"] = ""
    changed["CustomErrorResponses"] = counted(
        "CustomErrorResponse",
        {"ErrorCachingMinTTL": 10, "ErrorCode": 404, "ResponseCode": "", "ResponsePagePath": ""},
    )
    changed["CacheBehaviors"] = counted("CacheBehavior")
    changed["Aliases"] = {"Quantity": 0}
    update(provider, id, read.etag, changed)
    shown = wait_until_deployed(provider, id).document["DistributionConfig"]
    assert to_change(changed, shown) == []
    tag = render("Tags", {"Items": Items("Tag", {"Key": "stage", "Value": "live"})})
    keys = render("TagKeys", {"Items": Items("Key", "team")})
    resource = arn.replace(":", "%3A").replace("/", "%2F")
    provider.expect(204, "POST", f"/tagging?Operation=Untag&Resource={resource}", keys)
    provider.expect(204, "POST", f"/tagging?Operation=Tag&Resource={resource}", tag)
    assert provider.tags(arn) == {"stage": "live"}


def test_an_outdated_version_is_told_apart_and_the_refreshed_one_works(provider):
    planned = distribution(8001, create_access_control(provider)[0])
    read = create(provider, planned, {})
    id = read.document["Id"]
    update(provider, id, read.etag, {**planned, "Comment": "by somebody else"})
    body = render("DistributionConfig", {**planned, "Comment": "by the plan"})
    refused = provider.expect(412, "PUT", f"/distribution/{id}/config", body, read.etag)
    assert refused.code == "PreconditionFailed"
    refreshed = provider.expect(200, "GET", f"/distribution/{id}")
    update(provider, id, refreshed.etag, {**planned, "Comment": "by the plan"})


def test_destroy_disables_waits_deletes_and_asks_whether_it_is_gone(provider):
    access_control, version, _ = create_access_control(provider)
    read = create(provider, distribution(8001, access_control), {"team": "web"})
    id = read.document["Id"]
    enabled = provider.expect(409, "DELETE", f"/distribution/{id}", if_match=read.etag)
    assert enabled.code == "DistributionNotDisabled"
    # The provider sends back what it read, with one member changed.
    config = {**read.document["DistributionConfig"], "Enabled": "false"}
    update(provider, id, read.etag, config)
    deployed = wait_until_deployed(provider, id)
    outdated = provider.expect(412, "DELETE", f"/distribution/{id}", if_match=read.etag)
    assert outdated.code == "PreconditionFailed"
    provider.expect(204, "DELETE", f"/distribution/{id}", if_match=deployed.etag)
    gone = provider.expect(404, "GET", f"/distribution/{id}")
    assert gone.code == "NoSuchDistribution"
    provider.expect(204, "DELETE", f"/origin-access-control/{access_control}", if_match=version)
    gone = provider.expect(404, "GET", f"/origin-access-control/{access_control}")
    assert gone.code == "NoSuchOriginAccessControl"
    assert provider.expect(404, "DELETE", f"/distribution/{id}", if_match=deployed.etag).code == "NoSuchDistribution"


@pytest.mark.parametrize(
    "path, name, planned",
    [
        ("/cache-policy", "CachePolicy", cache_policy()),
        ("/origin-request-policy", "OriginRequestPolicy", ORIGIN_REQUEST_POLICY),
        ("/response-headers-policy", "ResponseHeadersPolicy", RESPONSE_HEADERS_POLICY),
    ],
)
def test_a_policy_is_applied_changed_and_destroyed(provider, path, name, planned):
    id, etag, shown = create_and_read(provider, path, name, planned)
    assert to_change(planned, shown) == []
    changed = {**planned, "Comment": "changed"}
    provider.expect(200, "PUT", f"{path}/{id}", render(f"{name}Config", changed), etag)
    read = provider.expect(200, "GET", f"{path}/{id}")
    assert to_change(changed, read.document[f"{name}Config"]) == []
    assert provider.expect(412, "DELETE", f"{path}/{id}", if_match=etag).code == "PreconditionFailed"
    provider.expect(204, "DELETE", f"{path}/{id}", if_match=read.etag)
    assert provider.expect(404, "GET", f"{path}/{id}").code == f"NoSuch{name}"


def test_a_distribution_that_uses_a_policy_is_destroyed_before_it(provider):
    id, etag, _ = create_and_read(provider, "/cache-policy", "CachePolicy", cache_policy())
    access_control, _, _ = create_access_control(provider)
    planned = distribution(8001, access_control, Enabled=False, DefaultCacheBehavior=behavior(CachePolicyId=id))
    read = create(provider, planned, {})
    assert provider.expect(409, "DELETE", f"/cache-policy/{id}", if_match=etag).code == "CachePolicyInUse"
    provider.expect(204, "DELETE", f"/distribution/{read.document['Id']}", if_match=read.etag)
    provider.expect(204, "DELETE", f"/cache-policy/{id}", if_match=etag)


@pytest.mark.parametrize(
    "path, element, name",
    [
        ("/cache-policy", "CachePolicy", "Managed-CachingOptimized"),
        ("/origin-request-policy", "OriginRequestPolicy", "Managed-AllViewer"),
        ("/response-headers-policy", "ResponseHeadersPolicy", "Managed-SecurityHeadersPolicy"),
    ],
)
def test_the_data_source_finds_a_managed_policy_by_name(provider, path, element, name):
    summaries = provider.expect(200, "GET", path).document["Items"]
    ids = [
        summary[element]["Id"] for summary in summaries if summary[element][f"{element}Config"]["Name"] == name
    ]
    assert len(ids) == 1
    read = provider.expect(200, "GET", f"{path}/{ids[0]}")
    assert read.etag and read.document["Id"] == ids[0]


def test_an_origin_access_identity_is_applied_and_destroyed(provider):
    path = "/origin-access-identity/cloudfront"
    planned = {"CallerReference": "terraform-20261122000000000000000002", "Comment": ""}
    name = "CloudFrontOriginAccessIdentity"
    id, etag, shown = create_and_read(provider, path, name, planned)
    assert shown == planned
    read = provider.expect(200, "GET", f"{path}/{id}").document
    assert read["S3CanonicalUserId"]
    changed = {**planned, "Comment": "pages"}
    provider.expect(200, "PUT", f"{path}/{id}/config", render(f"{name}Config", changed), etag)
    read = provider.expect(200, "GET", f"{path}/{id}")
    assert read.document[f"{name}Config"] == changed
    provider.expect(204, "DELETE", f"{path}/{id}", if_match=read.etag)
    assert provider.expect(404, "GET", f"{path}/{id}").code == f"NoSuch{name}"


def test_an_origin_access_control_is_changed_and_shown_as_planned(provider):
    id, etag, shown = create_access_control(provider)
    assert shown["Description"] == "Managed by Terraform"
    changed = {**shown, "SigningBehavior": "never", "Description": ""}
    body = render("OriginAccessControlConfig", changed)
    provider.expect(200, "PUT", f"/origin-access-control/{id}/config", body, etag)
    read = provider.expect(200, "GET", f"/origin-access-control/{id}")
    assert to_change(changed, read.document["OriginAccessControlConfig"]) == []
