"""Environments from every source, registered and fetched, with variables of their own."""

from azureml.core import Environment, Experiment, Workspace
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.runconfig import DEFAULT_CPU_IMAGE, RunConfiguration
from azureml.pipeline.core import Pipeline, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.create("environments", exist_ok=True)

from_conda = Environment.from_conda_specification(name="from-conda", file_path="conda.yml")
from_conda.environment_variables = {"SOURCE": "conda"}
from_conda.register(workspace=ws)

from_pip = Environment.from_pip_requirements("from-pip", "requirements.txt")
from_pip.docker.enabled = True
from_pip.docker.base_image = DEFAULT_CPU_IMAGE

own = Environment("own")
own.python.user_managed_dependencies = True

impossible = Environment("impossible")
impossible.python.conda_dependencies = CondaDependencies.create(pip_packages=["packaging<0"])


def config(environment, **variables):
    made = RunConfiguration()
    made.environment = environment
    made.environment.environment_variables.update(variables)
    return made


plain = RunConfiguration(
    conda_dependencies=CondaDependencies.create(
        conda_packages=["packaging"], pip_packages=["azureml-core"], pin_sdk_version=False
    )
)
plain.environment_variables = {"SOURCE": "run configuration"}


def step(name, runconfig, **more):
    return PythonScriptStep(
        "show.py", name=name, source_directory="scripts", compute_target="local", runconfig=runconfig, **more
    )


nodes = PipelineParameter("nodes", 1)
steps = [
    step("conda", config(Environment.get(ws, "from-conda")), runconfig_pipeline_params={"NodeCount": nodes}),
    step("pip", config(from_pip, SOURCE="pip")),
    step("own", config(own, SOURCE="own")),
    step("plain", plain),
    step("none", None),
    step("impossible", config(impossible)),
]
run = Experiment(ws, "environments").submit(Pipeline(ws, steps), continue_on_step_failure=True)
run.wait_for_completion(raise_on_error=False)
