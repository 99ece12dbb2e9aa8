"""Environment: sections, where it is made from, what becomes of it, and its versions in a workspace."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.environment import EnvironmentSpec
from lazulite.sdk.container_registry import ContainerRegistry
from lazulite.sdk.databricks_libraries import DatabricksCluster, PyPiLibrary
from lazulite.sdk.environment import (
    DEFAULT_CPU_IMAGE,
    DockerBuildContext,
    Environment,
    EnvironmentReference,
    RCranPackage,
    RSection,
    SparkPackage,
)
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.resource_configuration import ResourceConfiguration
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def workspace(home: Path) -> Workspace:
    return Workspace.create("environments", subscription_id="s", resource_group="r")


def rich() -> Environment:
    """An environment with something in every section."""
    environment = Environment("rich")
    environment.environment_variables = {"A": "b"}
    environment.python.conda_dependencies.add_pip_package("six")
    environment.docker.base_dockerfile = "FROM x\n"
    environment.docker.base_image_registry.address = "registry"
    environment.spark.packages = [SparkPackage("g", "a", "1")]
    environment.databricks.pypi_libraries = [PyPiLibrary("six")]
    environment.databricks.cluster = DatabricksCluster(existing_cluster_id="c")
    environment.r = RSection()
    environment.r.cran_packages = [RCranPackage()]
    return environment


# --- sections ---


def test_the_defaults_are_those_of_v1():
    found = Environment("x")

    assert (found.name, found.version, found.r) == ("x", None, None)
    assert found.environment_variables == {"EXAMPLE_ENV_VAR": "EXAMPLE_VALUE"}
    assert (found.python.interpreter_path, found.python.user_managed_dependencies) == ("python", False)
    docker = found.docker
    assert (docker.enabled, docker.base_image, docker.base_dockerfile) == (False, DEFAULT_CPU_IMAGE, None)
    assert (docker.shm_size, docker.shared_volumes, docker.arguments, docker.gpu_support) == (
        "2g",
        True,
        [],
        True,
    )
    assert (docker.platform.os, docker.platform.architecture) == ("Linux", "amd64")
    assert found.spark.precache_packages
    assert str(found) == "Environment(Name: x,\nVersion: None)"


@pytest.mark.parametrize(
    ("section", "name", "meant"),
    [
        (lambda e: e, "pythn", "python"),
        (lambda e: e.python, "conda_dependencie", "conda_dependencies"),
        (lambda e: e.docker, "base_imag", "base_image"),
        (lambda e: e.databricks, "pypi_librarys", "pypi_libraries"),
        (lambda e: e.docker.base_image_registry, "adress", "address"),
    ],
)
def test_a_misspelt_attribute_is_refused_with_the_nearest(section, name: str, meant: str):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'. Did you mean '{meant}'?"):
        setattr(section(Environment("x")), name, 1)


def test_unknown_keywords_are_refused():
    with pytest.raises(UserErrorException, match="no parameter 'docker'"):
        Environment("x", docker=1)


def test_a_wrong_type_is_refused_at_the_assignment():
    environment = Environment("x")
    with pytest.raises(UserErrorException, match="is a CondaDependencies"):
        environment.python.conda_dependencies = ["six"]  # type: ignore[assignment]
    with pytest.raises(UserErrorException, match="is a dictionary"):
        environment.environment_variables = "A=b"  # type: ignore[assignment]
    with pytest.raises(UserErrorException, match="is a DockerBuildContext"):
        environment.docker.build_context = "here"  # type: ignore[assignment]


def test_image_dockerfile_and_build_context_exclude_each_other():
    docker = Environment("x").docker
    docker.base_dockerfile = "FROM x\n"
    assert not any((docker.base_image, docker.build_context))
    docker.build_context = DockerBuildContext("git", "https://host/a.git")
    assert not any((docker.base_image, docker.base_dockerfile))
    docker.base_image = "img"
    assert not any((docker.base_dockerfile, docker.build_context))


def test_no_packages_may_be_said_as_none():
    environment = Environment("x")
    environment.python.conda_dependencies = None

    assert (environment._spec().pip, environment._spec().python) == ((), None)


def test_gpu_support_has_no_effect_and_says_so():
    docker = Environment("x").docker
    with pytest.warns(DeprecationWarning, match="no effect"):
        docker.gpu_support = False
    assert docker.gpu_support


def test_secrets_are_not_shown():
    environment = Environment("x")
    environment.docker.base_image_registry.password = "hush"

    assert "hush" not in repr(environment)
    assert "hush" not in repr(environment.docker.base_image_registry)


# --- made from something ---


def test_from_a_conda_specification(tmp_path: Path):
    file = tmp_path / "c.yml"
    file.write_text(
        "name: z\nchannels: [x]\ndependencies:\n- python=3.9\n- numpy=1.2\n- pip:\n  - --pre\n  - six\n"
    )

    spec = Environment.from_conda_specification("x", file)._spec()

    assert (spec.name, spec.python, spec.conda) == ("x", "3.9", ("numpy=1.2",))
    assert (spec.pip, spec.pip_options, spec.channels) == (("six",), ("--pre",), ("x",))


def test_from_pip_requirements(tmp_path: Path):
    (tmp_path / "more.txt").write_text("pandas\n")
    (tmp_path / "r.txt").write_text(
        "# all\n--pre\nsix==1 \\\n  ; python_version>'3'\n-r more.txt\n-e ./own\n"
    )

    environment = Environment.from_pip_requirements("x", tmp_path / "r.txt", pip_version="20")
    spec = environment._spec()

    assert spec.pip == ("six==1    ; python_version>'3'", "pandas", f"-e {tmp_path}/own")
    assert (spec.pip_options, spec.python) == (("--pre",), None)
    assert "pip=20" in environment.python.conda_dependencies.conda_packages


@pytest.mark.parametrize("method", [Environment.from_conda_specification, Environment.from_pip_requirements])
def test_from_a_file_that_does_not_exist(method, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="nope"):
        method("x", tmp_path / "nope")


def test_from_an_image_and_at_most_one_file(tmp_path: Path):
    file = tmp_path / "c.yml"
    file.write_text("dependencies: [numpy]\n")
    registry = ContainerRegistry()

    bare = Environment.from_docker_image("x", "img", container_registry=registry)
    assert (bare._spec().image, bare._spec().user_managed) == ("img", True)
    assert bare.docker.base_image_registry is registry
    full = Environment.from_docker_image("x", "img", conda_specification=file)._spec()
    assert (full.image, full.user_managed, full.conda) == ("img", False, ("numpy",))
    with pytest.raises(UserErrorException, match="not both"):
        Environment.from_docker_image("x", "img", conda_specification=file, pip_requirements=file)


def test_from_a_dockerfile_as_path_or_text(tmp_path: Path):
    file = tmp_path / "Dockerfile"
    file.write_text("FROM z\n")

    assert Environment.from_dockerfile("x", str(file)).docker.base_dockerfile == "FROM z\n"
    assert Environment.from_dockerfile("x", "FROM y")._spec().dockerfile == "FROM y"
    with pytest.raises(UserErrorException, match="does not exist"):
        Environment.from_dockerfile("x", "docker/Dockerfile")


def test_from_a_build_context(tmp_path: Path, workspace: Workspace):
    (tmp_path / "Dockerfile").write_text("FROM z\n")
    context = DockerBuildContext.from_local_directory(workspace, str(tmp_path))

    environment = Environment.from_docker_build_context("x", context)
    assert environment.docker.build_context is context
    assert environment._spec().dockerfile == f"{tmp_path}: Dockerfile"
    with pytest.raises(UserErrorException, match="no Dockerfile 'other'"):
        DockerBuildContext.from_local_directory(workspace, str(tmp_path), "other")


def test_from_an_existing_conda_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    conda = tmp_path / "conda"
    conda.write_text(
        '#!/bin/sh\n[ "$4" = mine ] || { echo "no environment $4" >&2; exit 1; }\n'
        "printf 'name: mine\\ndependencies:\\n- python=3.10.18\\n- numpy=1.2\\nprefix: /here\\n'\n"
    )
    conda.chmod(0o755)
    monkeypatch.setenv("CONDA_EXE", str(conda))

    spec = Environment.from_existing_conda_environment("x", "mine")._spec()
    assert (spec.python, spec.conda) == ("3.10.18", ("numpy=1.2",))
    with pytest.raises(UserErrorException, match="no environment other"):
        Environment.from_existing_conda_environment("x", "other")


def test_without_conda_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CONDA_EXE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserErrorException, match="from_conda_specification"):
        Environment.from_existing_conda_environment("x", "mine")


# --- what a step is told ---


def test_a_managed_interpreter_is_named_only_if_it_is_one():
    environment = Environment("x")
    environment.python.user_managed_dependencies = True
    assert environment._spec() == EnvironmentSpec(
        name="x", variables={"EXAMPLE_ENV_VAR": "EXAMPLE_VALUE"}, user_managed=True
    )
    environment.python.interpreter_path = "/opt/python"
    assert environment._spec().interpreter_path == "/opt/python"


def test_v1s_own_images_are_not_asked_for():
    assert Environment("x")._spec().image is None


def test_the_older_way_of_naming_a_file(tmp_path: Path):
    file = tmp_path / "c.yml"
    file.write_text("dependencies: [numpy]\n")
    environment = Environment("x")
    environment.python.conda_dependencies_file = str(file)

    assert environment._spec().conda == ("numpy",)


@pytest.mark.parametrize(
    "spec",
    [
        EnvironmentSpec("x", "3", "3.9", ("six", "-e /own"), ("--pre",), ("numpy=1",), ("c",), {"A": "b"}),
        EnvironmentSpec("x", python=">=3.9,<3.12"),
        EnvironmentSpec("x", user_managed=True, interpreter_path="/python", image="img"),
    ],
)
def test_a_spec_and_back(spec: EnvironmentSpec):
    assert Environment._of_spec(spec)._spec() == spec


# --- kept ---


def test_a_clone_shares_nothing():
    first = rich()
    second = first.clone("other")
    first.python.conda_dependencies.add_pip_package("more")

    assert second.name == "other"
    assert "more" not in second.python.conda_dependencies.pip_packages
    with pytest.raises(UserErrorException, match="needs a name"):
        first.clone("")


def test_a_folder_holds_all_of_it(tmp_path: Path):
    environment = rich()
    environment.save_to_directory(tmp_path / "e")

    assert repr(Environment.load_from_directory(tmp_path / "e")) == repr(environment)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        environment.save_to_directory(tmp_path / "e")
    environment.save_to_directory(tmp_path / "e", overwrite=True)


def test_a_file_with_a_secret_is_for_its_owner_only(tmp_path: Path):
    environment = rich()
    environment.save_to_directory(tmp_path / "open")
    environment.docker.base_image_registry.password = "hush"
    environment.save_to_directory(tmp_path / "closed")

    modes = [
        (tmp_path / name / "azureml_environment.json").stat().st_mode & 0o077 for name in ("open", "closed")
    ]
    assert modes == [0o077 & ~_umask(), 0]
    assert Environment.load_from_directory(tmp_path / "closed").docker.base_image_registry.password == "hush"


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask | 0o111


def test_a_folder_without_an_environment_or_with_a_bad_one(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="holds no saved environment"):
        Environment.load_from_directory(tmp_path)
    document = tmp_path / "azureml_environment.json"
    document.write_text("{")
    with pytest.raises(UserErrorException, match="cannot be read"):
        Environment.load_from_directory(tmp_path)
    document.write_text(json.dumps({"dockr": {}}))
    with pytest.raises(UserErrorException, match="Did you mean 'docker'"):
        Environment.load_from_directory(tmp_path)


def test_keys_of_other_releases_are_passed_over_with_a_warning(tmp_path: Path):
    (tmp_path / "azureml_environment.json").write_text(json.dumps({"name": "x", "cosmosAccount": 1}))
    with pytest.warns(UserWarning, match="'cosmosAccount'"):
        assert Environment.load_from_directory(tmp_path).name == "x"


def test_registering_gives_versions_and_the_same_content_none(workspace: Workspace):
    environment = rich()
    first = environment.register(workspace)
    assert (first.version, environment.version) == ("1", None)
    assert environment.register(workspace).version == "1"
    environment.python.conda_dependencies.add_pip_package("more")
    assert environment.register(workspace).version == "2"

    assert workspace.environments["rich"].version == "2"
    assert Environment.get(workspace, "rich").version == "2"
    old = Environment.get(workspace, "rich", version="1")
    assert "more" not in old.python.conda_dependencies.pip_packages
    assert old.asset_id
    assert EnvironmentReference("rich", "1").get_environment(workspace).version == "1"


def test_a_registered_environment_is_the_same(workspace: Workspace):
    environment = rich()
    environment.python.conda_dependencies.set_python_version("3.10.18")
    environment.version = "one"
    environment.register(workspace)

    assert Environment.get(workspace, "rich")._spec() == environment._spec()


def test_a_version_of_ones_own(workspace: Workspace):
    environment = Environment("x")
    environment.version = "5"
    assert environment.register(workspace).version == "5"
    assert environment.register(workspace).version == "5"
    environment.environment_variables = {"A": "b"}
    with pytest.raises(UserErrorException, match="Version '5'"):
        environment.register(workspace)
    environment.version = None
    assert environment.register(workspace).version == "6"


def test_packages_from_a_file_are_registered_with_it(workspace: Workspace, tmp_path: Path):
    file = tmp_path / "c.yml"
    file.write_text("dependencies: [numpy]\n")
    environment = Environment("x")
    environment.python.conda_dependencies_file = str(file)
    environment.register(workspace)
    file.unlink()

    assert Environment.get(workspace, "x")._spec().conda == ("numpy",)


def test_labels_belong_to_one_version(workspace: Workspace):
    environment = Environment("x")
    environment.register(workspace)
    environment.environment_variables = {"A": "b"}
    environment.register(workspace)

    Environment.label(workspace, "x", "1", ["prod", "old"])
    assert Environment.get(workspace, "x", label="prod").version == "1"
    assert Environment.get(workspace, "x", label="latest").version == "2"
    Environment.label(workspace, "x", "2", ["prod"])
    assert Environment.get(workspace, "x", label="prod").version == "2"
    assert Environment.get(workspace, "x", label="old").version == "1"
    assert Environment.get(workspace, "x").version == "2"
    with pytest.raises(UserErrorException, match="Labels: latest, old, prod"):
        Environment.get(workspace, "x", label="nope")
    with pytest.raises(UserErrorException, match="always the newest"):
        Environment.label(workspace, "x", "1", ["latest"])
    with pytest.raises(UserErrorException, match="list of texts"):
        Environment.label(workspace, "x", "1", "prod")


def test_what_is_not_registered_is_said_with_what_is(workspace: Workspace):
    with pytest.raises(UserErrorException, match="None is registered"):
        Environment.get(workspace, "nope")
    Environment("mine").register(workspace)
    with pytest.raises(UserErrorException, match=r"Registered are: mine\."):
        Environment.get(workspace, "nope")
    with pytest.raises(UserErrorException, match=r"curated environments.*under this name"):
        Environment.get(workspace, "AzureML-Minimal")
    with pytest.raises(UserErrorException, match="Versions: 1"):
        Environment.get(workspace, "mine", version="7")
    with pytest.raises(UserErrorException, match="not both"):
        Environment.get(workspace, "mine", version="1", label="latest")


def test_a_name_that_cannot_be_registered(workspace: Workspace):
    with pytest.raises(UserErrorException, match="'a b/c' is not a valid environment name"):
        Environment("a b/c").register(workspace)


def test_secrets_are_not_registered(workspace: Workspace):
    environment = Environment("x")
    environment.docker.base_image_registry.password = "hush"
    with pytest.warns(UserWarning, match="not kept"):
        environment.register(workspace)

    assert Environment.get(workspace, "x").docker.base_image_registry.password is None
    assert environment.docker.base_image_registry.password == "hush"


def test_a_private_wheel_is_kept_in_the_workspace(workspace: Workspace, tmp_path: Path):
    wheel = tmp_path / "own-1-py3-none-any.whl"
    wheel.write_bytes(b"1")
    place = Environment.add_private_pip_wheel(workspace, wheel)

    assert Path(place).read_bytes() == b"1"
    with pytest.raises(UserErrorException, match="exist_ok=True"):
        Environment.add_private_pip_wheel(workspace, wheel)
    assert Environment.add_private_pip_wheel(workspace, wheel, exist_ok=True) == place
    with pytest.raises(UserErrorException, match="is not a wheel"):
        Environment.add_private_pip_wheel(workspace, tmp_path / "own.zip")


def test_images_are_not_built_and_it_is_said_what_happens_instead(workspace: Workspace):
    environment = Environment("x")
    for method in (environment.build, environment.build_local, environment.get_image_details):
        with pytest.raises(UserErrorException, match="the first step that needs one builds it"):
            method(workspace)


# --- data holders ---


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "existing_cluster_id, or the definition"),
        ({"existing_cluster_id": "x", "num_workers": 1}, "num_workers cannot be chosen"),
        ({"spark_version": "x"}, "either num_workers"),
        ({"num_workers": 1, "min_workers": 1, "max_workers": 2}, "either num_workers"),
        ({"min_workers": 1}, "either num_workers"),
        ({"num_workers": "two"}, "number of workers"),
        ({"num_workers": 1, "permit_cluster_restart": True}, "existing cluster"),
    ],
)
def test_a_cluster_that_is_none_is_refused(given: dict[str, Any], said: str):
    with pytest.raises(UserErrorException, match=said):
        DatabricksCluster(**given).validate()


def test_a_cluster_that_is_one():
    DatabricksCluster(existing_cluster_id="x", permit_cluster_restart=True).validate()
    DatabricksCluster(spark_version="x", node_type="y", min_workers=1, max_workers=2).validate()


def test_a_resource_configuration_and_back():
    document = ResourceConfiguration(1, 2.5, 3).serialize()
    assert document == {"cpu": 1, "memoryInGB": 2.5, "gpu": 3}
    again = ResourceConfiguration.deserialize(document)
    assert again is not None
    assert (again.cpu, again.memory_in_gb, again.gpu) == (1, 2.5, 3)
    assert ResourceConfiguration.deserialize(None) is None
