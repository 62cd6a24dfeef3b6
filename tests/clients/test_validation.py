"""Every code that wrong input can be answered with, through boto3.

A row of `refusals` spoils a sound document in one way. The answer has CloudFront's code, the status of its model, its
words where they are known, and says which element is wrong and what would be accepted.
"""

import boto3
import pytest
from botocore.config import Config

from configuration import behavior, counted, create, distribution
from refusals import (
    ACM, ARGUMENT, BAD_PATHS, CREATES, UPDATES, bucket, certificate, first_origin, log_to, sound,
)
from warmfront import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Warmfront


@pytest.fixture(scope="module")
def strict(binary, tmp_path_factory):
    with Warmfront(binary, tmp_path_factory.mktemp("strict") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def lenient(binary, tmp_path_factory):
    with Warmfront(binary, tmp_path_factory.mktemp("lenient") / "data", "--lenient-references") as server:
        yield server


def unchecked(server):
    """boto3's client without its own checks, so that the server sees everything."""
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return boto3.client(
        "cloudfront", endpoint_url=server.api, region_name="us-east-1", config=config,
        aws_access_key_id=ACCESS_KEY_ID, aws_secret_access_key=SECRET_ACCESS_KEY,
    )


@pytest.fixture(scope="module")
def cloudfront(strict):
    return unchecked(strict)


class Refused:
    """What a call was refused with."""

    def __init__(self, call, **arguments):
        client = call.__self__
        with pytest.raises(client.exceptions.ClientError) as caught:
            call(**arguments)
        response = caught.value.response
        self.code = response["Error"]["Code"]
        self.message = response["Error"]["Message"]
        self.status = response["ResponseMetadata"]["HTTPStatusCode"]
        self.problems = response["ResponseMetadata"]["HTTPHeaders"].get("x-warmfront-problems", "")
        self.client = client

    def must_be(self, code, path=None, message=None):
        """Code, the status of CloudFront's model, the element, the words, and what would be accepted."""
        assert self.code == code, f"{self.code}: {self.message} ({self.problems})"
        if code != "MalformedXML":
            assert self.status == self.client.meta.service_model.shape_for(code).metadata["error"]["httpStatusCode"]
        if message is not None:
            assert self.message == message
        if path is not None:
            first = self.problems.split("; ")[1]
            assert first == f"{code} {path}" or first.startswith(f"{code} {path}: "), self.problems
        assert "Accepted" in self.message + self.problems, f"{self.message} ({self.problems})"


@pytest.mark.parametrize("row", CREATES)
def test_a_create_is_refused(cloudfront, row):
    spoil, code, path, message = CREATES[row]
    config = sound()
    spoil(config)
    Refused(cloudfront.create_distribution, DistributionConfig=config).must_be(code, path, message)


# Whatever lives outside is kept when references are lenient; what lives here never is.
OUTSIDE = {
    "encryption", "real-time logs", "log bucket", "certificate", "web acl",
}
INSIDE = {
    "access control", "function", "lambda", "key groups", "cache policy", "origin request policy",
    "response headers policy", "continuous deployment",
}


@pytest.mark.parametrize("row", sorted(OUTSIDE))
def test_what_lives_outside_is_kept_leniently(lenient, row):
    spoil, *_ = CREATES[row]
    config = sound()
    spoil(config)
    answer = lenient.cloudfront().create_distribution(DistributionConfig=config)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-warmfront-warning"]


def test_a_bucket_of_the_store_that_stands_in_for_s3_takes_logs(cloudfront):
    config = sound()
    log_to("logs.s3.amazonaws.com")(config)
    shown = create(cloudfront, config)["DistributionConfig"]["Logging"]
    assert shown == config["Logging"]


def test_an_identity_of_elsewhere_is_kept_leniently_and_refused_otherwise(cloudfront, lenient):
    config = sound()
    bucket(S3OriginConfig={"OriginAccessIdentity": "origin-access-identity/cloudfront/EELSEWHERE"})(config)
    lenient.cloudfront().create_distribution(DistributionConfig=config)
    refused = Refused(cloudfront.create_distribution, DistributionConfig=config)
    refused.must_be("InvalidOriginAccessIdentity", "Origins.Items[0].S3OriginConfig.OriginAccessIdentity")


@pytest.mark.parametrize("row", sorted(INSIDE))
def test_what_lives_here_is_checked_leniently_too(lenient, row):
    spoil, code, path, _ = CREATES[row]
    config = sound()
    spoil(config)
    Refused(lenient.cloudfront().create_distribution, DistributionConfig=config).must_be(code, path)


def test_protocols_of_a_certificate_are_checked_leniently_too(lenient):
    config = sound()
    certificate(ACMCertificateArn=ACM, SSLSupportMethod="sni-only", MinimumProtocolVersion="SSLv3")(config)
    Refused(lenient.cloudfront().create_distribution, DistributionConfig=config).must_be(
        "InvalidProtocolSettings", "ViewerCertificate"
    )


def test_access_control_and_identity_exclude_each_other_and_want_a_bucket(cloudfront):
    control = cloudfront.create_origin_access_control(OriginAccessControlConfig={
        "Name": "both", "SigningProtocol": "sigv4", "SigningBehavior": "always", "OriginAccessControlOriginType": "s3",
    })["OriginAccessControl"]["Id"]
    identity = cloudfront.create_cloud_front_origin_access_identity(
        CloudFrontOriginAccessIdentityConfig={"CallerReference": "both", "Comment": ""}
    )["CloudFrontOriginAccessIdentity"]["Id"]
    config = sound()
    identity = {"OriginAccessIdentity": f"origin-access-identity/cloudfront/{identity}"}
    bucket(OriginAccessControlId=control, S3OriginConfig=identity)(config)
    Refused(cloudfront.create_distribution, DistributionConfig=config).must_be(
        "IllegalOriginAccessConfiguration", "Origins.Items[0]"
    )
    config = sound()
    first_origin(OriginAccessControlId=control)(config)
    Refused(cloudfront.create_distribution, DistributionConfig=config).must_be(
        "InvalidDomainNameForOriginAccessControl", "Origins.Items[0].OriginAccessControlId"
    )


# === the document itself ===


def with_body(client, operation, body):
    """Sends this body in place of boto3's."""
    def replace(params, **_):
        params["body"] = body
    event = f"before-call.cloudfront.{operation}"
    client.meta.events.register(event, replace, unique_id="body")
    return lambda: client.meta.events.unregister(event, unique_id="body")


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        (b"", "MissingBody", "DistributionConfig"),
        (b"{}", "MalformedXML", "DistributionConfig"),
        (b"<DistributionConfig>", "MalformedXML", "DistributionConfig"),
        (b"<Tags/>", "MalformedXML", "DistributionConfig"),
        (b"<DistributionConfig xmlns='urn:x'/>", "MalformedXML", "DistributionConfig"),
        (b"<DistributionConfig><Surprise/></DistributionConfig>", "MalformedXML", "Surprise"),
        (b"<DistributionConfig><Comment/><Comment/></DistributionConfig>", "MalformedXML", "Comment"),
        (b"<DistributionConfig><Enabled>yes</Enabled></DistributionConfig>", ARGUMENT, "Enabled"),
        (
            b"<DistributionConfig><Origins><Quantity>x</Quantity></Origins></DistributionConfig>", ARGUMENT,
            "Origins.Quantity",
        ),
    ],
)
def test_a_document_that_is_none_is_refused(strict, body, code, path):
    client = unchecked(strict)
    with_body(client, "CreateDistribution", body)
    Refused(client.create_distribution, DistributionConfig=sound()).must_be(code, path)


# === lifecycle ===


def test_a_reference_and_a_name_belong_to_one_distribution(cloudfront):
    first = {**sound(), "Aliases": counted("once.example.com")}
    made = create(cloudfront, first)
    again = Refused(cloudfront.create_distribution, DistributionConfig=sound() | {
        "CallerReference": first["CallerReference"]
    })
    assert (again.code, again.status) == ("DistributionAlreadyExists", 409)
    assert made["Id"] in again.message
    other = Refused(cloudfront.create_distribution, DistributionConfig=sound() | {"Aliases": first["Aliases"]})
    assert (other.code, other.status) == ("CNAMEAlreadyExists", 409)


@pytest.fixture(scope="module")
def made(cloudfront):
    return create(cloudfront, distribution(
        *sound()["Origins"]["Items"],
        default=behavior("site"),
        errors=[{"ErrorCode": 404, "ResponsePagePath": "", "ResponseCode": "", "ErrorCachingMinTTL": 5}],
    ))["Id"]


@pytest.mark.parametrize("row", UPDATES)
def test_an_update_is_refused(cloudfront, made, row):
    spoil, code, path, message = UPDATES[row]
    read = cloudfront.get_distribution_config(Id=made)
    spoil(read["DistributionConfig"])
    refused = Refused(
        cloudfront.update_distribution, Id=made, IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"]
    )
    refused.must_be(code, path, message)


def test_an_update_names_the_version_that_it_replaces(cloudfront, made):
    config = cloudfront.get_distribution_config(Id=made)["DistributionConfig"]
    for arguments, code, status in [
        ({"Id": made}, "InvalidIfMatchVersion", 400),
        ({"Id": made, "IfMatch": "E0STALE000000"}, "PreconditionFailed", 412),
        ({"Id": "EUNKNOWN", "IfMatch": "E0STALE000000"}, "NoSuchDistribution", 404),
    ]:
        refused = Refused(cloudfront.update_distribution, DistributionConfig=config, **arguments)
        assert (refused.code, refused.status) == (code, status)


# === invalidations and tags ===


@pytest.mark.parametrize(
    ("batch", "code", "path", "message"),
    [
        ({"Paths": counted("a.jpg")}, ARGUMENT, "Paths.Items[0]", BAD_PATHS),
        ({"Paths": counted("/fine", "/a*b")}, ARGUMENT, "Paths.Items[1]", BAD_PATHS),
        ({"Paths": counted("/a b")}, ARGUMENT, "Paths.Items[0]", BAD_PATHS),
        ({"Paths": counted("/" + "a" * 4_000)}, ARGUMENT, "Paths.Items[0]", BAD_PATHS),
        ({"Paths": counted()}, ARGUMENT, "Paths.Items", None),
        ({"Paths": counted("/a"), "CallerReference": ""}, ARGUMENT, "CallerReference", None),
        ({"Paths": {"Quantity": 2, "Items": ["/a"]}}, "InconsistentQuantities", "Paths", None),
        ({"Paths": counted(*(f"/{number}/*" for number in range(16)))}, "BatchTooLarge", "Paths", None),
        ({"Paths": counted(*(f"/{number}" for number in range(3_001)))}, "BatchTooLarge", "Paths", None),
    ],
)
def test_an_invalidation_is_refused(cloudfront, made, batch, code, path, message):
    batch = {"CallerReference": "one", **batch}
    Refused(cloudfront.create_invalidation, DistributionId=made, InvalidationBatch=batch).must_be(code, path, message)


def test_an_invalidation_has_a_body_and_a_distribution(strict, cloudfront):
    batch = {"Paths": counted("/a"), "CallerReference": "one"}
    unknown = Refused(cloudfront.create_invalidation, DistributionId="EUNKNOWN", InvalidationBatch=batch)
    assert (unknown.code, unknown.status) == ("NoSuchDistribution", 404)
    client = unchecked(strict)
    with_body(client, "CreateInvalidation", b"")
    Refused(client.create_invalidation, DistributionId="EUNKNOWN", InvalidationBatch=batch).must_be(
        "MissingBody", "InvalidationBatch"
    )


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ([("aws:mine", "")], "Items[0].Key"),
        ([("", "")], "Items[0].Key"),
        ([("k" * 129, "")], "Items[0].Key"),
        ([("a!", "")], "Items[0].Key"),
        ([("a", "v" * 257)], "Items[0].Value"),
        ([("a", "<>")], "Items[0].Value"),
        ([("a", "1"), ("a", "2")], "Items[1].Key"),
        ([(f"k{number}", "") for number in range(51)], "Items"),
    ],
)
def test_tags_are_refused(cloudfront, made, items, path):
    arn = cloudfront.get_distribution(Id=made)["Distribution"]["ARN"]
    tags = {"Items": [{"Key": key, "Value": value} for key, value in items]}
    Refused(cloudfront.tag_resource, Resource=arn, Tags=tags).must_be("InvalidTagging", path)
    Refused(
        cloudfront.create_distribution_with_tags,
        DistributionConfigWithTags={"DistributionConfig": sound(), "Tags": tags},
    ).must_be("InvalidTagging", path)


def test_tags_belong_to_a_resource_that_exists(cloudfront, made):
    arn = cloudfront.get_distribution(Id=made)["Distribution"]["ARN"]
    tags = {"Items": [{"Key": "a", "Value": "b"}]}
    unknown = Refused(cloudfront.tag_resource, Resource=arn[:-3] + "AAA", Tags=tags)
    assert (unknown.code, unknown.status) == ("NoSuchResource", 404)
    Refused(cloudfront.tag_resource, Resource="distribution", Tags=tags).must_be(ARGUMENT, "Resource")


# === quotas ===


def test_quotas_are_settings(binary, tmp_path):
    environment = {"WARMFRONT_QUOTAS": "aliases=1,invalidation-paths=1"}
    with Warmfront(binary, tmp_path / "data", "--lenient-updates", environment=environment) as server:
        client = unchecked(server)
        config = sound() | {"Aliases": counted("a.example", "b.example")}
        Refused(client.create_distribution, DistributionConfig=config).must_be("TooManyDistributionCNAMEs", "Aliases")
        made = create(client, sound())
        batch = {"Paths": counted("/a", "/b"), "CallerReference": "one"}
        Refused(client.create_invalidation, DistributionId=made["Id"], InvalidationBatch=batch).must_be(
            "BatchTooLarge", "Paths"
        )


def test_the_number_of_distributions_is_a_quota(binary, tmp_path):
    with Warmfront(binary, tmp_path / "data", "--quota", "distributions=1") as server:
        client = unchecked(server)
        create(client, sound())
        refused = Refused(client.create_distribution, DistributionConfig=sound())
        assert (refused.code, refused.status) == ("TooManyDistributions", 400)


# === completeness ===

# Codes of the model that nothing here can be answered with, and why.
ELSEWHERE = {
    "AccessDenied": "roles have their own tests",
    "ContinuousDeploymentPolicyInUse": "there are no such policies",
    "StagingDistributionInUse": "there are no such policies",
    "EntityLimitExceeded": "of newer families that are not here",
    "EntityNotFound": "of newer families that are not here",
    "IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior": "fields are not encrypted",
    "InvalidOrigin": "InvalidArgument is answered, as was seen",
    "InvalidRequiredProtocol": "every protocol is accepted",
    "RealtimeLogConfigOwnerMismatch": "there are no real-time logs",
    "TooManyCertificates": "no certificates are held",
    "TooManyDistributionsAssociatedToCachePolicy": "tests of the resources",
    "TooManyDistributionsAssociatedToFieldLevelEncryptionConfig": "fields are not encrypted",
    "TooManyDistributionsAssociatedToKeyGroup": "there are no key groups",
    "TooManyDistributionsAssociatedToOriginAccessControl": "tests of the resources",
    "TooManyDistributionsAssociatedToOriginRequestPolicy": "tests of the resources",
    "TooManyDistributionsAssociatedToResponseHeadersPolicy": "tests of the resources",
    "TooManyDistributionsWithFunctionAssociations": "no functions are run",
    "TooManyDistributionsWithLambdaAssociations": "no functions are run",
    "TooManyDistributionsWithSingleFunctionARN": "no functions are run",
    "TooManyFunctionAssociations": "told behind InvalidFunctionAssociation (golden pairs)",
    "TooManyLambdaFunctionAssociations": "told behind InvalidLambdaFunctionAssociation (golden pairs)",
    "TooManyKeyGroupsAssociatedToDistribution": "told behind TrustedKeyGroupDoesNotExist (golden pairs)",
}
# Codes that tests above have by themselves.
ABOVE = {
    "CNAMEAlreadyExists", "DistributionAlreadyExists", "IllegalOriginAccessConfiguration",
    "InvalidDomainNameForOriginAccessControl", "InvalidIfMatchVersion", "InvalidProtocolSettings", "InvalidTagging",
    "MissingBody", "NoSuchDistribution", "PreconditionFailed", "TooManyDistributions",
}


@pytest.mark.parametrize(
    "operation", ["CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution"]
)
def test_every_code_of_the_model_is_proven_or_cannot_be(cloudfront, operation):
    rows = {code for _, code, *_ in (*CREATES.values(), *UPDATES.values())}
    model = {error.name for error in cloudfront.meta.service_model.operation_model(operation).error_shapes}
    assert model - rows - ABOVE - set(ELSEWHERE) == set()
    assert rows & set(ELSEWHERE) == set()
