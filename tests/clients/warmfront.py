"""The server under test as a process of its own."""

import http.client
import json
import os
import subprocess
import urllib.parse

import boto3
from botocore.config import Config

ACCESS_KEY_ID = "WFTESTS0000000000001"
SECRET_ACCESS_KEY = "not-a-secret-only-for-tests"
# Its own time, and timelines on demand.
FOR_TESTS = ("--virtual-clock", "--explain")
# Longest that a start or an end may take before the test fails; in practice a fraction of a second.
PATIENCE_SECONDS = 60


class Answer:
    """What a viewer got."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    def __getitem__(self, name):
        return self.headers.get(name.lower())

    @property
    def x_cache(self):
        return self["X-Cache"]

    @property
    def steps(self):
        """The timeline: one text for each step."""
        return (self["X-Warmfront-Timeline"] or "").split(" | ")

    def __repr__(self):
        lines = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.status}\n{lines}\n\n{self.body[:500]!r}"


class Warmfront:
    """Starts the server and ends it; hands out clients."""

    def __init__(self, binary, data_dir, *flags, environment=(), launcher=(), command="serve"):
        self.command = [
            *launcher, str(binary), command, "--data-dir", str(data_dir), "--edge-http", "127.0.0.1:0",
            "--edge-https", "127.0.0.1:0", "--api", "127.0.0.1:0", *flags,
        ]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WARMFRONT")},
            "WARMFRONT_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "WARMFRONT_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            **dict(environment),
        }
        self.log = data_dir.with_suffix(".log")

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.addresses = self._wait_until_ready()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()

    def _wait_until_ready(self):
        """Reads the line for scripts: `ready`, then name=value."""
        for line in self.process.stdout:
            if line.startswith("ready "):
                return dict(word.split("=", 1) for word in line.split()[1:])
        self.process.wait(PATIENCE_SECONDS)
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    @property
    def api(self):
        return self.addresses["api"]

    def cloudfront(self, region="us-east-1", access_key_id=ACCESS_KEY_ID, secret=SECRET_ACCESS_KEY):
        """boto3's client; one attempt for each call, so that every error is seen."""
        return boto3.client(
            "cloudfront",
            endpoint_url=self.api,
            region_name=region,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def get(self, host, path, method="GET", headers=(), body=None):
        """What a viewer gets over HTTP/1.1, with the timeline."""
        port = urllib.parse.urlsplit(self.addresses["edge-http"]).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, {"Host": host, "X-Warmfront-Explain": "1", **dict(headers)})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def advance(self, seconds):
        """Moves the time of the cache."""
        return self._post("/_warmfront/clock", json.dumps({"advance_seconds": seconds}))["now"]

    def reset(self):
        """Empties everything and sets the time back."""
        return self._post("/_warmfront/reset", "")

    def _post(self, path, body):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.api).netloc, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", path, body)
            response = connection.getresponse()
            text = response.read()
            assert response.status == 200, (response.status, text)
            return json.loads(text)
        finally:
            connection.close()
