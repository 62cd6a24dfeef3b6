"""What terraform-provider-aws makes of resources as people write them: members that it always sends, empty or not."""

from configuration import CACHING_OPTIMIZED
from terraform import counted


def methods(allowed, cached):
    return {**counted("Method", *allowed), "CachedMethods": counted("Method", *cached)}


def behavior(**settings):
    """What the provider makes of a cache behavior; it leaves nothing out that it knows."""
    return {
        "AllowedMethods": methods(["HEAD", "GET", "OPTIONS"], ["HEAD", "GET"]),
        "CachePolicyId": CACHING_OPTIMIZED,
        "Compress": False,
        "FieldLevelEncryptionId": "",
        "FunctionAssociations": counted("FunctionAssociation"),
        "LambdaFunctionAssociations": counted("LambdaFunctionAssociation"),
        "OriginRequestPolicyId": "",
        "ResponseHeadersPolicyId": "",
        "SmoothStreaming": False,
        "TargetOriginId": "site",
        "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
        "ViewerProtocolPolicy": "allow-all",
        **settings,
    }


def custom_origin(name, port, *headers):
    return {
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "CustomHeaders": counted("OriginCustomHeader", *headers),
        "CustomOriginConfig": {
            "HTTPPort": port,
            "HTTPSPort": 443,
            "OriginKeepaliveTimeout": 5,
            "OriginProtocolPolicy": "http-only",
            "OriginReadTimeout": 30,
            "OriginSslProtocols": counted("SslProtocol", "TLSv1.2", "TLSv1.1"),
        },
        "DomainName": "site.localhost",
        "Id": name,
        "OriginAccessControlId": "",
        "OriginPath": "",
    }


def bucket_origin(name, access_control):
    return {
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "CustomHeaders": counted("OriginCustomHeader"),
        "DomainName": "pages.s3.us-east-1.amazonaws.com",
        "Id": name,
        "OriginAccessControlId": access_control,
        "OriginPath": "/errors",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def legacy_behavior(pattern):
    """A cache behavior with `forwarded_values`."""
    forwarded = {
        "Cookies": {"Forward": "whitelist", "WhitelistedNames": counted("Name", "session", "basket")},
        "Headers": counted("Name", "Accept-Language", "X-Shop"),
        "QueryString": True,
        "QueryStringCacheKeys": counted("Name", "page", "lang"),
    }
    return behavior(
        PathPattern=pattern, CachePolicyId="", ForwardedValues=forwarded, MinTTL=0, DefaultTTL=60, MaxTTL=3600
    )


def distribution(port, access_control, **settings):
    """What the provider makes of a resource with two origins, three cache behaviors and three error pages."""
    return {
        "Aliases": counted("CNAME", "www.localhost", "shop.localhost"),
        "CacheBehaviors": counted(
            "CacheBehavior",
            behavior(PathPattern="/pages/*", TargetOriginId="pages"),
            legacy_behavior("/old/*"),
        ),
        "CallerReference": "terraform-20261122000000000000000001",
        "Comment": "made by a plan",
        "ContinuousDeploymentPolicyId": "",
        "CustomErrorResponses": counted(
            "CustomErrorResponse",
            {"ErrorCachingMinTTL": 30, "ErrorCode": 404, "ResponseCode": "200", "ResponsePagePath": "/sorry.html"},
            {"ErrorCachingMinTTL": 5, "ErrorCode": 503, "ResponseCode": "", "ResponsePagePath": ""},
            {"ErrorCachingMinTTL": 0, "ErrorCode": 403, "ResponseCode": "404", "ResponsePagePath": "/sorry.html"},
        ),
        "DefaultCacheBehavior": behavior(),
        "DefaultRootObject": "",
        "Enabled": True,
        "HttpVersion": "http2",
        "IsIPV6Enabled": False,
        "Logging": {"Bucket": "", "Enabled": False, "IncludeCookies": False, "Prefix": ""},
        "Origins": counted(
            "Origin",
            custom_origin("site", port, {"HeaderName": "X-From", "HeaderValue": "terraform"}),
            bucket_origin("pages", access_control),
        ),
        "PriceClass": "PriceClass_All",
        "Restrictions": {"GeoRestriction": {**counted("Location"), "RestrictionType": "none"}},
        "Staging": False,
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
        "WebACLId": "",
        **settings,
    }


def cache_policy(**settings):
    return {
        "DefaultTTL": 50,
        "MaxTTL": 100,
        "MinTTL": 1,
        "Name": "terraform",
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": counted("Name", "session", "basket")},
            "EnableAcceptEncodingBrotli": False,
            "EnableAcceptEncodingGzip": True,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "QueryStringsConfig": {
                "QueryStringBehavior": "whitelist", "QueryStrings": counted("Name", "page", "lang")
            },
        },
        **settings,
    }


ORIGIN_REQUEST_POLICY = {
    "Comment": "",
    "CookiesConfig": {"CookieBehavior": "none"},
    "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": counted("Name", "X-Shop", "Accept")},
    "Name": "terraform",
    "QueryStringsConfig": {"QueryStringBehavior": "all"},
}

RESPONSE_HEADERS_POLICY = {
    "Comment": "",
    "CorsConfig": {
        "AccessControlAllowCredentials": False,
        "AccessControlAllowHeaders": counted("Header", "X-Session"),
        "AccessControlAllowMethods": counted("Method", "GET", "HEAD"),
        "AccessControlAllowOrigins": counted("Origin", "https://shop.example.com"),
        "OriginOverride": True,
    },
    "CustomHeadersConfig": counted(
        "ResponseHeadersPolicyCustomHeader", {"Header": "X-Shop", "Override": True, "Value": "open"}
    ),
    "Name": "terraform",
    "RemoveHeadersConfig": counted("ResponseHeadersPolicyRemoveHeader", {"Header": "X-Powered-By"}),
    "SecurityHeadersConfig": {
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "DENY", "Override": False},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 63072000, "IncludeSubdomains": True, "Override": True, "Preload": False
        },
    },
    "ServerTimingHeadersConfig": {"Enabled": True, "SamplingRate": 50},
}
