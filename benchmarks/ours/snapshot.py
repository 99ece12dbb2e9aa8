"""How long handing a source folder over takes, as a submission does it, in a process that has done nothing before.

usage: snapshot.py FOLDER SCRIPT ANSWER_JSON
"""

import json
import sys
import time
from pathlib import Path

from azureml.core import Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
from lazulite.sdk.pipeline_code import hand_over


def main(folder: str, script: str, answer: str) -> None:
    """Hand over the folder of a pipeline with one step; write seconds, and how many files the snapshot has."""
    workspace = Workspace.create("benchmark", exist_ok=True)
    step = PythonScriptStep(script, compute_target="cluster", source_directory=folder)
    pipeline = Pipeline(workspace, [step])
    # The part of `submit` that is about code: no public call does only this.
    service, place, plan = workspace._service, workspace._id, pipeline._frozen.plan  # noqa: SLF001
    started = time.perf_counter()
    handed_over = hand_over(service, place, plan)
    seconds = time.perf_counter() - started
    files = service.get_snapshot(place, handed_over.steps[0].snapshot).files
    Path(answer).write_text(json.dumps({"seconds": seconds, "files": len(files)}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
