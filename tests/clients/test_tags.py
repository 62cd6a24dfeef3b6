"""Tags through boto3."""

import pytest

from configuration import create, custom_origin, distribution
from expect import refusal


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


def tags(**pairs):
    return {"Items": [{"Key": key, "Value": value} for key, value in pairs.items()]}


def shown(client, arn):
    items = client.list_tags_for_resource(Resource=arn)["Tags"].get("Items", [])
    return {item["Key"]: item.get("Value") for item in items}


def test_tags_are_set_replaced_and_taken_away(cloudfront, origin):
    arn = create(cloudfront, distribution(custom_origin(origin)))["ARN"]
    assert shown(cloudfront, arn) == {}
    cloudfront.tag_resource(Resource=arn, Tags=tags(team="web", stage="test"))
    cloudfront.tag_resource(Resource=arn, Tags=tags(stage="live"))
    assert shown(cloudfront, arn) == {"team": "web", "stage": "live"}
    cloudfront.untag_resource(Resource=arn, TagKeys={"Items": ["team", "never-there"]})
    assert shown(cloudfront, arn) == {"stage": "live"}


def test_a_distribution_can_be_created_with_tags(cloudfront, origin):
    document = {"DistributionConfig": distribution(custom_origin(origin)), "Tags": tags(team="web")}
    made = cloudfront.create_distribution_with_tags(DistributionConfigWithTags=document)["Distribution"]
    assert shown(cloudfront, made["ARN"]) == {"team": "web"}


def test_reserved_keys_and_unknown_resources_are_refused(cloudfront, origin):
    arn = create(cloudfront, distribution(custom_origin(origin)))["ARN"]
    answer = refusal(cloudfront.tag_resource, Resource=arn, Tags=tags(**{"aws:mine": "x"}))
    assert answer[:2] == ("InvalidTagging", 400)
    unknown = arn[:-3] + "AAA"
    answer = refusal(cloudfront.tag_resource, Resource=unknown, Tags=tags(a="b"))
    assert answer[:2] == ("NoSuchResource", 404)
