"""`lazulite pipelines run` and `lazulite endpoints run`: start what is published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import json_option, show_json
from lazulite.cli.documents import run_document
from lazulite.cli.given_values import declared, pairs, param_option, tag_option
from lazulite.cli.place import place, workspace_option
from lazulite.cli.published_choice import choose_pipeline, pipeline_argument

if TYPE_CHECKING:
    from lazulite.cli.place import Place
    from lazulite.model.publishing import PublishedPipeline

_EXPERIMENT = click.option(
    "--experiment", "-e", metavar="NAME", help="The experiment.  [default: made from the pipeline's name]"
)
_NO_REUSE = click.option("--no-reuse", is_flag=True, help="Run every step, whatever could be reused.")


@click.command("run")
@pipeline_argument
@workspace_option
@param_option
@tag_option
@_EXPERIMENT
@click.option("--version", metavar="VERSION", help="Of several pipelines with the name, one of this version.")
@_NO_REUSE
@json_option
def run_pipeline(
    pipeline: str,
    workspace: str | None,
    params: tuple[str, ...],
    tags: tuple[str, ...],
    experiment: str | None,
    version: str | None,
    no_reuse: bool,
    as_json: bool,
) -> None:
    """Start a published pipeline.

    Returns at once; `lazulite runs logs -f last` follows the run.
    """
    here = place(workspace)
    _, record = choose_pipeline(here, pipeline, version)
    _start(here, record, params, tags, experiment, no_reuse, as_json, pipeline=record.id)


@click.command("run")
@click.argument("endpoint", metavar="ENDPOINT")
@workspace_option
@param_option
@tag_option
@_EXPERIMENT
@click.option("--version", metavar="VERSION", help="The version.  [default: the default one]")
@_NO_REUSE
@json_option
def run_endpoint(
    endpoint: str,
    workspace: str | None,
    params: tuple[str, ...],
    tags: tuple[str, ...],
    experiment: str | None,
    version: str | None,
    no_reuse: bool,
    as_json: bool,
) -> None:
    """Start what is behind an endpoint: its default version, or another one.

    Returns at once; `lazulite runs logs -f last` follows the run.
    """
    from lazulite.graph.labels import listed
    from lazulite.model.errors import NotFound

    here = place(workspace)
    record = here.service.get_endpoint(here.id, endpoint)
    behind = record.pipeline_of(version)
    if behind is None:
        raise NotFound(
            f"The endpoint '{record.name}' has no version '{version}'. It has: "
            f"{listed([one.version for one in record.versions])}."
        )
    _, pipeline = choose_pipeline(here, behind)
    _start(here, pipeline, params, tags, experiment, no_reuse, as_json, endpoint=record.id, version=version)


def _start(
    here: Place,
    record: PublishedPipeline,
    params: tuple[str, ...],
    tags: tuple[str, ...],
    experiment: str | None,
    no_reuse: bool,
    as_json: bool,
    **which: Any,
) -> None:
    from lazulite.model.publishing import StartRequest

    request = StartRequest(
        experiment or _experiment(record.name),
        parameters=declared(pairs(params, "--param"), record.parameters),
        tags=pairs(tags, "--tag"),
        regenerate_outputs=no_reuse,
        **which,
    )
    run = here.service.start_published(here.id, request)
    if as_json:
        show_json(run_document(run, here.record.name))
    else:
        click.echo(f"Started run {run.id} of '{record.name}' in experiment '{run.experiment}'.")


def _experiment(name: str) -> str:
    """A pipeline's name as the name of an experiment."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:255] or "published"
