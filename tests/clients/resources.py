"""What distributions refer to by id, as boto3 spells it: one row for each kind."""

import dataclasses

from configuration import ALL_VIEWER, CACHING_OPTIMIZED, SECURITY_HEADERS, counted

# A UUID and an id of the other form that nothing has.
UNKNOWN_POLICY = "00000000-0000-4000-8000-000000000000"
UNKNOWN_ID = "E00000000000A"


def cache_policy(name="mine", min_ttl=1, **parts):
    """A cache policy whose cache key has these headers, cookies and query parameters."""
    return {
        "Name": name,
        "Comment": "",
        "MinTTL": min_ttl,
        "DefaultTTL": 60,
        "MaxTTL": 600,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": False,
            "EnableAcceptEncodingBrotli": False,
            **selections(**parts),
        },
    }


def origin_request_policy(name="mine", **parts):
    return {"Name": name, "Comment": "", **selections(**parts)}


def response_headers_policy(name="mine", custom=(), removed=(), csp=None):
    config = {
        "Name": name,
        "Comment": "",
        "CustomHeadersConfig": counted(
            *({"Header": header, "Value": value, "Override": True} for header, value in custom)
        ),
    }
    if removed:
        config["RemoveHeadersConfig"] = counted(*({"Header": header} for header in removed))
    if csp:
        security = {"Override": True, "ContentSecurityPolicy": csp}
        config["SecurityHeadersConfig"] = {"ContentSecurityPolicy": security}
    return config


def selections(headers=(), cookies=(), queries=()):
    def named(behavior, member, names):
        return {behavior: "whitelist", member: counted(*names)} if names else {behavior: "none"}

    return {
        "HeadersConfig": named("HeaderBehavior", "Headers", headers),
        "CookiesConfig": named("CookieBehavior", "Cookies", cookies),
        "QueryStringsConfig": named("QueryStringBehavior", "QueryStrings", queries),
    }


def access_control(name="mine", behavior="always", origin_type="s3"):
    return {
        "Name": name,
        "Description": "",
        "SigningProtocol": "sigv4",
        "SigningBehavior": behavior,
        "OriginAccessControlOriginType": origin_type,
    }


def identity(name="mine", comment=""):
    return {"CallerReference": name, "Comment": comment}


@dataclasses.dataclass
class Kind:
    """One kind of resource."""

    noun: str
    shape: str
    config: object
    unknown: str
    list_method: str
    list_shape: str
    # A document, made with a name, that this kind refuses, by the code of the refusal.
    wrong: dict
    quota: str
    too_many: str
    managed: str = ""
    # The member that only one may have, and the code when another one has it.
    claim: str = "Name"

    @property
    def missing(self):
        return f"NoSuch{self.shape}"

    @property
    def taken(self):
        return f"{self.shape}AlreadyExists"

    @property
    def in_use(self):
        return f"{self.shape}InUse"

    def call(self, client, verb, suffix="", **arguments):
        return getattr(client, f"{verb}_{self.noun}{suffix}")(**arguments)

    def method(self, client, verb, suffix=""):
        return getattr(client, f"{verb}_{self.noun}{suffix}")

    def given(self, config):
        """The configuration as the argument of a call."""
        return {f"{self.shape}Config": config}

    def create(self, client, *names, **settings):
        """Creates one; answers its id and version."""
        made = self.call(client, "create", **self.given(self.config(*names, **settings)))
        return made[self.shape]["Id"], made["ETag"]

    def pages(self, client, **arguments):
        """The pages of the list, by hand: not every list has a paginator."""
        marker = {}
        while True:
            page = getattr(client, self.list_method)(**arguments, **marker)[self.list_shape]
            yield page
            if not page.get("NextMarker"):
                return
            marker = {"Marker": page["NextMarker"]}

    def ids(self, page):
        """The ids on a page; policies are one level deeper."""
        return [(item.get(self.shape) or item)["Id"] for item in page.get("Items", [])]


def numbered(prefix, number):
    return [f"{prefix}{index}" for index in range(number)]


def lying(config, *path):
    """The configuration with a count that is wrong."""
    part = config
    for member in path:
        part = part[member]
    part["Quantity"] += 1
    return config


IN_KEY = "ParametersInCacheKeyAndForwardedToOrigin"

CACHE_POLICY = Kind(
    "cache_policy", "CachePolicy", cache_policy, UNKNOWN_POLICY, "list_cache_policies", "CachePolicyList",
    wrong={
        "InvalidArgument": lambda name: cache_policy(name, min_ttl=1000),
        "InconsistentQuantities": lambda name: lying(
            cache_policy(name, headers=["X-A"]), IN_KEY, "HeadersConfig", "Headers"
        ),
        "TooManyHeadersInCachePolicy": lambda name: cache_policy(name, headers=numbered("X-H", 11)),
        "TooManyCookiesInCachePolicy": lambda name: cache_policy(name, cookies=numbered("c", 11)),
        "TooManyQueryStringsInCachePolicy": lambda name: cache_policy(name, queries=numbered("q", 11)),
    },
    quota="cache-policies", too_many="TooManyCachePolicies", managed=CACHING_OPTIMIZED,
)

ORIGIN_REQUEST_POLICY = Kind(
    "origin_request_policy", "OriginRequestPolicy", origin_request_policy, UNKNOWN_POLICY,
    "list_origin_request_policies", "OriginRequestPolicyList",
    wrong={
        "InvalidArgument": lambda name: origin_request_policy(name, headers=["not a header"]),
        "InconsistentQuantities": lambda name: lying(
            origin_request_policy(name, headers=["X-A"]), "HeadersConfig", "Headers"
        ),
        "TooManyHeadersInOriginRequestPolicy": lambda name: origin_request_policy(
            name, headers=numbered("X-H", 11)
        ),
        "TooManyCookiesInOriginRequestPolicy": lambda name: origin_request_policy(
            name, cookies=numbered("c", 11)
        ),
        "TooManyQueryStringsInOriginRequestPolicy": lambda name: origin_request_policy(
            name, queries=numbered("q", 11)
        ),
    },
    quota="origin-request-policies", too_many="TooManyOriginRequestPolicies", managed=ALL_VIEWER,
)

RESPONSE_HEADERS_POLICY = Kind(
    "response_headers_policy", "ResponseHeadersPolicy", response_headers_policy, UNKNOWN_POLICY,
    "list_response_headers_policies", "ResponseHeadersPolicyList",
    wrong={
        "InvalidArgument": lambda name: response_headers_policy(name, custom=[("not a header", "v")]),
        "InconsistentQuantities": lambda name: lying(
            response_headers_policy(name, custom=[("X-A", "v")]), "CustomHeadersConfig"
        ),
        "TooLongCSPInResponseHeadersPolicy": lambda name: response_headers_policy(name, csp="x" * 1784),
        "TooManyCustomHeadersInResponseHeadersPolicy": lambda name: response_headers_policy(
            name, custom=[(header, "v") for header in numbered("X-H", 11)]
        ),
        "TooManyRemoveHeadersInResponseHeadersPolicy": lambda name: response_headers_policy(
            name, removed=numbered("X-H", 11)
        ),
    },
    quota="response-headers-policies", too_many="TooManyResponseHeadersPolicies", managed=SECURITY_HEADERS,
)

ORIGIN_ACCESS_CONTROL = Kind(
    "origin_access_control", "OriginAccessControl", access_control, UNKNOWN_ID,
    "list_origin_access_controls", "OriginAccessControlList",
    wrong={"InvalidArgument": lambda name: access_control(name, behavior="sometimes")},
    quota="origin-access-controls", too_many="TooManyOriginAccessControls",
)

ORIGIN_ACCESS_IDENTITY = Kind(
    "cloud_front_origin_access_identity", "CloudFrontOriginAccessIdentity", identity, UNKNOWN_ID,
    "list_cloud_front_origin_access_identities", "CloudFrontOriginAccessIdentityList",
    wrong={"InvalidArgument": lambda name: identity(name, comment="c" * 200)},
    quota="origin-access-identities", too_many="TooManyCloudFrontOriginAccessIdentities",
    claim="CallerReference",
)

POLICIES = [CACHE_POLICY, ORIGIN_REQUEST_POLICY, RESPONSE_HEADERS_POLICY]
ALL = [*POLICIES, ORIGIN_ACCESS_CONTROL, ORIGIN_ACCESS_IDENTITY]
