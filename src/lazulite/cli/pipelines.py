"""`lazulite pipelines`: list, show, publish, enable, disable, delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.display import Column, iso, json_option, moment, show_facts, show_json, show_table
from lazulite.cli.lazy import LazyGroup
from lazulite.cli.place import place, workspace_option
from lazulite.cli.published_choice import choose_pipeline, pipeline_argument, published, short
from lazulite.cli.run_choice import choose, run_argument

if TYPE_CHECKING:
    from lazulite.cli.place import Place
    from lazulite.model.assets import Asset
    from lazulite.model.publishing import PublishedPipeline, PublishedStatus

_MEMBERS = {
    "list": "pipelines:list_pipelines",
    "show": "pipelines:show",
    "publish": "pipelines:publish",
    "run": "pipeline_start:run_pipeline",
    "enable": "pipelines:enable",
    "disable": "pipelines:disable",
    "delete": "pipelines:delete",
}
_COLUMNS = (
    Column("ID", whole=True),
    Column("NAME"),
    Column("VERSION", whole=True),
    Column("STATUS", whole=True),
    Column("STEPS", right=True, whole=True),
    Column("PUBLISHED", whole=True),
)


@click.group(cls=LazyGroup, members=_MEMBERS)
def pipelines() -> None:
    """Published pipelines: list, show, publish, run, enable, disable, delete.

    PIPELINE is an id, a beginning of one, or a name: the one of that name that was published last.
    """


@click.command("list")
@workspace_option
@click.option("--all", "everything", is_flag=True, help="Also those that are disabled or deprecated.")
@json_option
def list_pipelines(workspace: str | None, everything: bool, as_json: bool) -> None:
    """List published pipelines, the last published first."""
    here = place(workspace)
    found = [one for one in published(here) if everything or one[1].status.value == "Active"]
    if as_json:
        show_json([_document(asset, record) for asset, record in found])
        return
    rows = [
        (
            short(record.id),
            record.name,
            record.version or "",
            record.status.value,
            str(len(record.step_names)),
            moment(asset.created_at),
        )
        for asset, record in found
    ]
    such = "" if everything else " active"
    show_table(_COLUMNS, rows, f"Workspace '{here.record.name}' has no{such} published pipelines.")


@click.command()
@pipeline_argument
@workspace_option
@json_option
def show(pipeline: str, workspace: str | None, as_json: bool) -> None:
    """Show a published pipeline: its parameters, its steps, and the address to POST to."""
    here = place(workspace)
    asset, record = choose_pipeline(here, pipeline)
    if as_json:
        show_json({**_document(asset, record), "endpoint": _endpoint(here, record)})
        return
    show_facts(
        [
            ("Name", record.name),
            ("Id", record.id),
            ("Version", record.version),
            ("Status", record.status.value),
            ("Description", record.description),
            ("Published", f"{moment(asset.created_at)} by {record.published_by or 'somebody'}"),
            ("From run", record.source_run_id),
            ("Steps", "\n".join(record.step_names)),
            ("Parameters", "\n".join(f"{one.name} = {_text(one.default)}" for one in record.parameters)),
            ("Endpoint", _endpoint(here, record)),
        ]
    )


@click.command()
@run_argument
@workspace_option
@click.option("--name", "-n", metavar="NAME", help="Its name.  [default: the run's]")
@click.option("--description", metavar="TEXT", help="What it is for.")
@click.option("--version", metavar="VERSION", help="Its version, for people.")
@json_option
def publish(
    run_id: str,
    workspace: str | None,
    name: str | None,
    description: str | None,
    version: str | None,
    as_json: bool,
) -> None:
    """Publish the pipeline of a run, with the code it ran."""
    from lazulite.model.publishing import Publication

    chosen = choose(run_id, workspace)
    here = chosen.place
    submission = here.service.get_submission(here.id, chosen.run.id)
    publication = Publication(
        submission.plan,
        name or chosen.run.display_name or chosen.run.name,
        description,
        version,
        submission.continue_on_step_failure,
        source_run_id=chosen.run.id,
        interpreter=submission.interpreter,
    )
    record = here.service.publish(here.id, publication)
    _shown(here, record.id, as_json, f"Published '{record.name}' as {record.id}.")


@click.command()
@pipeline_argument
@workspace_option
@json_option
def enable(pipeline: str, workspace: str | None, as_json: bool) -> None:
    """Let a published pipeline be called (again)."""
    from lazulite.model.publishing import PublishedStatus

    _set_status(pipeline, workspace, PublishedStatus.ACTIVE, as_json)


@click.command()
@pipeline_argument
@workspace_option
@json_option
def disable(pipeline: str, workspace: str | None, as_json: bool) -> None:
    """Let nobody call a published pipeline, until it is enabled."""
    from lazulite.model.publishing import PublishedStatus

    _set_status(pipeline, workspace, PublishedStatus.DISABLED, as_json)


@click.command()
@pipeline_argument
@workspace_option
@yes_option
def delete(pipeline: str, workspace: str | None, yes: bool) -> None:
    """Delete a published pipeline. Its runs stay; one that an endpoint leads to is not deleted."""
    from lazulite.model.assets import AssetKind

    here = place(workspace)
    _, record = choose_pipeline(here, pipeline)
    confirm(f"Delete the published pipeline '{record.name}' ({record.id})?", yes)
    here.service.delete_asset(here.id, AssetKind.PUBLISHED_PIPELINE, record.id)
    click.echo(f"Deleted the published pipeline '{record.name}' ({record.id}).")


def _set_status(pipeline: str, workspace: str | None, status: PublishedStatus, as_json: bool) -> None:
    from lazulite.model.codec import to_data

    here = place(workspace)
    asset, record = choose_pipeline(here, pipeline)
    here.service.put_asset(here.id, replace(asset, document=to_data(replace(record, status=status))))
    _shown(
        here, record.id, as_json, f"The published pipeline '{record.name}' ({record.id}) is {status.value}."
    )


def _shown(here: Place, pipeline_id: str, as_json: bool, words: str) -> None:
    if as_json:
        show_json(_document(*choose_pipeline(here, pipeline_id)))
    else:
        click.echo(words)


def _document(asset: Asset, record: PublishedPipeline) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "version": record.version,
        "status": record.status.value,
        "description": record.description,
        "steps": list(record.step_names),
        "parameters": {one.name: _value(one.default) for one in record.parameters},
        "published": iso(asset.created_at),
        "published_by": record.published_by or None,
        "source_run_id": record.source_run_id,
        "graph": record.graph,
    }


def _value(default: Any) -> Any:
    from lazulite.model.values import DataPathValue, as_text

    return as_text(default) if isinstance(default, DataPathValue) else default


def _text(default: Any) -> str:
    import json

    return json.dumps(_value(default), ensure_ascii=False)


def _endpoint(here: Place, record: PublishedPipeline) -> str | None:
    """The address to POST to; None where the server is switched off."""
    from lazulite.sdk.exceptions import UserErrorException
    from lazulite.sdk.publishing.published_pipeline import of_record

    try:
        return of_record(here.workspace(), record).endpoint
    except UserErrorException:
        return None
