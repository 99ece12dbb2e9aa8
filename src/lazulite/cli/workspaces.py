"""`lazulite workspaces`: list, show, create, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.display import Column, iso, json_option, moment, show_facts, show_json, show_table
from lazulite.cli.place import Place, connected, label, place, workspace_argument

if TYPE_CHECKING:
    from lazulite.model.assets import Workspace

_COLUMNS = (
    Column("WORKSPACE"),
    Column("RESOURCE GROUP"),
    Column("SUBSCRIPTION"),
    Column("CREATED", whole=True),
)


@click.group()
def workspaces() -> None:
    """Workspaces: list, show, create, delete."""


@workspaces.command("list")
@json_option
def list_workspaces(as_json: bool) -> None:
    """List the workspaces, oldest first."""
    found = connected()[0].list_workspaces()
    if as_json:
        show_json([_document(record) for record in found])
        return
    rows = [(one.name, one.resource_group, one.subscription_id, moment(one.created_at)) for one in found]
    show_table(_COLUMNS, rows, "There is no workspace yet. Create one: lazulite workspaces create NAME")


@workspaces.command()
@workspace_argument(required=False)
@json_option
def show(name: str | None, as_json: bool) -> None:
    """Show a workspace; without NAME the one that commands use here."""
    here = place(name)
    counts = _counts(here)
    record = here.record
    if as_json:
        show_json({**_document(record), **counts})
        return
    show_facts(
        [
            ("Workspace", record.name),
            ("Friendly name", record.friendly_name if record.friendly_name != record.name else None),
            ("Description", record.description),
            ("Id", record.id),
            ("Subscription", record.subscription_id),
            ("Resource group", record.resource_group),
            ("Location", record.location),
            ("Created", moment(record.created_at, seconds=True)),
            ("Default data", record.default_datastore),
            ("Tags", ", ".join(f"{key}={value}" for key, value in record.tags.items())),
            ("Settings", ", ".join(f"{key}={value}" for key, value in record.settings.items())),
            *((word.capitalize(), ", ".join(names) or "none") for word, names in counts.items()),
        ]
    )


@workspaces.command()
@click.argument("name")
@click.option(
    "--subscription-id", metavar="WORD", help="Tells workspaces of one name apart.  [default: local]"
)
@click.option(
    "--resource-group", metavar="WORD", help="Tells workspaces of one name apart.  [default: local]"
)
@click.option("--exist-ok", is_flag=True, help="Do nothing, successfully, if it exists already.")
@click.option(
    "--config", is_flag=True, help="Write .azureml/config.json here, so that commands and code find it."
)
@json_option
def create(
    name: str,
    subscription_id: str | None,
    resource_group: str | None,
    exist_ok: bool,
    config: bool,
    as_json: bool,
) -> None:
    """Create a workspace with its two datastores."""
    from lazulite.model.assets import Workspace
    from lazulite.model.ids import checked
    from lazulite.sdk.workspace_lookup import LOCAL, make, part

    service, location = connected()
    checked("workspace", name)
    wanted = Workspace(
        id="",
        name=name,
        subscription_id=part("--subscription-id", subscription_id),
        resource_group=part("--resource-group", resource_group),
        location=LOCAL,
        friendly_name=name,
    )
    record = make(service, wanted, exist_ok=exist_ok, show_output=False)
    if config:
        Place(service, record, location).workspace().write_config()
    if as_json:
        show_json(_document(record))
    else:
        click.echo(f"Workspace '{record.name}' is ready.")


@workspaces.command()
@workspace_argument(required=True)
@yes_option
def delete(name: str, yes: bool) -> None:
    """Delete a workspace with all its runs and the data in its own datastores. There is no way back.

    Folders that were registered as datastores stay as they are.
    """
    here = place(name)
    confirm(f"Delete workspace '{label(here.record, [here.record])}' with all its runs and data?", yes)
    here.service.delete_workspace(here.id)
    click.echo(f"Workspace '{here.record.name}' is deleted.")


def _counts(here: Place) -> dict[str, list[str]]:
    from lazulite.model.assets import AssetKind

    kinds = {
        "datastores": AssetKind.DATASTORE,
        "computes": AssetKind.COMPUTE,
        "experiments": AssetKind.EXPERIMENT,
        "models": AssetKind.MODEL,
    }
    return {
        word: [asset.name for asset in here.service.list_assets(here.id, kind)]
        for word, kind in kinds.items()
    }


def _document(record: Workspace) -> dict[str, Any]:
    return {
        "name": record.name,
        "id": record.id,
        "subscription_id": record.subscription_id,
        "resource_group": record.resource_group,
        "location": record.location,
        "friendly_name": record.friendly_name,
        "description": record.description,
        "default_datastore": record.default_datastore,
        "created": iso(record.created_at),
        "tags": dict(record.tags),
        "settings": dict(record.settings),
    }
