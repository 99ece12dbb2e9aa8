"""What a Metaflow task does: run the script of one step of the graph."""

import json
import os
import subprocess
from pathlib import Path

LEVELS = json.loads(Path("graph.json").read_text(encoding="utf-8"))["levels"]
INPUTS = {step["name"]: step["inputs"] for level in LEVELS for step in level}


def run_step(name):
    reads = [f"out/{before}.txt" for before in INPUTS[name]]
    command = [os.environ["STEP_PYTHON"], "step.py", "0", f"out/{name}.txt", *reads]
    subprocess.run(command, check=True)
