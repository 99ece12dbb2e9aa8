"""This machine itself as a compute target. v1: `azureml.core.compute_target.LocalTarget`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lazulite.sdk.exceptions import UserErrorException


class AbstractComputeTarget:
    """A compute target that is nothing but a type and a name.

    Args:
        compute_target_type: v1's word for the kind of target.
        name: The target's name.
    """

    def __init__(self, compute_target_type: str, name: str) -> None:
        self._type = compute_target_type
        self._name = name

    @property
    def type(self) -> str:
        """v1's word for the kind of target."""
        return self._type

    @property
    def name(self) -> str:
        """The target's name."""
        return self._name

    @staticmethod
    def deserialize_from_dict(
        compute_target_name: str, compute_target_dict: Mapping[str, Any]
    ) -> AbstractComputeTarget:
        """Return the target that a dict with the key `type` describes.

        Raises:
            UserErrorException: the dict has no `type`.
        """
        kind = compute_target_dict.get("type")
        if not isinstance(kind, str) or not kind:
            raise UserErrorException(
                f"The definition of compute target {compute_target_name!r} has no 'type'. Expected for example 'local'."
            )
        if kind.lower() == "local":
            return LocalTarget()
        return AbstractComputeTarget(kind, compute_target_name)


class LocalTarget(AbstractComputeTarget):
    """This machine: every workspace has it, under the name `local`. A step takes it as `compute_target="local"`."""

    def __init__(self) -> None:
        super().__init__("local", "local")
