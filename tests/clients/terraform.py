"""How terraform-provider-aws speaks with CloudFront, by hand: signed requests with bodies as its SDK for Go writes
them, and answers as the provider understands them.

What the SDK for Go does otherwise than botocore: members in alphabetical order, an `<Items></Items>` for an empty
list that is not nil, a `WithTags=` with an equals sign, signed lengths and attempts.
"""

import http.client
import urllib.parse
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from warmfront import ACCESS_KEY_ID, PATIENCE_SECONDS, SECRET_ACCESS_KEY

NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
PREFIX = "/2020-05-31"


class Items(list):
    """A list and the name of the elements in its `Items`."""

    def __init__(self, name, *items):
        super().__init__(items)
        self.name = name

    def __eq__(self, other):
        return list(self) == list(other)


def counted(name, *items):
    """A list that is not nil, as CloudFront counts it."""
    return {"Quantity": len(items), "Items": Items(name, *items)}


def render(root, document):
    """The body that the SDK for Go sends."""
    return f'<{root} xmlns="{NAMESPACE}">{members(document)}</{root}>'.encode()


def members(value):
    if isinstance(value, dict):
        return "".join(f"<{name}>{members(value[name])}</{name}>" for name in sorted(value) if value[name] is not None)
    if isinstance(value, Items):
        return "".join(f"<{value.name}>{members(item)}</{value.name}>" for item in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def understand(element):
    """A document as nested dictionaries of texts. Lists remember the name of their elements."""
    name = element.tag.split("}")[-1]
    children = list(element)
    if name == "Items":
        return Items(children[0].tag.split("}")[-1] if children else "", *map(understand, children))
    if children:
        return {child.tag.split("}")[-1]: understand(child) for child in children}
    return element.text or ""


class Answer:
    """What came back; `document` for success, `code` for refusals."""

    def __init__(self, response):
        self.status = response.status
        self.etag = response.getheader("ETag")
        body = response.read()
        root = ElementTree.fromstring(body) if body else None
        self.document = understand(root) if root is not None else {}
        self.code = root.findtext(f"{{{NAMESPACE}}}Error/{{{NAMESPACE}}}Code") if self.status >= 400 else None


class Provider:
    """Sends what the provider sends; remembers the order of calls."""

    def __init__(self, server):
        self.endpoint = urllib.parse.urlsplit(server.api)
        self.calls = []

    def ask(self, method, target, body=b"", if_match=None):
        """One signed request."""
        url = f"http://{self.endpoint.netloc}{PREFIX}{target}"
        headers = {
            "Amz-Sdk-Invocation-Id": "0f9b7f7c-5a9e-4f0a-9a53-3f6a1f0f3d11",
            "Amz-Sdk-Request": "attempt=1; max=25",
            "Content-Length": str(len(body)),
        }
        if body:
            headers["Content-Type"] = "application/xml"
        if if_match is not None:
            headers["If-Match"] = if_match
        request = AWSRequest(method=method, url=url, data=body, headers=headers)
        SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), "cloudfront", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(self.endpoint.netloc, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, PREFIX + target, body, dict(request.headers))
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        self.calls.append(f"{method} {target.split('?')[0].split('/')[1]} {answer.status}")
        return answer

    def expect(self, status, method, target, body=b"", if_match=None):
        """One signed request that must be answered with this status."""
        answer = self.ask(method, target, body, if_match)
        assert answer.status == status, (method, target, answer.status, answer.code, answer.document)
        return answer

    def tags(self, arn):
        """The tags of a resource, as a map."""
        answer = self.expect(200, "GET", f"/tagging?Resource={urllib.parse.quote(arn, safe='')}")
        items = answer.document.get("Items") or []
        return {tag["Key"]: tag["Value"] for tag in items}


# What tells the members of a set apart.
IDENTITIES = ("Id", "ErrorCode", "HeaderName", "EventType")

# Lists that are sets for Terraform, by the name of their elements: their order is no difference.
SETS = {
    "CNAME", "CustomErrorResponse", "FunctionAssociation", "LambdaFunctionAssociation", "Location", "Method", "Name",
    "Origin", "OriginCustomHeader", "OriginGroup", "SslProtocol", "StatusCode",
}


def as_planned(value):
    """A document as a plan is compared with it: texts only, and sets have no order."""
    if isinstance(value, Items):
        items = [as_planned(item) for item in value]
        return sorted(items, key=identity) if value.name in SETS else items
    if isinstance(value, dict):
        return {name: as_planned(member) for name, member in sorted(value.items())}
    return str(value).lower() if isinstance(value, bool) else str(value)


def identity(item):
    return item if isinstance(item, str) else next(item[name] for name in IDENTITIES if name in item)


def differences(planned, shown, path=""):
    """What a second `terraform plan` would want to change: every planned member that is shown otherwise.

    Absent and empty are the same to Terraform.
    """
    if isinstance(planned, dict):
        shown = shown or {}
        pairs = [(f"{path}.{name}", member, shown.get(name)) for name, member in planned.items()]
    elif isinstance(planned, list) and len(planned) == len(shown or []):
        pairs = [(f"{path}[{index}]", member, shown[index]) for index, member in enumerate(planned)]
    else:
        return [] if (planned or "") == (shown or "") else [f"{path}: {planned!r} is shown as {shown!r}"]
    return [found for place, member, other in pairs for found in differences(member, other, place)]


def to_change(planned, shown):
    """`differences`, of two documents."""
    return differences(as_planned(planned), as_planned(shown))
