"""Every code that wrong input can be answered with, through boto3.

A row spoils a sound document in one way. The answer has CloudFront's code, the status of its model, its words where they
are known, and says which element is wrong and what would be accepted.
"""

import copy

import boto3
import pytest
from botocore.config import Config

from configuration import behavior, counted, create, distribution
from warmfront import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Warmfront

NO_ORIGIN = "One or more of your origins or origin groups do not exist."
BAD_LIST = "The specified list of custom error responses does not exist or is not valid."
NOT_A_BUCKET = "The parameter Origin DomainName does not refer to a valid S3 bucket."
BAD_PATHS = "Your request contains one or more invalid invalidation paths."
TOGETHER = "Your request must specify both ResponsePagePath and ResponseCode together or none of them."
TTL_ORDER = (
    "MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal to MaxTTL"
)
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
WRITES_TO_GROUP = (
    "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an "
    "origin group."
)


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


SERVER = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
LEGACY = {"QueryString": False, "Cookies": {"Forward": "none"}}


def sound():
    site = {"Id": "site", "DomainName": "site.example.com", "CustomOriginConfig": dict(SERVER)}
    spare = {"Id": "spare", "DomainName": "spare.example.com", "CustomOriginConfig": dict(SERVER)}
    return copy.deepcopy(distribution(site, spare, default=behavior("site")))


def first_origin(**members):
    return lambda config: config["Origins"]["Items"][0].update(members)


def server(**members):
    return first_origin(CustomOriginConfig={**SERVER, **members})


def bucket(**members):
    def edit(config):
        origin = config["Origins"]["Items"][0]
        del origin["CustomOriginConfig"]
        origin.update({
            "DomainName": "photos.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}, **members
        })
    return edit


def default(**members):
    return lambda config: config["DefaultCacheBehavior"].update(members)


def legacy(values=(), ttls=(), **members):
    def edit(config):
        settings = config["DefaultCacheBehavior"]
        del settings["CachePolicyId"]
        settings.update({"ForwardedValues": {**LEGACY, **dict(values)}, "MinTTL": 0, **dict(ttls), **members})
    return edit


def legacy_bucket(config):
    bucket()(config)
    legacy({"Headers": counted("Host")})(config)


def whole(**members):
    return lambda config: config.update(members)


def errors(*entries, quantity=None):
    def edit(config):
        config["CustomErrorResponses"] = counted(*({"ErrorCode": 404, **entry} for entry in entries))
        if quantity is not None:
            config["CustomErrorResponses"]["Quantity"] = quantity
    return edit


def group(members=("site", "spare"), codes=(500,), **settings):
    entry = {
        "Id": "both",
        "FailoverCriteria": {"StatusCodes": counted(*codes)},
        "Members": counted(*({"OriginId": member} for member in members)),
    }

    def edit(config):
        config["OriginGroups"] = counted(entry)
        config["DefaultCacheBehavior"].update({"TargetOriginId": "both", **settings})
    return edit


def listed(count):
    return lambda config: config.update(
        CacheBehaviors=counted(*({"PathPattern": f"/{number}", **behavior("site")} for number in range(count)))
    )


def origins(count):
    def edit(config):
        one = config["Origins"]["Items"][0]
        config["Origins"] = counted(one, *({**one, "Id": f"o{number}"} for number in range(count - 1)))
    return edit


def headers(*pairs):
    entries = ({"HeaderName": name, "HeaderValue": value} for name, value in pairs)
    return first_origin(CustomHeaders=counted(*entries))


def certificate(**members):
    return whole(ViewerCertificate=members)


def methods(*names, cached=("GET", "HEAD")):
    return {"AllowedMethods": {**counted(*names), "CachedMethods": counted(*cached)}}


def function(event):
    return {"FunctionARN": "arn:aws:cloudfront::123456789012:function/gate", "EventType": event}


def log_to(name):
    return whole(Logging={"Enabled": True, "IncludeCookies": False, "Bucket": name, "Prefix": ""})


ARGUMENT = "InvalidArgument"
OWN = {"SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
ACM = "arn:aws:acm:us-east-1:123456789012:certificate/one"

# What is spoiled, the code, the element, and CloudFront's words where they are known.
CREATES = {
    "no reference": (whole(CallerReference=""), ARGUMENT, "CallerReference", None),
    "no origin": (whole(Origins={"Quantity": 0}), ARGUMENT, "Origins.Items", None),
    "long comment": (whole(Comment="c" * 129), ARGUMENT, "Comment", None),
    "upper-case alias": (whole(Aliases=counted("WWW.example.com")), ARGUMENT, "Aliases.Items[0]", None),
    "alias twice": (whole(Aliases=counted("a.example", "a.example")), ARGUMENT, "Aliases.Items[1]", None),
    "many aliases": (
        whole(Aliases=counted(*(f"a{number}.example" for number in range(101)))),
        "TooManyDistributionCNAMEs", "Aliases", None,
    ),
    "root object": (whole(DefaultRootObject="/index.html"), "InvalidDefaultRootObject", "DefaultRootObject", None),
    "price class": (whole(PriceClass="PriceClass_300"), ARGUMENT, "PriceClass", None),
    "http version": (whole(HttpVersion="http9"), ARGUMENT, "HttpVersion", None),
    "quantity": (
        lambda config: config["Origins"].update(Quantity=7), "InconsistentQuantities", "Origins", None
    ),
    "many origins": (origins(101), "TooManyOrigins", "Origins", None),
    "origin id twice": (
        lambda config: config["Origins"]["Items"][1].update(Id="site"), ARGUMENT, "Origins.Items[1].Id", None
    ),
    "domain name": (first_origin(DomainName="http://site.example.com"), ARGUMENT, "Origins.Items[0].DomainName", None),
    "not a bucket": (
        bucket(DomainName="www.example.com"), ARGUMENT, "Origins.Items[0].DomainName", NOT_A_BUCKET
    ),
    "origin path": (first_origin(OriginPath="sub/"), ARGUMENT, "Origins.Items[0].OriginPath", None),
    "header name": (
        headers(("Host", "x")), ARGUMENT, "Origins.Items[0].CustomHeaders.Items[0].HeaderName",
        "The parameter HeaderName : Host is not allowed.",
    ),
    "many headers": (
        headers(*((f"x-{number}", "1") for number in range(31))),
        "TooManyOriginCustomHeaders", "Origins.Items[0].CustomHeaders", None,
    ),
    "port": (server(HTTPPort=81), ARGUMENT, "Origins.Items[0].CustomOriginConfig.HTTPPort", None),
    "read timeout": (
        server(OriginReadTimeout=121), "InvalidOriginReadTimeout",
        "Origins.Items[0].CustomOriginConfig.OriginReadTimeout", None,
    ),
    "keep-alive timeout": (
        server(OriginKeepaliveTimeout=0), "InvalidOriginKeepaliveTimeout",
        "Origins.Items[0].CustomOriginConfig.OriginKeepaliveTimeout", None,
    ),
    "attempts": (first_origin(ConnectionAttempts=4), ARGUMENT, "Origins.Items[0].ConnectionAttempts", None),
    "connection timeout": (first_origin(ConnectionTimeout=11), ARGUMENT, "Origins.Items[0].ConnectionTimeout", None),
    "completion timeout": (
        first_origin(ResponseCompletionTimeout=29), ARGUMENT, "Origins.Items[0].ResponseCompletionTimeout", None
    ),
    "shield": (
        first_origin(OriginShield={"Enabled": True}), ARGUMENT,
        "Origins.Items[0].OriginShield.OriginShieldRegion", None,
    ),
    "access control": (
        bucket(OriginAccessControlId="EUNKNOWN"), "InvalidOriginAccessControl",
        "Origins.Items[0].OriginAccessControlId", None,
    ),
    "access identity": (
        bucket(S3OriginConfig={"OriginAccessIdentity": "EUNKNOWN"}), "InvalidOriginAccessIdentity",
        "Origins.Items[0].S3OriginConfig.OriginAccessIdentity", None,
    ),
    "group of one": (group(["site"]), ARGUMENT, "OriginGroups.Items[0].Members", None),
    "group of strangers": (
        group(["site", "both"]), "NoSuchOrigin", "OriginGroups.Items[0].Members.Items[1].OriginId", NO_ORIGIN
    ),
    "group's codes": (
        group(codes=[405]), ARGUMENT, "OriginGroups.Items[0].FailoverCriteria.StatusCodes.Items[0]", None
    ),
    "group and writes": (
        group(**methods(*ALL_METHODS)), ARGUMENT, "DefaultCacheBehavior.AllowedMethods", WRITES_TO_GROUP
    ),
    "many groups": (
        lambda config: config.update(OriginGroups=counted(*({
            "Id": f"g{number}",
            "FailoverCriteria": {"StatusCodes": counted(500)},
            "Members": counted({"OriginId": "site"}, {"OriginId": "spare"}),
        } for number in range(11)))),
        "TooManyOriginGroupsPerDistribution", "OriginGroups", None,
    ),
    "target": (
        default(TargetOriginId="elsewhere"), "NoSuchOrigin", "DefaultCacheBehavior.TargetOriginId", NO_ORIGIN
    ),
    "protocol policy": (
        default(ViewerProtocolPolicy="http"), ARGUMENT, "DefaultCacheBehavior.ViewerProtocolPolicy", None
    ),
    "methods": (default(**methods("GET", "POST")), ARGUMENT, "DefaultCacheBehavior.AllowedMethods", None),
    "cached methods": (
        default(**methods("GET", "HEAD", cached=("GET", "HEAD", "OPTIONS"))), ARGUMENT,
        "DefaultCacheBehavior.AllowedMethods.CachedMethods", None,
    ),
    "grpc": (default(GrpcConfig={"Enabled": True}), ARGUMENT, "DefaultCacheBehavior.GrpcConfig.Enabled", None),
    "signers": (
        default(TrustedSigners={"Enabled": True, **counted("999999999999")}), "TrustedSignerDoesNotExist",
        "DefaultCacheBehavior.TrustedSigners.Items[0]", None,
    ),
    "many signers": (
        default(TrustedSigners={"Enabled": True, **counted(*["self"] * 5)}), "TooManyTrustedSigners",
        "DefaultCacheBehavior.TrustedSigners", None,
    ),
    "key groups": (
        default(TrustedKeyGroups={"Enabled": True, **counted("k1")}), "TrustedKeyGroupDoesNotExist",
        "DefaultCacheBehavior.TrustedKeyGroups.Items[0]", None,
    ),
    "function": (
        default(FunctionAssociations=counted(function("viewer-request"))), "InvalidFunctionAssociation",
        "DefaultCacheBehavior.FunctionAssociations.Items[0].FunctionARN", None,
    ),
    "lambda": (
        default(LambdaFunctionAssociations=counted({
            "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:gate:1", "EventType": "viewer-request",
        })),
        "InvalidLambdaFunctionAssociation",
        "DefaultCacheBehavior.LambdaFunctionAssociations.Items[0].LambdaFunctionARN", None,
    ),
    "encryption": (
        default(FieldLevelEncryptionId="C1"), "NoSuchFieldLevelEncryptionConfig",
        "DefaultCacheBehavior.FieldLevelEncryptionId", None,
    ),
    "real-time logs": (
        default(RealtimeLogConfigArn="arn:aws:cloudfront::123456789012:realtime-log-config/log"),
        "NoSuchRealtimeLogConfig", "DefaultCacheBehavior.RealtimeLogConfigArn", None,
    ),
    "cache policy": (
        default(CachePolicyId="unknown"), "NoSuchCachePolicy", "DefaultCacheBehavior.CachePolicyId", None
    ),
    "origin request policy": (
        default(OriginRequestPolicyId="unknown"), "NoSuchOriginRequestPolicy",
        "DefaultCacheBehavior.OriginRequestPolicyId", None,
    ),
    "response headers policy": (
        default(ResponseHeadersPolicyId="unknown"), "NoSuchResponseHeadersPolicy",
        "DefaultCacheBehavior.ResponseHeadersPolicyId", None,
    ),
    "policy and legacy": (
        default(ForwardedValues=LEGACY, MinTTL=0), ARGUMENT, "DefaultCacheBehavior.ForwardedValues",
        "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.",
    ),
    "neither": (
        lambda config: config["DefaultCacheBehavior"].pop("CachePolicyId"), ARGUMENT, "DefaultCacheBehavior.MinTTL",
        "The parameter MinTTL is required.",
    ),
    "ttl order": (
        legacy(ttls={"MinTTL": 10, "DefaultTTL": 5}), "InvalidTTLOrder", "DefaultCacheBehavior", TTL_ORDER
    ),
    "cookies": (
        legacy({"Cookies": {"Forward": "whitelist"}}), "InvalidForwardCookies",
        "DefaultCacheBehavior.ForwardedValues.Cookies.WhitelistedNames", None,
    ),
    "many cookies": (
        legacy({"Cookies": {"Forward": "whitelist", "WhitelistedNames": counted(*(f"c{n}" for n in range(11)))}}),
        "TooManyCookieNamesInWhiteList", "DefaultCacheBehavior.ForwardedValues.Cookies.WhitelistedNames", None,
    ),
    "many forwarded headers": (
        legacy({"Headers": counted(*(f"x-{number}" for number in range(11)))}), "TooManyHeadersInForwardedValues",
        "DefaultCacheBehavior.ForwardedValues.Headers", None,
    ),
    "host to a bucket": (
        legacy_bucket, "InvalidHeadersForS3Origin", "DefaultCacheBehavior.ForwardedValues.Headers", None
    ),
    "query keys": (
        legacy({"QueryStringCacheKeys": counted("a")}), "InvalidQueryStringParameters",
        "DefaultCacheBehavior.ForwardedValues.QueryStringCacheKeys", None,
    ),
    "many query keys": (
        legacy({"QueryString": True, "QueryStringCacheKeys": counted(*(f"q{number}" for number in range(11)))}),
        "TooManyQueryStringParameters", "DefaultCacheBehavior.ForwardedValues.QueryStringCacheKeys", None,
    ),
    "many behaviors": (listed(76), "TooManyCacheBehaviors", "CacheBehaviors", None),
    "path pattern": (
        whole(CacheBehaviors=counted({"PathPattern": "/a b", **behavior("site")})), ARGUMENT,
        "CacheBehaviors.Items[0].PathPattern", None,
    ),
    "error code": (errors({"ErrorCode": 418}), "InvalidErrorCode", "CustomErrorResponses.Items[0].ErrorCode", None),
    "response code": (
        errors({"ResponsePagePath": "/e.html", "ResponseCode": "999"}), "InvalidResponseCode",
        "CustomErrorResponses.Items[0].ResponseCode", None,
    ),
    "page without code": (
        errors({"ResponsePagePath": "/e.html"}), ARGUMENT, "CustomErrorResponses.Items[0]", TOGETHER
    ),
    "page path": (
        errors({"ResponsePagePath": "e.html", "ResponseCode": "200"}), ARGUMENT,
        "CustomErrorResponses.Items[0].ResponsePagePath", "The parameter ResponsePagePath is invalid.",
    ),
    "page encoding": (
        errors({"ResponsePagePath": "/a b", "ResponseCode": "200"}), "InvalidRelativePath",
        "CustomErrorResponses.Items[0].ResponsePagePath", None,
    ),
    "error quantity": (errors({}, quantity=2), "InconsistentQuantities", "CustomErrorResponses", None),
    "log bucket": (
        log_to("logs.s3.store.example"), ARGUMENT, "Logging.Bucket",
        "The parameter Logging Bucket does not refer to a valid S3 bucket.",
    ),
    "certificate": (
        certificate(ACMCertificateArn=ACM, **OWN), "InvalidViewerCertificate", "ViewerCertificate.ACMCertificateArn",
        None,
    ),
    "no certificate": (certificate(), "InvalidViewerCertificate", "ViewerCertificate", None),
    "protocol version": (
        certificate(CloudFrontDefaultCertificate=False, IAMCertificateId="A", SSLSupportMethod="vip",
                    MinimumProtocolVersion="TLSv9"),
        "InvalidMinimumProtocolVersion", "ViewerCertificate.MinimumProtocolVersion", None,
    ),
    "restriction": (
        whole(Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 0}}),
        "InvalidGeoRestrictionParameter", "Restrictions.GeoRestriction", None,
    ),
    "country": (
        whole(Restrictions={"GeoRestriction": {"RestrictionType": "whitelist", **counted("XX")}}),
        "InvalidLocationCode", "Restrictions.GeoRestriction.Items[0]", None,
    ),
    "web acl": (whole(WebACLId="473e64fd-f30b-4765-81a0-62ad96dd167a"), "InvalidWebACLId", "WebACLId", None),
    "continuous deployment": (
        whole(ContinuousDeploymentPolicyId="unknown"), "NoSuchContinuousDeploymentPolicy",
        "ContinuousDeploymentPolicyId", None,
    ),
    "cache tags": (whole(CacheTagConfig={"HeaderName": "a b"}), ARGUMENT, "CacheTagConfig.HeaderName", None),
    "tenants": (
        whole(ConnectionMode="tenant-only", Aliases=counted("a.example")), ARGUMENT, "Aliases", None
    ),
    "missing member": (
        lambda config: config.pop("Enabled"), ARGUMENT, "Enabled",
        "1 validation error detected: Value null at 'distributionConfig.enabled' failed to satisfy constraint: Member "
        "must not be null",
    ),
}


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


def pop(*path):
    def edit(config):
        for step in path[:-1]:
            config = config[step]
        del config[path[-1]]
    return edit


SITE = ("Origins", "Items", 0)
UPDATES = {
    "aliases": (pop("Aliases"), "IllegalUpdate", "Aliases", "Aliases are missing from the document."),
    "custom headers": (
        pop(*SITE, "CustomHeaders"), "IllegalUpdate", "Origins.Items[0].CustomHeaders",
        "The 'OriginCustomHeaders' field is missing",
    ),
    "smooth streaming": (
        pop("DefaultCacheBehavior", "SmoothStreaming"), ARGUMENT, "DefaultCacheBehavior.SmoothStreaming",
        "The parameter SmoothStreaming flag is missing.",
    ),
    "read timeout": (
        pop(*SITE, "CustomOriginConfig", "OriginReadTimeout"), "IllegalUpdate",
        "Origins.Items[0].CustomOriginConfig.OriginReadTimeout", "OriginReadTimeout is required for updates",
    ),
    "error responses": (pop("CustomErrorResponses"), "IllegalUpdate", "CustomErrorResponses", BAD_LIST),
    "error ttl": (
        pop("CustomErrorResponses", "Items", 0, "ErrorCachingMinTTL"), "IllegalUpdate",
        "CustomErrorResponses.Items[0].ErrorCachingMinTTL", BAD_LIST,
    ),
    **{
        "/".join(map(str, path)): (
            pop(*path), "IllegalUpdate",
            ".".join(map(str, path)).replace(".0.", "[0].").replace("Items.0", "Items[0]").replace("Items.[", "Items["),
            None,
        )
        for path in [
            (*SITE, "OriginPath"),
            (*SITE, "CustomOriginConfig", "OriginSslProtocols"),
            (*SITE, "CustomOriginConfig", "OriginKeepaliveTimeout"),
            ("DefaultCacheBehavior", "AllowedMethods"),
            ("DefaultCacheBehavior", "Compress"),
            ("DefaultCacheBehavior", "LambdaFunctionAssociations"),
            ("DefaultCacheBehavior", "FieldLevelEncryptionId"),
            ("DefaultRootObject",),
            ("CacheBehaviors",),
            ("Logging",),
            ("PriceClass",),
            ("ViewerCertificate",),
            ("Restrictions",),
            ("WebACLId",),
            ("HttpVersion",),
        ]
    },
    "reference": (whole(CallerReference="another"), "IllegalUpdate", "CallerReference", None),
    "target": (
        default(TargetOriginId="elsewhere"), "NoSuchOrigin", "DefaultCacheBehavior.TargetOriginId", NO_ORIGIN
    ),
}


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
