"""Runs as data, for `--json`. The keys are documented in docs/reference/command-line.md and only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.cli.display import elapsed, iso

if TYPE_CHECKING:
    from lazulite.model.reuse import ReuseDecision
    from lazulite.model.run import OutputRecord, Run

_KINDS = {
    "azureml.PipelineRun": "pipeline",
    "azureml.StepRun": "step",
    "azureml.interactiverun": "interactive",
}


def run_document(run: Run, workspace: str) -> dict[str, Any]:
    """A run as data.

    Args:
        run: The run.
        workspace: The name of its workspace.
    """
    error = run.error
    return {
        "id": run.id,
        "workspace": workspace,
        "experiment": run.experiment,
        "kind": _KINDS[run.kind.value],
        "number": run.number,
        "name": run.name or None,
        "display_name": run.display_name,
        "description": run.description,
        "status": run.status.value,
        "created": iso(run.created_at),
        "started": iso(run.started_at),
        "ended": iso(run.ended_at),
        "duration_seconds": elapsed(run.started_at, run.ended_at),
        "parent_id": run.parent_id,
        "compute": run.target,
        "reused_run_id": run.reused_run_id,
        "submitted_by": run.submitted_by or None,
        "tags": dict(run.tags),
        "properties": dict(run.properties),
        "error": {"code": error.code, "message": error.message, "details": error.details} if error else None,
    }


def output_document(output: OutputRecord) -> dict[str, Any]:
    """A step's output as data."""
    return {
        "name": output.name,
        "datastore": output.datastore,
        "path": output.path,
        "is_directory": output.is_directory,
        "files": output.files,
        "bytes": output.bytes,
    }


def decision_document(decision: ReuseDecision | None) -> dict[str, Any]:
    """A reuse decision as data; all values None as long as there is no decision."""
    from lazulite.model.codec import to_data

    if decision is None:
        return {"verdict": None, "reason": None, "earlier_run_id": None, "differences": [], "components": {}}
    return {
        "verdict": decision.verdict,
        "reason": decision.reason,
        "earlier_run_id": decision.candidate,
        "differences": to_data(decision.differences),
        "components": to_data(decision.components),
    }
