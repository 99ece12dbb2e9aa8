"""config.json: v1's search, what may stand in it, and what is said of one that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.workspace_config import WorkspaceConfig, find_config, read_config, write_config

THREE = {"subscription_id": "s", "resource_group": "g", "workspace_name": "n"}


def _write(file: Path, data: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return file


def test_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    file = _write(tmp_path / "any.name", THREE)
    assert find_config(file) == file


def test_every_parent_is_searched_for_one_variant_before_the_next(tmp_path: Path) -> None:
    start = tmp_path / "a" / "b"
    start.mkdir(parents=True)
    plain = _write(start / "config.json", THREE)
    assert find_config(start) == plain
    old = _write(tmp_path / "aml_config" / "config.json", THREE)
    assert find_config(start) == old, "aml_config far above comes before a plain file here"
    hidden = _write(tmp_path / ".azureml" / "project.json", THREE)
    assert find_config(start) == hidden
    assert find_config(start, "config.json") == old


def test_config_json_comes_before_project_json(tmp_path: Path) -> None:
    _write(tmp_path / ".azureml" / "project.json", THREE)
    file = _write(tmp_path / ".azureml" / "config.json", THREE)
    assert find_config(tmp_path) == file


def test_current_folder_is_where_the_search_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _write(tmp_path / ".azureml" / "config.json", THREE)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert find_config() == file


def test_no_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(
        UserErrorException, match=r"No workspace configuration 'other\.json' in .*write_config"
    ):
        find_config(tmp_path, "other.json")
    with pytest.raises(UserErrorException, match="no file or folder"):
        find_config(tmp_path / "absent")


def test_scope_and_three_keys_mean_the_same(tmp_path: Path) -> None:
    config = WorkspaceConfig("s", "g", "n")
    assert read_config(_write(tmp_path / "a.json", {"Id": None, "Scope": config.scope})) == config
    assert read_config(_write(tmp_path / "b.json", THREE)) == config
    assert read_config(_write(tmp_path / "c.json", "\ufeff" + json.dumps(THREE))) == config


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '{"subscription_id": "s",\n "resource_group" "g"}',
            r"not valid JSON: line 2, column 19: .*Expected",
        ),
        ("[]", "holds no JSON object"),
        ('{"Scope": "/subscriptions/s"}', r"names no workspace\. Expected"),
        (
            '{"subscription_id": "s", "workspace_name": ""}',
            r"lacks resource_group, workspace_name\. Expected",
        ),
        ('{"service_url": 3}', '"service_url" is 3'),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, text: str, says: str) -> None:
    file = _write(tmp_path / "config.json", text)
    with pytest.raises(UserErrorException, match=says) as caught:
        read_config(file)
    assert str(file) in str(caught.value)


def test_other_bytes_than_text(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserErrorException, match="not UTF-8"):
        read_config(file)


def test_service_url_is_a_url_or_a_folder_relative_to_the_file(tmp_path: Path) -> None:
    url = read_config(_write(tmp_path / "a.json", {**THREE, "service_url": "https://host/x"}))
    assert url.service_url == "https://host/x"
    folder = read_config(_write(tmp_path / "b.json", {**THREE, "service_url": "home"}))
    assert folder.service_url == str(tmp_path / "home")


def test_written_where_v1_wrote_it(tmp_path: Path) -> None:
    config = WorkspaceConfig("s", "g", "n")
    assert write_config(config, tmp_path / "p", None) == tmp_path / "p" / ".azureml" / "config.json"
    assert json.loads((tmp_path / "p/.azureml/config.json").read_text()) == {
        "Id": None,
        "Scope": config.scope,
    }
    (tmp_path / "q" / "aml_config").mkdir(parents=True)
    assert write_config(config, tmp_path / "q", "x.json") == tmp_path / "q" / "aml_config" / "x.json"
    assert [file.name for file in (tmp_path / "q" / "aml_config").iterdir()] == ["x.json"]


@pytest.mark.parametrize("name", ["../x.json", "a/b.json", "..", "/etc/x"])
def test_file_name_does_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserErrorException, match="is not a file name"):
        write_config(WorkspaceConfig("s", "g", "n"), tmp_path, name)
    assert not list(tmp_path.iterdir())


_words = st.text(
    st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda word: word == word.strip())


@settings(deadline=None, max_examples=50)
@given(_words, _words, _words)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, one: str, two: str, three: str
) -> None:
    config = WorkspaceConfig(one, two, three)
    assert read_config(write_config(config, tmp_path_factory.mktemp("c"), None)) == config
