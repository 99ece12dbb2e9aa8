"""v1's routes that start a published pipeline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lazulite.model.errors import InvalidRequest
from lazulite.model.run import RunQuery
from lazulite.server.provenance import signed
from lazulite.server.v1.call import View
from lazulite.server.v1.run_entities import run_entity
from lazulite.server.v1.runs import graph_of
from lazulite.server.v1.submit_body import read_submission


def submit_pipeline(view: View) -> dict[str, Any]:
    """Start the published pipeline with that id."""
    return _submit(view, pipeline=view.named("id"))


def submit_endpoint(view: View) -> dict[str, Any]:
    """Start the default pipeline behind an endpoint, or the one of a version."""
    return _submit(view, endpoint=view.named("id"), version=view.path.get("version"))


def submit_endpoint_by_name(view: View) -> dict[str, Any]:
    """Start what is behind the endpoint with that name: `Name?name=…[&pipelineVersion=…]`."""
    asked = {name.lower(): value for name, value in view.query.items()}
    if not asked.get("name"):
        raise InvalidRequest("The address has no name. Expected …/PipelineEndpointSubmit/Name?name=NAME.")
    return _submit(view, endpoint=asked["name"], version=asked.get("pipelineversion"))


def _submit(view: View, **target: str | None) -> dict[str, Any]:
    found = read_submission(view.body, **target)
    request = signed(found.request, view.caller)
    parent = next((value for name, value in view.query.items() if name.lower() == "parentrunid"), None)
    if parent:
        request = replace(request, parent_run_id=parent)
    run = view.service.start_published(view.workspace.id, request)
    steps = view.service.list_runs(view.workspace.id, RunQuery(parent_id=run.id))
    return {
        **run_entity(run, reversed(steps), graph_of(view, run), found.ignored),
        "Note": "Steps whose work was done before are not run again: RunUrl lists them in ReusedSteps as they are decided. "
        'Send "RegenerateOutputs": true to run every step.',
        "RunUrl": f"{view.base}/PipelineRuns/{run.id}",
    }
