"""An issuer of bearer tokens for tests: a real HTTP server on 127.0.0.1, with real keys, that can be made to misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa


@cache
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key of its own for each number; they take a moment to make."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


class TestIssuer:
    """Publishes `keys` (private ones, by their number) and signs tokens with them. `asked` counts who fetches the keys."""

    __test__ = False

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: dict[str, Any] = {"1": rsa_key(1)}
        self.extra: list[dict[str, Any]] = []
        self.calls_itself = url
        self.asked = 0
        self.status = 200

    def published(self) -> dict[str, Any]:
        keys = [{**public(key), "kid": number, "use": "sig"} for number, key in self.keys.items()]
        return {"keys": [*keys, *self.extra]}

    def token(
        self, *, key: Any = None, kid: str | None = "1", algorithm: str = "RS256", **claims: Any
    ) -> str:
        """A signed token; a claim that is None is left out."""
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": "lazulite",
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "preferred_username": "ada@example.org",
        }
        said.update(claims)
        said = {name: value for name, value in said.items() if value is not None}
        headers = {} if kid is None else {"kid": kid}
        return jwt.encode(said, self.keys["1"] if key is None else key, algorithm, headers)


def public(key: Any) -> dict[str, Any]:
    """The public half of a key as it is published."""
    kind = (
        jwt.algorithms.ECAlgorithm
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else jwt.algorithms.RSAAlgorithm
    )
    return dict(kind.to_jwk(key.public_key(), as_dict=True))


@contextmanager
def issuing() -> Iterator[TestIssuer]:
    """Run an issuer until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                data: Any = {"issuer": issuer.calls_itself, "jwks_uri": f"{issuer.url}/keys"}
            else:
                issuer.asked += 1
                data = issuer.published()
            text = json.dumps(data).encode()
            self.send_response(issuer.status)
            self.send_header("Content-Length", str(len(text)))
            if issuer.status in (301, 302):
                self.send_header("Location", f"{issuer.url}/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = TestIssuer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
