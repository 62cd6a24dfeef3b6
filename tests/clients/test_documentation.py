"""What the documentation says to paste works, and no flag is without a word."""

import json
import re
import subprocess

from configuration import create
from conftest import ROOT
from origin import Reply
from warmfront import Warmfront

README = (ROOT / "README.md").read_text()
FLAGS = (ROOT / "docs/operating/flags.md").read_text()


def pasted(host):
    """The README's curl lines for a host: method, path, and the last status in the comment, its promise."""
    lines = re.findall(rf"^curl -i (-X POST )?http://{re.escape(host)}:8080(\S+) +# (.*)$", README, re.MULTILINE)
    return [("POST" if post else "GET", path, int(re.findall(r"\d\d\d", said)[-1])) for post, path, said in lines]


def test_the_demo_does_what_the_readme_says(binary, tmp_path):
    promises = pasted("demo.localhost")
    assert len(promises) == 9
    with Warmfront(binary, tmp_path / "demo", command="demo") as demo:
        for method, path, status in promises:
            answer = demo.get("demo.localhost", path, method)
            assert answer.status == status, (method, path, answer)
            assert b"a viewer should not see this" not in answer.body


def test_the_first_distribution_of_the_readme_works(warmfront, origin):
    promises = pasted("www.localhost")
    assert len(promises) == 2
    config = json.loads((ROOT / "examples/first-distribution.json").read_text())
    config["Origins"]["Items"][0]["CustomOriginConfig"]["HTTPPort"] = origin.port
    site = ROOT / "examples/site"
    for file in (path for path in site.rglob("*") if path.is_file()):
        origin.plan("/" + file.relative_to(site).as_posix(), Reply(200, file.read_bytes()))
    origin.plan("/no-such-page", Reply(404))
    create(warmfront.cloudfront(), config)
    bodies = []
    for method, path, status in promises:
        answer = warmfront.get("www.localhost", path, method)
        assert answer.status == status, (method, path, answer)
        bodies.append(answer.body)
    assert bodies == [(site / "index.html").read_bytes(), (site / "errors/404.html").read_bytes()]


def test_every_flag_is_on_the_page_about_flags(binary):
    text = subprocess.run([str(binary), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    real = set(re.findall(r"^ +(?:-\w, )?(--[a-z0-9-]+)", text, re.MULTILINE)) - {"--help", "--version"}
    told = set(re.findall(r"`(--[a-z0-9-]+)", "\n".join(re.findall(r"^\| (`--.*?) \|", FLAGS, re.MULTILINE))))
    assert told == real, told ^ real
