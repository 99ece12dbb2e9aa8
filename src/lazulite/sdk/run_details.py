"""All about a run as the dict that v1's `get_details()` gave, and a failed run as an exception."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import LazuliteError
from lazulite.model.run import Run, RunKind, RunQuery, RunStatus
from lazulite.sdk.exceptions import ActivityFailedException, UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.sdk.environment import Environment

_LOGS = ("azureml-logs/", "logs/", "user_logs/", "system_logs/")


def details(service: Service, workspace: str, run: Run) -> dict[str, Any]:
    """Return v1's details of a run. Times are ISO 8601 text in UTC, or None."""
    found: dict[str, Any] = {
        "runId": run.id,
        "target": run.target or ("sdk" if run.kind is RunKind.INTERACTIVE else None),
        "status": run.status.history_word,
        # A reused step did not run: it begins when it ends, so that code which subtracts the two gets a duration.
        "startTimeUtc": time_text(run.started_at or (run.ended_at if run.reused_run_id else None)),
        "endTimeUtc": time_text(run.ended_at),
        "services": {},
        "properties": dict(run.properties),
        "tags": dict(run.tags),
        "inputDatasets": [],
        "outputDatasets": [],
    }
    if run.kind is RunKind.STEP and run.root_id and run.node:
        from lazulite.sdk.run_definition import run_definition

        with v1_errors():
            found["runDefinition"] = run_definition(service, workspace, run)
    found["logFiles"] = log_files(service, workspace, run)
    error = error_of(service, workspace, run)
    if error is not None:
        found["error"] = error
    found["submittedBy"] = run.submitted_by
    return found


def time_text(at: datetime | None) -> str | None:
    """A time as v1 wrote it: `2024-05-01T12:00:00.000000Z`."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def log_files(service: Service, workspace: str, run: Run) -> dict[str, str]:
    """Return the run's log files: name to a URL that opens."""
    from lazulite.sdk.artifacts import files_of

    try:
        files = files_of(service, workspace, run)
    except UserErrorException:  # the datastore was unregistered since; the rest of the details is still true
        return {}
    return {name: files.address(name) for name in files.names() if name.startswith(_LOGS)}


# --- what it ran ---


def environment_of(service: Service, workspace: str, run: Run) -> Environment:
    """Return the environment a step asked for, as v1's `Environment`.

    Raises:
        UserErrorException: the run is not a step run.
    """
    if run.kind is not RunKind.STEP or run.node is None:
        raise UserErrorException(f"Run {run.id} has no environment: it is not a step that ran code.")
    from lazulite.sdk.environment import Environment

    with v1_errors():
        step = service.get_submission(workspace, run.root_id).plan.step(run.node)
    return Environment._of_spec(step.environment)  # noqa: SLF001 - the SDK's own seam


# --- what went wrong ---


def error_of(service: Service, workspace: str, run: Run) -> dict[str, Any] | None:
    """Return v1's error of a failed run: {"error": {"code", "message", "details"}, "time"}; None if there is none.

    Of a pipeline run, the details hold the errors of the steps that failed, each with the end of what its script
    printed, so that the message of the exception made of it contains the script's own.
    """
    if run.error is None and run.status is not RunStatus.FAILED:
        return None
    entries = [_step_entry(step) for step in failed_steps(service, workspace, run)]
    if not entries and run.error and run.error.details:
        entries = [{"code": "Output", "message": run.error.details}]
    return {
        "error": {
            "code": run.error.code if run.error else "UserError",
            "message": run.error.message if run.error else f"Run {run.id} failed.",
            "messageParameters": {},
            "details": entries,
        },
        "time": time_text(run.ended_at),
    }


def failed_steps(service: Service, workspace: str, run: Run) -> list[Run]:
    """Return the steps of a pipeline run that failed, the first to fail first; of any other run none."""
    if run.kind is not RunKind.PIPELINE:
        return []
    try:
        steps = service.list_runs(workspace, RunQuery(parent_id=run.id, statuses=(RunStatus.FAILED,)))
    except LazuliteError:
        return []
    return sorted(
        (step for step in steps if step.kind is RunKind.STEP),
        key=lambda step: step.ended_at or step.created_at,
    )


def _step_entry(step: Run) -> dict[str, Any]:
    error = step.error
    return {
        "code": error.code if error else "UserError",
        "message": f"Step '{step.name}' failed: {error.message if error else 'no reason was recorded'}",
        "target": step.name,
        "runId": step.id,
        "details": [{"message": error.details}] if error and error.details else [],
    }


def failure(error: Mapping[str, Any]) -> ActivityFailedException:
    """Return the exception for a failed run."""
    return RunFailed(error)


class RunFailed(ActivityFailedException):
    """A run failed. `message` is the JSON of its error, as in v1; `str()` is the script's own last words."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        self.error = dict(error)
        super().__init__(json.dumps(error, indent=4, ensure_ascii=False))

    def __reduce__(self) -> tuple[type[RunFailed], tuple[dict[str, Any]]]:
        return RunFailed, (self.error,)

    def __str__(self) -> str:
        return "\n".join(_last_words(self.error["error"]))


def _last_words(error: Mapping[str, Any]) -> Iterable[str]:
    """What the script itself said comes first, then what we say about it."""
    steps = [entry for entry in error["details"] if "runId" in entry]
    for entry in steps or [error]:
        yield from (inner["message"].rstrip() for inner in entry["details"])
        yield entry["message"]
