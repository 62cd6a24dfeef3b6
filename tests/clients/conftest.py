"""What every test of real clients starts from: a server of its own, origins, and clients that talk to them.

`cargo xtask test` sets WARMFRONT to the binary that it built. By hand:
WARMFRONT=target/debug/warmfront target/python/bin/python -m pytest tests/clients
"""

import os
import pathlib

import pytest

from aws_cli import AwsCli
from bucket import Bucket
from origin import Origin
from warmfront import FOR_TESTS, Warmfront

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def binary():
    """The binary under test."""
    found = pathlib.Path(os.environ.get("WARMFRONT", ROOT / "target/debug/warmfront"))
    assert found.exists(), f"{found} is not there; run `cargo xtask test`, or build it and set WARMFRONT"
    return found


@pytest.fixture
def warmfront(binary, tmp_path):
    """A server with an empty data directory, its own time, and timelines on demand."""
    with Warmfront(binary, tmp_path / "data", *FOR_TESTS) as server:
        yield server


@pytest.fixture
def origin():
    """The origin of the site."""
    with Origin("site.localhost") as server:
        yield server


@pytest.fixture
def pages():
    """A second origin, for error pages."""
    with Origin("pages.localhost") as server:
        yield server


@pytest.fixture
def bucket():
    """A store that checks signatures as S3 does."""
    with Bucket() as store:
        yield store


@pytest.fixture
def aws(warmfront, tmp_path):
    """The AWS CLI, pointed at the server."""
    return AwsCli(warmfront, tmp_path)
