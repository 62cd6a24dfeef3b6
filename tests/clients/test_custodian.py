"""Cloud Custodian: a policy that changes what it finds. Whose account it is and how resources are tagged it asks
other services of AWS; two origins stand in for them."""

import os
import pathlib
import subprocess

import pytest

from configuration import create, custom_origin, distribution, page
from origin import Origin, Reply
from warmfront import ACCESS_KEY_ID, PATIENCE_SECONDS, SECRET_ACCESS_KEY

POLICY = pathlib.Path(__file__).parent / "custodian/tidy.yml"
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/tests</Arn><UserId>tests</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@pytest.fixture
def environment(warmfront, tmp_path):
    with Origin("identities") as identities, Origin("tags") as tags:
        identities.plan("/", Reply(200, IDENTITY, {"Content-Type": "text/xml"}))
        tags.plan("/", Reply(200, '{"ResourceTagMappingList": []}'))
        yield {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_CLOUDFRONT": warmfront.api,
            "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{identities.port}",
            "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API": f"http://127.0.0.1:{tags.port}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def custodian(environment, folder):
    found = os.environ.get("WARMFRONT_CUSTODIAN")
    assert found, "WARMFRONT_CUSTODIAN is not set: `cargo xtask clients` installs Cloud Custodian and sets it"
    program = pathlib.Path(found) / "bin/custodian"
    done = subprocess.run(
        [str(program), "run", "--output-dir", str(folder / "output"), "--cache-period", "0", str(POLICY)],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def test_a_policy_changes_and_disables_what_it_finds(warmfront, environment, origin, tmp_path):
    cloudfront = warmfront.cloudfront()
    errors = [page(404, "/sorry.html", 200)]
    found = create(cloudfront, distribution(custom_origin(origin), errors=errors))
    kept = create(cloudfront, distribution(custom_origin(origin), Comment="somebody cares"))
    assert "count:1" in custodian(environment, tmp_path)
    config = cloudfront.get_distribution_config(Id=found["Id"])["DistributionConfig"]
    assert (config["Comment"], config["PriceClass"], config["Enabled"]) == ("by a policy", "PriceClass_100", False)
    assert config["CustomErrorResponses"] == found["DistributionConfig"]["CustomErrorResponses"]
    other = cloudfront.get_distribution_config(Id=kept["Id"])["DistributionConfig"]
    assert other == kept["DistributionConfig"]
    assert "count:0" in custodian(environment, tmp_path)
