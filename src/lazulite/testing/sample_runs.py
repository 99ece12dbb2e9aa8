"""Small runs for the contract suites: their code, how they are submitted, and how to wait for them."""

from __future__ import annotations

import hashlib
import io
import sys
import time

from lazulite.api.service import Service
from lazulite.model.plan import (
    Literal,
    Output,
    OutputArgument,
    Parameter,
    ParameterArgument,
    Plan,
    RunScript,
    Step,
)
from lazulite.model.run import Run, Submission
from lazulite.model.snapshot import Snapshot, SnapshotFile

SCRIPT = b"""
import pathlib, sys
print("hello from the step")
pathlib.Path(sys.argv[1], "text").write_text(sys.argv[2])
if sys.argv[2] == "fail":
    raise ValueError("as asked")
if sys.argv[2] == "wait":
    import time
    time.sleep(60)
"""


def store_snapshot(service: Service, workspace: str, script: bytes = SCRIPT) -> str:
    """Store a snapshot of one file, `step.py`."""
    digest = hashlib.sha256(script).hexdigest()
    service.put_blob(workspace, digest, io.BytesIO(script))
    return service.put_snapshot(workspace, Snapshot((SnapshotFile("step.py", digest, len(script)),)))


def submission(snapshot: str, word: str = "done", **options: object) -> Submission:
    """A run of one step that writes a parameter's value to its output."""
    step = Step(
        node="0000aaaa",
        name="write",
        step_type="PythonScriptStep",
        action=RunScript("step.py"),
        compute="local",
        arguments=(OutputArgument("text"), ParameterArgument("word"), Literal("end")),
        outputs=(Output("text", "workspaceblobstore"),),
        snapshot=snapshot,
    )
    plan = Plan((step,), (Parameter("word", "none"),))
    return Submission("contract", plan, {"word": word}, interpreter=sys.executable, **options)  # type: ignore[arg-type]


def wait(service: Service, workspace: str, run_id: str, seconds: float = 60) -> Run:
    """Follow the events until the run has ended."""
    deadline, after = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        events = service.get_events(workspace, run_id, after, wait_seconds=1.0)
        after = events[-1].sequence if events else after
        run = service.get_run(workspace, run_id)
        if run.status.is_terminal:
            return run
    raise AssertionError(f"run {run_id} did not end within {seconds:g} s")
