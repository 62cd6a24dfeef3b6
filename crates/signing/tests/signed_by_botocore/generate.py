"""Signs a few requests with botocore and writes each one, as it is on the wire, to a file beside this script.

Run by hand when a case is added: `python generate.py`. The keys are made up; the time is fixed, so that the output
is the same on each run of one botocore version.
"""

import datetime
import pathlib
from unittest import mock

import botocore.session
from botocore.awsrequest import AWSResponse

ACCESS_KEY_ID = "WFTESTKEY0000000001"
SECRET_KEY = "warmfront/test+secret/of/no/value/00000001"
AT = datetime.datetime(2026, 3, 1, 12, 0, 0)
NOISE = ("user-agent", "amz-sdk-")  # differs from run to run, never signed
HERE = pathlib.Path(__file__).parent

DISTRIBUTION = {
    "CallerReference": "signing-test",
    "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "origin.example"}]},
    "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
    "Comment": "été & <hiver>",
    "Enabled": True,
}
ARN = "arn:aws:cloudfront::000000000000:distribution/E1WARMFRONT"
TAGS = {"Items": [{"Key": "team", "Value": "édge"}]}
CASES = {
    "get-distribution": ("us-east-1", "get_distribution", {"Id": "E1WARMFRONT"}),
    "list-distributions-page": ("us-east-1", "list_distributions", {"Marker": "E1+/= x", "MaxItems": "10"}),
    "create-with-tags": (
        "eu-west-1",
        "create_distribution_with_tags",
        {"DistributionConfigWithTags": {"DistributionConfig": DISTRIBUTION, "Tags": TAGS}},
    ),
    "tag-resource": ("us-east-1", "tag_resource", {"Resource": ARN, "Tags": TAGS}),
    "update-if-match": (
        "eu-west-1",
        "update_distribution",
        {"Id": "E1WARMFRONT", "IfMatch": "E2QWRUHAPOMQZL", "DistributionConfig": DISTRIBUTION},
    ),
    "path-with-a-space": ("us-east-1", "describe_function", {"Name": "a b/é~"}),
}


def main():
    session = botocore.session.get_session()
    session.set_credentials(ACCESS_KEY_ID, SECRET_KEY)
    for name, (region, operation, parameters) in CASES.items():
        client = session.create_client("cloudfront", region_name=region, endpoint_url="http://localhost:4510")
        client.meta.events.register("before-send.cloudfront", lambda request, **_: capture(name, request))
        with mock.patch("botocore.auth.get_current_datetime", lambda: AT):
            try:
                getattr(client, operation)(**parameters)
            except Exception as unread_answer:  # the answer is made up, only the request matters
                print(name, type(unread_answer).__name__)


def capture(name, request):
    text = lambda value: value.decode() if isinstance(value, bytes) else str(value)
    target = request.url.removeprefix("http://localhost:4510")
    lines = [f"{request.method} {target} HTTP/1.1", "Host: localhost:4510"]
    lines += [f"{key}: {text(value)}" for key, value in request.headers.items() if not key.lower().startswith(NOISE)]
    head = "\r\n".join(lines) + "\r\n\r\n"
    (HERE / f"{name}.http").write_bytes(head.encode() + (request.body or b""))
    return AWSResponse(request.url, 200, {}, None)


main()
