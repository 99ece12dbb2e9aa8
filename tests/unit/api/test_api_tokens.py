"""Secrets of a home and tokens of servers: private files, made once, given only to whom they belong."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lazulite.api import server_tokens
from lazulite.api.home_secrets import home_token, link_key, signing_key
from lazulite.model.errors import InvalidRequest, StorageError, Unauthenticated
from lazulite.model.signed import ACCESS, LINK, claims_of


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("LAZULITE_TOKEN", "LAZULITE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "config"


def test_a_home_has_two_secrets_that_only_its_owner_reads(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: signing_key(str(tmp_path / "home")), range(16)))
    assert len(keys) == 1
    assert home_token(str(tmp_path / "home")).encode() not in keys
    for name in ("token", "signing-key"):
        assert (tmp_path / "home" / name).stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in (tmp_path / "home").iterdir()) == ["signing-key", "token"]


def test_a_secret_that_others_can_read_is_no_secret(tmp_path: Path) -> None:
    signing_key(str(tmp_path))
    (tmp_path / "signing-key").chmod(0o640)
    with pytest.raises(InvalidRequest, match=r"Other users can read .*signing-key.*chmod 600"):
        signing_key(str(tmp_path))
    (tmp_path / "signing-key").chmod(0o600)
    (tmp_path / "signing-key").write_text("\n")
    with pytest.raises(StorageError, match="is empty"):
        signing_key(str(tmp_path))
    with pytest.raises(InvalidRequest, match="is a server"):
        home_token("https://host")


def test_the_key_of_a_link_opens_links_only(tmp_path: Path) -> None:
    key, token = link_key(str(tmp_path)), home_token(str(tmp_path))
    assert token not in key
    assert claims_of(token.encode(), LINK, key) is not None
    assert claims_of(token.encode(), ACCESS, key) is None


def test_a_kept_token_is_private_and_for_its_server_only(config: Path) -> None:
    file = server_tokens.keep("https://one:8443/path", "secret")
    assert file.is_relative_to(config)
    assert file.stat().st_mode & 0o777 == 0o600
    assert server_tokens.token_for("https://one:8443") == "secret"
    assert server_tokens.token_for("http://one:8443") is None
    assert server_tokens.token_for("https://one.evil:8443") is None
    file.chmod(0o644)
    with pytest.raises(InvalidRequest, match="Other users can read"):
        server_tokens.token_for("https://one:8443")
    assert server_tokens.forget("https://one:8443")
    assert not server_tokens.forget("https://one:8443")
    with pytest.raises(Unauthenticated, match="lazulite login https://one:8443"):
        server_tokens.header_for("https://one:8443")


def test_a_kept_token_that_ended_or_is_damaged_is_none(config: Path) -> None:
    server_tokens.keep("https://one", "old", time.time() - 1)
    assert server_tokens.token_for("https://one:443") is None
    server_tokens.keep("https://one", "new", time.time() + 60).write_text("{")
    assert server_tokens.token_for("https://one") is None


def test_the_token_of_the_environment_goes_to_its_server_only(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZULITE_TOKEN", "mine")
    assert server_tokens.header_for("https://any") == {"Authorization": "Bearer mine"}
    monkeypatch.setenv("LAZULITE_URL", "https://mine/")
    assert server_tokens.token_for("https://mine:443/x") == "mine"
    assert server_tokens.token_for("https://evil") is None


@pytest.mark.parametrize("url", ["folder", "ftp://host", "https://", "https://host:port"])
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(InvalidRequest):
        server_tokens.token_for(url)
