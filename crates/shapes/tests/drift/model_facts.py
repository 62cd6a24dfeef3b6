"""Prints CloudFront's model as botocore carries it, one fact per line; the arguments are the operations to look into."""

import sys

import botocore.session

model = botocore.session.get_session().get_service_model("cloudfront", api_version="2020-05-31")
PREFIX = "/2020-05-31"
seen = set()


def wire_name(member, name):
    return member.serialization.get("name", name)


def names(members, location):
    return ",".join(sorted(wire_name(s, n) for n, s in members.items() if s.serialization.get("location") == location))


def in_body(shape):
    return any("location" not in s.serialization for s in shape.members.values())


def payload(shape):
    name = shape.serialization.get("payload") if shape else None
    return (shape.members[name], wire_name(shape.members[name], name)) if name else (None, None)


def request_root(shape):
    if shape is None:
        return "-"
    name = payload(shape)[1]
    return name or (shape.serialization.get("name", shape.name) if in_body(shape) else "-")


def answer_root(shape):
    if shape is None:
        return "-"
    member = payload(shape)[0]
    if member is not None:
        return "raw" if member.type_name == "blob" else wire_name(member, member.name)
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


def look_into(name):
    """Everything about one operation: where its members travel, its documents to their last member, its errors."""
    op = model.operation_model(name)
    for direction, shape in (("input", op.input_shape), ("output", op.output_shape)):
        for member_name, member in shape.members.items() if shape else ():
            location = member.serialization.get("location", "body")
            needed = "required" if direction == "input" and member_name in shape.required_members else "optional"
            wire = wire_name(member, member_name)
            if location == "body":
                assert shape.serialization.get("payload") == member_name, f"{name}.{member_name} is beside the payload"
                namespace = member.serialization.get("xmlNamespace", {}).get("uri", "-")
                print(f"document {name} {direction} {wire} {member.name} {namespace if direction == 'input' else '-'}")
                structure(member)
            else:
                print(f"parameter {name} {direction} {location} {wire} {kind(member)} {needed}")
    for error in op.error_shapes:
        print(f"refusal {name} {error.error_code} {error.metadata['error']['httpStatusCode']}")


def is_counted(shape):
    return shape.type_name == "structure" and set(shape.members) == {"Quantity", "Items"}


def kind(shape):
    style = "".join(f" {mark}" for mark in ("flattened", "xmlAttribute", "timestampFormat") if shape.serialization.get(mark))
    if shape.type_name == "string":
        return ("one of " + ",".join(sorted(shape.enum)) if getattr(shape, "enum", None) else "text") + style
    if is_counted(shape):
        items = shape.members["Items"]
        assert shape.members["Quantity"].type_name == "integer", shape.name
        return f"counted {items.member.serialization.get('name', 'member')} {kind(items.member)}{style}"
    if shape.type_name == "structure":
        structure(shape)
        return shape.name + style
    if shape.type_name == "list":
        return f"entries {shape.member.serialization.get('name', 'member')} {kind(shape.member)}{style}"
    return shape.type_name + style


def structure(shape):
    if shape.name in seen:
        return
    seen.add(shape.name)
    for name, member in shape.members.items():
        print(f"member {shape.name}.{wire_name(member, name)} {kind(member)}")
    for name in shape.required_members:
        print(f"required {shape.name}.{wire_name(shape.members[name], name)}")


for name in model.operation_names:
    operation(name)
for error in model.error_shapes:
    print(f"error {error.error_code} {error.metadata['error']['httpStatusCode']}")
for name in sys.argv[1:]:
    look_into(name)
