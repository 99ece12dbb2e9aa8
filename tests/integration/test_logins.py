"""Becoming known to a real server: passwords, secrets, tokens, browsers' sessions, links; and stopping being so."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from tests.serving import Served, serving

from lazulite.api.home_secrets import home_token, link_key
from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.assets import Workspace
from lazulite.model.signed import ACCESS, LINK, sign
from lazulite.server.auth.guard import AccessGuard
from lazulite.server.settings import Settings
from lazulite.service.access.access import Access
from lazulite.service.local import LocalService

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def system(home: Path) -> LocalService:
    return LocalService(str(home))


@pytest.fixture
def access(system: LocalService) -> Access:
    system.create_workspace(Workspace("", "team", "local", "local"))
    system.access.add_user("ada", PASSWORD)
    system.access.grant("ada", "team", Role.CONTRIBUTOR)
    return system.access


@pytest.fixture
def server(system: LocalService, access: Access) -> Iterator[Served]:
    with serving(system, AccessGuard(access), token=access.home_token) as served:
        yield served


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def exchange(server: Served, **form: str) -> requests.Response:
    return requests.post(f"{server.url}/auth/token", data=form, timeout=30)


def me(server: Served, token: str) -> requests.Response:
    return requests.get(f"{server.url}/auth/me", headers=bearer(token), timeout=30)


def browser() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers.update(PAGE)
    return session


def login(server: Served, session: requests.Session, **form: str) -> requests.Response:
    origin = {"Origin": server.url}
    return session.post(f"{server.url}/login", data=form, headers=origin, allow_redirects=False, timeout=30)


# --- programs ---


def test_the_homes_token_is_the_operators(server: Served) -> None:
    found = me(server, server.token).json()
    assert found["roles"] == {EVERYWHERE: "Owner"}
    assert me(server, server.token + "x").status_code == 401


def test_a_password_is_exchanged_for_a_token_that_ends(server: Served, access: Access) -> None:
    given = exchange(server, grant_type="password", username="ada", password=PASSWORD)
    assert given.headers["Cache-Control"] == "no-store"
    answer = given.json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert me(server, answer["access_token"]).json()["name"] == "ada"
    access.set_password("ada", PASSWORD + "!")
    assert me(server, answer["access_token"]).status_code == 401


def test_a_secret_is_exchanged_in_the_form_or_as_basic(server: Served, access: Access) -> None:
    program, secret = access.add_service_principal("nightly")
    by_form = exchange(
        server, grant_type="client_credentials", client_id=program.id, client_secret=secret, scope="x"
    )
    assert me(server, by_form.json()["access_token"]).json()["id"] == program.id
    basic = base64.b64encode(f"nightly:{secret}".encode()).decode()
    by_header = requests.post(
        f"{server.url}/auth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
        timeout=30,
    )
    assert by_header.status_code == 200
    access.disable("nightly")
    assert me(server, by_header.json()["access_token"]).status_code == 401
    wrong = exchange(server, grant_type="client_credentials", client_id="nightly", client_secret=secret)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "ada", "password": "wrong"}, 400, "invalid_grant"),
        (
            {"grant_type": "client_credentials", "client_id": "ada", "client_secret": PASSWORD},
            401,
            "invalid_client",
        ),
    ],
)
def test_what_is_wrong_is_told_in_oauths_words(
    server: Served, form: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(server, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_bodies_that_are_no_small_form_are_refused(server: Served) -> None:
    url = f"{server.url}/auth/token"
    assert requests.post(url, json={"grant_type": "password"}, timeout=30).status_code == 400
    assert requests.post(url, data={"password": "x" * 20_000}, timeout=30).status_code == 413
    twice = requests.post(url, data=[("grant_type", "password"), ("grant_type", "x")], timeout=30)
    assert twice.status_code == 400


def test_guessing_is_slowed_down_and_logged_without_what_was_typed(server: Served, access: Access) -> None:
    for _ in range(5):
        wrong = exchange(server, grant_type="password", username="ada", password="my secret")
        assert wrong.status_code == 400
    refused = exchange(server, grant_type="password", username="ada", password=PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    entries = access.audit()
    assert [one.outcome for one in entries] == ["Unauthenticated"] * 5
    assert all(one.address == "127.0.0.1" for one in entries)
    assert "my secret" not in repr(entries)


def test_a_token_of_another_key_or_purpose_is_nobodys(server: Served, access: Access) -> None:
    known = access.known_by_password("ada", PASSWORD)
    assert known is not None
    claims = {"credential": known.credential.id}
    assert me(server, sign(access.signing_key, ACCESS, claims, 60)).status_code == 200
    for forged in (
        sign(access.signing_key, ACCESS, claims, -1),
        sign(access.signing_key, LINK, claims, 60),
        sign(b"guess", ACCESS, claims, 60),
        sign(access.signing_key, ACCESS, {}, 60),
        "lz1.x.y",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
    ):
        assert me(server, forged).status_code == 401


# --- one's own tokens ---


def test_users_make_list_and_revoke_their_own_tokens(server: Served, access: Access) -> None:
    short = exchange(server, grant_type="password", username="ada", password=PASSWORD).json()["access_token"]
    url = f"{server.url}/auth/tokens"
    made = requests.post(url, json={"label": "laptop", "days": 30}, headers=bearer(short), timeout=30)
    assert made.status_code == 201
    text = made.json()["token"]
    assert me(server, text).json()["name"] == "ada"
    listed = requests.get(url, headers=bearer(text), timeout=30).json()
    assert [one["label"] for one in listed] == ["laptop"]
    assert "token" not in listed[0]
    again = requests.post(url, json={"label": "more"}, headers=bearer(text), timeout=30)
    assert again.status_code == 403
    access.add_user("bob", PASSWORD)
    other, _ = access.create_token("bob", "his")
    assert requests.delete(f"{url}/{other.id}", headers=bearer(short), timeout=30).status_code == 404
    assert requests.delete(f"{url}/{made.json()['id']}", headers=bearer(short), timeout=30).status_code == 204
    assert me(server, text).status_code == 401
    operations = [one.operation for one in access.audit(principal="ada")]
    assert operations.count("POST /auth/tokens") == 2


@pytest.mark.parametrize(
    "body", [[], {}, {"label": 1}, {"label": "x", "days": "1"}, {"label": "x", "more": 1}]
)
def test_a_token_that_is_wished_for_wrongly_is_refused(server: Served, body: object) -> None:
    short = exchange(server, grant_type="password", username="ada", password=PASSWORD).json()["access_token"]
    answer = requests.post(f"{server.url}/auth/tokens", json=body, headers=bearer(short), timeout=30)
    assert answer.status_code == 400
    assert server.get("/auth/tokens").status_code == 403  # the operator has the home's


# --- browsers ---


def test_a_browser_is_sent_to_the_form_and_back(server: Served) -> None:
    session = browser()
    sent = session.get(f"{server.url}/workspaces/x/runs?text=a%20b", allow_redirects=False, timeout=30)
    assert sent.status_code == 303
    where = urlsplit(sent.headers["Location"])
    assert where.path == "/login"
    wanted = parse_qs(where.query)["next"][0]
    assert wanted == "/workspaces/x/runs?text=a+b"
    form = session.get(server.url + sent.headers["Location"], timeout=30)
    assert 'name="password"' in form.text
    assert 'value="/workspaces/x/runs?text=a+b"' in form.text
    wrong = login(server, session, name="ada", password="wrong", next=wanted)
    assert wrong.status_code == 401
    assert "That is not right" in wrong.text
    entered = login(server, session, name="ada", password=PASSWORD, next=wanted)
    assert (entered.status_code, entered.headers["Location"]) == (303, wanted)
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert session.get(f"{server.url}/auth/me", timeout=30).json()["name"] == "ada"


def test_a_program_is_not_sent_to_the_form(server: Served) -> None:
    for path, accept in (
        ("/api/v1/workspaces", "text/html"),
        ("/", "application/json"),
        ("/auth/me", "text/html"),
    ):
        answer = requests.get(
            server.url + path, headers={"Accept": accept}, allow_redirects=False, timeout=30
        )
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/login?next=/login",
        "/a\nb",
    ],
)
def test_nobody_is_sent_elsewhere_by_the_form(server: Served, wanted: str) -> None:
    entered = login(server, browser(), name="ada", password=PASSWORD, next=wanted)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/")


def test_the_form_escapes_what_is_shown_again(server: Served) -> None:
    shown = login(server, browser(), name='"><script>', password="x", next='/"><script>')
    assert "<script>" not in shown.text


def test_leaving_ends_the_session_on_the_server_too(server: Served) -> None:
    session = browser()
    login(server, session, name="ada", password=PASSWORD)
    kept = dict(session.cookies)
    left = session.post(
        f"{server.url}/logout", headers={"Origin": server.url}, allow_redirects=False, timeout=30
    )
    assert (left.status_code, left.headers["Location"]) == (303, "/login")
    assert not session.cookies
    again = requests.get(f"{server.url}/auth/me", cookies=kept, timeout=30)
    assert again.status_code == 401


def test_a_cookie_changes_nothing_for_another_sites_page(server: Served, access: Access) -> None:
    session = browser()
    access.grant("ada", EVERYWHERE, Role.OWNER)
    login(server, session, name="ada", password=PASSWORD)
    url = f"{server.url}/api/v1/workspaces"
    body = {"id": "", "name": "made", "subscription_id": "s", "resource_group": "g"}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},  # a browser says at least one of the two
    ):
        assert session.post(url, json=body, headers=headers, timeout=30).status_code == 403, headers
        assert session.post(f"{server.url}/logout", headers=headers, timeout=30).status_code == 403, headers
    assert session.post(url, json=body, headers={"Origin": server.url}, timeout=30).status_code == 200
    assert {one.outcome for one in access.audit() if one.operation == "POST /api/v1/workspaces"} == {
        "Forbidden"
    }


def test_a_wrong_token_is_not_made_up_for_by_a_cookie(server: Served) -> None:
    session = browser()
    login(server, session, name="ada", password=PASSWORD)
    answer = session.get(f"{server.url}/auth/me", headers=bearer("wrong"), timeout=30)
    assert answer.status_code == 401


def test_a_token_opens_a_session_that_ends_with_it(server: Served, access: Access) -> None:
    listed, text = access.create_token("ada", "laptop")
    session = browser()
    assert login(server, session, token=text).status_code == 303
    assert session.get(f"{server.url}/auth/me", timeout=30).json()["name"] == "ada"
    access.revoke_token(listed.id)
    assert session.get(f"{server.url}/auth/me", timeout=30).status_code == 401
    operator = browser()
    assert login(server, operator, token=server.token).status_code == 303
    assert operator.get(f"{server.url}/auth/me", timeout=30).json()["roles"] == {EVERYWHERE: "Owner"}
    assert login(server, browser(), token="lzp_wrong").status_code == 401


def test_the_cookie_is_for_encrypted_connections_where_there_are_such(
    system: LocalService, access: Access
) -> None:
    settings = Settings(public_url="https://127.0.0.1")
    with serving(system, AccessGuard(access), settings, token=access.home_token) as served:
        assert "Secure" in login(served, browser(), name="ada", password=PASSWORD).headers["Set-Cookie"]


# --- links ---


def test_a_printed_link_opens_a_session_and_loses_its_key(server: Served, home: Path) -> None:
    session = browser()
    link = f"{server.url}/workspaces/w/runs/r?tab=logs&key={link_key(str(home))}"
    opened = session.get(link, allow_redirects=False, timeout=30)
    assert (opened.status_code, opened.headers["Location"]) == (303, "/workspaces/w/runs/r?tab=logs")
    assert session.get(f"{server.url}/auth/me", timeout=30).json()["roles"] == {EVERYWHERE: "Owner"}
    again = session.get(link, allow_redirects=False, timeout=30)
    assert (again.status_code, again.headers["Location"]) == (303, "/workspaces/w/runs/r?tab=logs")
    assert "Set-Cookie" not in again.headers


def test_a_link_on_another_sites_page_works_although_the_browser_keeps_the_cookie_back(
    server: Served, home: Path
) -> None:
    headers = {**PAGE, "Sec-Fetch-Site": "cross-site"}
    session = requests.Session()
    opened = session.get(f"{server.url}/?key={link_key(str(home))}", headers=headers, timeout=30)
    # A page of ours goes on: what follows a redirect would still count as the other site's.
    assert (opened.status_code, opened.history) == (200, [])
    assert re.search(r'http-equiv="refresh" content="0; url=/"', opened.text)
    assert session.get(f"{server.url}/auth/me", timeout=30).status_code == 200
    back = requests.get(f"{server.url}/workspaces/a", headers=headers, timeout=30)
    assert 'url=/workspaces/a"' in back.text


def test_a_key_that_is_wrong_or_for_a_program_opens_nothing(server: Served, home: Path) -> None:
    token = home_token(str(home)).encode()
    for key in (
        "",
        "x",
        sign(token, LINK, {}, -1),
        sign(token, ACCESS, {}, 60),
        sign(b"guess", LINK, {}, 60),
    ):
        session = browser()
        answer = session.get(f"{server.url}/", params={"key": key}, allow_redirects=False, timeout=30)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert not session.cookies
    key = link_key(str(home))
    assert requests.get(f"{server.url}/api/v1/workspaces", params={"key": key}, timeout=30).status_code == 401
    assert requests.get(f"{server.url}/auth/me", headers=bearer(key), timeout=30).status_code == 401


def test_a_token_makes_no_other_by_way_of_a_session(server: Served, access: Access) -> None:
    _, token = access.create_token("ada", "ci", days=1)
    session = browser()
    assert login(server, session, token=token).status_code == 303
    wish, headers = {"label": "for ever"}, {"Origin": server.url, "Accept": "application/json"}
    refused = session.post(f"{server.url}/auth/tokens", json=wish, headers=headers, timeout=30)
    assert refused.status_code == 403, refused.text
    assert [one.label for one in access.tokens("ada")] == ["ci"]


def test_a_session_lasts_no_longer_than_the_token_that_opened_it(server: Served, access: Access) -> None:
    _, personal = access.create_token("ada", "ci", days=1)
    given = exchange(server, grant_type="password", username="ada", password=PASSWORD).json()["access_token"]
    for token, seconds in ((personal, 24 * 3600), (given, 3600)):
        answer = login(server, browser(), token=token)
        assert answer.status_code == 303
        age = re.search(r"max-age=(\d+)", answer.headers["set-cookie"], re.IGNORECASE)
        assert age is not None
        assert seconds - 60 <= int(age[1]) <= seconds
        text = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        known = access.known_by_session(text)
        assert known is not None
        assert known.credential.expires_at is not None
        left = known.credential.expires_at - datetime.now(timezone.utc)
        assert left.total_seconds() <= seconds
