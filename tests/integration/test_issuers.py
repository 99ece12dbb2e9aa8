"""Bearer tokens of an issuer: a real one on this machine. What is right opens the door, and everything else does not."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.integration.issuer import TestIssuer, ec_key, issuing, public, rsa_key
from tests.serving import Served, serving

from lazulite.model.access import EVERYWHERE, PrincipalKind, Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import InvalidRequest, ServiceUnavailable
from lazulite.server.auth.bearer import Bearers
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.auth.issuer import Issuer, issuers
from lazulite.server.auth.issuer_keys import AGAIN, FRESH, STALE, IssuerKeys
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow

GRANTS = [
    {"claim": "groups", "value": "science", "role": "Contributor", "workspace": "team"},
    {"claim": "groups", "value": "readers", "role": "Reader", "workspace": "team"},
    {"claim": "roles", "value": "Admin", "role": "owner"},
    {"claim": "email", "value": "boss@example.org", "role": "Owner"},
    {"claim": "groups", "value": "science", "role": "Owner", "workspace": "not made yet"},
]


@pytest.fixture
def issuer() -> Iterator[TestIssuer]:
    with issuing() as running:
        yield running


def configured(issuer: TestIssuer, **options: Any) -> tuple[Issuer, ...]:
    return issuers({"issuer": issuer.url, "audience": "lazulite", "grants": GRANTS, **options})


@pytest.fixture
def bearers(issuer: TestIssuer) -> Bearers:
    return Bearers(configured(issuer))


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
    ]
    return ".".join([*parts, signature])


# --- what is right ---


def test_a_token_says_who_it_is_and_which_roles_its_groups_give(issuer: TestIssuer, bearers: Bearers) -> None:
    found = bearers.verified(issuer.token(groups=["readers", "science"], roles="Admin"))
    assert found is not None
    assert (found.subject, found.name) == (f"{issuer.url}|subject-1", "ada@example.org")
    assert found.roles == {"team": Role.CONTRIBUTOR, EVERYWHERE: Role.OWNER, "not made yet": Role.OWNER}


def test_a_key_on_a_curve_and_one_without_number_do_too(issuer: TestIssuer, bearers: Bearers) -> None:
    issuer.keys = {"1": rsa_key(1), "curve": ec_key()}
    assert bearers.verified(issuer.token(key=ec_key(), kid="curve", algorithm="ES256"))
    assert bearers.verified(issuer.token(kid=None)) is None  # of two, which?
    issuer.keys = {"1": rsa_key(1)}
    assert Bearers(configured(issuer)).verified(issuer.token(kid=None))


def test_clocks_may_differ_by_a_minute(issuer: TestIssuer, bearers: Bearers) -> None:
    now = int(time.time())
    assert bearers.verified(issuer.token(exp=now - 30))
    assert bearers.verified(issuer.token(nbf=now + 30, iat=now + 30))
    strict = Bearers(configured(issuer, leeway_seconds=0))
    assert strict.verified(issuer.token(exp=now - 30)) is None


# --- what is wrong ---


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"nbf": 4_000_000_000},
        {"aud": "another"},
        {"aud": ["another", "lazulite2"]},
        {"aud": None},
        {"iss": "https://another.example"},
        {"iss": None},
        {"iss": ["x"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=repr,
)
def test_claims_that_are_wrong_or_missing(
    issuer: TestIssuer, bearers: Bearers, claims: dict[str, Any]
) -> None:
    # By hand where the library refuses to write it.
    body = {"iss": issuer.url, "aud": "lazulite", "sub": "s", "exp": int(time.time()) + 300, **claims}
    head = {"alg": "RS256", "kid": "1"}
    said = unsigned(head, {name: value for name, value in body.items() if value is not None})[:-1]
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        said.encode(), rsa_key(1)
    )
    token = f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    assert bearers.verified(token) is None


def test_the_body_that_is_right_but_for_those_claims_is_right(issuer: TestIssuer, bearers: Bearers) -> None:
    said = unsigned(
        {"alg": "RS256", "kid": "1"},
        {"iss": issuer.url, "aud": "lazulite", "sub": "s", "exp": int(time.time()) + 300},
    )[:-1]
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        said.encode(), rsa_key(1)
    )
    assert bearers.verified(f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


def test_no_signature_or_that_of_another_key(issuer: TestIssuer, bearers: Bearers) -> None:
    claims = {"iss": issuer.url, "aud": "lazulite", "sub": "s", "exp": int(time.time()) + 300}
    for algorithm in ("none", "None", "NONE", "", "HS256", "RS256"):
        assert bearers.verified(unsigned({"alg": algorithm, "kid": "1"}, claims)) is None
        assert bearers.verified(unsigned({"alg": algorithm}, claims, "AAAA")) is None
    assert bearers.verified(issuer.token(key=rsa_key(2))) is None
    good = issuer.token()
    for place in (5, len(good) // 2, len(good) - 20):
        assert (
            bearers.verified(good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]) is None
        )


def test_a_public_key_is_no_shared_secret(issuer: TestIssuer, bearers: Bearers) -> None:
    """The old trick: HS256, with the published key as the secret."""
    pem = rsa_key(1).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = unsigned(
        {"alg": "HS256", "kid": "1", "typ": "JWT"},
        {"iss": issuer.url, "aud": "lazulite", "sub": "s", "exp": int(time.time()) + 300},
    )[:-1]
    hs = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    for secret in (pem, json.dumps(public(rsa_key(1))).encode()):
        mac = base64.urlsafe_b64encode(hs.sign(said.encode(), secret)).decode().rstrip("=")
        assert bearers.verified(f"{said}.{mac}") is None
    issuer.extra = [{"kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256"}]
    shared = jwt.encode(
        {"iss": issuer.url, "aud": "lazulite", "sub": "s", "exp": int(time.time()) + 300},
        b"secret" * 8,
        "HS256",
        {"kid": "shared"},
    )
    assert Bearers(configured(issuer)).verified(shared) is None


def test_keys_that_the_token_brings_along_are_not_looked_at(issuer: TestIssuer, bearers: Bearers) -> None:
    claims = {"iss": issuer.url, "aud": "lazulite", "sub": "s", "exp": int(time.time()) + 300}
    for header in (
        {"jwk": public(rsa_key(2))},
        {"jku": f"{issuer.url}/evil", "kid": "evil"},
        {"kid": "1", "crit": ["exp"]},
        {"kid": ["1"]},
        {"kid": "../1"},
    ):
        said = unsigned({"alg": "RS256", **header}, claims)[:-1]
        key = rsa_key(1) if "crit" in header else rsa_key(2)
        signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(said.encode(), key)
        assert (
            bearers.verified(f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}") is None
        ), header


def test_a_key_makes_only_the_signatures_that_fit_it(issuer: TestIssuer) -> None:
    issuer.keys = {"curve": ec_key()}
    issuer.extra = [
        {**public(rsa_key(1)), "kid": "declared", "alg": "RS512"},
        {**public(rsa_key(1)), "kid": "for-encryption", "use": "enc"},
        {**public(rsa_key(7, 1024)), "kid": "weak"},
        {"kty": "RSA", "kid": "broken"},
        "no key",  # type: ignore[list-item]
    ]
    bearers = Bearers(configured(issuer))
    for kid, key, algorithm, good in (
        ("declared", rsa_key(1), "RS512", True),
        ("declared", rsa_key(1), "RS256", False),
        ("for-encryption", rsa_key(1), "RS256", False),
        ("weak", rsa_key(7, 1024), "RS256", False),
        ("curve", rsa_key(1), "RS256", False),
        ("broken", rsa_key(1), "RS256", False),
    ):
        with pytest.warns() if kid == "weak" else _nothing():
            token = issuer.token(key=key, kid=kid, algorithm=algorithm)
        assert (bearers.verified(token) is not None) is good, kid


def _nothing() -> Any:
    import contextlib

    return contextlib.nullcontext()


@pytest.mark.parametrize(
    "text", ["", ".", "a.b", "a.b.c", "x" * 100_000, "e30.e30.", "\N{SNOWMAN}.b.c", "W10.W10.x"]
)
def test_what_is_no_token(bearers: Bearers, text: str) -> None:
    assert bearers.verified(text) is None


def test_an_address_that_is_not_verified_gives_nothing(issuer: TestIssuer, bearers: Bearers) -> None:
    for verified, roles in ((True, {EVERYWHERE: Role.OWNER}), ("true", {}), (False, {}), (None, {})):
        found = bearers.verified(issuer.token(email="boss@example.org", email_verified=verified))
        assert found is not None
        assert found.roles == roles


# --- keys ---


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_new_key_is_fetched_and_made_up_numbers_do_not_fetch_again_and_again(issuer: TestIssuer) -> None:
    clock = Clock()
    keys = IssuerKeys(configured(issuer)[0], clock)
    assert keys.key("1")
    assert keys.key("1")
    assert issuer.asked == 1
    issuer.keys = {"2": rsa_key(2)}
    assert keys.key("2") is None  # too soon after the last time
    clock.now += AGAIN + 1
    assert keys.key("2")
    assert keys.key("1") is None  # retired
    for number in range(50):
        assert keys.key(f"made up {number}") is None
    assert issuer.asked == 2


def test_known_keys_do_for_a_day_while_the_issuer_is_away(issuer: TestIssuer) -> None:
    clock = Clock()
    keys = IssuerKeys(configured(issuer)[0], clock)
    assert keys.key("1")
    issuer.status = 500
    clock.now += FRESH + 1
    assert keys.key("1")
    clock.now += STALE
    with pytest.raises(ServiceUnavailable, match="cannot be asked for its keys"):
        keys.key("1")
    issuer.status = 200
    clock.now += AGAIN + 1
    assert keys.key("1")


def test_an_issuer_that_sends_elsewhere_or_calls_itself_otherwise_is_not_believed(issuer: TestIssuer) -> None:
    issuer.status = 302
    with pytest.raises(ServiceUnavailable):
        IssuerKeys(configured(issuer)[0]).key("1")
    issuer.status, issuer.calls_itself = 200, "https://evil.example"
    with pytest.raises(ServiceUnavailable):
        IssuerKeys(configured(issuer)[0]).key("1")


# --- the configuration ---


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"issuer": "https://x"}, "lacks 'audience'"),
        ({"audience": "a"}, "lacks 'issuer'"),
        ({"issuer": "http://x.example", "audience": "a"}, "no safe address"),
        ({"issuer": "https://x", "audience": "a", "algorithms": "HS256"}, "Only those with a public key"),
        ({"issuer": "https://x", "audience": "a", "algorithms": ["none"]}, "Only those with a public key"),
        ({"issuer": "https://x", "audience": "a", "leeway_seconds": 9999}, "Expected 0 to 600"),
        ({"issuer": "https://x", "audience": "a", "audiance": "b"}, "unknown option 'audiance'"),
        ({"issuer": "https://x", "audience": "a", "grants": [{"claim": "x"}]}, "Expected claim, value, role"),
        (
            {
                "issuer": "https://x",
                "audience": "a",
                "grants": [{"claim": "x", "value": "y", "role": "King"}],
            },
            "There are Reader, Contributor, Owner",
        ),
        ({"entra_tenant": "common", "audience": "a"}, "the id of one tenant"),
        ({"entra_tenant": "../x", "audience": "a"}, "the id of one tenant"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest, match=words):
        issuers(options)


def test_entra_is_two_issuers_and_one_realm() -> None:
    assert issuers({}) == ()
    new, old = issuers({"entra_tenant": "72f988bf-86f1-41af-91ab-2d7cd011db47", "audience": "api://x,x"})
    tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    assert new.url == f"https://login.microsoftonline.com/{tenant}/v2.0"
    assert old.url == f"https://sts.windows.net/{tenant}/"
    assert old.discovery_url == f"https://login.microsoftonline.com/{tenant}/.well-known/openid-configuration"
    assert new.realm == old.realm
    assert (new.subject_claim, new.audience) == ("oid", ("api://x", "x"))


# --- over HTTP ---


@pytest.fixture
def server(home: Path, issuer: TestIssuer) -> Iterator[Served]:
    service = LocalService(str(home))
    service.create_workspace(Workspace("", "team", "local", "local"))
    with serving(service, AccessGuard(service.access, configured(issuer))) as served:
        yield served


def me(server: Served, token: str) -> requests.Response:
    return requests.get(f"{server.url}/auth/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)


def test_a_caller_of_an_issuer_has_the_roles_of_its_claims_and_those_given_here(
    server: Served, issuer: TestIssuer
) -> None:
    service: LocalService = server.app.state.service
    (team,) = service.list_workspaces()
    first = me(server, issuer.token(groups=["readers"])).json()
    assert (first["name"], first["roles"]) == ("ada@example.org", {team.id: "Reader"})
    (principal,) = service.access.principals()
    assert principal.kind is PrincipalKind.EXTERNAL
    service.access.grant("ada@example.org", "team", Role.OWNER)
    again = me(server, issuer.token(groups=["readers"], preferred_username="renamed")).json()
    assert (again["id"], again["name"], again["roles"]) == (first["id"], first["name"], {team.id: "Owner"})
    service.access.disable("ada@example.org")
    assert me(server, issuer.token(groups=["readers"])).status_code == 401


def test_a_caller_of_an_issuer_enters_the_portal_with_a_token(server: Served, issuer: TestIssuer) -> None:
    session = requests.Session()
    form = {"token": issuer.token(groups=["readers"])}
    entered = session.post(f"{server.url}/login", data=form, allow_redirects=False, timeout=30)
    assert entered.status_code == 303
    service: LocalService = server.app.state.service
    (team,) = service.list_workspaces()
    assert session.get(f"{server.url}/auth/me", timeout=30).json()["roles"] == {team.id: "Reader"}
    service.access.disable("ada@example.org")
    assert session.get(f"{server.url}/auth/me", timeout=30).status_code == 401


def test_an_issuer_that_is_away_is_no_wrong_token(server: Served, issuer: TestIssuer) -> None:
    issuer.status = 500
    assert me(server, issuer.token()).status_code == 503
    assert me(server, "eyJhbGciOiJSUzI1NiJ9.e30.x").status_code == 401
