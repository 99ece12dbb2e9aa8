"""Where the records of a home are: its own file, or the database that was named once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest
from lazulite.records import place
from lazulite.records.database import open_records

SERVER = "postgresql://who:secret@db.example/name"


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAZULITE_DATABASE_URL", raising=False)


def test_a_home_has_its_own_file(tmp_path: Path) -> None:
    assert place.url_of_home(tmp_path).database == str(tmp_path / "lazulite.db")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_named_is_remembered_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZULITE_DATABASE_URL", SERVER)
    named = place.url_of_home(tmp_path)
    assert named.drivername == "postgresql+psycopg"
    monkeypatch.delenv("LAZULITE_DATABASE_URL")
    assert place.url_of_home(tmp_path) == named
    assert stat.S_IMODE((tmp_path / "database.url").stat().st_mode) == 0o600


def test_a_changed_password_is_remembered_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for password in ("old", "new"):
        monkeypatch.setenv("LAZULITE_DATABASE_URL", f"postgresql://who:{password}@db.example/name")
        place.url_of_home(tmp_path)
    monkeypatch.delenv("LAZULITE_DATABASE_URL")
    assert place.url_of_home(tmp_path).password == "new"


def test_records_are_never_left_behind_by_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_records(tmp_path).close()
    monkeypatch.setenv("LAZULITE_DATABASE_URL", SERVER)
    with pytest.raises(InvalidRequest, match=r"has its records in lazulite\.db already") as raised:
        open_records(tmp_path)
    assert "secret" not in str(raised.value)
    assert not (tmp_path / "database.url").exists()


@pytest.mark.parametrize("text", ["no url", "://", "postgresql://who:secret@host:port/name"])
def test_what_is_no_address_is_refused_without_showing_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("LAZULITE_DATABASE_URL", text)
    with pytest.raises(InvalidRequest, match="is not a database URL") as raised:
        open_records(tmp_path)
    assert "secret" not in str(raised.value)
