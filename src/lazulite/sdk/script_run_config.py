"""`azureml.core.script_run_config`: a script or command with all it needs to run."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import RunConfigurationException, UserErrorException
from lazulite.sdk.run_configuration import RunConfiguration
from lazulite.sdk.runconfig_sections import (
    DockerConfiguration,
    MpiConfiguration,
    PyTorchConfiguration,
    TensorflowConfiguration,
)

if TYPE_CHECKING:
    from lazulite.sdk.environment import Environment
    from lazulite.sdk.run import Run
    from lazulite.sdk.workspace import Workspace

_Distributed = MpiConfiguration | PyTorchConfiguration | TensorflowConfiguration


class ScriptRunConfig:
    """A script or command, its source folder, and how it runs. v1: `azureml.core.ScriptRunConfig`.

    Args:
        source_directory: The folder that is taken along.
        script: The script, relative to it.
        arguments: Its arguments, in a list.
        run_config: How it runs. With it, the parameters for compute and environment have no effect, and a warning
            says so; v1 passed over them in silence.
        compute_target: The compute target, or its name; None is this machine.
        environment: The `Environment`.
        distributed_job_config: An `MpiConfiguration`, `PyTorchConfiguration` or `TensorflowConfiguration`.
        resume_from: An earlier run whose outputs the script gets.
        max_run_duration_seconds: After how many seconds it is ended; None: never.
        command: A command in place of script and arguments: text or a list.
        docker_runtime_config: A `DockerConfiguration`.

    Raises:
        UserErrorException: script and command are both given, or a parameter has the wrong type.
        RunConfigurationException: `distributed_job_config` is something else.

    Example:
        >>> ScriptRunConfig("src", script="train.py", arguments=["--rate", 0.1], compute_target="cpu-cluster")
    """

    DELIM = "#"
    MAX_DURATION_SECONDS_DEFAULT = 2592000

    def __init__(
        self,
        source_directory: str | None,
        script: str | None = None,
        arguments: list[Any] | None = None,
        run_config: RunConfiguration | None = None,
        _telemetry_values: Any = None,
        compute_target: Any = None,
        environment: Environment | None = None,
        distributed_job_config: _Distributed | None = None,
        resume_from: Any = None,
        max_run_duration_seconds: int | None = MAX_DURATION_SECONDS_DEFAULT,
        command: Any = None,
        docker_runtime_config: DockerConfiguration | None = None,
    ) -> None:
        _check(script, arguments, command, max_run_duration_seconds)
        if run_config is not None and not isinstance(run_config, RunConfiguration):
            raise UserErrorException(f"run_config is a RunConfiguration, and {run_config!r} was given.")
        self.source_directory = source_directory
        self.script = script
        self.command = command
        self.arguments = arguments
        self.resume_from = resume_from
        if run_config is None:
            self.run_config = RunConfiguration()
            self.run_config.max_run_duration_seconds = max_run_duration_seconds
            _apply(self.run_config, compute_target, environment, docker_runtime_config)
            _distribute(self.run_config, distributed_job_config)
            return
        self.run_config = run_config
        given = {
            "compute_target": compute_target,
            "environment": environment,
            "distributed_job_config": distributed_job_config,
            "docker_runtime_config": docker_runtime_config,
        }
        names = [name for name, value in given.items() if value is not None]
        if names:
            warnings.warn(
                f"run_config is given, so {', '.join(names)} has no effect. Set it on run_config.",
                UserWarning,
                stacklevel=2,
            )

    @property
    def identity(self) -> str:
        """v1: what this object is called in logs."""
        return type(self).__name__

    def __repr__(self) -> str:
        what = f"script={self.script!r}" if self.command is None else f"command={self.command!r}"
        return f"ScriptRunConfig({self.source_directory!r}, {what}, target={self.run_config.target!r})"


def get_run_config_from_script_run(script_run_config: ScriptRunConfig) -> RunConfiguration:
    """Return a copy of the configuration's `run_config` that holds its script, arguments and command.

    Raises:
        UserErrorException: there is nothing to run, or the script is not in the source folder.
    """
    import copy

    merged = copy.deepcopy(script_run_config.run_config)
    if script_run_config.script:
        merged.script = script_run_config.script
    if script_run_config.arguments is not None:
        merged.arguments = list(script_run_config.arguments)
    if script_run_config.command is not None:
        merged.command = script_run_config.command
    if not merged.script and not merged.command:
        raise UserErrorException("There is nothing to run: give script or command.")
    folder = Path(script_run_config.source_directory or ".")
    if merged.script and not merged.command and not (folder / merged.script).is_file():
        raise UserErrorException(f"The script {merged.script!r} is not in the source folder {str(folder)!r}.")
    return merged


def submit(
    script_run_config: ScriptRunConfig,
    workspace: Workspace,
    experiment_name: str,
    run_id: str | None = None,
    _parent_run_id: str | None = None,
    credential_passthrough: bool = False,  # noqa: ARG001 - v1: run as the user who submits; here always so
) -> Run:
    """Submit a script; the same as `Experiment(workspace, experiment_name).submit(script_run_config)`.

    Args:
        run_id: v1: the id for the run. Ids are given by the system here; anything but None is refused.

    Raises:
        UserErrorException: a run id is given, or the script cannot be submitted.
    """
    from lazulite.sdk.experiment import Experiment

    if run_id is not None:
        raise UserErrorException(f"The id of a run cannot be chosen, and {run_id!r} was given.")
    submitted: Run = Experiment(workspace, experiment_name).submit(script_run_config)
    return submitted


def _check(script: object, arguments: object, command: object, seconds: object) -> None:
    if script is not None and command is not None:
        raise UserErrorException("Give either script or command, not both.")
    if script is not None and not isinstance(script, str):
        raise UserErrorException(f"script is a path as text, and {script!r} was given.")
    if command is not None and not isinstance(command, (str, list, tuple)):
        raise UserErrorException(f"command is text or a list, and {command!r} was given.")
    if command is not None and arguments:
        raise UserErrorException("A command holds its arguments itself: leave arguments out.")
    if arguments is not None and not isinstance(arguments, (list, tuple)):
        raise UserErrorException(f"arguments must be a list, and {arguments!r} was given.")
    if seconds is not None and (not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0):
        raise UserErrorException(
            f"max_run_duration_seconds is a number of seconds, and {seconds!r} was given."
        )


def _apply(configuration: RunConfiguration, target: Any, environment: Any, docker: Any) -> None:
    if target is not None:
        configuration.target = target
    if environment is not None:
        configuration.environment = environment
    if docker is not None:
        if not isinstance(docker, DockerConfiguration):
            raise UserErrorException(
                f"docker_runtime_config is a DockerConfiguration, and {docker!r} was given."
            )
        configuration.docker = docker


def _distribute(configuration: RunConfiguration, job: _Distributed | None) -> None:
    """Set what v1 set for each kind of distributed job."""
    if job is None:
        return
    if isinstance(job, MpiConfiguration):
        configuration.mpi, configuration.node_count = job, job.node_count
        configuration.communicator = "IntelMpi"
    elif isinstance(job, PyTorchConfiguration):
        configuration.pytorch, configuration.node_count = job, job.node_count
        configuration.framework, configuration.communicator = "PyTorch", job.communication_backend
    elif isinstance(job, TensorflowConfiguration):
        configuration.tensorflow, configuration.node_count = job, job.worker_count
        configuration.framework, configuration.communicator = "TensorFlow", "ParameterServer"
    else:
        raise RunConfigurationException(
            "distributed_job_config is an MpiConfiguration, PyTorchConfiguration or TensorflowConfiguration, "
            f"and {job!r} was given."
        )
