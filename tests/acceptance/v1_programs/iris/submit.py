"""Prepare, then train: data from the default datastore, a cluster made if it is missing, one parameter."""

import azureml.core
from azureml.core import Datastore, Experiment, Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.compute_target import ComputeTargetException
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep

print("SDK version:", azureml.core.VERSION)

ws = Workspace.from_config()
print(ws.name, ws.resource_group, ws.location, ws.subscription_id, sep="\n")

blob_store = Datastore(ws, "workspaceblobstore")
blob_store.upload_files(["./data/iris.csv"], target_path="iris", overwrite=True, show_progress=True)

cluster_name = "cpu-cluster"
try:
    cluster = ComputeTarget(workspace=ws, name=cluster_name)
    print("Found existing compute target")
except ComputeTargetException:
    print("Creating a new compute target...")
    config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=2)
    cluster = ComputeTarget.create(ws, cluster_name, config)
    cluster.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
print(cluster.get_status().serialize())

measurements = DataReference(
    datastore=blob_store, data_reference_name="measurements", path_on_datastore="iris/iris.csv"
)
train_data = PipelineData("train_data", datastore=blob_store)
test_data = PipelineData("test_data", datastore=blob_store, is_directory=True)
model = PipelineData(
    "model", datastore=blob_store, output_name="model_file", pipeline_output_name="best", is_directory=False
)
strength = PipelineParameter(name="strength", default_value=1.0)

prepare = PythonScriptStep(
    name="prepare",
    script_name="prepare.py",
    arguments=["--input", measurements, "--train", train_data, "--test", test_data],
    inputs=[measurements],
    outputs=[train_data, test_data],
    compute_target=cluster,
    source_directory="scripts",
)
train = PythonScriptStep(
    name="train",
    script_name="train.py",
    arguments=["--train", train_data, "--test", test_data, "--strength", strength, "--model", model],
    inputs=[train_data, test_data],
    outputs=[model],
    compute_target=cluster,
    source_directory="scripts",
)
pipeline = Pipeline(workspace=ws, steps=[train], description="Iris flowers")
pipeline.validate()
pipeline_run = Experiment(ws, "iris").submit(
    pipeline, tags={"stage": "try"}, pipeline_parameters={"strength": 0.5}
)
pipeline_run.wait_for_completion(show_output=True)
