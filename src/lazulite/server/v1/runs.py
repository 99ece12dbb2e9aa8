"""v1's routes about a pipeline run and its steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from lazulite.model.assets import AssetKind
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.publishing import PIPELINE_ID
from lazulite.model.run import OutputRecord, Run, RunKind, RunQuery
from lazulite.server.run_files import folder_of, no_log
from lazulite.server.v1.call import View
from lazulite.server.v1.run_entities import run_entity, step_entity

_JOB_LOG = "logs/azureml/executionlogs.txt"
_STDOUT = "logs/azureml/stdoutlogs.txt"
_STDERR = "logs/azureml/stderrlogs.txt"


def get_run(view: View) -> dict[str, Any]:
    """A pipeline run, with its steps and which of them were reused."""
    run = _run(view)
    return run_entity(run, _steps(view), graph_of(view, run))


def graph_of(view: View, run: Run) -> str | None:
    """The graph of the published pipeline that a run was started from, if it is still there."""
    pipeline = run.properties.get(PIPELINE_ID)
    try:
        kind = AssetKind.PUBLISHED_PIPELINE
        asset = view.service.get_asset(view.workspace.id, kind, pipeline) if pipeline else None
    except NotFound:
        return None
    return asset.document.get("graph") if asset else None


def list_runs(view: View) -> list[dict[str, Any]]:
    """Pipeline runs, newest first: of a published pipeline with ?pipelineId=, of an experiment with ?experimentName=."""
    named = {name.lower(): value for name, value in view.query.items()}
    pipeline = named.get("pipelineid")
    query = RunQuery(
        kind=RunKind.PIPELINE,
        experiment=named.get("experimentname"),
        properties={PIPELINE_ID: pipeline} if pipeline else {},
        limit=_limit(named.get("top", "100")),
    )
    return [run_entity(run) for run in view.service.list_runs(view.workspace.id, query)]


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= 1000:  # noqa: PLR2004 - a page
        raise InvalidRequest(f"top is {text!r}. Expected a number from 1 to 1000.", name="top")
    return int(text)


def cancel(view: View) -> dict[str, Any]:
    """Cancel a pipeline run and its steps; one that has ended stays as it is."""
    run = _run(view)
    view.service.cancel_run(view.workspace.id, run.id)
    return run_entity(view.service.get_run(view.workspace.id, run.id))


def node_status(view: View) -> dict[str, Any]:
    """Where one step stands. The step is named by its node id: the JSON list [node id] as body, or ?nodeId=."""
    return step_entity(_step(view))


def node_statuses(view: View) -> dict[str, dict[str, Any]]:
    """Where every step stands, by node id."""
    _run(view)
    return {step.node or step.id: step_entity(step) for step in _steps(view)}


def node_outputs(view: View) -> dict[str, dict[str, Any]]:
    """Where a step's outputs are, by name."""
    step = _step(view)
    return {one.name: _output(one) for one in view.service.get_outputs(view.workspace.id, step.id)}


def job_log(view: View) -> BinaryIO:
    """What was noted while a step was prepared, run and finished."""
    return _log(view, _JOB_LOG)


def stdout(view: View) -> BinaryIO:
    """What a step's script wrote to its standard output."""
    return _log(view, _STDOUT)


def stderr(view: View) -> BinaryIO:
    """What a step's script wrote to its standard error."""
    return _log(view, _STDERR)


def pipeline_output(view: View) -> dict[str, Any]:
    """Where the output of a run is that some step declared as pipeline output of that name."""
    run, name = _run(view), view.named("name")
    plan = view.service.get_submission(view.workspace.id, run.id).plan
    declared = {
        output.pipeline_output_name: (step.node, output.name)
        for step in plan.steps
        for output in step.outputs
        if output.pipeline_output_name
    }
    if name not in declared:
        raise NotFound(
            f"The run {run.id} has no pipeline output {name!r}. It has: {', '.join(sorted(declared)) or 'none'}.",
            kind="pipeline output",
            name=name,
        )
    node, output = declared[name]
    step = _step_at(view, node)
    for record in view.service.get_outputs(view.workspace.id, step.id):
        if record.name == output:
            return {**_output(record), "NodeId": node, "RunId": step.id}
    raise NotFound(
        f"The step {step.name!r} of the run {run.id} is {step.status.value}: it has no output yet."
    )


def _output(record: OutputRecord) -> dict[str, Any]:
    return {
        "Name": record.name,
        "DataStoreName": record.datastore,
        "RelativePath": record.path,
        "IsDirectory": record.is_directory,
        "Files": record.files,
        "Bytes": record.bytes,
    }


def _run(view: View) -> Run:
    run = view.service.get_run(view.workspace.id, view.named("id"))
    if run.kind is not RunKind.PIPELINE:
        raise NotFound(f"{run.id} is no pipeline run.", kind="run", name=run.id)
    return run


def _steps(view: View) -> Iterable[Run]:
    """The step runs, in the order of the plan."""
    query = RunQuery(parent_id=view.named("id"), kind=RunKind.STEP)
    return reversed(view.service.list_runs(view.workspace.id, query))


def _step(view: View) -> Run:
    body = view.body
    path = body if isinstance(body, list) else [body] if isinstance(body, str) else None
    if path is None and isinstance(body, dict):
        path = next((value for name, value in body.items() if name.lower() == "nodeidpath"), None)
    node = path[-1] if isinstance(path, list) and path else view.query.get("nodeId")
    if not isinstance(node, str) or not node:
        raise InvalidRequest(
            "The request names no step. Send the JSON list [node id] as body, or ?nodeId=.", name="nodeId"
        )
    return _step_at(view, node)


def _step_at(view: View, node: str) -> Run:
    _run(view)
    steps = {step.node: step for step in _steps(view)}
    if node not in steps:
        raise NotFound(
            f"The run {view.named('id')} has no step with the node id {node!r}. It has: "
            f"{', '.join(f'{known} ({step.name})' for known, step in steps.items())}.",
            kind="step",
            name=node,
        )
    return steps[node]


def _log(view: View, name: str) -> BinaryIO:
    step = _step(view)
    try:
        return folder_of(view.service, view.workspace.id, step).open(view.service, name)
    except NotFound as error:
        raise no_log(step, name) from error
