"""A pipeline that takes what an earlier run of another one left behind, found again by its id alone."""

import os

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData, PipelineRun
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("chained", exist_ok=True)

table = PipelineData("table", datastore=ws.get_default_datastore(), pipeline_output_name="table_of_squares")
notes = PipelineData("notes")
make = PythonScriptStep(
    "make.py",
    name="make",
    arguments=[table, notes],
    outputs=[table, notes],
    compute_target="local",
    source_directory="scripts",
)
first = Experiment(ws, "first").submit(Pipeline(ws, [make]))
first.wait_for_completion(show_output=False)

found = PipelineRun.get(ws, first.id)
squares = found.get_pipeline_output("table_of_squares")
texts = found.find_step_run("make")[0].get_output_data("notes")
squares.download("got", overwrite=True, show_progress=True)
print("downloaded to", os.path.join("got", squares.path_on_datastore))

total = PythonScriptStep(
    "total.py",
    name="total",
    arguments=["--table", squares, "--notes", texts],
    inputs=[squares, texts],
    compute_target="local",
    source_directory="scripts",
)
Experiment(ws, "second").submit(Pipeline(ws, [total])).wait_for_completion()
