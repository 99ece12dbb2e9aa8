"""`config.json`: where v1 looks for it, what may stand in it, and how it is written.

The search is v1's exactly: for each of the folder variants `.azureml`, `aml_config` and none, in that order, walk from
the start folder up to the root and take the first `config.json`, or else `project.json`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lazulite.sdk.current_folder import absolute
from lazulite.sdk.exceptions import UserErrorException

_VARIANTS = (".azureml", "aml_config", "")
_FILE_NAMES = ("config.json", "project.json")
_SCOPE = re.compile(
    r"/subscriptions/(?P<subscription_id>[^/]+)/resourceGroups/(?P<resource_group>[^/]+)"
    r"/providers/Microsoft\.MachineLearningServices/workspaces/(?P<workspace_name>[^/]+)/?",
    re.IGNORECASE,
)
_EXPECTED = (
    'Expected {"Scope": "/subscriptions/…/resourceGroups/…/providers/Microsoft.MachineLearningServices/'
    'workspaces/…"} or the three keys "subscription_id", "resource_group" and "workspace_name".'
)


@dataclass(frozen=True)
class WorkspaceConfig:
    """What a `config.json` says. `service_url` is a server, or a home folder (absolute); None: the default one."""

    subscription_id: str
    resource_group: str
    workspace_name: str
    service_url: str | None = None

    @property
    def scope(self) -> str:
        """The workspace as one path, in v1's form."""
        return arm_id(self.subscription_id, self.resource_group, self.workspace_name)


def arm_id(subscription_id: str, resource_group: str, workspace_name: str) -> str:
    """Return the path by which v1 named a workspace."""
    return (
        f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{workspace_name}"
    )


def find_config(path: str | os.PathLike[str] | None = None, file_name: str | None = None) -> Path:
    """Return the configuration file that v1 would take.

    Args:
        path: A file, taken as it is, or the folder where the search starts; the current folder without it.
        file_name: Look for this name instead of config.json and project.json.

    Raises:
        UserErrorException: there is none, or `path` does not exist.
    """
    start = absolute(path or ".")
    if start.is_file():
        return start
    if not start.exists():
        raise UserErrorException(f"There is no file or folder {str(start)!r} to read a workspace from.")
    for candidate in _candidates(start, (file_name,) if file_name else _FILE_NAMES):
        if candidate.is_file():
            return candidate
    wanted = file_name or "config.json"
    raise UserErrorException(
        f"No workspace configuration {wanted!r} in {str(start)!r}, its folders .azureml and aml_config, or any "
        "folder above. Write one with Workspace.write_config(), or name the workspace: Workspace.get(name)."
    )


def _candidates(start: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for variant in _VARIANTS:
        for folder in (start, *start.parents):
            for name in names:
                yield folder / variant / name


def read_config(file: Path) -> WorkspaceConfig:
    """Read a configuration file.

    Raises:
        UserErrorException: it cannot be read, is not JSON (the message names line and column), or lacks keys.
    """
    data = _json_object(file)
    service_url = data.get("service_url")
    if service_url is not None:
        service_url = _location(file, service_url)
    if isinstance(data.get("Scope"), str):
        match = _SCOPE.fullmatch(data["Scope"].strip())
        if match is None:
            raise UserErrorException(
                f'{str(file)!r}: "Scope" is {data["Scope"]!r}, which names no workspace. {_EXPECTED}'
            )
        return WorkspaceConfig(**match.groupdict(), service_url=service_url)
    keys = ("subscription_id", "resource_group", "workspace_name")
    missing = [key for key in keys if not isinstance(data.get(key), str) or not data[key]]
    if missing:
        raise UserErrorException(f"{str(file)!r} lacks {', '.join(missing)}. {_EXPECTED}")
    return WorkspaceConfig(**{key: data[key] for key in keys}, service_url=service_url)


def _json_object(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")  # tools on Windows put a byte order mark in front
    except OSError as error:
        raise UserErrorException(f"{str(file)!r} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserErrorException(f"{str(file)!r} is not UTF-8 text. {_EXPECTED}") from error
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserErrorException(
            f"{str(file)!r} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}. {_EXPECTED}"
        ) from error
    if not isinstance(data, dict):
        raise UserErrorException(f"{str(file)!r} holds no JSON object. {_EXPECTED}")
    return data


def _location(file: Path, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise UserErrorException(
            f'{str(file)!r}: "service_url" is {value!r}. Expected the URL of a server or the path of a home folder.'
        )
    if "://" in value:
        return value
    return str((file.parent / Path(value).expanduser()).absolute())


def write_config(config: WorkspaceConfig, path: str | os.PathLike[str] | None, file_name: str | None) -> Path:
    """Write `config` below the folder `path` in v1's layout; return the file.

    It goes to `<path>/.azureml/config.json`, or to `<path>/aml_config/` where that folder exists already.

    Raises:
        UserErrorException: `file_name` is not a plain file name, or the file cannot be written.
    """
    name = file_name or _FILE_NAMES[0]
    if name != os.path.basename(name) or name in (".", ".."):  # noqa: PTH119 - the separator is what is asked for
        raise UserErrorException(f"{name!r} is not a file name. Expected a name without a folder.")
    root = absolute(path or ".")
    old = root / _VARIANTS[1]
    folder = old if old.is_dir() else root / _VARIANTS[0]
    data: dict[str, Any] = {"Id": None, "Scope": config.scope}
    if config.service_url:
        data["service_url"] = config.service_url
    target = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_text(json.dumps(data, indent=4) + "\n", encoding="utf-8")
        draft.replace(target)
    except OSError as error:
        raise UserErrorException(f"{str(target)!r} cannot be written: {error.strerror}.") from error
    return target
