"""Train, evaluate, register, the way a retraining template does it: a worse model ends the run. SLOPES is the data."""

import os

from azureml.core import Environment, Experiment, Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.runconfig import RunConfiguration
from azureml.exceptions import ComputeTargetException
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.core.graph import PipelineParameter
from azureml.pipeline.steps import PythonScriptStep


def get_compute(workspace, name, vm_size):
    try:
        if name in workspace.compute_targets:
            target = workspace.compute_targets[name]
            if target and type(target) is AmlCompute:
                print("Found existing compute target " + name + " so using it.")
        else:
            config = AmlCompute.provisioning_configuration(
                vm_size=vm_size,
                vm_priority="lowpriority",
                min_nodes=0,
                max_nodes=int(os.environ.get("AML_CLUSTER_MAX_NODES", 4)),
                idle_seconds_before_scaledown="300",
            )
            target = ComputeTarget.create(workspace, name, config)
            target.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=10)
        return target
    except ComputeTargetException as error:
        print(error)
        print("An error occurred trying to provision compute.")
        raise SystemExit(1)


Workspace.create("mlops", subscription_id="sub", resource_group="group", location="westeurope", exist_ok=True)
ws = Workspace.get(name="mlops", subscription_id="sub", resource_group="group")
compute = get_compute(ws, "train-cluster", "STANDARD_DS2_V2")

environment = Environment("flowers")
environment.python.conda_dependencies.add_pip_package("pyyaml")
environment.register(workspace=ws)
run_config = RunConfiguration()
run_config.environment = Environment.get(ws, "flowers")
run_config.environment.environment_variables["DATASTORE_NAME"] = ws.get_default_datastore().name

model_name = PipelineParameter(name="model_name", default_value="flowers")
caller = PipelineParameter(name="caller_run_id", default_value="none")
slope = PipelineParameter(name="slope", default_value=1.0)
handed_over = PipelineData("handed_over", datastore=ws.get_default_datastore())

train_step = PythonScriptStep(
    name="Train Model",
    script_name="training/train.py",
    compute_target=compute,
    source_directory="flowers",
    outputs=[handed_over],
    arguments=[
        "--model_name",
        model_name,
        "--step_output",
        handed_over,
        "--slope",
        slope,
        "--caller",
        caller,
    ],
    runconfig=run_config,
    allow_reuse=True,
)
evaluate_step = PythonScriptStep(
    name="Evaluate Model ",
    script_name="evaluate/evaluate.py",
    compute_target=compute,
    source_directory="flowers",
    arguments=["--model_name", model_name],
    runconfig=run_config,
    allow_reuse=False,
)
register_step = PythonScriptStep(
    name="Register Model ",
    script_name="register/register.py",
    compute_target=compute,
    source_directory="flowers",
    inputs=[handed_over],
    arguments=["--model_name", model_name, "--step_input", handed_over],
    runconfig=run_config,
    allow_reuse=False,
)
evaluate_step.run_after(train_step)
register_step.run_after(evaluate_step)

pipeline = Pipeline(workspace=ws, steps=[train_step, evaluate_step, register_step])
pipeline.validate()
for build, value in enumerate(os.environ["SLOPES"].split()):
    run = Experiment(ws, "retraining").submit(
        pipeline,
        tags={"BuildId": str(build)},
        pipeline_parameters={"slope": float(value), "caller_run_id": str(build)},
    )
    run.wait_for_completion(show_output=False)
