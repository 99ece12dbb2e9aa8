"""RunConfiguration and ScriptRunConfig: v1's defaults, what is refused, and files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from azureml.core import runconfig
from azureml.core.runconfig import (
    Data,
    DataReferenceConfiguration,
    DockerConfiguration,
    MpiConfiguration,
    PyTorchConfiguration,
    RunConfiguration,
    TensorflowConfiguration,
)
from lazulite.sdk.conda_dependencies import CondaDependencies
from lazulite.sdk.environment import Environment
from lazulite.sdk.exceptions import RunConfigurationException, UserErrorException
from lazulite.sdk.script_run_config import ScriptRunConfig, get_run_config_from_script_run


def test_the_defaults_are_those_of_v1():
    found = RunConfiguration()

    assert (found.target, found.framework, found.communicator) == ("local", "Python", "None")
    assert (found.node_count, found.script, found.arguments, found.command) == (1, None, [], "")
    assert found.environment.name == "default-environment"
    assert found.environment.python.conda_dependencies.pip_packages == ["azureml-defaults"]
    assert found.history.directories_to_watch == ["logs"]
    assert found.spark.configuration["spark.app.name"] == "Azure ML Experiment"
    assert (found.max_run_duration_seconds, found.environment_variables) == (None, {})
    assert found.auto_prepare_environment


def test_two_configurations_share_nothing():
    RunConfiguration().history.directories_to_watch.append("more")
    RunConfiguration().environment.python.conda_dependencies.add_pip_package("more")

    assert RunConfiguration().history.directories_to_watch == ["logs"]
    assert RunConfiguration().environment.python.conda_dependencies.pip_packages == ["azureml-defaults"]


def test_every_name_of_the_module_is_there():
    for name in runconfig.__all__:
        assert getattr(runconfig, name) is not None
    assert runconfig.MPI_CPU_IMAGE == runconfig.DEFAULT_CPU_IMAGE


def test_a_target_is_a_name_or_has_one():
    found = RunConfiguration()
    found.target = SimpleNamespace(name="cpu")
    assert found.target == "cpu"
    found.target = "gpu"
    assert found.target == "gpu"
    found.target = None
    assert found.target == "local"
    for bad in (3, "", object()):
        with pytest.raises(UserErrorException, match="compute target"):
            found.target = bad


def test_misspellings_and_wrong_types_are_refused():
    found = RunConfiguration()
    with pytest.raises(AttributeError, match="Did you mean 'node_count'"):
        found.node_cnt = 3
    with pytest.raises(UserErrorException, match="is an Environment"):
        found.environment = "AzureML-Minimal"  # type: ignore[assignment]
    with pytest.raises(UserErrorException, match="framework must be one of"):
        RunConfiguration(framework="Ptyhon")
    with pytest.raises(UserErrorException, match="communicator must be one of"):
        RunConfiguration(communicator="carrier pigeon")
    with pytest.raises(UserErrorException, match="is a CondaDependencies"):
        RunConfiguration(conda_dependencies=["six"])  # type: ignore[arg-type]


@pytest.mark.parametrize("framework", ["python", "Python", "R", "TensorFlow", "pyspark"])
def test_frameworks_in_any_case(framework: str):
    assert RunConfiguration(framework=framework).framework == framework


def test_what_a_step_is_told():
    found = RunConfiguration(conda_dependencies=CondaDependencies.create(pip_packages=["six"]))
    found.environment.environment_variables = {"A": "environment", "B": "environment"}
    found.environment_variables = {"A": "run", "N": 3}  # type: ignore[dict-item]

    spec = found._environment_spec()

    assert spec.pip == ("six",)
    assert spec.variables == {"A": "run", "B": "environment", "N": "3"}


def test_auto_prepare_has_no_effect_and_says_so():
    with pytest.warns(DeprecationWarning, match="no effect"):
        RunConfiguration().auto_prepare_environment = False


# --- files ---


def full() -> RunConfiguration:
    found = RunConfiguration(
        "a.py", ["--x", 3], conda_dependencies=CondaDependencies.create(pip_packages=["six"])
    )
    found.target = "cpu"
    found.environment.environment_variables = {"A": "b"}
    found.data_references = {"in": DataReferenceConfiguration("store", path_on_datastore="p")}
    found.data = {"d": Data(mechanism="mount")}
    found.node_count = 2
    return found


@pytest.mark.parametrize("separate", [False, True])
def test_a_file_holds_all_of_it(tmp_path: Path, separate: bool):
    full().save(tmp_path, "mine", separate_environment_yaml=separate)

    assert (tmp_path / ".azureml" / "mine.runconfig").is_file()
    for loaded in (
        RunConfiguration.load(tmp_path, "mine"),
        RunConfiguration.load(tmp_path / ".azureml" / "mine.runconfig"),
    ):
        assert repr(loaded) == repr(full())
        assert loaded._environment_spec() == full()._environment_spec()
        assert isinstance(loaded.data_references["in"], DataReferenceConfiguration)


def test_configurations_of_one_project_do_not_disturb_each_other(tmp_path: Path):
    one, two = full(), full()
    two.environment.python.conda_dependencies.add_pip_package("more")
    one.save(tmp_path, "one")
    two.save(tmp_path, "two")

    assert RunConfiguration.load(tmp_path, "one")._environment_spec().pip == ("six",)


def test_a_loaded_configuration_is_saved_where_it_came_from(tmp_path: Path):
    full().save(tmp_path, "mine")
    loaded = RunConfiguration.load(tmp_path, "mine")
    loaded.node_count = 5
    loaded.save()

    assert RunConfiguration.load(tmp_path, "mine").node_count == 5


def test_a_file_of_v1_is_read(tmp_path: Path):
    (tmp_path / "aml_config").mkdir()
    (tmp_path / "aml_config" / "conda_dependencies.yml").write_text("dependencies:\n- python=3.8\n- numpy\n")
    (tmp_path / "aml_config" / "old.runconfig").write_text(
        "script: train.py\nframework: Python\ntarget: cpu\n"
        "environment:\n  name: e\n  python:\n    userManagedDependencies: false\n"
        "    condaDependenciesFile: aml_config/conda_dependencies.yml\n"
        "  docker:\n    baseImageRegistry:\n      address:\nhistory:\n  outputCollection: true\n"
        "dataReferences:\n  x:\n    dataStoreName: s\n    mode: download\n"
    )

    loaded = RunConfiguration.load(tmp_path, "old")

    assert (loaded.script, loaded.target, loaded.environment.name) == ("train.py", "cpu", "e")
    assert (loaded._environment_spec().python, loaded._environment_spec().conda) == ("3.8", ("numpy",))
    assert loaded.data_references["x"].mode == "download"


def test_what_is_not_there_is_said_with_what_is(tmp_path: Path):
    with pytest.raises(UserErrorException, match="It has none"):
        RunConfiguration.load(tmp_path, "nope")
    full().save(tmp_path, "mine")
    with pytest.raises(UserErrorException, match="It has: mine"):
        RunConfiguration.load(tmp_path, "nope")
    RunConfiguration.delete(tmp_path, "mine")
    with pytest.raises(UserErrorException, match="no run configuration 'mine'"):
        RunConfiguration.delete(tmp_path, "mine")


@pytest.mark.parametrize("name", ["../mine", "a/b", ".."])
def test_a_name_cannot_leave_the_project(tmp_path: Path, name: str):
    with pytest.raises(UserErrorException, match="becomes a file's name"):
        full().save(tmp_path, name)


def test_a_name_is_needed(tmp_path: Path):
    with pytest.raises(UserErrorException, match="Give the name"):
        full().save(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [("[", "cannot be read"), ("- a", "expected a mapping"), ("nodeCnt: 3", "Did you mean 'nodeCount'")],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, said: str):
    file = tmp_path / "bad.runconfig"
    file.write_text(text)
    with pytest.raises(UserErrorException, match=said):
        RunConfiguration.load(file)


def test_the_document_has_v1s_keys(tmp_path: Path):
    full().save(tmp_path, "mine")
    document = yaml.safe_load((tmp_path / ".azureml" / "mine.runconfig").read_text())

    assert document["nodeCount"] == 2
    assert document["environment"]["python"]["userManagedDependencies"] is False
    assert document["dataReferences"]["in"]["pathOnDataStore"] == "p"
    assert document["applicationEndpoints"] == {}


# --- sections ---


def test_values_outside_their_range_are_refused():
    with pytest.raises(UserErrorException, match="mode must be one of mount, download, upload"):
        DataReferenceConfiguration("s", mode="teleport")
    with pytest.raises(RunConfigurationException, match="'Nccl' or 'Gloo'"):
        PyTorchConfiguration("mpi")
    with pytest.raises(UserErrorException, match="as_named_input"):
        Data.create(None)


# --- ScriptRunConfig ---


def test_without_a_run_configuration_one_is_made():
    environment = Environment("mine")
    config = ScriptRunConfig(
        "src",
        script="train.py",
        arguments=["--x", 3, None],
        compute_target=SimpleNamespace(name="cpu"),
        environment=environment,
        max_run_duration_seconds=5,
        docker_runtime_config=DockerConfiguration(use_docker=True),
    )

    made = config.run_config
    assert (made.target, made.environment, made.max_run_duration_seconds) == ("cpu", environment, 5)
    assert made.docker.use_docker
    assert ScriptRunConfig("src", script="a.py").run_config.max_run_duration_seconds == 2592000


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (MpiConfiguration(2, 3), (3, "IntelMpi", "Python")),
        (PyTorchConfiguration("Nccl", 4, 2), (2, "nccl", "PyTorch")),
        (TensorflowConfiguration(2, 3), (2, "ParameterServer", "TensorFlow")),
    ],
)
def test_distributed_jobs(job, expected: tuple[int, str, str]):
    made = ScriptRunConfig("src", script="a.py", distributed_job_config=job).run_config

    assert (made.node_count, made.communicator, made.framework) == expected


def test_what_a_given_run_configuration_hides_is_said():
    given = RunConfiguration()
    with pytest.warns(UserWarning, match="compute_target has no effect"):
        config = ScriptRunConfig("src", script="a.py", run_config=given, compute_target="cpu")
    assert config.run_config is given
    assert given.target == "local"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"script": "a.py", "command": "ls"}, "not both"),
        ({"script": "a.py", "arguments": "--x 3"}, "must be a list"),
        ({"script": 3}, "script is a path"),
        ({"command": 3}, "command is text or a list"),
        ({"command": "ls", "arguments": ["-l"]}, "leave arguments out"),
        ({"script": "a.py", "max_run_duration_seconds": 0}, "number of seconds"),
        ({"script": "a.py", "environment": 3}, "is an Environment"),
        ({"script": "a.py", "run_config": 3}, "is a RunConfiguration"),
        ({"script": "a.py", "docker_runtime_config": True}, "is a DockerConfiguration"),
    ],
)
def test_what_cannot_be_used_is_refused(given: dict[str, Any], said: str):
    with pytest.raises(UserErrorException, match=said):
        ScriptRunConfig("src", **given)


def test_another_kind_of_distributed_job_is_refused():
    with pytest.raises(RunConfigurationException, match="MpiConfiguration, PyTorchConfiguration"):
        ScriptRunConfig("src", script="a.py", distributed_job_config=3)  # type: ignore[arg-type]


def test_the_merged_configuration_is_a_copy(tmp_path: Path):
    (tmp_path / "a.py").write_text("")
    config = ScriptRunConfig(str(tmp_path), script="a.py", arguments=["x"])
    merged = get_run_config_from_script_run(config)

    assert (merged.script, merged.arguments) == ("a.py", ["x"])
    assert config.run_config.script is None
    with pytest.raises(UserErrorException, match=r"'b\.py' is not in the source folder"):
        get_run_config_from_script_run(ScriptRunConfig(str(tmp_path), script="b.py"))
    with pytest.raises(UserErrorException, match="nothing to run"):
        get_run_config_from_script_run(ScriptRunConfig(str(tmp_path)))
