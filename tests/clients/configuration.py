"""Distribution configurations as people write them: short, with CloudFront's own names."""

import itertools

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"

_references = itertools.count(1)


def counted(*items):
    """A list as CloudFront counts it; an empty one has no Items."""
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}


def custom_origin(origin, **settings):
    """The entry of an origin that tests run."""
    return {
        "Id": origin.name,
        "DomainName": origin.name,
        "CustomOriginConfig": {
            "HTTPPort": origin.port,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "http-only",
        },
        **settings,
    }


def behavior(target, **settings):
    """A cache behavior with a managed cache policy, unless the settings say otherwise."""
    legacy = {} if "ForwardedValues" in settings else {"CachePolicyId": CACHING_OPTIMIZED}
    return {"TargetOriginId": target, "ViewerProtocolPolicy": "allow-all", **legacy, **settings}


def page(code, path, response_code, min_ttl=None):
    """A custom error response with a page."""
    entry = {"ErrorCode": code, "ResponsePagePath": path, "ResponseCode": str(response_code)}
    return entry if min_ttl is None else {**entry, "ErrorCachingMinTTL": min_ttl}


def distribution(*origins, default=None, behaviors=(), errors=(), **settings):
    """A configuration whose default cache behavior asks the first origin."""
    return {
        "CallerReference": f"test-{next(_references)}",
        "Origins": counted(*origins),
        "DefaultCacheBehavior": default or behavior(origins[0]["Id"]),
        "CacheBehaviors": counted(*behaviors),
        "CustomErrorResponses": counted(*errors),
        "Comment": "",
        "Enabled": True,
        **settings,
    }


def site(origin, pages, errors, **settings):
    """A site with its error pages on a second origin, below /errors/."""
    return distribution(
        custom_origin(origin),
        custom_origin(pages),
        behaviors=[{"PathPattern": "/errors/*", **behavior(pages.name)}],
        errors=errors,
        **settings,
    )


def create(client, config):
    """Creates a distribution and answers it."""
    return client.create_distribution(DistributionConfig=config)["Distribution"]


def change(client, id, edit):
    """Reads a configuration, lets `edit` change it, and sends it back; answers the new version."""
    read = client.get_distribution_config(Id=id)
    config = read["DistributionConfig"]
    edit(config)
    return client.update_distribution(Id=id, IfMatch=read["ETag"], DistributionConfig=config)["ETag"]
