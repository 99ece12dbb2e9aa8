"""Every way data reach a step: mounted, downloaded, as a path parameter, a missing path, each kind of output."""

import os

from azureml.core import Datastore, Experiment, Workspace
from azureml.data.data_reference import DataReference
from azureml.data.datapath import DataPath, DataPathComputeBinding
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("data", exist_ok=True)
blobs = ws.get_default_datastore()
files = Datastore.get(ws, "workspacefilestore")

os.makedirs("raw/sub", exist_ok=True)
for name, text in (("raw/one.txt", "1"), ("raw/sub/two.txt", "2")):
    with open(name, "w") as file:
        file.write(text)
blobs.upload(src_dir="raw", target_path="in", overwrite=True, show_progress=True)
files.upload_files(["raw/one.txt"], target_path="/share", overwrite=True)

mounted = DataReference(datastore=blobs, data_reference_name="mounted", path_on_datastore="in").as_mount()
downloaded = DataReference(blobs, "downloaded", "in", mode="download", path_on_compute="local/copy")
one_file = files.path("share/one.txt").as_download()
where = PipelineParameter("where", DataPath(blobs, "in"))
chosen = (where, DataPathComputeBinding(mode="mount"))
missing = DataReference(blobs, "missing", "not/there/yet")

folder = PipelineData("folder", datastore=blobs, is_directory=True)
uploaded = PipelineData(
    "uploaded",
    datastore=files,
    output_mode="upload",
    output_path_on_compute="made/here.txt",
    is_directory=False,
)
single = PipelineData("single", output_name="renamed", is_directory=False)


def step(script, name, inputs=(), outputs=(), arguments=None):
    return PythonScriptStep(
        script,
        name=name,
        inputs=list(inputs),
        outputs=list(outputs),
        compute_target="local",
        source_directory="scripts",
        arguments=arguments or [*inputs, *outputs],
    )


references = [mounted, downloaded, one_file, chosen, missing]
read = step("show.py", "read", references, arguments=[*references, f"--inside={mounted}/sub/two.txt"])
write = step("write.py", "write", outputs=[folder, uploaded, single])
use = step("show.py", "use", [folder.as_input("again"), uploaded.as_download(), single.as_mount()])
copy = step("show.py", "copy", [folder.as_download(input_name="mine", path_on_compute="tmp/mine")])

run = Experiment(ws, "data").submit(
    Pipeline(ws, steps=[read, use, copy]), pipeline_parameters={"where": DataPath(blobs, "in/sub")}
)
run.wait_for_completion()
