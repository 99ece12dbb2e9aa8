"""The graph as Prefect tasks: the data between steps are files, so a task hands on the name of its file."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import INPUTS
from prefect.task_runners import ThreadPoolTaskRunner

LEVELS = json.loads(Path("graph.json").read_text(encoding="utf-8"))["levels"]


@task(cache_policy=INPUTS, persist_result=True)
def run_step(name, reads):
    output = f"out/{name}.txt"
    subprocess.run([os.environ["STEP_PYTHON"], "step.py", "0", output, *reads], check=True)
    return output


@flow(task_runner=ThreadPoolTaskRunner(max_workers=2))
def pipeline():
    written: dict[str, Any] = {}
    for level in LEVELS:
        for step in level:
            reads = [written[before] for before in step["inputs"]]
            written[step["name"]] = run_step.submit(step["name"], reads)
    for future in written.values():
        future.result()


if __name__ == "__main__":
    pipeline()
