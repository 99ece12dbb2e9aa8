"""Where a command works: the system, and the workspace in it.

The system: `--home`, else `service_url` of the `config.json` that `Workspace.from_config` would find from here, else
`LAZULITE_URL`, `LAZULITE_HOME`, or the user's data folder. The workspace: `--workspace`, else the one that
`config.json` names, else the only one there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.assets import Workspace as Record
    from lazulite.sdk.workspace import Workspace
    from lazulite.sdk.workspace_config import WorkspaceConfig

Command = TypeVar("Command", bound=Callable[..., Any])
_KEYS = ("Scope", "subscription_id", "resource_group", "workspace_name", "service_url")


@dataclass(frozen=True)
class Place:
    """A workspace of a system. `location`: where the system is, None for the default place."""

    service: Service
    record: Record
    location: str | None = None

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self.record.id

    def workspace(self) -> Workspace:
        """The workspace as the SDK knows it."""
        from lazulite.sdk.workspace import Workspace

        return Workspace._from_record(self.service, self.record, self.location)  # noqa: SLF001 - the SDK's own way in


def workspace_option(command: Command) -> Command:
    """Give a command the option `--workspace`."""
    return click.option(
        "--workspace",
        "-w",
        metavar="NAME",
        envvar="LAZULITE_WORKSPACE",
        shell_complete=_complete_workspace,
        help="The workspace, by name or id; RESOURCE_GROUP/NAME where several have the name.  "
        "[default: the one config.json names, else the only one]",
    )(command)


def workspace_argument(required: bool) -> Callable[[Command], Command]:
    """Give a command the argument NAME, a workspace."""
    return click.argument("name", required=required, shell_complete=_complete_workspace)


def connected() -> tuple[Service, str | None]:
    """Return the system that commands here work on, and where it is (None: the default place)."""
    from lazulite.api.connect import connect

    found = None if _home_given() else _config()
    location = found[1].service_url if found else None
    return connect(location), location


def place(name: str | None) -> Place:
    """Return the workspace that a command works in.

    Args:
        name: What was given as `--workspace`, or None.

    Raises:
        NotFound: there is no such workspace.
        Usage: there are several, and nothing says which.
    """
    found = places(name)
    if len(found) == 1:
        return found[0]
    from lazulite.cli.failures import Usage

    names = ", ".join(label(one.record, [other.record for other in found]) for one in found)
    if name is not None:
        raise Usage(f"Which workspace '{name}'? There are {names}. Say one of these with --workspace.")
    raise Usage(
        f"Which workspace? There are {names}. Say --workspace NAME, set LAZULITE_WORKSPACE, or work in a folder with "
        "a config.json (Workspace.write_config() writes one)."
    )


def places(name: str | None) -> list[Place]:
    """Return the workspaces that a command may mean: one, unless nothing says which.

    Raises:
        NotFound: there is none.
    """
    service, location = connected()
    everything = service.list_workspaces()
    chosen = _named(everything, name) if name is not None else _configured(everything)
    return [Place(service, record, location) for record in chosen]


def label(record: Record, among: list[Record]) -> str:
    """Return the shortest form by which `--workspace` finds `record` among others."""
    same = [other for other in among if other.name == record.name]
    if len(same) == 1:
        return record.name
    grouped = [other for other in same if other.resource_group == record.resource_group]
    return f"{record.resource_group}/{record.name}" if len(grouped) == 1 else record.id


def _named(everything: tuple[Record, ...], name: str) -> list[Record]:
    from lazulite.model.errors import NotFound

    found = [one for one in everything if name in (one.id, one.name, f"{one.resource_group}/{one.name}")]
    if not found:
        raise NotFound(f"There is no workspace '{name}'. {_existing(everything)}")
    return found


def _configured(everything: tuple[Record, ...]) -> list[Record]:
    from lazulite.model.errors import NotFound

    configured = _config()
    if configured is not None:
        file, config = configured
        wanted = (config.subscription_id, config.resource_group, config.workspace_name)
        found = [one for one in everything if (one.subscription_id, one.resource_group, one.name) == wanted]
        if not found:
            raise NotFound(
                f"{file} names workspace '{config.workspace_name}' (resource group '{config.resource_group}'), "
                "which does not exist here yet. Workspace.from_config() creates it; or say another with --workspace. "
                f"{_existing(everything)}"
            )
        return found
    if not everything:
        raise NotFound("There is no workspace yet. Create one: lazulite workspaces create NAME")
    return list(everything)


def _existing(everything: tuple[Record, ...]) -> str:
    if not everything:
        return "There is none yet; create one: lazulite workspaces create NAME"
    return f"There are: {', '.join(label(one, list(everything)) for one in everything)}."


def _home_given() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.find_root().params.get("home"))


def _config() -> tuple[Path, WorkspaceConfig] | None:
    """The `config.json` that counts here, if any, and what it says."""
    from lazulite.sdk.exceptions import UserErrorException
    from lazulite.sdk.workspace_config import find_config, read_config

    try:
        file = find_config()
    except UserErrorException:
        return None
    try:
        return file, read_config(file)
    except UserErrorException as error:
        from lazulite.cli.failures import Usage

        if _is_somebody_elses(file):
            return None
        raise Usage(error.message) from error


def _is_somebody_elses(file: Path) -> bool:
    """Whether a `config.json` is that of another program, which happens to have the same name."""
    import json

    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return False
    return not isinstance(data, dict) or not any(key in data for key in _KEYS)


def _complete_workspace(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from contextlib import suppress

    names: list[str] = []
    with suppress(Exception):  # completion is a courtesy: it never speaks of errors
        everything = list(connected()[0].list_workspaces())
        names = [label(one, everything) for one in everything]
    return [name for name in names if name.startswith(incomplete)]
