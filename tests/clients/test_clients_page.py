"""What the page about clients says to paste works. The JavaScript on it is run by the suite in `javascript`, the
Rust by the documentation tests in `rust-sdk`."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from ansible_playbook import Ansible
from configuration import create
from conftest import ROOT
from warmfront import ACCESS_KEY_ID, PATIENCE_SECONDS, SECRET_ACCESS_KEY

PAGE = (ROOT / "docs/clients.md").read_text()


@pytest.fixture
def site(warmfront):
    """The distribution that the README makes."""
    config = json.loads((ROOT / "examples/first-distribution.json").read_text())
    return create(warmfront.cloudfront(), config)


def examples(language, server):
    """The examples in a language, with the address and the key of this server."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, language
    places = {"http://127.0.0.1:9080": server.api, "mykey": ACCESS_KEY_ID, "mysecret": SECRET_ACCESS_KEY}
    for pattern, real in places.items():
        found = [example.replace(pattern, real) for example in found]
    return found


def run(server, folder, *words):
    """What a program prints, in an environment that the first example of the page makes."""
    exports = re.findall(r"(AWS_\w+)=(\S+)", examples("sh", server)[0])
    programs = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": programs, "HOME": str(folder), "AWS_PAGER": "", **dict(exports)}
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_lines_for_the_aws_cli_work(warmfront, tmp_path):
    _, commands = examples("sh", warmfront)
    printed = run(warmfront, tmp_path, "sh", "-ec", commands)
    [made] = warmfront.cloudfront().list_distributions()["DistributionList"]["Items"]
    assert printed.splitlines()[-1].split() == [made["Id"], made["DomainName"], "Deployed"]


def test_the_lines_for_boto3_work(warmfront, tmp_path, site):
    [program] = examples("python", warmfront)
    printed = run(warmfront, tmp_path, sys.executable, "-c", program)
    assert printed.split() == [site["Id"], site["DomainName"], "Deployed"]


def test_the_playbook_works(warmfront, tmp_path, site):
    [playbook] = examples("yaml", warmfront)
    file = tmp_path / "playbook.yml"
    file.write_text(playbook)
    assert len(Ansible(warmfront, tmp_path).run(file, site=site["Id"])) == 1
    listed = warmfront.cloudfront().list_invalidations(DistributionId=site["Id"])["InvalidationList"]
    assert listed["Quantity"] == 1


def test_the_versions_on_the_page_are_those_that_are_tested():
    pins = {
        "AWS CLI": r"awscli==(\S+)", "boto3": r"^boto3==(\S+)", "Cloud Custodian": r"c7n==(\S+)",
        "AWS SDK for JavaScript": r'"@aws-sdk/client-cloudfront": "(\S+)"',
        "AWS SDK for Rust": r'name = "aws-sdk-cloudfront"\nversion = "(\S+)"',
    }
    files = ("requirements.txt", "custodian/requirements.txt", "javascript/package.json", "rust-sdk/Cargo.lock")
    texts = "\n".join((ROOT / "tests/clients" / file).read_text() for file in files)
    told = dict(re.findall(r"^\| ([^|]+?) \| ([\d.]+) \|", PAGE, re.MULTILINE))
    assert {client: told[client] for client in pins} == {
        client: re.search(pin, texts, re.MULTILINE).group(1) for client, pin in pins.items()
    }
