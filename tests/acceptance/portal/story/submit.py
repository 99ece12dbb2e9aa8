"""The story that the portal's tests look at: plain v1 code, run once per session.

Workspace "lab": an experiment "squares" with runs that completed, were reused and failed, and one whose names are
markup; a workspace "empty" without anything.
"""

import base64
import os
import tempfile

from azureml.core import Experiment, Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep

#: One red pixel.
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
FILES = {
    "notes.txt": "Grüße\n<script>alert(1)</script>\n".encode(),
    "table.tsv": b"a\tb\n1\t2\n",
    "data.json": b'{"b": [1, 2], "a": null}',
    "picture.png": base64.b64decode(PICTURE),
    "bytes.bin": bytes(range(256)),
    "50% of <all> #1.csv": b"name,value\nx,1\n",
    "page.html": b"<script>alert(1)</script>",
}
STEPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "steps")


def build(ws):
    target = ComputeTarget.create(
        ws, "small", AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=2)
    )
    rate = PipelineParameter("rate", default_value=0.1)
    rows = PipelineParameter("rows", default_value=100)
    table = PipelineData("table", datastore=ws.get_default_datastore())
    model = PipelineData("model", datastore=ws.get_default_datastore())

    def step(name, arguments, inputs=(), outputs=()):
        return PythonScriptStep(
            "%s.py" % name,
            name=name,
            arguments=arguments,
            inputs=list(inputs),
            outputs=list(outputs),
            compute_target=target,
            source_directory=STEPS,
        )

    prepare = step("prepare", ["--table", table, "--rows", rows], outputs=[table])
    train = step("train", ["--table", table, "--model", model, "--rate", rate], [table], [model])
    register = step("register", ["--model", model], [model])
    return Pipeline(ws, [prepare, train, register], description="Squares, and how well they are learnt")


def main():
    ws = Workspace.create("lab", exist_ok=True)
    Workspace.create("empty", exist_ok=True)
    pipeline = build(ws)
    squares = Experiment(ws, "squares")
    rates = [(0.05, "slow"), (0.1, "usual"), (0.1, "usual"), (0.2, "fast"), (0.4, "too fast")]
    for rate, pace in rates:
        run = squares.submit(pipeline, pipeline_parameters={"rate": rate}, tags={"pace": pace})
        run.wait_for_completion(show_output=False, raise_on_error=False)
    run = Experiment(ws, "markup").submit(pipeline, tags={"<script>": "alert(1)"})
    run.display_name = "<b>markup</b> & co"
    run.wait_for_completion(show_output=False)
    upload(ws)


def upload(ws):
    """Files of all kinds that the data browser shows."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in FILES.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        ws.get_default_datastore().upload(folder, target_path="samples")


main()
