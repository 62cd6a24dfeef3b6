"""Ansible's community.aws modules for CloudFront: a playbook that is run twice changes nothing the second time."""

import datetime

import pytest

from ansible_playbook import Ansible
from configuration import create, custom_origin, distribution
from origin import Reply

# cloudfront_response_headers_policy calls it a change when a policy was modified within this time.
NEW_SECONDS = 3


@pytest.fixture
def ansible(warmfront, tmp_path):
    return Ansible(warmfront, tmp_path)


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


def wait_until_the_policy_is_not_new(cloudfront):
    """An update that changes nothing must not touch the time of a policy, or the module reports a change."""
    policies = cloudfront.list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"]["Items"]
    [modified] = [policy["ResponseHeadersPolicy"]["LastModifiedTime"] for policy in policies]
    while datetime.datetime.now(modified.tzinfo) - modified <= datetime.timedelta(seconds=NEW_SECONDS + 1):
        cloudfront.list_distributions()


def test_a_playbook_makes_a_site_changes_nothing_the_second_time_and_takes_it_away(
    warmfront, cloudfront, ansible, origin
):
    origin.plan("/index.html", Reply(200, "hello"))
    origin.plan("/missing", Reply(404))
    origin.plan("/errors/sorry.html", Reply(200, "sorry"))
    variables = {"site_port": origin.port, "alias": "www.localhost"}
    assert ansible.run("site.yml", **variables) == [
        "Headers for every answer",
        "An identity that may read the error pages",
        "The distribution",
        "Everything below /old is fetched again",
    ]
    root = warmfront.get("www.localhost", "/")
    assert (root.status, root.body, root["X-Shop"]) == (200, b"hello", "open")
    missing = warmfront.get("www.localhost", "/missing")
    assert (missing.status, missing.body) == (200, b"sorry")
    assert origin.requests[0].headers["X-From"] == "playbook"
    [made] = cloudfront.list_distributions()["DistributionList"]["Items"]
    tags = cloudfront.list_tags_for_resource(Resource=made["ARN"])["Tags"]["Items"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "web", "stage": "test"}

    wait_until_the_policy_is_not_new(cloudfront)
    assert ansible.run("site.yml", **variables) == []

    # Once: the module for identities breaks, without asking anybody, when there is none to take away.
    assert ansible.run("gone.yml") == ["No distribution", "No identity", "No headers"]
    identities = cloudfront.list_cloud_front_origin_access_identities()["CloudFrontOriginAccessIdentityList"]
    policies = cloudfront.list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"]
    distributions = cloudfront.list_distributions()["DistributionList"]
    assert [made["Quantity"] for made in (distributions, identities, policies)] == [0, 0, 0]


# proves: K16
def test_a_reference_that_is_used_for_other_paths_is_a_warning_for_the_module(cloudfront, ansible, origin):
    made = create(cloudfront, distribution(custom_origin(origin)))
    variables = {"site": made["Id"], "reference": "once"}
    assert ansible.run("invalidate.yml", path="/a", **variables) == ["It is asked for"]
    # The module knows the refusal by a sentence of its message.
    assert ansible.run("invalidate.yml", path="/b", **variables) == []
    listed = cloudfront.list_invalidations(DistributionId=made["Id"])["InvalidationList"]
    assert listed["Quantity"] == 1
