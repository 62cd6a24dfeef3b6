"""Keys of the API as the AWS CLI meets them: roles, rotation, and the API over TLS."""

import json
import subprocess

import pytest

from aws_cli import AwsCli
from configuration import create, custom_origin, distribution
from warmfront import PATIENCE_SECONDS, Warmfront


class Keys:
    """Runs `warmfront keys` beside a server that runs."""

    def __init__(self, binary, data_dir):
        self.command = [str(binary), "keys", "--data-dir", str(data_dir), "--json"]

    def __call__(self, *words):
        done = subprocess.run(
            [*self.command, *words], capture_output=True, text=True, timeout=PATIENCE_SECONDS, env={}
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def keys(binary, warmfront, tmp_path):
    return Keys(binary, tmp_path / "data")


def as_holder_of(key, server, folder):
    """The AWS CLI of somebody with this key."""
    cli = AwsCli(server, folder)
    cli.environment.update(
        AWS_ACCESS_KEY_ID=key["accessKeyId"], AWS_SECRET_ACCESS_KEY=key["secretAccessKey"]
    )
    return cli


def test_a_key_that_only_reads_lists_and_reads_and_is_told_why_it_changes_nothing(
    warmfront, keys, origin, tmp_path
):
    made = create(warmfront.cloudfront(), distribution(custom_origin(origin)))
    reader = as_holder_of(keys("create", "--role", "read-only", "--name", "monitor"), warmfront, tmp_path)
    listed = reader("list-distributions")["DistributionList"]["Items"]
    assert [item["Id"] for item in listed] == [made["Id"]]
    version = reader("get-distribution", "--id", made["Id"])["ETag"]
    for words, operation in [
        (("delete-distribution", "--id", made["Id"], "--if-match", version), "DeleteDistribution"),
        (("create-invalidation", "--distribution-id", made["Id"], "--paths", "/*"), "CreateInvalidation"),
        (
            ("create-distribution", "--origin-domain-name", "example.com"),
            "CreateDistribution",
        ),
    ]:
        code, printed, complaint = reader.run(*words)
        assert code != 0 and not printed, words
        assert "(AccessDenied)" in complaint and "read-only" in complaint and operation in complaint


def test_a_rotated_key_gives_way_to_the_new_one_without_a_restart(warmfront, keys, tmp_path):
    first = keys("create", "--name", "deploys")
    old = as_holder_of(first, warmfront, tmp_path)
    assert old.run("list-distributions")[0] == 0
    second = keys("rotate", first["accessKeyId"], "--overlap", "1h")
    new = as_holder_of(second, warmfront, tmp_path)
    assert old.run("list-distributions")[0] == 0, "both are accepted meanwhile"
    assert new.run("list-distributions")[0] == 0
    keys("rotate", second["accessKeyId"])
    code, _, complaint = new.run("list-distributions")
    assert code != 0 and "(InvalidClientTokenId)" in complaint
    keys("disable", first["accessKeyId"])
    assert "(InvalidClientTokenId)" in old.run("list-distributions")[2]


def test_the_cli_calls_the_api_over_tls_with_the_authority_of_the_data_directory(binary, tmp_path):
    with Warmfront(binary, tmp_path / "data", "--api-tls", "--api-name", "api.localhost") as server:
        assert server.api.startswith("https://")
        cli = AwsCli(server, tmp_path)
        code, _, complaint = cli.run("list-distributions")
        assert code != 0 and "SSL" in complaint, "nobody vouches for it yet"
        assert cli.run("list-distributions", "--ca-bundle", server.addresses["ca"])[0] == 0
        cli.environment["AWS_CA_BUNDLE"] = server.addresses["ca"]
        assert cli.run("list-distributions")[0] == 0
