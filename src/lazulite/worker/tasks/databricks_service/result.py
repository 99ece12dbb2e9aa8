"""What a run left at the service: a notebook's exit value, what a script printed, why it failed. At most 5 MB of each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.worker.tasks.databricks_service.failures import in_words
from lazulite.worker.tasks.databricks_service.watch import RunState

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

#: Below the working directory: `./logs` becomes part of the run's artifacts.
FOLDER = Path("logs", "databricks")


def keep(client: WorkspaceClient, state: RunState) -> None:
    """Write what the run left to files of the run, and to the step's log.

    That it cannot be had is no failure of its own: a run that never started has nothing.
    """
    if state.task is None:
        return
    try:
        with in_words("fetching the run's output", client.config.host):
            found = client.jobs.get_run_output(state.task)
    except Exception as error:  # noqa: BLE001 - the run's own outcome counts
        print(f"The output of the run could not be fetched: {error}", flush=True)
        return
    exit_value = found.notebook_output.result if found.notebook_output else None
    if exit_value is not None:
        _write("notebook_result.txt", exit_value)
        print(f"The notebook ended with: {exit_value[:1000]}", flush=True)
        if found.notebook_output and found.notebook_output.truncated:
            print("Databricks cut it short, at 5 MB.", flush=True)
    if found.logs:
        _write("output.txt", found.logs)
        print(found.logs, end="" if found.logs.endswith("\n") else "\n", flush=True)
        if found.logs_truncated:
            print("Databricks keeps the last 5 MB of what the code printed.", flush=True)
    trouble = found.error_trace or found.error
    if trouble:
        _write("error.txt", f"{found.error or ''}\n{found.error_trace or ''}".strip() + "\n")
        print(trouble, file=sys.stderr, flush=True)


def _write(name: str, text: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(text, encoding="utf-8", errors="backslashreplace")
