"""The AWS CLI as people use it: a program, files and a terminal."""

import json
import os
import re
import subprocess
import sys

from warmfront import ACCESS_KEY_ID, PATIENCE_SECONDS, SECRET_ACCESS_KEY


class AwsCli:
    """Runs `aws cloudfront ...` against one server."""

    def __init__(self, server, folder):
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_CLOUDFRONT": server.api,
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def run(self, *words):
        """Exit code, what it printed, and what it complained about."""
        done = subprocess.run(
            [sys.executable, "-m", "awscli", "cloudfront", *words],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )
        return done.returncode, done.stdout, done.stderr

    def __call__(self, *words):
        """What it printed, read as JSON; fails when it complains."""
        code, printed, complaint = self.run(*words)
        assert code == 0, (words, complaint)
        return json.loads(printed) if printed.strip() else None

    def calls(self, *words):
        """The operations that a command called, one for each request; fails when it complains."""
        code, _, told = self.run(*words, "--debug")
        assert code == 0, (words, told)
        return re.findall(r"Making request for OperationModel\(name=(\w+)\)", told)

    def file(self, name, document):
        """Writes a file and answers how to name it on the command line."""
        (self.folder / name).write_text(json.dumps(document))
        return f"file://{self.folder / name}"
