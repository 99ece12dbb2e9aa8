"""How a script runs: where, in what environment, with what framework. v1: `azureml.core.runconfig`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.sdk import runconfig_files
from lazulite.sdk.conda_dependencies import CondaDependencies
from lazulite.sdk.config_element import ConfigElement
from lazulite.sdk.environment import Environment
from lazulite.sdk.environment_spec import variables
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.runconfig_data import Data, DatacacheConfiguration, DataReferenceConfiguration
from lazulite.sdk.runconfig_files import AML_CONFIG_DIR, AZUREML_DIR, RUNCONFIGURATION_EXTENSION
from lazulite.sdk.runconfig_outputs import OutputData
from lazulite.sdk.runconfig_sections import (
    AmlComputeConfiguration,
    ApplicationEndpointConfiguration,
    DockerConfiguration,
    HdiConfiguration,
    HistoryConfiguration,
    KubernetesComputeConfiguration,
    MpiConfiguration,
    ParallelTaskConfiguration,
    PyTorchConfiguration,
    SparkConfiguration,
    TensorflowConfiguration,
)

if TYPE_CHECKING:
    from lazulite.model.environment import EnvironmentSpec

_FRAMEWORKS = ("python", "pyspark", "spark", "tensorflow", "pytorch", "cntk", "r")
_COMMUNICATORS = ("none", "parameterserver", "mpi", "openmpi", "intelmpi", "nccl", "gloo")


class EnvironmentDefinition(Environment):
    """Former name of `Environment`. v1: `EnvironmentDefinition`.

    Args:
        name: The environment's name.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name or "default-environment")


class RunConfiguration(ConfigElement):
    """How a script runs. v1: `azureml.core.RunConfiguration`.

    Args:
        script: The script, relative to the source folder.
        arguments: Its arguments.
        framework: "Python", "PySpark", "TensorFlow", "PyTorch", "CNTK" or "R".
        communicator: "None", "ParameterServer", "OpenMpi", "IntelMpi", "Mpi", "Nccl" or "Gloo".
        conda_dependencies: The packages of its environment.
        _history_enabled: v1: whether anything is kept of the run.
        command: A command in place of script and arguments.

    Attributes:
        environment: The `Environment`.
        target: The name of the compute target; a compute target may be assigned. "local" is this machine.
        node_count: Number of nodes.
        environment_variables: Variables for the script, besides those of the environment, which they win over.

    Raises:
        UserErrorException: framework or communicator is not one of these, or `conda_dependencies` is something else.

    Example:
        >>> configuration = RunConfiguration()
        >>> configuration.target = "cpu-cluster"
        >>> configuration.environment.python.conda_dependencies.add_pip_package("pandas")
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "script",
        "arguments",
        "target",
        "framework",
        "communicator",
        "max_run_duration_seconds",
        "node_count",
        "priority",
        "environment",
        "history",
        "spark",
        "docker",
        "hdi",
        "tensorflow",
        "mpi",
        "pytorch",
        "paralleltask",
        "data_references",
        "data",
        "datacaches",
        "output_data",
        "source_directory_data_store",
        "amlcompute",
        "auto_cluster_compute_specification",
        "kubernetescompute",
        "credential_passthrough",
        "command",
        "environment_variables",
        "services",
    )
    KEYS: ClassVar[dict[str, str]] = {"services": "applicationEndpoints"}
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "data_references": DataReferenceConfiguration,
        "data": Data,
        "datacaches": DatacacheConfiguration,
        "output_data": OutputData,
        "services": ApplicationEndpointConfiguration,
    }

    def __init__(
        self,
        script: str | None = None,
        arguments: list[Any] | None = None,
        framework: str | None = None,
        communicator: str | None = None,
        conda_dependencies: CondaDependencies | None = None,
        _history_enabled: bool | None = None,
        _path: str | None = None,
        _name: str | None = None,
        command: Any = None,
    ) -> None:
        self.script = script
        self.arguments: Any = arguments or []
        self.framework = _word("framework", framework or "Python", _FRAMEWORKS)
        self.communicator = _word("communicator", communicator or "None", _COMMUNICATORS)
        self.command = command or ""
        self.max_run_duration_seconds: int | None = None
        self.node_count = 1
        self.priority: int | None = None
        self.environment: Environment = EnvironmentDefinition()
        if conda_dependencies is not None:
            self.environment.python.conda_dependencies = conda_dependencies
        self.history = HistoryConfiguration()
        self.spark = SparkConfiguration()
        self.docker = DockerConfiguration()
        self.hdi = HdiConfiguration()
        self.tensorflow = TensorflowConfiguration()
        self.mpi = MpiConfiguration()
        self.pytorch = PyTorchConfiguration()
        self.paralleltask = ParallelTaskConfiguration()
        self.amlcompute = AmlComputeConfiguration()
        self.kubernetescompute = KubernetesComputeConfiguration()
        self.data_references: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self.datacaches: list[Any] = []
        self.output_data: dict[str, Any] = {}
        self.services: dict[str, Any] = {}
        self.source_directory_data_store: str | None = None
        self.auto_cluster_compute_specification: Any = None
        self.credential_passthrough = False
        self._target = "local"
        self._environment_variables: dict[str, str] = {}
        self._path, self._name = _path, _name

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "environment" and not isinstance(value, Environment):
            raise UserErrorException(
                f"environment is an Environment, and {value!r} was given. Use Environment.get(workspace, name)."
            )
        super().__setattr__(name, value)

    @property
    def target(self) -> str:
        """The name of the compute target."""
        return self._target

    @target.setter
    def target(self, value: Any) -> None:
        name = value if isinstance(value, str) else getattr(value, "name", None)
        if value is None:
            name = "local"
        if not isinstance(name, str) or not name:
            raise UserErrorException(
                f"target is a compute target or the name of one, and {value!r} was given."
            )
        self._target = name

    @property
    def environment_variables(self) -> dict[str, str]:
        """Variables for the script, besides those of the environment; texts."""
        return self._environment_variables

    @environment_variables.setter
    def environment_variables(self, value: Mapping[str, str] | None) -> None:
        self._environment_variables = variables(value)

    @property
    def auto_prepare_environment(self) -> bool:
        """v1: whether the environment is prepared for the run. Always True; assigning has no effect."""
        return True

    @auto_prepare_environment.setter
    def auto_prepare_environment(self, value: bool) -> None:
        import warnings

        warnings.warn(
            "auto_prepare_environment has no effect: environments are always prepared.",
            DeprecationWarning,
            stacklevel=3,
        )

    def save(
        self,
        path: str | os.PathLike[str] | None = None,
        name: str | None = None,
        separate_environment_yaml: bool = False,
    ) -> None:
        """Write this configuration to `<path>/.azureml/<name>.runconfig`.

        Args:
            path: The project folder; None: where it was read from, or the current folder.
            name: The configuration's name; None: the one it was read under.
            separate_environment_yaml: Whether the environment gets a file of its own beside it.

        Raises:
            UserErrorException: no name is given or known, or the file cannot be written.
        """
        chosen = name or self._name
        if not chosen:
            raise UserErrorException("Give the name to save this run configuration under.")
        project = Path(path) if path is not None else Path(self._path or ".")
        runconfig_files.save(self, project, chosen, separate_environment=separate_environment_yaml)

    @staticmethod
    def load(path: str | os.PathLike[str], name: str | None = None) -> RunConfiguration:
        """Return a configuration that was saved, by this SDK or by v1.

        Args:
            path: The project folder, or the file itself.
            name: The configuration's name.

        Raises:
            UserErrorException: there is none, or it cannot be read.
        """
        file = runconfig_files.find(Path(path), name)
        document = runconfig_files.read(file)
        project = file.parent.parent if file.parent.name in (AZUREML_DIR, AML_CONFIG_DIR) else file.parent
        loaded = RunConfiguration(
            _path=str(project), _name=name or file.name.removesuffix(RUNCONFIGURATION_EXTENSION)
        )
        loaded.environment.environment_variables = {}
        loaded._read(document, str(file))
        return loaded

    @staticmethod
    def delete(path: str | os.PathLike[str], name: str) -> None:
        """Remove a configuration that was saved.

        Raises:
            UserErrorException: there is none of that name.
        """
        runconfig_files.delete(Path(path), name)

    def _environment_spec(self) -> EnvironmentSpec:
        """Return what a step with this configuration asks of its interpreter."""
        from dataclasses import replace

        spec = self.environment._spec()  # noqa: SLF001 - the SDK's own seam
        return replace(spec, variables={**spec.variables, **variables(self._environment_variables)})


def _word(what: str, value: str, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value.lower() not in known:
        raise UserErrorException(f"{what} must be one of {', '.join(known)}, and {value!r} was given.")
    return value
