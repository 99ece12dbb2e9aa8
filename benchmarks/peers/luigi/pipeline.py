"""The graph as Luigi tasks. A task is done when its output is there: that is Luigi's caching."""

import json
import os
from pathlib import Path

import luigi
from luigi.contrib.external_program import ExternalProgramTask

LEVELS = json.loads(Path("graph.json").read_text(encoding="utf-8"))["levels"]
INPUTS = {step["name"]: step["inputs"] for level in LEVELS for step in level}


class Step(ExternalProgramTask):
    """One step: the script as a program of its own."""

    name = luigi.Parameter()

    def requires(self):
        return [Step(name=before) for before in INPUTS[self.name]]

    def output(self):
        return luigi.LocalTarget(f"out/{self.name}.txt")

    def program_args(self):
        reads = [target.path for target in self.input()]
        return [os.environ["STEP_PYTHON"], "step.py", "0", self.output().path, *reads]


class All(luigi.WrapperTask):
    """Every step that nobody else asks for."""

    def requires(self):
        read = {before for inputs in INPUTS.values() for before in inputs}
        return [Step(name=name) for name in INPUTS if name not in read]
