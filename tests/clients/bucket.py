"""A stand-in for S3 that checks signatures: botocore's own signer computes what the signature must be."""

import http.server
import threading
import urllib.parse

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY_ID = "WFBUCKETKEY000000001"
SECRET_ACCESS_KEY = "not-a-secret-only-for-the-bucket"


class Refused(Exception):
    """Why a request is not answered; the text is S3's error code."""


class Bucket:
    """Objects by `/bucket/key`; only requests with a right signature get them."""

    def __init__(self):
        self.objects = {}
        self.seen = []
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                try:
                    verify(self.command, self.path, self.headers)
                    body, status = store.objects[urllib.parse.unquote(self.path.split("?")[0])], 200
                except Refused as refused:
                    body, status = f"<Error><Code>{refused}</Code></Error>".encode(), 403
                except KeyError:
                    body, status = b"<Error><Code>NoSuchKey</Code></Error>", 404
                store.seen.append((status, self.path, self.headers))
                self.send_response(status)
                self.send_header("Content-Type", "text/plain" if status == 200 else "application/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def verify(method, target, headers):
    """Computes the signature again from what was received."""
    authorization = headers.get("Authorization")
    if authorization is None:
        raise Refused("AccessDenied")
    parts = dict(part.strip().split("=", 1) for part in authorization.removeprefix("AWS4-HMAC-SHA256 ").split(","))
    access_key_id, _, region, service, _ = parts["Credential"].split("/")
    signed = parts["SignedHeaders"].split(";")
    if access_key_id != ACCESS_KEY_ID or service != "s3":
        raise Refused("InvalidAccessKeyId")
    if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed):
        raise Refused("AccessDenied")
    received = {name: headers[name] for name in signed}
    request = AWSRequest(method=method, url=f"http://{headers['Host']}{target}", headers=received)
    request.context["timestamp"] = headers["X-Amz-Date"]
    signer = S3SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), "s3", region)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    if signer.signature(to_sign, request) != parts["Signature"]:
        raise Refused("SignatureDoesNotMatch")
