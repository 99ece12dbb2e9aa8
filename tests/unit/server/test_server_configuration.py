"""What `lazulite serve` is told: where it stands, which of several counts, and what cannot be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.server.configuration import Configuration, is_loopback, load


def written(folder: Path, text: str) -> Path:
    file = folder / "server.yaml"
    file.write_text(text)
    return file


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path, None, {}) == Configuration()
    assert Configuration().url == "http://127.0.0.1:8430"


def test_the_file_of_the_home_is_read(tmp_path: Path) -> None:
    written(
        tmp_path,
        """
        port: 9000
        public_url: https://lazulite.example.org/
        trusted_proxies: [127.0.0.1, 10.0.0.0/24]
        allowed_hosts: build.example.org, other.example.org
        oidc:
          issuer: https://issuer.example.org
          audience: lazulite
        """,
    )
    found = load(tmp_path, None, {})
    assert (found.port, found.url) == (9000, "https://lazulite.example.org")
    assert found.trusted_proxies == ("127.0.0.1", "10.0.0.0/24")
    assert found.oidc == {"issuer": "https://issuer.example.org", "audience": "lazulite"}
    names = found.settings().allowed_hosts
    assert {"lazulite.example.org", "build.example.org", "other.example.org", "localhost"} <= set(names)


def test_what_is_nearer_to_the_caller_counts(tmp_path: Path) -> None:
    written(tmp_path, "port: 1\nhost: 127.0.0.2\nmax_body_mb: 5")
    environment = {
        "LAZULITE_SERVE_PORT": "2",
        "LAZULITE_SERVE_MAX_BODY_MB": "6",
        "LAZULITE_SERVE_OIDC_ISSUER": "https://issuer.example.org",
        "LAZULITE_SERVE_OIDC_AUDIENCE": "lazulite",
        "LAZULITE_SERVER": "off",
        "LAZULITE_SERVER_IDLE_SECONDS": "9",
    }
    found = load(tmp_path, None, environment, port=3, host=None)
    assert (found.port, found.host, found.max_body_mb) == (3, "127.0.0.2", 6)
    assert found.oidc == {"issuer": "https://issuer.example.org", "audience": "lazulite"}


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.yaml does not exist"):
        load(tmp_path, tmp_path / "gone.yaml", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot: 9000", "no option 'prot' .*Did you mean 'port'"),
        ("nothing_like_it: 1", "There are host, port"),
        ("port: many", "'port' .* is 'many'. Expected a whole number"),
        ("port: true", "Expected a whole number"),
        ("port: 70000", "port 70000 does not exist"),
        ("trusted_proxies: [proxy]", "'proxy' in trusted_proxies is no address"),
        ("trusted_proxies: {a: b}", "Expected a list of texts"),
        ("public_url: lazulite.example.org", "public_url is"),
        ("public_url: https://example.org/lazulite", "host name of its own"),
        ("host: 0.0.0.0", "Set public_url, or allowed_hosts"),
        ("oidc: issuer", "Expected options below it"),
        ("oidc: {issuer: https://issuer.example.org}", "lacks 'audience'"),
        ("session_days: 0", "session_days is at least 1"),
        ("- port", "holds no options"),
        ("port: [1", "line 1 is not YAML"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, words: str) -> None:
    written(tmp_path, text)
    with pytest.raises(InvalidRequest, match=words):
        load(tmp_path, None, {})


def test_a_variable_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"no option 'publc_url' .in the environment.*'public_url'"):
        load(tmp_path, None, {"LAZULITE_SERVE_PUBLC_URL": "https://lazulite.example.org"})


@pytest.mark.parametrize("value", [["secret"], {"secret": "secret"}, True])
def test_a_password_is_not_shown(tmp_path: Path, value: Any) -> None:
    import yaml

    written(tmp_path, yaml.safe_dump({"database_url": value}))
    with pytest.raises(InvalidRequest, match="database_url") as raised:
        load(tmp_path, None, {})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("host", "inner"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("example.org", False),
        ("10.1.2.3", False),
    ],
)
def test_which_addresses_only_this_machine_can_reach(host: str, inner: bool) -> None:
    assert is_loopback(host) is inner
