"""`lazulite endpoints`: list, show, set-default, run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import Column, json_option, show_facts, show_json, show_table
from lazulite.cli.lazy import LazyGroup
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.cli.place import Place
    from lazulite.model.publishing import PipelineEndpoint

_MEMBERS = {
    "list": "endpoints:list_endpoints",
    "show": "endpoints:show",
    "set-default": "endpoints:set_default",
    "run": "pipeline_start:run_endpoint",
}
_COLUMNS = (
    Column("NAME"),
    Column("STATUS", whole=True),
    Column("DEFAULT", whole=True),
    Column("VERSIONS", right=True, whole=True),
    Column("DESCRIPTION"),
)


@click.group(cls=LazyGroup, members=_MEMBERS)
def endpoints() -> None:
    """Pipeline endpoints: list, show, set-default, run. ENDPOINT is a name or an id."""


@click.command("list")
@workspace_option
@click.option("--all", "everything", is_flag=True, help="Also those that are archived.")
@json_option
def list_endpoints(workspace: str | None, everything: bool, as_json: bool) -> None:
    """List pipeline endpoints by name."""
    from lazulite.model.assets import AssetKind
    from lazulite.model.codec import from_data
    from lazulite.model.publishing import PipelineEndpoint

    here = place(workspace)
    assets = here.service.list_assets(here.id, AssetKind.PIPELINE_ENDPOINT, archived=everything)
    found = [from_data(PipelineEndpoint, asset.document) for asset in assets]
    if as_json:
        show_json([_document(record) for record in found])
        return
    rows = [
        (one.name, one.status.value, one.default_version, str(len(one.versions)), one.description or "")
        for one in found
    ]
    show_table(_COLUMNS, rows, f"Workspace '{here.record.name}' has no pipeline endpoints.")


@click.command()
@click.argument("endpoint", metavar="ENDPOINT")
@workspace_option
@json_option
def show(endpoint: str, workspace: str | None, as_json: bool) -> None:
    """Show an endpoint: its versions, which of them answers, and the address to POST to."""
    here = place(workspace)
    record = here.service.get_endpoint(here.id, endpoint)
    if as_json:
        show_json({**_document(record), "endpoint": _address(here, record)})
        return
    versions = [
        f"{one.version}  {one.pipeline_id}{'  (default)' if one.version == record.default_version else ''}"
        for one in record.versions
    ]
    show_facts(
        [
            ("Name", record.name),
            ("Id", record.id),
            ("Status", record.status.value),
            ("Description", record.description),
            ("Versions", "\n".join(versions)),
            ("Endpoint", _address(here, record)),
        ]
    )


@click.command("set-default")
@click.argument("endpoint", metavar="ENDPOINT")
@click.argument("version", metavar="VERSION")
@workspace_option
@json_option
def set_default(endpoint: str, version: str, workspace: str | None, as_json: bool) -> None:
    """Make a version of an endpoint the one that answers: promote a new one, or roll back to an old one."""
    from lazulite.model.publishing import EndpointChange

    here = place(workspace)
    before = here.service.get_endpoint(here.id, endpoint)
    record = here.service.change_endpoint(here.id, before.id, EndpointChange(default_version=version))
    if as_json:
        show_json(_document(record))
    else:
        click.echo(
            f"Version {record.default_version} of endpoint '{record.name}' answers now; it was version "
            f"{before.default_version}."
        )


def _document(record: PipelineEndpoint) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "status": record.status.value,
        "description": record.description,
        "default_version": record.default_version,
        "versions": [{"version": one.version, "pipeline_id": one.pipeline_id} for one in record.versions],
    }


def _address(here: Place, record: PipelineEndpoint) -> str | None:
    """The address to POST to; None where the server is switched off."""
    from lazulite.sdk.exceptions import UserErrorException
    from lazulite.sdk.publishing.pipeline_endpoint import of_record

    try:
        return of_record(here.workspace(), record).endpoint
    except UserErrorException:
        return None
