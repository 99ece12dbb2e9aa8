"""What a provisioning, attach or update configuration has in common. v1: `azureml.core.compute.compute`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from lazulite.model.assets import ComputeTarget as Record


class ComputeTargetProvisioningConfiguration(ABC):
    """How a target is to be created.

    Args:
        type: v1's word for the kind of target.
        location: Accepted and kept; nothing is moved anywhere.
    """

    def __init__(self, type: str, location: str | None) -> None:  # noqa: A002 - v1's name
        self._type = type
        self.location = location

    @abstractmethod
    def validate_configuration(self) -> None:
        """Check the values together.

        Raises:
            ComputeTargetException: they contradict each other, or one is missing.
        """

    @abstractmethod
    def _record(self, name: str) -> Record:
        """The definition to record under `name`."""


class ComputeTargetAttachConfiguration(ABC):
    """Which outside service is to be recorded as a target.

    Args:
        type: v1's word for the kind of target.
    """

    def __init__(self, type: str) -> None:  # noqa: A002 - v1's name
        self._type = type

    @abstractmethod
    def validate_configuration(self) -> None:
        """Check the values together.

        Raises:
            ComputeTargetException: they contradict each other, or one is missing.
        """

    @abstractmethod
    def _record(self, name: str) -> Record:
        """The definition to record under `name`; a secret only in the field of that name, which the service encrypts."""


class ComputeTargetUpdateConfiguration(ABC):
    """How a target is to be changed.

    Args:
        type: v1's word for the kind of target.
    """

    def __init__(self, type: str) -> None:  # noqa: A002 - v1's name
        self._type = type

    @abstractmethod
    def validate_configuration(self) -> None:
        """Check the values together.

        Raises:
            ComputeTargetException: they contradict each other, or one is missing.
        """
