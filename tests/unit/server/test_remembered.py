"""Who proved itself is remembered, and any change is noticed with the next request."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lazulite.model.access import Known, Role
from lazulite.model.signed import ACCESS, sign
from lazulite.server.auth.bearer import Bearers
from lazulite.server.auth.proofs import Proofs
from lazulite.server.auth.remembered import Remembered
from lazulite.service.access.access import Access
from lazulite.service.local import LocalService


@pytest.fixture
def access(home: Path) -> Access:
    access = LocalService(str(home)).access
    access.add_user("ada", "correct horse battery")
    return access


def test_who_is_known_is_looked_up_once_until_something_changes(access: Access, home: Path) -> None:
    _, text = access.create_token("ada", "test")
    access.known_by_token(text)  # which writes down that it was used
    looks: list[str] = []

    def look(token: str) -> Known | None:
        looks.append(token)
        return access.known_by_token(token)

    remembered = Remembered(access.version)
    for _ in range(3):
        assert remembered.known(text, look)
    assert len(looks) == 1
    other = LocalService(str(home)).access  # as in another process
    other.grant("ada", "*", Role.READER)
    found = remembered.known(text, look)
    assert found is not None
    assert found.grants == {"*": Role.READER}
    other.disable("ada")
    assert remembered.known(text, look) is None
    assert remembered.known("lzp_nobody", look) is None


def test_what_has_ended_is_not_remembered(access: Access) -> None:
    _, text = access.create_token("ada", "test", days=1e-6)  # less than a tenth of a second
    known = access.known_by_token(text)
    remembered = Remembered(lambda: 1)
    while remembered.known(text, lambda _: known) is known and access.known_by_token(text) is not None:
        pass
    assert remembered.known(text, access.known_by_token) is None


def test_an_id_that_is_remembered_is_no_token(access: Access) -> None:
    known = access.known_by_password("ada", "correct horse battery")
    assert known is not None
    proofs = Proofs(access, Bearers(()))
    signed = sign(access.signing_key, ACCESS, {"credential": known.credential.id}, 60)
    session = access.open_operator_session(timedelta(hours=1))
    assert proofs.of_token(signed, "") is not None
    assert proofs.of_session(session) is not None
    for text in (known.credential.id, session, "operator"):
        assert proofs.of_token(text, "") is None
        assert text == session or proofs.of_session(text) is None
