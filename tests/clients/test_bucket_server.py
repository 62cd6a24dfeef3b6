"""The bucket server as S3's clients see it."""

import base64
import datetime
import hashlib
import json
import os
import signal
import urllib.parse
import xml.etree.ElementTree
import zlib

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

import s3
from test_keys import Keys
from warmfront import SECRET_ACCESS_KEY, Warmfront

# Keys that would be trouble in paths, in XML or as names of files.
KEYS = [
    "plain.txt", "a folder/\u00fc n\u00ef.txt", "plus+and~tilde&amp;.txt", "../../../etc/passwd", "a//b", "/lead",
    "tail/", "..", "<xml>\"'", "%2F%41", "\U0001f600", "k" * 1024,
]


@pytest.fixture
def bucket(warmfront):
    """A client, and a bucket called `site`."""
    client = s3.client(warmfront)
    client.create_bucket(Bucket="site")
    return client


def refusal(call, **arguments):
    """Code and status of a call that must fail."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def grant(client, *statements, bucket="site"):
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


PUBLIC_READ = {
    "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*",
}


def test_the_aws_cli_does_what_people_do_with_buckets(warmfront, tmp_path):
    aws = s3.Cli(warmfront, tmp_path)
    errors = tmp_path / "errors"
    (errors / "sub").mkdir(parents=True)
    (errors / "404.html").write_text("not here")
    (errors / "sub" / "\u00fc ber.txt").write_text("x")
    large = os.urandom(9 << 20)
    (tmp_path / "large").write_bytes(large)
    aws("s3", "mb", "s3://site")
    assert "site" in aws("s3", "ls")
    aws("s3", "cp", "errors/", "s3://site/errors/", "--recursive", "--no-progress")
    aws("s3", "cp", "large", "s3://site/large", "--no-progress")
    listed = aws("s3", "ls", "s3://site", "--recursive")
    assert [line.split(maxsplit=3)[3] for line in listed.splitlines()] == [
        "errors/404.html", "errors/sub/\u00fc ber.txt", "large"
    ]
    assert "PRE sub/" in aws("s3", "ls", "s3://site/errors/")
    aws("s3", "cp", "s3://site/large", "again", "--no-progress")
    assert (tmp_path / "again").read_bytes() == large
    aws("s3", "cp", "s3://site/large", "s3://site/copy", "--no-progress", "--metadata-directive", "REPLACE")
    assert aws("s3", "sync", "errors", "s3://site/errors") == ""
    (errors / "500.html").write_text("broken")
    assert "upload: errors/500.html" in aws("s3", "sync", "errors", "s3://site/errors", "--no-progress")
    link = aws("s3", "presign", "s3://site/errors/404.html").strip()
    assert s3.fetch(link)[::2] == (200, b"not here")
    assert s3.fetch(link.replace("404", "500"))[0] == 403
    code, _, complaint = aws.run("s3", "rb", "s3://site")
    assert code != 0 and "BucketNotEmpty" in complaint
    aws("s3", "rm", "s3://site/errors", "--recursive")
    aws("s3", "rb", "s3://site", "--force")
    assert aws("s3", "ls") == ""


@pytest.mark.parametrize("key", KEYS)
def test_any_key_names_its_own_object(bucket, key):
    bucket.put_object(Bucket="site", Key="other", Body=b"wrong")
    bucket.put_object(Bucket="site", Key=key, Body=key.encode())
    assert bucket.get_object(Bucket="site", Key=key)["Body"].read() == key.encode()
    listed = {entry["Key"] for entry in bucket.list_objects_v2(Bucket="site")["Contents"]}
    assert listed == {key, "other"}
    bucket.delete_object(Bucket="site", Key=key)
    assert refusal(bucket.get_object, Bucket="site", Key=key) == ("NoSuchKey", 404)


def test_a_key_that_cannot_be_kept_is_refused(bucket):
    assert refusal(bucket.put_object, Bucket="site", Key="k" * 1025, Body=b"")[0] == "KeyTooLongError"
    assert refusal(bucket.put_object, Bucket="site", Key="a\nb", Body=b"") == ("InvalidArgument", 400)


def test_an_object_comes_back_with_what_was_given_along(bucket):
    expires = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    bucket.put_object(
        Bucket="site", Key="page", Body=b"hello", ContentType="text/html", CacheControl="max-age=60", Expires=expires,
        ContentEncoding="br", ContentLanguage="de", ContentDisposition="inline", Metadata={"color": "blue"},
    )
    for answer in (bucket.get_object(Bucket="site", Key="page"), bucket.head_object(Bucket="site", Key="page")):
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        assert {name: headers[name] for name in (
            "content-type", "cache-control", "expires", "content-encoding", "content-language",
            "content-disposition", "x-amz-meta-color", "etag", "content-length", "accept-ranges",
        )} == {
            "content-type": "text/html", "cache-control": "max-age=60", "expires": "Wed, 02 Jan 2030 03:04:05 GMT",
            "content-encoding": "br", "content-language": "de", "content-disposition": "inline",
            "x-amz-meta-color": "blue", "etag": f'"{hashlib.md5(b"hello").hexdigest()}"', "content-length": "5",
            "accept-ranges": "bytes",
        }
        assert "last-modified" in headers
    bucket.put_object(Bucket="site", Key="bare", Body=b"")
    assert bucket.head_object(Bucket="site", Key="bare")["ContentType"] == "binary/octet-stream"


def test_ranges_and_conditions(bucket):
    etag = bucket.put_object(Bucket="site", Key="page", Body=b"0123456789")["ETag"]
    get = lambda **how: bucket.get_object(Bucket="site", Key="page", **how)
    for range, body, said in [("bytes=2-4", b"234", "2-4"), ("bytes=-3", b"789", "7-9"), ("bytes=8-99", b"89", "8-9")]:
        answer = get(Range=range)
        assert (answer["Body"].read(), answer["ContentRange"]) == (body, f"bytes {said}/10")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert refusal(get, Range="bytes=10-") == ("InvalidRange", 416)
    past, future = datetime.datetime(2001, 1, 1), datetime.datetime(2030, 1, 1)
    assert refusal(get, IfNoneMatch=etag) == ("304", 304)
    assert refusal(get, IfModifiedSince=future) == ("304", 304)
    assert refusal(get, IfMatch='"other"') == ("PreconditionFailed", 412)
    assert refusal(get, IfUnmodifiedSince=past) == ("PreconditionFailed", 412)
    for holds in ({"IfMatch": etag}, {"IfNoneMatch": '"other"'}, {"IfModifiedSince": past}):
        assert get(**holds)["Body"].read() == b"0123456789"
    put = lambda **how: bucket.put_object(Bucket="site", Key="page", Body=b"new", **how)
    assert refusal(put, IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert refusal(put, IfMatch='"other"') == ("PreconditionFailed", 412)
    put(IfMatch=etag)


def test_bodies_are_what_they_claim_to_be(warmfront, bucket):
    md5 = base64.b64encode(hashlib.md5(b"another").digest()).decode()
    crc32 = base64.b64encode(zlib.crc32(b"another").to_bytes(4, "big")).decode()
    for wrong in ({"ContentMD5": md5}, {"ChecksumCRC32": crc32}):
        assert refusal(bucket.put_object, Bucket="site", Key="page", Body=b"hello", **wrong) == ("BadDigest", 400)
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        bucket.put_object(Bucket="site", Key=algorithm, Body=b"hello", ChecksumAlgorithm=algorithm)
        answer = bucket.get_object(Bucket="site", Key=algorithm, ChecksumMode="ENABLED")
        assert answer["Body"].read() == b"hello" and answer[f"Checksum{algorithm}"]
    # Signed for another body.
    url = bucket.generate_presigned_url("put_object", Params={"Bucket": "site", "Key": "link"})
    assert s3.fetch(url, "PUT", {"x-amz-content-sha256": hashlib.sha256(b"a").hexdigest()}, b"b")[0] == 400
    listed = {entry["Key"] for entry in bucket.list_objects_v2(Bucket="site")["Contents"]}
    assert listed == {"CRC32", "SHA1", "SHA256"}


def test_lists_have_pages_prefixes_and_delimiters(bucket):
    keys = [f"{folder}/{number}" for folder in "abc" for number in range(4)] + ["top"]
    for key in keys:
        bucket.put_object(Bucket="site", Key=key, Body=b"x")
    for operation in ("list_objects", "list_objects_v2"):
        for size in (1, 3, 1000):
            pages = bucket.get_paginator(operation).paginate(Bucket="site", PaginationConfig={"PageSize": size})
            assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
            pages = bucket.get_paginator(operation).paginate(
                Bucket="site", Delimiter="/", PaginationConfig={"PageSize": size}
            )
            found = [(page.get("CommonPrefixes", []), page.get("Contents", [])) for page in pages]
            assert [entry["Prefix"] for prefixes, _ in found for entry in prefixes] == ["a/", "b/", "c/"]
            assert [entry["Key"] for _, contents in found for entry in contents] == ["top"]
        listed = getattr(bucket, operation)(Bucket="site", Prefix="b/", MaxKeys=2)
        assert ([entry["Key"] for entry in listed["Contents"]], listed["IsTruncated"]) == (["b/0", "b/1"], True)
    assert bucket.list_objects_v2(Bucket="site", StartAfter="c/2")["KeyCount"] == 2
    assert refusal(bucket.list_objects_v2, Bucket="site", ContinuationToken="?")[0] == "InvalidArgument"
    deleted = bucket.delete_objects(Bucket="site", Delete={"Objects": [{"Key": key} for key in keys]})["Deleted"]
    assert {entry["Key"] for entry in deleted} == set(keys)
    assert bucket.list_objects_v2(Bucket="site")["KeyCount"] == 0


def test_an_upload_in_parts_becomes_one_object(bucket):
    first, second = os.urandom(5 << 20), b"the end"
    upload = bucket.create_multipart_upload(Bucket="site", Key="large", ContentType="text/plain")["UploadId"]
    at = {"Bucket": "site", "Key": "large", "UploadId": upload}
    parts = [
        {"PartNumber": number, "ETag": bucket.upload_part(PartNumber=number, Body=body, **at)["ETag"]}
        for number, body in ((2, second), (1, first))
    ]
    listed = bucket.list_parts(**at)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, len(first)), (2, len(second))]
    assert [entry["Key"] for entry in bucket.list_multipart_uploads(Bucket="site")["Uploads"]] == ["large"]
    complete = lambda *parts: bucket.complete_multipart_upload(MultipartUpload={"Parts": list(parts)}, **at)
    assert refusal(complete)[0] == "MalformedXML"
    with pytest.raises(ClientError, match="InvalidPartOrder"):
        complete(*parts)
    with pytest.raises(ClientError, match="InvalidPart"):
        complete({"PartNumber": 3, "ETag": parts[0]["ETag"]})
    complete(*reversed(parts))
    found = bucket.get_object(Bucket="site", Key="large")
    assert (found["Body"].read(), found["ContentType"]) == (first + second, "text/plain")
    assert found["ETag"].endswith('-2"')
    assert refusal(bucket.list_parts, **at) == ("NoSuchUpload", 404)
    again = bucket.create_multipart_upload(Bucket="site", Key="large")["UploadId"]
    bucket.abort_multipart_upload(Bucket="site", Key="large", UploadId=again)
    assert "Uploads" not in bucket.list_multipart_uploads(Bucket="site")


def test_a_copy_keeps_or_replaces_what_was_given_along(bucket):
    bucket.put_object(Bucket="site", Key="a", Body=b"hello", ContentType="text/html", Metadata={"x": "1"})
    bucket.copy_object(Bucket="site", Key="b", CopySource={"Bucket": "site", "Key": "a"})
    kept = bucket.get_object(Bucket="site", Key="b")
    assert (kept["Body"].read(), kept["ContentType"], kept["Metadata"]) == (b"hello", "text/html", {"x": "1"})
    replaced = {"MetadataDirective": "REPLACE", "ContentType": "text/plain"}
    bucket.copy_object(Bucket="site", Key="a", CopySource={"Bucket": "site", "Key": "a"}, **replaced)
    assert bucket.head_object(Bucket="site", Key="a")["ContentType"] == "text/plain"
    copy = {"Bucket": "site", "Key": "a", "CopySource": {"Bucket": "site", "Key": "a"}}
    assert refusal(bucket.copy_object, **copy) == ("InvalidRequest", 400)
    assert refusal(bucket.copy_object, **{**copy, "CopySource": "site/none"}) == ("NoSuchKey", 404)


def test_what_it_does_not_do_is_said_in_s3s_words(warmfront, bucket):
    bucket.put_object(Bucket="site", Key="page", Body=b"x")
    missing = ("NotImplemented", 501)
    assert refusal(bucket.get_bucket_acl, Bucket="site") == missing
    assert refusal(bucket.put_bucket_versioning, Bucket="site", VersioningConfiguration={"Status": "Enabled"}) == missing
    assert refusal(bucket.get_object_tagging, Bucket="site", Key="page") == missing
    assert refusal(bucket.get_object, Bucket="site", Key="page", VersionId="1") == missing
    assert refusal(bucket.put_object, Bucket="site", Key="page", Body=b"", ServerSideEncryption="AES256") == missing
    assert refusal(bucket.put_object, Bucket="site", Key="page", Body=b"", Tagging="a=b") == missing
    assert refusal(bucket.put_object, Bucket="site", Key="page", Body=b"", ACL="public-read") == (
        "AccessControlListNotSupported", 400
    )
    address = warmfront.addresses["buckets"]
    for method, path in [("GET", "/site?novelty"), ("PUT", "/site?novelty"), ("DELETE", "/site/page?novelty"),
                         ("POST", "/site/page"), ("PATCH", "/site/page")]:
        status, headers, body = s3.fetch(address + path, method)
        assert status in (501, 403, 405) and body.startswith(b"<?xml"), (method, path, status, body)
        assert headers["Content-Type"] == "application/xml" and headers["x-amz-request-id"]
    status, headers, body = s3.fetch(f"{address}/site/a&b?acl")
    error = xml.etree.ElementTree.fromstring(body)
    assert status == 501 and {part.tag: part.text for part in error if part.tag != "Message"} == {
        "Code": "NotImplemented", "Resource": "/site/a&b", "RequestId": headers["x-amz-request-id"]
    }
    assert s3.fetch(f"{address}/site?novelty")[0] == 501
    assert bucket.get_object(Bucket="site", Key="page")["Body"].read() == b"x"


def test_buckets_are_private_and_signatures_are_verified(warmfront, bucket):
    bucket.put_object(Bucket="site", Key="page", Body=b"x")
    anonymous = s3.client(warmfront, signature_version=UNSIGNED)
    denied = ("AccessDenied", 403)
    assert refusal(anonymous.get_object, Bucket="site", Key="page") == denied
    assert refusal(anonymous.get_object, Bucket="site", Key="none") == denied
    assert refusal(anonymous.list_buckets) == denied
    assert refusal(anonymous.list_objects_v2, Bucket="site") == denied
    assert refusal(anonymous.put_object, Bucket="site", Key="page", Body=b"y") == denied
    assert refusal(anonymous.create_bucket, Bucket="theirs") == denied
    wrong = s3.client(warmfront, secret="wrong")
    assert refusal(wrong.get_object, Bucket="site", Key="page") == ("SignatureDoesNotMatch", 403)
    unknown = s3.client(warmfront, access_key_id="WFUNKNOWN")
    assert refusal(unknown.get_object, Bucket="site", Key="page") == ("InvalidAccessKeyId", 403)
    # Whoever says that it is the edge must prove it.
    for id in ("cloudfront.E1EXAMPLE", "origin-access-identity.E1EXAMPLE"):
        pretender = s3.client(warmfront, access_key_id=id, secret=SECRET_ACCESS_KEY)
        assert refusal(pretender.get_object, Bucket="site", Key="page") == ("SignatureDoesNotMatch", 403)
    for region in ("eu-west-1", "mars-north-1"):
        assert s3.client(warmfront, region=region).get_object(Bucket="site", Key="page")["Body"].read() == b"x"


def test_a_key_that_only_reads_changes_nothing(binary, warmfront, bucket, tmp_path):
    bucket.put_object(Bucket="site", Key="page", Body=b"x")
    made = Keys(binary, tmp_path / "data")("create", "--role", "read-only", "--name", "reader")
    reader = s3.client(warmfront, access_key_id=made["accessKeyId"], secret=made["secretAccessKey"])
    assert reader.get_object(Bucket="site", Key="page")["Body"].read() == b"x"
    assert [entry["Name"] for entry in reader.list_buckets()["Buckets"]] == ["site"]
    denied = ("AccessDenied", 403)
    assert refusal(reader.put_object, Bucket="site", Key="page", Body=b"y") == denied
    assert refusal(reader.delete_bucket_policy, Bucket="site") == denied
    assert refusal(reader.create_bucket, Bucket="another") == denied
    answer = reader.delete_objects(Bucket="site", Delete={"Objects": [{"Key": "page"}]})
    assert [entry["Code"] for entry in answer["Errors"]] == ["AccessDenied"]
    grant(bucket, {**PUBLIC_READ, "Effect": "Deny", "Principal": {"AWS": "123456789012"}})
    assert refusal(reader.get_object, Bucket="site", Key="page") == denied


def test_a_signature_covers_every_header_of_s3s_own(warmfront, bucket):
    bucket.put_object(Bucket="site", Key="page", Body=b"x")
    v4 = s3.client(warmfront, signature_version="s3v4")
    url = v4.generate_presigned_url("put_object", Params={"Bucket": "site", "Key": "stolen"})
    status, _, body = s3.fetch(url, "PUT", {"x-amz-copy-source": "site/page"})
    assert status == 403 and b"x-amz-copy-source" in body
    assert s3.fetch(url, "PUT", {}, b"fine")[0] == 200


def test_a_policy_grants_and_denies(warmfront, bucket):
    bucket.put_object(Bucket="site", Key="page", Body=b"x")
    bucket.put_object(Bucket="site", Key="secret/page", Body=b"x")
    grant(bucket, PUBLIC_READ, {**PUBLIC_READ, "Effect": "Deny", "Resource": "arn:aws:s3:::site/secret/*"})
    page = warmfront.addresses["buckets"] + "/site/page"
    assert s3.fetch(page)[::2] == (200, b"x")
    assert s3.fetch(page + "?v=1&cache-buster")[0] == 200
    assert s3.fetch(page, "PUT", body=b"y")[0] == 403
    # Without the permission to list, a missing key is a secret.
    assert s3.fetch(page + "s")[0] == 403
    assert refusal(bucket.get_object, Bucket="site", Key="secret/page") == ("AccessDenied", 403)
    assert bucket.get_bucket_policy_status(Bucket="site")["PolicyStatus"]["IsPublic"] is True
    grant(bucket, PUBLIC_READ, {**PUBLIC_READ, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::site"})
    status, _, body = s3.fetch(page + "s")
    assert status == 404 and b"<Code>NoSuchKey</Code>" in body
    bucket.delete_bucket_policy(Bucket="site")
    assert s3.fetch(page)[0] == 403
    assert refusal(bucket.get_bucket_policy, Bucket="site") == ("NoSuchBucketPolicy", 404)


def test_a_policy_that_is_not_understood_is_refused(bucket):
    grant(bucket, PUBLIC_READ)
    for wrong, says in [
        ({**PUBLIC_READ, "Resource": "arn:aws:s3:::site"}, "does not apply"),
        ({**PUBLIC_READ, "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}}, "aws:CurrentTime"),
        ({**PUBLIC_READ, "Principal": {"Service": "ec2.amazonaws.com"}}, "Invalid principal"),
    ]:
        with pytest.raises(ClientError) as refused:
            grant(bucket, wrong)
        assert refused.value.response["Error"]["Code"] == "MalformedPolicy"
        assert says in refused.value.response["Error"]["Message"]
    assert json.loads(bucket.get_bucket_policy(Bucket="site")["Policy"])["Statement"] == [PUBLIC_READ]


def test_an_owner_who_locked_everybody_out_can_open_again(bucket):
    everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                  "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*"]}
    grant(bucket, everything)
    assert refusal(bucket.list_objects_v2, Bucket="site") == ("AccessDenied", 403)
    bucket.delete_bucket_policy(Bucket="site")
    bucket.list_objects_v2(Bucket="site")


def test_what_was_acknowledged_survives_a_kill(binary, tmp_path):
    for round in range(3):
        server = Warmfront(binary, tmp_path / "data")
        server.__enter__()
        client = s3.client(server)
        if round == 0:
            client.create_bucket(Bucket="site", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            grant(client, PUBLIC_READ)
        for number in range(20):
            client.put_object(Bucket="site", Key=f"{round}/{number}", Body=f"{round} {number}".encode())
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.process.stdout.close()
    with Warmfront(binary, tmp_path / "data") as server:
        client = s3.client(server)
        assert client.get_bucket_location(Bucket="site")["LocationConstraint"] == "eu-west-1"
        for round in range(3):
            for number in range(20):
                url = f"{server.addresses['buckets']}/site/{round}/{number}"
                assert s3.fetch(url)[::2] == (200, f"{round} {number}".encode())


def test_no_secret_and_no_signature_is_in_the_log(binary, tmp_path):
    with Warmfront(binary, tmp_path / "data", environment={"WARMFRONT_LOG": "trace"}) as server:
        client = s3.client(server)
        client.create_bucket(Bucket="site")
        client.put_object(Bucket="site", Key="page", Body=b"x")
        refusal(client.get_object, Bucket="site", Key="none")
        refusal(s3.client(server, secret="another").get_object, Bucket="site", Key="page")
        link = client.generate_presigned_url("get_object", Params={"Bucket": "site", "Key": "page"})
        assert s3.fetch(link)[0] == 200
    log = server.log.read_text()
    assert "/site/page" in log
    signature = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)
    for secret in (SECRET_ACCESS_KEY, "AWS4-HMAC-SHA256", *(value for name in ("Signature", "X-Amz-Signature")
                                                            for value in signature.get(name, []))):
        assert secret not in log


def test_where_the_buckets_are_and_that_they_can_be_elsewhere(binary, tmp_path):
    with Warmfront(binary, tmp_path / "one") as one, Warmfront(binary, tmp_path / "two") as two:
        assert one.addresses["buckets"] != two.addresses["buckets"]
    with Warmfront(binary, tmp_path / "off", "--buckets", "off") as server:
        assert "buckets" not in server.addresses
    with Warmfront(binary, tmp_path / "store", "--s3-endpoint", "http://127.0.0.1:1") as server:
        assert "buckets" not in server.addresses
