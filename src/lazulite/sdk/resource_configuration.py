"""`azureml.core.resource_configuration`: what a model wants of the machine that serves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lazulite.sdk.exceptions import WebserviceException


class ResourceConfiguration:
    """Cores, memory and GPUs. v1: `azureml.core.resource_configuration.ResourceConfiguration`.

    Args:
        cpu: Number of cores; may be a fraction.
        memory_in_gb: Memory in GiB; may be a fraction.
        gpu: Number of GPUs.
    """

    def __init__(
        self, cpu: float | None = None, memory_in_gb: float | None = None, gpu: int | None = None
    ) -> None:
        self.cpu = cpu
        self.memory_in_gb = memory_in_gb
        self.gpu = gpu

    def serialize(self) -> dict[str, Any]:
        """Return the document form, with v1's keys `cpu`, `memoryInGB` and `gpu`."""
        return {"cpu": self.cpu, "memoryInGB": self.memory_in_gb, "gpu": self.gpu}

    @staticmethod
    def deserialize(payload_obj: Mapping[str, Any] | None) -> ResourceConfiguration | None:
        """Return what `serialize` gave; None of None.

        Raises:
            WebserviceException: a key is missing.
        """
        if payload_obj is None:
            return None
        missing = [key for key in ("cpu", "memoryInGB", "gpu") if key not in payload_obj]
        if missing:
            raise WebserviceException(
                f"This is not a resource configuration: {', '.join(missing)} is missing."
            )
        return ResourceConfiguration(payload_obj["cpu"], payload_obj["memoryInGB"], payload_obj["gpu"])
