"""Origins in the buckets of this server: who may read them, and what viewers see when the edge may not."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import boto3
import pytest

import s3
from configuration import behavior, create, custom_origin, distribution, page
from conftest import ROOT
from origin import Reply
from test_buckets import access_control
from warmfront import FOR_TESTS, Warmfront

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# Stands for curl, as the guide calls it, on machines without it.
CURL = """
import http.client, sys, urllib.parse
_, _, _, host, url = sys.argv
parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPConnection(parts.netloc)
connection.request("GET", parts.path, headers=dict([host.split(": ", 1)]))
response = connection.getresponse()
print(response.status, response.read().decode())
"""
GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}
LIST = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::site"}


@pytest.fixture
def cloudfront(warmfront):
    return warmfront.cloudfront()


@pytest.fixture
def buckets(warmfront):
    """A client, and a bucket `site` with a page."""
    client = s3.client(warmfront)
    client.create_bucket(Bucket="site")
    client.put_object(Bucket="site", Key="page", Body=b"from the bucket", ContentType="text/plain")
    return client


def grant(client, *statements, bucket="site"):
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def bucket_origin(control="", identity="", name="site"):
    return {
        "Id": name,
        "DomainName": f"{name}.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": f"origin-access-identity/cloudfront/{identity}" if identity else ""},
        "OriginAccessControlId": control,
    }


def uncached(*origins, **settings):
    """A distribution that asks its origin every time, so that a grant counts at once."""
    default = behavior(origins[0]["Id"], CachePolicyId=CACHING_DISABLED)
    return distribution(*origins, default=default, **settings)


def edge(distribution_arn):
    """The principal and condition of a distribution."""
    return {
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
    }


# proves: G20, G21, G24, G30
def test_a_distribution_reads_a_bucket_that_grants_it_and_no_other_does(warmfront, cloudfront, buckets):
    control = access_control(cloudfront)["Id"]
    ours, other = (create(cloudfront, uncached(bucket_origin(control))) for _ in range(2))
    refused = warmfront.get(ours["DomainName"], "/page")
    assert refused.status == 403 and b"<Code>AccessDenied</Code>" in refused.body
    grant(buckets, {**GET, **edge(ours["ARN"])})
    answer = warmfront.get(ours["DomainName"], "/page")
    assert (answer.status, answer.body, answer["Content-Type"]) == (200, b"from the bucket", "text/plain")
    assert answer["x-amz-request-id"] is None
    assert warmfront.get(other["DomainName"], "/page").status == 403
    assert s3.fetch(warmfront.addresses["buckets"] + "/site/page")[0] == 403


# proves: G27
def test_an_identity_reads_a_bucket_that_grants_it_and_no_other_does(warmfront, cloudfront, buckets):
    made = [
        cloudfront.create_cloud_front_origin_access_identity(
            CloudFrontOriginAccessIdentityConfig={"CallerReference": reference, "Comment": ""}
        )["CloudFrontOriginAccessIdentity"]
        for reference in ("ours", "other")
    ]
    ours, other = (create(cloudfront, uncached(bucket_origin(identity=entry["Id"]))) for entry in made)
    assert warmfront.get(ours["DomainName"], "/page").status == 403
    arn = f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {made[0]['Id']}"
    for principal in ({"AWS": arn}, {"CanonicalUser": made[0]["S3CanonicalUserId"]}):
        grant(buckets, {**GET, "Principal": principal})
        assert warmfront.get(ours["DomainName"], "/page").body == b"from the bucket"
        assert warmfront.get(other["DomainName"], "/page").status == 403


# proves: G22
@pytest.mark.parametrize("never", [True, False])
def test_without_signing_only_a_public_bucket_is_read(warmfront, cloudfront, buckets, never):
    control = access_control(cloudfront, behavior="never")["Id"] if never else ""
    made = create(cloudfront, uncached(bucket_origin(control)))
    grant(buckets, {**GET, **edge(made["ARN"])})
    assert warmfront.get(made["DomainName"], "/page").status == 403
    grant(buckets, {**GET, "Principal": "*"})
    assert warmfront.get(made["DomainName"], "/page").status == 200


# proves: G21, G23
def test_a_viewers_authorization_is_overwritten_or_passed_as_the_access_control_says(warmfront, cloudfront, buckets):
    policy = cloudfront.create_cache_policy(CachePolicyConfig={
        "Name": "with-authorization", "MinTTL": 1, "DefaultTTL": 1, "MaxTTL": 1,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": False, "EnableAcceptEncodingBrotli": False,
            "HeadersConfig": {
                "HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["Authorization"]}
            },
            "CookiesConfig": {"CookieBehavior": "none"}, "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    })["CachePolicy"]["Id"]
    statuses = {}
    for signing in ("always", "no-override"):
        control = access_control(cloudfront, name=signing, behavior=signing)["Id"]
        default = behavior("site", CachePolicyId=policy)
        made = create(cloudfront, distribution(bucket_origin(control), default=default))
        grant(buckets, {**GET, **edge(made["ARN"])})
        statuses[signing] = [
            warmfront.get(made["DomainName"], "/page", headers=headers).status
            for headers in ({}, {"Authorization": "Basic dXNlcjpwYXNz"})
        ]
    assert statuses == {"always": [200, 200], "no-override": [200, 400]}


# proves: G11
def test_a_missing_key_is_403_without_the_permission_to_list_and_404_with_it(warmfront, cloudfront, buckets):
    buckets.put_object(Bucket="site", Key="errors/403.html", Body=b"page for 403")
    buckets.put_object(Bucket="site", Key="errors/404.html", Body=b"page for 404")
    errors = [page(403, "/errors/403.html", 403, 0), page(404, "/errors/404.html", 404, 0)]
    made = create(cloudfront, uncached(bucket_origin(access_control(cloudfront)["Id"]), errors=errors))
    grant(buckets, {**GET, **edge(made["ARN"])})
    answer = warmfront.get(made["DomainName"], "/none")
    assert (answer.status, answer.body) == (403, b"page for 403")
    grant(buckets, {**GET, **edge(made["ARN"])}, {**LIST, **edge(made["ARN"])})
    warmfront.advance(10)
    answer = warmfront.get(made["DomainName"], "/none")
    assert (answer.status, answer.body) == (404, b"page for 404")


# proves: G25
def test_viewers_can_write_to_a_bucket_that_lets_the_edge(warmfront, cloudfront, buckets):
    every = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    allowed = {"Quantity": 7, "Items": every, "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}
    default = behavior("site", CachePolicyId=CACHING_DISABLED, AllowedMethods=allowed)
    control = access_control(cloudfront)["Id"]
    made = create(cloudfront, distribution(bucket_origin(control), default=default))
    grant(buckets, {**GET, "Action": ["s3:GetObject", "s3:PutObject"], **edge(made["ARN"])})
    assert warmfront.get(made["DomainName"], "/new", "PUT", body=b"written").status == 200
    assert warmfront.get(made["DomainName"], "/new").body == b"written"
    assert warmfront.get(made["DomainName"], "/new", "DELETE").status == 403


def test_the_guides_commands_put_error_pages_in_a_bucket(warmfront, origin, tmp_path):
    """Pastes what docs/error-pages-in-a-bucket.md says, in order."""
    text = (ROOT / "docs/error-pages-in-a-bucket.md").read_text()
    (tmp_path / "errors").mkdir()
    for name in ("403.html", "404.html", "5xx.html"):
        (tmp_path / "errors" / name).write_text(f"page {name}")
    origin.plan("/missing", Reply(404))
    aws = s3.Cli(warmfront, tmp_path)
    viewer_port = warmfront.addresses["edge-http"].rsplit(":", 1)[1]
    environment = {**aws.environment, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    del environment["AWS_ENDPOINT_URL_S3"], environment["AWS_ENDPOINT_URL_CLOUDFRONT"]
    (tmp_path / "aws").write_text(f'#!/bin/sh\nexec {sys.executable} -m awscli "$@"\n')
    (tmp_path / "aws").chmod(0o700)
    if shutil.which("curl") is None:
        (tmp_path / "curl").write_text(f"#!{sys.executable}\n{CURL}")
        (tmp_path / "curl").chmod(0o700)
    replaced = {
        "http://127.0.0.1:9080": warmfront.api,
        "http://127.0.0.1:9090": warmfront.addresses["buckets"],
        "localhost:8080": f"127.0.0.1:{viewer_port}",
        '"HTTPPort": 8000': f'"HTTPPort": {origin.port}',
    }
    ran = 0
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for said, real in replaced.items():
            block = block.replace(said, real)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"set -a; test ! -e env || . ./env\n{block}\nexport -p > env"],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120,
        )
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        ran += 1
    assert ran == 6
    assert "page 404.html" in done.stdout, done.stdout


class Moto:
    """An S3 server of other people's. After its first calls it lets nobody in without a right signature and a policy."""

    FREE_CALLS = 3

    def __init__(self, folder, log):
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [f"{folder}/bin/moto_server", "-H", "127.0.0.1", "-p", "0"],
                stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(self.FREE_CALLS), "PYTHONUNBUFFERED": "1"},
            )
        self.address = self._wait_until_ready(pathlib.Path(log))

    def _wait_until_ready(self, log):
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up and self.process.poll() is None:
            found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text())
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"moto did not start: {log.read_text()}")

    def user(self):
        """A new key pair that may use all buckets."""
        iam = boto3.client("iam", endpoint_url=self.address, region_name="us-east-1",
                           aws_access_key_id="any", aws_secret_access_key="any")
        iam.create_user(UserName="edge")
        key = iam.create_access_key(UserName="edge")["AccessKey"]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        iam.put_user_policy(UserName="edge", PolicyName="all", PolicyDocument=json.dumps(policy))
        return key["AccessKeyId"], key["SecretAccessKey"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture
def moto(tmp_path):
    """The environment is made by `cargo xtask test`."""
    folder = os.environ.get("WARMFRONT_MOTO", ROOT / "target/moto")
    assert pathlib.Path(folder, "bin/moto_server").exists(), f"{folder} is not there; run `cargo xtask test`"
    with Moto(folder, tmp_path / "moto.log") as server:
        yield server


# proves: G20, G21, G24
def test_a_store_outside_has_a_key_pair_for_each_bucket(binary, moto, tmp_path):
    id, secret = moto.user()
    client = boto3.client("s3", endpoint_url=moto.address, region_name="us-east-1",
                          aws_access_key_id=id, aws_secret_access_key=secret)
    for name in ("site", "others"):
        client.create_bucket(Bucket=name)
        client.put_object(Bucket=name, Key="a folder/\u00fc+.txt", Body=name.encode())
    pair = lambda id, secret: {"AccessKeyId": id, "SecretAccessKey": secret}
    file = tmp_path / "s3.json"
    file.write_text(json.dumps({"site": pair(id, secret), "*": pair(id, "wrong")}))
    file.chmod(0o600)
    flags = (*FOR_TESTS, "--s3-endpoint", moto.address)
    environment = {"WARMFRONT_S3_CREDENTIALS_FILE": str(file)}
    with Warmfront(binary, tmp_path / "data", *flags, environment=environment) as server:
        cloudfront = server.cloudfront()
        control = access_control(cloudfront)["Id"]
        answers = {}
        for name in ("site", "others"):
            made = create(cloudfront, uncached(bucket_origin(control, name=name)))
            answers[name] = server.get(made["DomainName"], "/a%20folder/%C3%BC%2B.txt")
    assert (answers["site"].status, answers["site"].body) == (200, b"site")
    assert answers["others"].status == 403 and b"SignatureDoesNotMatch" in answers["others"].body


def test_a_file_of_key_pairs_that_others_can_read_is_refused(binary, tmp_path):
    file = tmp_path / "s3.json"
    file.write_text("{}")
    file.chmod(0o644)
    done = subprocess.run(
        [str(binary), "serve", "--data-dir", str(tmp_path / "data"), "--edge-http", "127.0.0.1:0",
         "--edge-https", "127.0.0.1:0", "--api", "127.0.0.1:0"],
        env={**os.environ, "WARMFRONT_S3_CREDENTIALS_FILE": str(file)}, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 1 and "chmod 600" in done.stderr
