"""Values that parameters take, and the texts that stand for them inside arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Union


@dataclass(frozen=True)
class DataPathValue:
    """A place in a datastore as a parameter's value (v1's `DataPath`)."""

    KIND: ClassVar[str] = "datapath"
    datastore: str
    path: str


#: What a pipeline parameter may hold. None means: leave the argument out.
ParameterValue = Union[bool, int, float, str, DataPathValue, None]


def as_text(value: ParameterValue) -> str:
    """Return `value` as the text a script receives, the way v1 wrote it (`True`, `20`, `0.5`)."""
    return f"{value.datastore}/{value.path}" if isinstance(value, DataPathValue) else str(value)


def data_reference_placeholder(name: str) -> str:
    """The text that stands for the local path of the input or output `name` inside an argument."""
    return f"$AZUREML_DATAREFERENCE_{name}"


def parameter_placeholder(name: str) -> str:
    """The text that stands for the value of the parameter `name` inside an argument."""
    return f"$AML_PARAMETER_{name}"
