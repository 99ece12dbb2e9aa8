"""Who is known by what, what they may do, and what ends when something is taken away."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from lazulite.model.access import EVERYWHERE, AuditEntry, PrincipalKind, Role
from lazulite.model.assets import Workspace
from lazulite.model.errors import Conflict, InvalidName, InvalidRequest, NotFound
from lazulite.service.access import passwords
from lazulite.service.access.access import Access
from lazulite.service.local import LocalService

PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)


def test_a_user_is_known_by_the_password_and_nothing_else(access: Access) -> None:
    added = access.add_user("ada@example.org", PASSWORD)
    known = access.known_by_password("ada@example.org", PASSWORD)
    assert known is not None
    assert (known.principal, known.grants) == (added, {})
    for name, password in (
        ("ada@example.org", PASSWORD + " "),
        ("ada@example.org", ""),
        ("bob", PASSWORD),
        ("ada@example.org", "x" * 5000),
        ("ada@example.org", "\ud800"),
    ):
        assert access.known_by_password(name, password) is None


def test_a_user_without_password_is_known_by_none(access: Access) -> None:
    access.add_user("ada")
    assert access.known_by_password("ada", "") is None
    with pytest.raises(InvalidRequest, match="10 to 1024 characters"):
        access.set_password("ada", "short")
    access.set_password("ada", PASSWORD)
    assert access.known_by_password("ada", PASSWORD)


def test_whether_a_name_exists_does_not_show_in_the_time(access: Access) -> None:
    access.add_user("ada", PASSWORD)

    def quickest(name: str) -> float:
        times = []
        for _ in range(3):
            started = time.perf_counter()
            access.known_by_password(name, "wrong password")
            times.append(time.perf_counter() - started)
        return min(times)

    assert quickest("nobody") > quickest("ada") / 3


def test_names_are_unique_and_checked(access: Access) -> None:
    access.add_user("ada")
    with pytest.raises(Conflict, match="'ada' already"):
        access.add_service_principal("ada")
    for name in ("", "a b", "../x", "(operator)", "x" * 200, "a\n"):
        with pytest.raises(InvalidName):
            access.add_user(name)


def test_a_program_is_known_by_its_id_or_name_and_its_secret(access: Access) -> None:
    program, secret = access.add_service_principal("nightly")
    other, _ = access.add_service_principal("other")
    for name in (program.id, "nightly"):
        known = access.known_by_secret(name, secret)
        assert known is not None
        assert known.principal.kind is PrincipalKind.SERVICE
    assert access.known_by_secret(other.id, secret) is None
    assert access.known_by_token(secret) is None  # a secret is exchanged for a token; it is none
    new = access.new_secret("nightly")
    assert access.known_by_secret("nightly", secret) is None
    assert access.known_by_secret("nightly", new)
    with pytest.raises(InvalidRequest, match="no user"):
        access.set_password("nightly", PASSWORD)


def test_the_first_administrator_is_made_once(access: Access) -> None:
    access.open_operator_session(HOUR)  # the operator is nobody's first user
    made = access.first_administrator()
    assert made is not None
    principal, password = made
    assert password is not None
    known = access.known_by_password("admin", password)
    assert known is not None
    assert known.grants == {EVERYWHERE: Role.OWNER}
    assert access.first_administrator() is None
    assert access.principals() == (principal,)


def test_a_token_is_shown_once_and_kept_as_a_digest(access: Access, home: Path) -> None:
    access.add_user("ada", PASSWORD)
    listed, text = access.create_token("ada", "laptop", days=30)
    known = access.known_by_token(text)
    assert known is not None
    assert known.credential.id == listed.id
    assert known.principal.name == "ada"
    (again,) = access.tokens("ada")
    assert again.label == "laptop"
    assert again.last_used_at is not None
    assert again.expires_at is not None
    assert timedelta(days=29) < again.expires_at - datetime.now(timezone.utc) <= timedelta(days=30)
    everything = "\n".join(sqlite3.connect(home / "lazulite.db").iterdump())
    assert text not in everything
    assert PASSWORD not in everything
    assert passwords.digest_of_random(text) in everything


def test_a_token_ends_by_time_or_when_it_is_revoked(access: Access) -> None:
    ada, bob = access.add_user("ada"), access.add_user("bob")
    _, short = access.create_token("ada", "short", days=1e-9)
    assert access.known_by_token(short) is None
    listed, text = access.create_token("ada", "long")
    with pytest.raises(NotFound):
        access.revoke_token(listed.id, bob.id)
    access.revoke_token(listed.id, ada.id)
    assert access.known_by_token(text) is None
    with pytest.raises(NotFound):
        access.revoke_token(listed.id)
    for label, days in (("", None), ("a\x1b[0m", None), ("x", -1.0), ("x", 1e9)):
        with pytest.raises(InvalidRequest):
            access.create_token("ada", label, days)


def test_disabling_ends_everything_at_once(access: Access) -> None:
    ada = access.add_user("ada", PASSWORD)
    access.grant("ada", EVERYWHERE, Role.OWNER)
    _, token = access.create_token("ada", "laptop")
    known = access.known_by_password("ada", PASSWORD)
    assert known is not None
    session = access.open_session(known, HOUR)
    access.disable("ada")
    assert access.known_by_password("ada", PASSWORD) is None
    assert access.known_by_token(token) is None
    assert access.known_by_session(session) is None
    assert access.known_by_credential(known.credential.id) is None
    with pytest.raises(InvalidRequest, match="is disabled"):
        access.create_token("ada", "another")
    access.enable(ada.id)
    assert access.known_by_password("ada", PASSWORD)
    assert access.known_by_token(token) is None


def test_a_session_ends_with_what_opened_it(access: Access) -> None:
    access.add_user("ada", PASSWORD)
    by_password = access.known_by_password("ada", PASSWORD)
    listed, text = access.create_token("ada", "laptop")
    by_token = access.known_by_token(text)
    assert by_password is not None
    assert by_token is not None
    first, second = access.open_session(by_password, HOUR), access.open_session(by_token, HOUR)
    access.set_password("ada", PASSWORD + "!")
    assert access.known_by_session(first) is None
    assert access.known_by_session(second)
    access.revoke_token(listed.id)
    assert access.known_by_session(second) is None
    third = access.open_session(by_password, -HOUR)
    assert access.known_by_session(third) is None


def test_the_operators_session_ends_with_the_homes_token(system: LocalService, home: Path) -> None:
    access = system.access
    text = access.open_operator_session(HOUR)
    known = access.known_by_session(text)
    assert known is not None
    assert known.principal.kind is PrincipalKind.OPERATOR
    with pytest.raises(InvalidRequest):
        access.disable("operator")
    access.close_session(text)
    assert access.known_by_session(text) is None
    text = access.open_operator_session(HOUR)
    (home / "token").unlink()
    assert LocalService(str(home)).access.known_by_session(text) is None


def test_an_external_principal_is_its_subject_whatever_it_calls_itself(access: Access) -> None:
    access.add_user("ada", PASSWORD)
    access.grant("ada", EVERYWHERE, Role.OWNER)
    external = access.external("https://issuer|1", "ada")
    assert external.name != "ada"
    assert external.name.startswith("ada #")
    assert access.external("https://issuer|1", "somebody else") == external
    assert access.external("https://issuer|2", "<script>\x1b").name == "_script__"
    assert access.external("https://issuer|3", "").name == "unnamed"
    assert access.known_by_password(external.name, "") is None


def test_roles_are_given_and_taken_by_workspace(
    access: Access, team: Workspace, system: LocalService
) -> None:
    other = system.create_workspace(Workspace("", "other", "local", "local"))
    access.add_user("ada")
    listed, text = access.create_token("ada", "laptop")
    access.grant("ada", "team", Role.READER)
    access.grant("ada", team.id, Role.CONTRIBUTOR)
    access.grant("ada", "local/other", Role.OWNER)
    known = access.known_by_token(text)
    assert known is not None
    assert known.grants == {team.id: Role.CONTRIBUTOR, other.id: Role.OWNER}
    access.revoke("ada", "team")
    with pytest.raises(NotFound, match="no role"):
        access.revoke("ada", "team")
    with pytest.raises(NotFound, match="There is no workspace 'tema'"):
        access.grant("ada", "tema", Role.READER)
    system.delete_workspace(other.id)
    assert access.grants() == ()
    assert listed.principal == access.principal("ada").id


def test_the_log_of_changes_is_read_newest_first_and_trimmed(access: Access, team: Workspace) -> None:
    old = datetime.now(timezone.utc) - timedelta(days=10)
    for number in range(5):
        entry = AuditEntry(0, old + timedelta(days=number * 2), "ada", f"op{number}", team.id)
        access.record(entry)
    access.record(AuditEntry(0, old, "bob", "elsewhere", "x", "t", "Forbidden", "127.0.0.1", {"n": 1}))
    newest = access.audit(limit=2)
    assert [one.operation for one in newest] == ["elsewhere", "op4"]
    assert newest[0].data == {"n": 1}
    assert [one.operation for one in access.audit(before=newest[1].sequence)] == ["op3", "op2", "op1", "op0"]
    assert len(access.audit(workspace=team.id)) == 5
    assert len(access.audit(principal="bob")) == 1
    assert access.forget_audit(days=5) == 4
    assert [one.operation for one in access.audit()] == ["op4", "op3"]
