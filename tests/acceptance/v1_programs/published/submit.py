"""A pipeline as a service: published, called over REST, behind an endpoint with versions, from a draft."""

import os
from datetime import datetime

import requests

from azureml.core import Experiment, Workspace
from azureml.core.authentication import InteractiveLoginAuthentication
from azureml.data.datapath import DataPath, DataPathComputeBinding
from azureml.pipeline.core import (
    Pipeline,
    PipelineDraft,
    PipelineEndpoint,
    PipelineParameter,
    PublishedPipeline,
)
from azureml.pipeline.core.run import PipelineRun
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("service", exist_ok=True)
store = ws.get_default_datastore()
for day in ("monday", "tuesday"):
    with open(f"{day}.txt", "w") as file:
        file.write(f"data of {day}")
store.upload_files(["monday.txt", "tuesday.txt"], target_path="days", overwrite=True, show_progress=False)

epochs = PipelineParameter(name="epochs", default_value=5)
where = PipelineParameter(name="where", default_value=DataPath(store, "days/monday.txt"))
data = (where, DataPathComputeBinding(mode="mount"))
train = PythonScriptStep(
    name="train",
    script_name="train.py",
    arguments=["--epochs", epochs, "--data", data],
    inputs=[data],
    compute_target="local",
    source_directory="scripts",
)
pipeline = Pipeline(workspace=ws, steps=[train])

timenow = datetime.now().astimezone().strftime("%m-%d-%Y-%H-%M")
published_pipeline = pipeline.publish(name=timenow + "-Pipeline", description=timenow + "-Pipeline")
print(f"Newly published pipeline id: {published_pipeline.id}")
os.rename("scripts", "moved-away")  # frozen: whatever becomes of the code

# --- over REST ---
aad_token = InteractiveLoginAuthentication().get_authentication_header()
response = requests.post(
    PublishedPipeline.get(ws, published_pipeline.id).endpoint,
    headers=aad_token,
    json={
        "ExperimentName": "rest",
        "RunSource": "SDK",
        "ParameterAssignments": {"epochs": "20", "not_a_parameter": "x"},
        "DataPathAssignments": {"where": {"DataStoreName": store.name, "RelativePath": "days/tuesday.txt"}},
    },
)
response.raise_for_status()
PipelineRun(ws.experiments["rest"], response.json()["Id"]).wait_for_completion(show_output=False)
bad = requests.post(
    published_pipeline.endpoint,
    headers=aad_token,
    json={"ExperimentName": "rest", "ParameterAssignments": {"epochs": "many"}},
)
print("refused:", bad.status_code, bad.json()["Error"]["Message"].splitlines()[0])

# --- behind an endpoint ---
pipeline_endpoint = PipelineEndpoint.publish(
    workspace=ws, name="PipelineEndpointTest", pipeline=published_pipeline, description="Test description"
)
by_name = PipelineEndpoint.get(workspace=ws, name="PipelineEndpointTest")
by_id = PipelineEndpoint.get(workspace=ws, id=by_name.id)
draft = PipelineDraft.create(
    workspace=ws,
    name="TestPipelineDraft",
    description="draft description",
    experiment_name="drafts",
    pipeline=published_pipeline,
    pipeline_parameters={"epochs": 7},
    tags={"dev": "true"},
)
second = draft.publish()
by_id.add_default(second)
print("default version:", by_name.get_default_version())
for ve in by_name.list_versions():
    print(ve.version, ve.pipeline.id)
rest_endpoint_name = by_name.endpoint.split("Id", 1)[0] + "Name?name=" + by_name.name
response = requests.post(
    rest_endpoint_name + "&pipelineVersion=0", headers=aad_token, json={"ExperimentName": "endpoint"}
)
response.raise_for_status()
PipelineRun(ws.experiments["endpoint"], response.json()["Id"]).wait_for_completion(show_output=False)
run = Experiment(ws, name="endpoint").submit(by_name, tags={"endpoint_tag": "1"}, pipeline_version="1")
run.wait_for_completion(show_output=False)
by_name.submit("endpoint", {"epochs": 9}).wait_for_completion(show_output=False)
draft.submit_run().wait_for_completion(show_output=False)
print("drafts:", [one.name for one in PipelineDraft.list(ws, tags={"dev": "true"})])
