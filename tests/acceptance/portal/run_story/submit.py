"""Runs for the tests of the run page, by plain v1 code: in a workspace of its own, the experiment "page".

Completed, completed with an edited script, and failed; names, tags, logs, metrics and files hold markup. Run with the
argument `wait FOLDER` it submits one whose only step waits for the file FOLDER/go, and prints the run's id.
"""

import os
import shutil
import sys
import tempfile

from azureml.core import Experiment, Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep

STEPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "steps")
MARKUP = "<img src=x onerror=alert(1)>"


def step(script, folder=STEPS, **more):
    return PythonScriptStep(
        script + ".py", compute_target="page-cluster", source_directory=folder, **{"name": script, **more}
    )


def build(ws, folder):
    table = PipelineData("table", datastore=ws.get_default_datastore())
    rate = PipelineParameter("rate", default_value=0.1)
    rows = PipelineParameter("rows", default_value=20)
    steps = [
        step("prepare", arguments=["--table", table, "--rows", rows], outputs=[table]),
        step(
            "learn",
            folder,
            name="learn " + MARKUP,
            arguments=["--table", table, "--rate", rate],
            inputs=[table],
        ),
    ]
    return Pipeline(ws, steps, description="Learns " + MARKUP)


def main():
    ws = Workspace.create("markup", exist_ok=True)
    ComputeTarget.create(
        ws, "page-cluster", AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=2)
    )
    page = Experiment(ws, "page")
    if sys.argv[1:]:
        print(page.submit(Pipeline(ws, [step("wait", arguments=[sys.argv[2]], allow_reuse=False)])).id)
        return
    folder = tempfile.mkdtemp()
    shutil.copytree(STEPS, folder, dirs_exist_ok=True)
    first = page.submit(build(ws, folder), tags={MARKUP: MARKUP})
    first.wait_for_completion(show_output=False)
    with open(os.path.join(folder, "learn.py")) as file:
        text = file.read().replace("RATE_LIMIT = 0.3", "RATE_LIMIT = 0.25  # stricter")
    with open(os.path.join(folder, "learn.py"), "w") as file:
        file.write(text)
    second = page.submit(build(ws, folder), pipeline_parameters={"rate": 0.2})
    second.wait_for_completion(show_output=False)
    failed = page.submit(build(ws, folder), pipeline_parameters={"rate": 0.4})
    failed.wait_for_completion(show_output=False, raise_on_error=False)
    print(first.id, second.id, failed.id)
    shutil.rmtree(folder)


main()
