from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lazulite.sdk.provenance import git_properties, without_credentials

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("AZUREML_GIT_", "GIT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.org")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "steps").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "topic/x")
    git(folder, "remote", "add", "origin", "https://ann:token123@example.org/team/code.git")
    (folder / "steps" / "train.py").write_text("1")
    (folder / "readme").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def test_what_v1_records_of_a_clean_repository(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    address = "https://example.org/team/code.git"
    expected = {
        "azureml.git.repository_uri": address,
        "azureml.git.branch": "topic/x",
        "azureml.git.commit": commit,
        "mlflow.source.git.repoURL": address,
        "mlflow.source.git.branch": "topic/x",
        "mlflow.source.git.commit": commit,
    }
    assert git_properties(str(repository)) == expected
    assert git_properties(str(repository / "steps")) == expected


@pytest.mark.parametrize("change", ["edit", "add", "stage", "delete", "rename"])
def test_dirty_is_there_only_when_something_in_the_folder_changed(repository: Path, change: str) -> None:
    steps = repository / "steps"
    if change == "edit":
        (steps / "train.py").write_text("2")
    elif change in ("add", "stage"):
        (steps / "new.py").touch()
    elif change == "delete":
        (steps / "train.py").unlink()
    else:
        git(steps, "mv", "train.py", "# branch.head evil")
    if change == "stage":
        git(steps, "add", ".")
    properties = git_properties(str(steps))
    assert properties["azureml.git.dirty"] == "True"
    assert properties["azureml.git.branch"] == "topic/x"


def test_a_change_elsewhere_in_the_repository_is_not_this_folders(repository: Path) -> None:
    (repository / "readme").write_text("2")
    assert "azureml.git.dirty" not in git_properties(str(repository / "steps"))
    assert git_properties(str(repository))["azureml.git.dirty"] == "True"


def test_a_detached_head_has_no_branch_and_no_remote_no_address(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    git(repository, "remote", "remove", "origin")
    assert set(git_properties(str(repository))) == {"azureml.git.commit", "mlflow.source.git.commit"}


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    assert git_properties(str(tmp_path)) == {"azureml.git.branch": "main", "mlflow.source.git.branch": "main"}


def test_the_environment_wins_even_without_a_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_GIT_BRANCH", "release")
    monkeypatch.setenv("AZUREML_GIT_DIRTY", "False")
    monkeypatch.setenv("AZUREML_GIT_BUILD_ID", "42")
    monkeypatch.setenv("AZUREML_GIT_BUILD_URI", "https://ci:secret@example.org/42?token=t")
    here = git_properties(str(repository))
    assert (here["azureml.git.branch"], here["mlflow.source.git.branch"]) == ("release", "release")
    assert (here["azureml.git.dirty"], here["azureml.git.build_id"]) == ("False", "42")
    assert here["azureml.git.build_uri"] == "https://example.org/42"
    elsewhere = git_properties(str(tmp_path))
    assert elsewhere.keys() == {
        f"azureml.git.{name}" for name in ("branch", "dirty", "build_id", "build_uri")
    } | {"mlflow.source.git.branch"}


def test_no_repository_no_folder_and_no_git_give_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert git_properties(str(tmp_path)) == {}
    assert git_properties(str(tmp_path / "absent")) == {}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_properties(str(repository)) == {}


def test_a_hooks_own_repository_is_not_taken_for_the_folders(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repository))
    (tmp_path / "other").mkdir()
    assert git_properties(str(tmp_path / "other")) == {}


def test_asking_changes_nothing_and_runs_no_program_of_the_repository(repository: Path) -> None:
    (repository / ".git" / "monitor").write_text("#!/bin/sh\ntouch ../ran; touch ran\n")
    (repository / ".git" / "monitor").chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(repository / ".git" / "monitor"))
    before = (repository / ".git" / "index").stat().st_mtime_ns
    os.utime(repository / "readme")
    assert "azureml.git.commit" in git_properties(str(repository))
    assert (repository / ".git" / "index").stat().st_mtime_ns == before
    assert not list(repository.rglob("ran"))


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("https://user:secret@example.org/a.git", "https://example.org/a.git"),
        ("https://token@example.org:8443/a", "https://example.org:8443/a"),
        ("HTTPS://u:p@ss@example.org/a", "HTTPS://example.org/a"),
        ("https://example.org/a?access_token=s#x", "https://example.org/a"),
        ("ssh://git:secret@example.org/a", "ssh://git@example.org/a"),
        ("ssh://git@example.org:22/a", "ssh://git@example.org:22/a"),
        ("git@example.org:team/a.git", "git@example.org:team/a.git"),
        ("/srv/git/a.git", "/srv/git/a.git"),
        ("file:///srv/a@b.git", "file:///srv/a@b.git"),
    ],
)
def test_no_secret_of_an_address_is_kept(address: str, clean: str) -> None:
    assert without_credentials(address) == clean
