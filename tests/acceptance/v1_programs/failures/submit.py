"""A step that fails beside steps that do not, and a run that another process cancels."""

import subprocess
import sys
import time

from azureml.core import Experiment, Workspace
from azureml.exceptions import ActivityFailedException
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("failures", exist_ok=True)


def step(script, name):
    return PythonScriptStep(script, name=name, source_directory="scripts", compute_target="local")


fail, beside, after = step("fail.py", "fail"), step("fine.py", "beside"), step("fine.py", "after")
after.run_after(fail)
run = Experiment(ws, "failing").submit(Pipeline(ws, [fail, beside, after]), continue_on_step_failure=True)
try:
    run.wait_for_completion()
except ActivityFailedException as error:
    print("caught:", error.message)

CANCEL = "import sys; from azureml.core import Run, Workspace; Run.get(Workspace.get('failures'), sys.argv[1]).cancel()"
run = Experiment(ws, "canceled").submit(Pipeline(ws, [step("slow.py", "slow")]))
while run.find_step_run("slow")[0].get_metrics() == {}:
    time.sleep(0.05)
subprocess.run([sys.executable, "-c", CANCEL, run.id], check=True)
print("ended as", run.wait_for_completion(show_output=False))
