"""The parts of a `RunConfiguration` about compute and frameworks. v1: the sections in `azureml.core.runconfig`."""

from __future__ import annotations

from typing import Any, ClassVar

from lazulite.sdk import container_registry
from lazulite.sdk.config_element import ConfigElement
from lazulite.sdk.exceptions import RunConfigurationException

SUPPORTED_PYTORCH_BACKENDS = ["nccl", "gloo"]


class HistoryConfiguration(ConfigElement):
    """What is kept of a run. v1: `HistoryConfiguration`.

    Attributes:
        output_collection: Whether `./outputs` is kept.
        snapshot_project: Whether the source folder is kept.
        directories_to_watch: Folders that are mirrored while the script runs.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("output_collection", "snapshot_project", "directories_to_watch")

    def __init__(self) -> None:
        self.output_collection = True
        self.snapshot_project = True
        self.directories_to_watch: list[str] = ["logs"]


class SparkConfiguration(ConfigElement):
    """Spark settings of a run. v1: `SparkConfiguration`.

    Attributes:
        configuration: Spark's settings by name.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("configuration",)

    def __init__(self) -> None:
        self.configuration: dict[str, Any] = {
            "spark.app.name": "Azure ML Experiment",
            "spark.yarn.maxAppAttempts": 1,
        }


class DockerConfiguration(ConfigElement):
    """How a run uses Docker. v1: `DockerConfiguration`. Held; steps run as processes here.

    Args:
        use_docker: Whether to run in a container.
        shared_volumes: Whether volumes are shared.
        arguments: Further arguments of `docker run`.
        shm_size: Size of shared memory.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("use_docker", "shared_volumes", "arguments", "shm_size")

    def __init__(
        self,
        use_docker: bool = False,
        shared_volumes: bool = True,
        arguments: list[str] | None = None,
        shm_size: str | None = "2g",
    ) -> None:
        self.use_docker = use_docker
        self.shared_volumes = shared_volumes
        self.arguments = list(arguments or [])
        self.shm_size = shm_size


class HdiConfiguration(ConfigElement):
    """How a run uses HDInsight. v1: `HdiConfiguration`.

    Attributes:
        yarn_deploy_mode: "cluster" or "client".
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("yarn_deploy_mode",)

    def __init__(self) -> None:
        self.yarn_deploy_mode = "cluster"


class TensorflowConfiguration(ConfigElement):
    """A distributed TensorFlow job. v1: `TensorflowConfiguration`.

    Args:
        worker_count: Number of workers.
        parameter_server_count: Number of parameter servers.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("worker_count", "parameter_server_count")

    def __init__(self, worker_count: int = 1, parameter_server_count: int = 1) -> None:
        self.worker_count = worker_count
        self.parameter_server_count = parameter_server_count


class MpiConfiguration(ConfigElement):
    """An MPI job. v1: `MpiConfiguration`.

    Args:
        process_count_per_node: Processes on each node.
        node_count: Number of nodes.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("process_count_per_node", "node_count")

    def __init__(self, process_count_per_node: int = 1, node_count: int = 1) -> None:
        self.process_count_per_node = process_count_per_node
        self.node_count = node_count


class PyTorchConfiguration(ConfigElement):
    """A distributed PyTorch job. v1: `PyTorchConfiguration`.

    Args:
        communication_backend: "Nccl" or "Gloo".
        process_count: Number of processes in all; None: one on each node.
        node_count: Number of nodes.

    Raises:
        RunConfigurationException: the backend is another one.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("communication_backend", "process_count", "node_count")

    def __init__(
        self, communication_backend: str = "Nccl", process_count: int | None = None, node_count: int = 1
    ) -> None:
        if str(communication_backend).lower() not in SUPPORTED_PYTORCH_BACKENDS:
            raise RunConfigurationException(
                f"communication_backend must be 'Nccl' or 'Gloo', and {communication_backend!r} was given."
            )
        self.communication_backend = communication_backend.lower()
        self.process_count = process_count
        self.node_count = node_count


class ParallelTaskConfiguration(ConfigElement):
    """A job of many small tasks. v1: `ParallelTaskConfiguration`.

    Attributes:
        max_retries_per_worker: How often a worker is started again.
        worker_count_per_node: Workers on each node.
        terminal_exit_codes: Exit codes after which nothing is tried again.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "max_retries_per_worker",
        "worker_count_per_node",
        "terminal_exit_codes",
    )

    def __init__(self) -> None:
        self.max_retries_per_worker = 0
        self.worker_count_per_node = 1
        self.terminal_exit_codes: list[int] | None = None


class AmlComputeConfiguration(ConfigElement):
    """v1: a cluster made for one run. Held; name a compute target instead.

    Attributes:
        vm_size: Machine size.
        vm_priority: "dedicated" or "lowpriority".
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "vm_size",
        "vm_priority",
        "retain_cluster",
        "name",
        "cluster_max_node_count",
    )

    def __init__(self) -> None:
        self.vm_size: str | None = None
        self.vm_priority: str | None = None
        self.retain_cluster = False
        self.name: str | None = None
        self.cluster_max_node_count: int | None = None


class KubernetesComputeConfiguration(ConfigElement):
    """What a run wants of Kubernetes. v1: `KubernetesComputeConfiguration`.

    Attributes:
        instance_type: The instance type.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("instance_type",)

    def __init__(self) -> None:
        self.instance_type: str | None = None


class ApplicationEndpointConfiguration(ConfigElement):
    """v1: an interactive service of a run.

    Args:
        type: Kind of service.
        port: Its port.
        properties: Its settings.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("type", "port", "properties")

    def __init__(
        self,
        type: str | None = None,  # noqa: A002 - v1's name
        port: int | None = None,
        properties: dict[str, str] | None = None,
    ) -> None:
        self.type = type
        self.port = port
        self.properties = properties


class ContainerRegistry(container_registry.ContainerRegistry):
    """Former place of `ContainerRegistry`. v1: `azureml.core.runconfig.ContainerRegistry`."""

    def __init__(self) -> None:
        super().__init__()


class AzureContainerRegistry(ContainerRegistry):
    """Former name of `ContainerRegistry`. v1: `AzureContainerRegistry`."""

    def __init__(self) -> None:
        super().__init__()
