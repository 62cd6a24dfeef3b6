"""S3 origins with origin access control, against a store that checks every signature."""

import urllib.parse

import pytest

import bucket as store
from configuration import behavior, create, custom_origin, distribution, page
from origin import Reply
from expect import refusal
from warmfront import FOR_TESTS, Warmfront


@pytest.fixture
def warmfront(binary, bucket, tmp_path):
    """A server that asks the test's store in place of S3."""
    keys = {
        "WARMFRONT_S3_ACCESS_KEY_ID": store.ACCESS_KEY_ID,
        "WARMFRONT_S3_SECRET_ACCESS_KEY": store.SECRET_ACCESS_KEY,
    }
    flags = (*FOR_TESTS, "--s3-endpoint", bucket.address)
    with Warmfront(binary, tmp_path / "data", *flags, environment=keys) as server:
        yield server


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


def access_control(client, name="for-buckets", behavior="always"):
    config = {
        "Name": name,
        "Description": "tests",
        "SigningProtocol": "sigv4",
        "SigningBehavior": behavior,
        "OriginAccessControlOriginType": "s3",
    }
    return client.create_origin_access_control(OriginAccessControlConfig=config)["OriginAccessControl"]


def bucket_origin(access_control_id=""):
    return {
        "Id": "bucket",
        "DomainName": "site.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": access_control_id,
    }


# proves: G20, G21, G24
@pytest.mark.parametrize("key", ["hello.txt", "a folder/\u00fc.txt", "plus+and~tilde.txt"])
def test_requests_to_a_bucket_are_signed_as_s3_expects(warmfront, cloudfront, bucket, key):
    bucket.objects[f"/site/{key}"] = b"from the bucket"
    made = create(cloudfront, distribution(bucket_origin(access_control(cloudfront)["Id"])))
    answer = warmfront.get(made["DomainName"], "/" + urllib.parse.quote(key))
    assert (answer.status, answer.body, [status for status, *_ in bucket.seen]) == (
        200, b"from the bucket", [200]
    )


# proves: G22
@pytest.mark.parametrize("never", [True, False])
def test_without_signing_the_bucket_refuses(warmfront, cloudfront, bucket, never):
    bucket.objects["/site/hello.txt"] = b"from the bucket"
    id = access_control(cloudfront, behavior="never")["Id"] if never else ""
    made = create(cloudfront, distribution(bucket_origin(id)))
    assert warmfront.get(made["DomainName"], "/hello.txt").status == 403
    assert bucket.seen[0][2].get("Authorization") is None


# proves: A32, A42
def test_an_error_page_comes_from_a_private_bucket(warmfront, cloudfront, bucket, origin):
    origin.plan("/thing", Reply(404))
    bucket.objects["/site/errors/404.html"] = b"not here"
    config = distribution(
        custom_origin(origin),
        bucket_origin(access_control(cloudfront)["Id"]),
        behaviors=[{"PathPattern": "/errors/*", **behavior("bucket")}],
        errors=[page(404, "/errors/404.html", 404)],
    )
    answer = warmfront.get(create(cloudfront, config)["DomainName"], "/thing")
    assert (answer.status, answer.body) == (404, b"not here")


def test_an_access_control_lives_from_creation_to_deletion(cloudfront):
    made = access_control(cloudfront)
    id = made["Id"]
    read = cloudfront.get_origin_access_control(Id=id)
    assert read["OriginAccessControl"] == made
    config = cloudfront.get_origin_access_control_config(Id=id)["OriginAccessControlConfig"]
    changed = cloudfront.update_origin_access_control(
        Id=id, IfMatch=read["ETag"], OriginAccessControlConfig={**config, "Description": "changed"}
    )
    assert changed["OriginAccessControl"]["OriginAccessControlConfig"]["Description"] == "changed"
    listed = cloudfront.list_origin_access_controls()["OriginAccessControlList"]
    assert [item["Id"] for item in listed["Items"]] == [id]
    answer = refusal(cloudfront.delete_origin_access_control, Id=id, IfMatch=read["ETag"])
    assert answer[:2] == ("PreconditionFailed", 412)
    cloudfront.delete_origin_access_control(Id=id, IfMatch=changed["ETag"])
    answer = refusal(cloudfront.get_origin_access_control, Id=id)
    assert answer[:2] == ("NoSuchOriginAccessControl", 404)


def test_an_access_control_in_use_stays(cloudfront):
    made = access_control(cloudfront)
    create(cloudfront, distribution(bucket_origin(made["Id"])))
    version = cloudfront.get_origin_access_control(Id=made["Id"])["ETag"]
    answer = refusal(cloudfront.delete_origin_access_control, Id=made["Id"], IfMatch=version)
    assert answer[:2] == ("OriginAccessControlInUse", 409)


def test_an_unknown_access_control_and_a_name_that_is_no_bucket_are_refused(cloudfront):
    config = distribution(bucket_origin("E1234567890123"))
    assert refusal(cloudfront.create_distribution, DistributionConfig=config)[:2] == (
        "InvalidOriginAccessControl", 400
    )
    config = distribution({**bucket_origin(), "DomainName": "www.example.com"})
    code, status, message = refusal(cloudfront.create_distribution, DistributionConfig=config)
    assert (code, status) == ("InvalidArgument", 400)
    assert "does not refer to a valid S3 bucket" in message
