"""How long after `submit` is called the script's first line runs, in a client, engine and nodes that are all warm.

usage: first_line.py SCRIPT_FOLDER COUNT warm|fresh ANSWER_JSON
"""

import json
import sys
import time
from pathlib import Path

from azureml.core import Experiment, Workspace
from azureml.core.runconfig import RunConfiguration
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep

#: Submissions whose figures are thrown away: they make everything warm.
WARMING = 3


def main(folder: str, count: str, mode: str, answer: str) -> None:
    """Submit one step at a time, each with an argument that was never used; write milliseconds."""
    workspace = Workspace.create("benchmark", exist_ok=True)
    cluster = workspace.compute_targets["cluster"]
    experiment = Experiment(workspace, "first-line")
    configuration = RunConfiguration()
    if mode == "fresh":
        configuration.environment.environment_variables = {"LAZULITE_FRESH_PROCESS": "1"}
    taken = []
    for turn in range(int(count) + WARMING):
        stamp = Path(answer).with_name(f"stamp-{mode}-{turn}")
        step = PythonScriptStep(
            "first_line.py",
            arguments=[str(stamp)],
            compute_target=cluster,
            runconfig=configuration,
            source_directory=folder,
            allow_reuse=False,
        )
        pipeline = Pipeline(workspace, [step])
        called = time.time_ns()
        run = experiment.submit(pipeline)
        run.wait_for_completion(show_output=False)
        taken.append((int(stamp.read_text(encoding="utf-8")) - called) / 1e6)
    Path(answer).write_text(json.dumps({"milliseconds": taken[WARMING:]}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
