"""Sound documents, ways to spoil them, and what CloudFront says then.

`CREATES` and `UPDATES` have a row for each: what is done to a sound document, the code, the element, and CloudFront's
words where they are known.
"""

import copy

from configuration import behavior, counted, distribution

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
