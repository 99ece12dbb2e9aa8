"""The same two steps again and again: what is kept, and what runs once more."""

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("reuse", exist_ok=True)


def submit(what, regenerate_outputs=False, **more):
    table = PipelineData("table")
    make = PythonScriptStep(
        "make.py",
        name="make",
        arguments=[table],
        outputs=[table],
        compute_target="local",
        source_directory="project",
        **more,
    )
    read = PythonScriptStep(
        "read.py",
        name="read",
        arguments=[table],
        inputs=[table],
        compute_target="local",
        source_directory="project",
    )
    run = Experiment(ws, "reuse").submit(
        Pipeline(ws, [make, read]), tags={"what": what}, regenerate_outputs=regenerate_outputs
    )
    run.wait_for_completion(show_output=False)


def edit(name, text):
    with open("project/" + name, "a") as file:
        file.write(text)


submit("new")
submit("unchanged")
submit("another version", version="2")
submit("never reused", allow_reuse=False)
submit("forced", regenerate_outputs=True)
edit("notes.log", "ignored")
submit("an ignored file changed")
edit("factor.py", "FACTOR = 3\n")
submit("a module changed")
submit("script only", hash_paths=["make.py"])
edit("factor.py", "FACTOR = 4\n")
submit("script only, a module changed", hash_paths=["make.py"])
