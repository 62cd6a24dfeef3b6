"""Clients of S3 for the tests of buckets: boto3, the AWS CLI, and plain HTTP."""

import os
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

from warmfront import ACCESS_KEY_ID, PATIENCE_SECONDS, SECRET_ACCESS_KEY


def client(server, access_key_id=ACCESS_KEY_ID, secret=SECRET_ACCESS_KEY, region="us-east-1", **config):
    """boto3's client of a server's buckets; one attempt for each call."""
    return boto3.client(
        "s3",
        endpoint_url=server.addresses["buckets"],
        region_name=region,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config),
    )


class Cli:
    """Runs `aws s3 ...` and `aws s3api ...` in a folder against one server."""

    def __init__(self, server, folder):
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": server.addresses["buckets"],
            "AWS_ENDPOINT_URL_CLOUDFRONT": server.api,
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "LC_ALL": "C.UTF-8",
        }

    def run(self, *words):
        """Exit code, what it printed, and what it complained about."""
        done = subprocess.run(
            [sys.executable, "-m", "awscli", *words],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )
        return done.returncode, done.stdout, done.stderr

    def __call__(self, *words):
        """What it printed; fails when it complains."""
        code, printed, complaint = self.run(*words)
        assert code == 0, (words, complaint)
        return printed


def fetch(url, method="GET", headers=None, body=None):
    """Status, header fields and body of a request without a signature of ours."""
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()
