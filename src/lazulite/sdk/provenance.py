"""Where code comes from: v1's git properties of runs and snapshots."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

#: v1's property of each fact, the environment variable that overrides it, and MLflow's name for it.
_FACTS: dict[str, tuple[str, str | None]] = {
    "repository_uri": ("AZUREML_GIT_REPOSITORY_URI", "mlflow.source.git.repoURL"),
    "branch": ("AZUREML_GIT_BRANCH", "mlflow.source.git.branch"),
    "commit": ("AZUREML_GIT_COMMIT", "mlflow.source.git.commit"),
    "dirty": ("AZUREML_GIT_DIRTY", None),
    "build_id": ("AZUREML_GIT_BUILD_ID", None),
    "build_uri": ("AZUREML_GIT_BUILD_URI", None),
}
_SECONDS = 10.0
#: What a git hook sets for its own repository must not lead to that one.
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?P<user>[^/?#]*)@)?(?P<rest>[^?#]*)")


def git_properties(folder: str) -> dict[str, str]:
    """Return what git knows about a source folder, as v1 records it with runs and snapshots.

    Args:
        folder: The source folder; a part of a repository is enough. `dirty` looks at this folder only.

    Returns:
        `azureml.git.repository_uri`, `.branch` (absent for a detached head), `.commit`, `.dirty` ("True"; absent for
        a clean folder), `.build_id`, `.build_uri` and `mlflow.source.git.repoURL`, `.branch`, `.commit`: those that
        are known. The environment variables `AZUREML_GIT_REPOSITORY_URI`, `_BRANCH`, `_COMMIT`, `_DIRTY`,
        `_BUILD_ID` and `_BUILD_URI` win over what git says. Passwords and tokens in addresses are left out. Empty
        where there is no git, no repository and no such variable; never an error.

    v1: the properties of `Run.get_details()["properties"]`.
    """
    facts = {} if all(os.environ.get(variable) for variable, _ in _FACTS.values()) else _ask_git(folder)
    for fact, (variable, _) in _FACTS.items():
        given = os.environ.get(variable)
        if given:
            facts[fact] = given
    for fact in ("repository_uri", "build_uri"):
        if fact in facts:
            facts[fact] = without_credentials(facts[fact])
    properties = {f"azureml.git.{fact}": facts[fact] for fact in _FACTS if fact in facts}
    mlflow = {name: facts[fact] for fact, (_, name) in _FACTS.items() if name and fact in facts}
    return {**properties, **mlflow}


def without_credentials(address: str) -> str:
    """Return a repository's address without what could be a secret: user, password and query of an http address,
    the password of another one. What has no scheme (`git@host:path`, a folder) has no secrets."""
    match = _SCHEME.match(address)
    if not match:
        return address
    scheme, user, rest = match["scheme"], match["user"], match["rest"]
    name = (user or "").partition(":")[0]
    keeps_user = name and not scheme.lower().startswith(("http", "ftp"))
    return f"{scheme}://{name}@{rest}" if keeps_user else f"{scheme}://{rest}"


def _ask_git(folder: str) -> dict[str, str]:
    # Both at once: each is a program to start, and submitting waits for the answers.
    asked = (
        _started(folder, "status", "--porcelain=v2", "--no-renames", "--branch", "-z", "--", "."),
        _started(folder, "ls-remote", "--get-url"),
    )
    status, address = map(_said, asked)
    if status is None:
        return {}
    facts: dict[str, str] = {}
    for record in status.split("\0"):
        kind, _, value = record.partition(" ")
        if kind == "#":
            name, _, text = value.partition(" ")
            if name == "branch.oid" and not text.startswith("("):
                facts["commit"] = text
            elif name == "branch.head" and text != "(detached)":
                facts["branch"] = text
        elif kind in ("1", "2", "u", "?"):
            facts["dirty"] = "True"
    if address and address.strip():
        facts["repository_uri"] = address.strip()
    return facts


def _started(folder: str, *arguments: str) -> subprocess.Popen[bytes] | None:
    """Git, started; None if it is missing or the folder is."""
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    # No lock that a commit of the user's would run into, and no question on the terminal.
    environment.update(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C")
    try:
        return subprocess.Popen(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, ValueError):
        return None


def _said(git: subprocess.Popen[bytes] | None) -> str | None:
    """What git prints, or None if it was not started, fails or takes too long."""
    import subprocess

    if git is None:
        return None
    with git:
        try:
            output, _ = git.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            git.kill()
            return None
        except BaseException:
            git.kill()
            raise
    return output.decode(errors="replace") if git.returncode == 0 else None
