"""The graph as a Dagster job of ops. Ops hand on the names of files; each runs in a process of its own."""

import json
import os
import subprocess
from pathlib import Path

from dagster import DependencyDefinition, GraphDefinition, In, Out, multiprocess_executor, op

LEVELS = json.loads(Path("graph.json").read_text(encoding="utf-8"))["levels"]
STEPS = [step for level in LEVELS for step in level]


def op_of(step):
    names = step["inputs"]

    @op(name=step["name"], ins={name: In(str) for name in names}, out=Out(str))
    def run_step(**reads):
        output = f"out/{step['name']}.txt"
        inputs = [reads[name] for name in names]
        subprocess.run([os.environ["STEP_PYTHON"], "step.py", "0", output, *inputs], check=True)
        return output

    return run_step


pipeline = GraphDefinition(
    name="pipeline",
    node_defs=[op_of(step) for step in STEPS],
    dependencies={
        step["name"]: {before: DependencyDefinition(before) for before in step["inputs"]} for step in STEPS
    },
).to_job(executor_def=multiprocess_executor.configured({"max_concurrent": 2}))
