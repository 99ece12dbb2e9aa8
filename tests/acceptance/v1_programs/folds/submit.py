"""A script with child runs and every kind of metric, in a pipeline. `folds.py` also runs by itself."""

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("folds", exist_ok=True)
step = PythonScriptStep(
    "folds.py", name="folds", arguments=["--folds", 2], compute_target="local", source_directory="scripts"
)
run = Experiment(ws, "folds").submit(Pipeline(ws, [step]))
run.wait_for_completion()
run.find_step_run("folds")[0].register_model("folded", model_path="outputs/model.txt", tags={"from": "after"})
