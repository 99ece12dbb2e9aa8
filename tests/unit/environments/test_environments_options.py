"""pip's options, and pip's configuration for uv."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.environments import options
from lazulite.environments.masking import masked
from lazulite.environments.options import Option
from lazulite.environments.pip_settings import variables_for_uv
from lazulite.model.errors import EnvironmentFailed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--index-url https://a/simple", [Option("--index-url", "https://a/simple")]),
        ("--index-url=https://a/simple", [Option("--index-url", "https://a/simple")]),
        ("-i https://a", [Option("--index-url", "https://a")]),
        ("-ihttps://a", [Option("--index-url", "https://a")]),
        ("-f 'a folder'", [Option("--find-links", "a folder")]),
        ("--pre", [Option("--pre")]),
        ("--pre --no-binary numpy", [Option("--pre"), Option("--no-binary", "numpy")]),
    ],
)
def test_options_are_read_in_each_way_of_writing_them(text: str, expected: list[Option]):
    assert list(options.parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("--target /etc", "'--target' is not passed on"),
        ("--index-url", "lacks its value"),
        ("--index-url --pre", "lacks its value"),
        ("--pre=yes", "takes no value"),
        ("--find-links 'a", "cannot be read"),
        ("pre", "'pre' is not passed on"),
    ],
)
def test_other_options_are_refused_by_name(text: str, said: str):
    with pytest.raises(EnvironmentFailed, match=said):
        options.parse(text)


def test_each_installer_is_told_in_its_own_words():
    chosen = options.parse("--extra-index-url https://b --pre --prefer-binary --trusted-host h")

    assert options.for_pip(chosen) == (
        "--extra-index-url", "https://b", "--pre", "--prefer-binary", "--trusted-host", "h",
    )  # fmt: skip
    assert options.for_uv(chosen) == (
        "--extra-index-url", "https://b", "--prerelease=allow", "--allow-insecure-host", "h",
        "--index-strategy=unsafe-best-match",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("--index-url https://user:secret@host/simple", "--index-url https://***@host/simple"),
        ("git+https://ghp_secret@host/a.git@main", "git+https://***@host/a.git@main"),
        ("https://host/a.whl?sig=secret&x=1", "https://host/a.whl?sig=***&x=1"),
        ("a@b.example", "a@b.example"),
    ],
)
def test_credentials_are_masked(text: str, shown: str):
    assert masked(text) == shown


def test_uv_is_told_what_pips_configuration_says(tmp_path: Path):
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = https://weak/simple\nextra_index_url =\n  https://one\n  https://two\n"
    )
    chosen = tmp_path / "chosen.conf"
    chosen.write_text("[install]\nindex-url = https://strong/simple\n")
    environ = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(chosen), "PIP_FIND_LINKS": "/a /b"}

    told = variables_for_uv(environ)

    assert told["UV_DEFAULT_INDEX"] == "https://strong/simple"
    assert told["UV_INDEX"] == "https://one https://two"
    assert told["UV_FIND_LINKS"] == "/a,/b"
    assert told["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_uvs_own_variables_win(tmp_path: Path):
    environ = {"HOME": str(tmp_path), "PIP_INDEX_URL": "https://pip", "UV_INDEX_URL": "https://uv"}

    assert "UV_DEFAULT_INDEX" not in variables_for_uv(environ)
