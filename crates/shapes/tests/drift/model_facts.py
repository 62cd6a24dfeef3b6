"""Prints CloudFront's model as botocore carries it, one fact per line; the arguments are the shapes to begin with."""

import sys

import botocore.session

model = botocore.session.get_session().get_service_model("cloudfront", api_version="2020-05-31")
PREFIX = "/2020-05-31"


def names(members, location):
    found = (s.serialization.get("name", n) for n, s in members.items() if s.serialization.get("location") == location)
    return ",".join(sorted(found))


def in_body(shape):
    return any("location" not in s.serialization for s in shape.members.values())


def request_root(shape):
    if shape is None:
        return "-"
    payload = shape.serialization.get("payload")
    if payload:
        return shape.members[payload].serialization.get("name", payload)
    return shape.serialization.get("name", shape.name) if in_body(shape) else "-"


def answer_root(shape):
    if shape is None:
        return "-"
    payload = shape.serialization.get("payload")
    if payload:
        member = shape.members[payload]
        return "raw" if member.type_name == "blob" else member.serialization.get("name", member.name)
    return shape.name if in_body(shape) else "-"


def operation(name):
    op = model.operation_model(name)
    takes = op.input_shape.members if op.input_shape else {}
    gives = op.output_shape.members if op.output_shape else {}
    uri = op.http["requestUri"]
    assert uri.startswith(PREFIX), uri
    print(
        f"operation {name} {op.http['method']} {uri[len(PREFIX):]} query={names(takes, 'querystring')} "
        f"body={request_root(op.input_shape)} headers={names(takes, 'header')} status={op.http.get('responseCode', 200)} "
        f"answer={answer_root(op.output_shape)} answer_headers={names(gives, 'header')}"
    )


def is_counted(shape):
    return shape.type_name == "structure" and set(shape.members) == {"Quantity", "Items"}


def kind(shape):
    if shape.type_name == "string":
        return "one of " + ",".join(sorted(shape.enum)) if getattr(shape, "enum", None) else "text"
    if is_counted(shape):
        items = shape.members["Items"]
        return f"counted {items.member.serialization.get('name', 'member')} {kind(items.member)}"
    if shape.type_name == "structure":
        structure(shape)
        return shape.name
    if shape.type_name == "list":
        return f"entries {shape.member.serialization.get('name', 'member')} {kind(shape.member)}"
    return shape.type_name


def structure(shape):
    for name, member in shape.members.items():
        name = member.serialization.get("name", name)
        print(f"member {shape.name}.{name} {kind(member)}")
    for name in shape.required_members:
        print(f"required {shape.name}.{name}")


for name in model.operation_names:
    operation(name)
for error in model.error_shapes:
    print(f"error {error.error_code} {error.metadata['error']['httpStatusCode']}")
for name in sys.argv[1:]:
    structure(model.shape_for(name))
