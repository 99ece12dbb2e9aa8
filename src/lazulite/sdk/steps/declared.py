"""What a step declares: its inputs and outputs under the names the script knows, and which object is which.

The caller's lists are read once and never changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lazulite.graph.drafts import InputDraft, OutputDraft, Produced
from lazulite.model.plan import DataSource, Parameter, PathParameter
from lazulite.sdk.data_place import datastore_name, normal_path
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.ports import (
    InputPortBinding,
    OutputPortBinding,
    PortDataReference,
    Producible,
    checked_port_name,
)
from lazulite.sdk.sql_data_reference import SqlDataReference

_WRITTEN = "AZUREML_DATAREFERENCE_"
_PREFIX = rf"(\$\{{?{_WRITTEN})"
_INPUT_TYPES = (
    "PipelineData, DataReference, PortDataReference, InputPortBinding, OutputPortBinding, or a pair of a DataPath (or "
    "a PipelineParameter that holds one) and a DataPathComputeBinding"
)


@dataclass(frozen=True)
class Declared:
    """One input or output: its name in the step, the object the user listed, the data behind it, and what the text
    `str()` gives calls it."""

    name: str
    listed: Any
    data: Any
    written: str


def is_data(item: Any) -> bool:
    """Whether something among a step's arguments stands for data."""
    kinds = (PipelineData, DataReference, PortDataReference, InputPortBinding, OutputPortBinding, DataPath)
    return isinstance(item, kinds) or _is_bound_path(item)


def _is_bound_path(item: Any) -> bool:
    return (
        isinstance(item, tuple)
        and len(item) == 2  # noqa: PLR2004 - a pair
        and isinstance(item[0], (DataPath, PipelineParameter))
        and isinstance(item[1], DataPathComputeBinding)
    )


class Declarations:
    """The inputs and outputs of one step.

    Args:
        step: The step's name, for messages.
        inputs: As the user gave them.
        outputs: As the user gave them.
        rename_shared: Whether an input that is called like an output becomes `INPUT_<name>` (v1's script steps);
            otherwise the shared name is refused.

    Raises:
        ValueError: something is no input or output, or two have one name.
    """

    def __init__(self, step: str, inputs: Any, outputs: Any, *, rename_shared: bool = True) -> None:
        self._step = step
        self._rename_shared = rename_shared
        self.outputs = [self._output(item) for item in _items(step, "outputs", outputs)]
        self._refuse_repeated("outputs", self.outputs)
        self.inputs: list[Declared] = []
        for item in _items(step, "inputs", inputs):
            self.add_input(item)

    def add_input(self, item: Any) -> Declared:
        """Declare one more input, and return it."""
        declared = self._input(item)
        self._refuse_repeated("inputs", [*self.inputs, declared])
        self.inputs.append(declared)
        return declared

    def input_for(self, item: Any) -> Declared | None:
        """Return the declared input that an argument means, None if there is none."""
        behind = _behind(item)
        tests: tuple[Callable[[Declared], bool], ...] = (
            lambda one: one.listed is item,
            lambda one: isinstance(item, InputPortBinding) and one.name == item.name and one.data is behind,
            lambda one: one.data is behind,
            lambda one: _is_bound_path(item) and _is_bound_path(one.data) and one.data[0] is item[0],
            # v1 went by the name alone: `inputs=[raw], arguments=[raw.as_mount()]` is one input.
            lambda one: one.written == _name_of_place(behind) and _place(one.data) == _place(behind),
        )
        return next((one for fits in tests for one in self.inputs if fits(one)), None)

    def output_for(self, item: Any) -> Declared | None:
        """Return the declared output that an argument means, None if there is none."""
        return next((one for one in self.outputs if one.data is item), None)

    def renamed(self, text: str) -> str:
        """Return text with the placeholders that `str()` of the data gives as those of their names in this step."""
        if _WRITTEN not in text:
            return text
        names = {one.name: one.name for one in (*self.inputs, *self.outputs)}
        for one in (*self.outputs, *self.inputs):
            names.setdefault(one.written, one.name)
        if not names:
            return text
        longest_first = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        return re.sub(f"{_PREFIX}({longest_first})", lambda found: found[1] + names[found[2]], text)

    def input_drafts(self) -> tuple[InputDraft, ...]:
        """Return the inputs as the graph takes them."""
        return tuple(_input_draft(one) for one in self.inputs)

    def output_drafts(self) -> tuple[OutputDraft, ...]:
        """Return the outputs as the graph takes them."""
        return tuple(_output_draft(one) for one in self.outputs)

    def parameters(self) -> list[Parameter]:
        """Return the pipeline parameters that say where an input is."""
        firsts = [one.data[0] for one in self.inputs if _is_bound_path(one.data)]
        return [first._declaration() for first in firsts if isinstance(first, PipelineParameter)]  # noqa: SLF001

    def _output(self, item: Any) -> Declared:
        if isinstance(item, (PipelineData, OutputPortBinding)):
            return Declared(item._port_name, item, item, item.name)  # noqa: SLF001
        hint = ""
        if isinstance(item, DataReference):
            hint = " A DataReference points to data that exist; for a copy to its place use as_upload() in inputs."
        raise ValueError(
            f"Step '{self._step}' lists {item!r} among its outputs. Expected PipelineData or OutputPortBinding.{hint}"
        )

    def _input(self, item: Any) -> Declared:
        data = _behind(item)
        if isinstance(data, PipelineParameter) or (isinstance(data, DataPath) and not _is_bound_path(item)):
            raise ValueError(
                f"Step '{self._step}' lists {item!r} among its inputs. Write it with the way it reaches the compute: "
                "(it, DataPathComputeBinding(mode='mount'))."
            )
        if not isinstance(data, (Producible, DataReference, PortDataReference)) and not _is_bound_path(data):
            raise ValueError(f"Step '{self._step}' lists {item!r} among its inputs. Expected {_INPUT_TYPES}.")
        if isinstance(item, InputPortBinding) and item.bind_mode == "upload" and isinstance(data, Producible):
            raise ValueError(
                f"Step '{self._step}' takes '{item.name}' in mode 'upload'. Data of another step can be mounted or "
                "downloaded; list it among the outputs to write it."
            )
        name = checked_port_name(_input_name(item), "input")
        if name in {one.name for one in self.outputs}:
            if not self._rename_shared:
                raise ValueError(
                    f"Step '{self._step}' has an input and an output called '{name}'. Rename one."
                )
            name = f"INPUT_{name}"
        return Declared(name, item, data, _input_name(data))

    def _refuse_repeated(self, kind: str, declared: list[Declared]) -> None:
        names = [one.name for one in declared]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            way_out = "as_input('other_name')" if kind == "inputs" else "output_name='other_name'"
            raise ValueError(
                f"Step '{self._step}' has two {kind} called '{repeated}'. Rename one with {way_out}."
            )


def refuse_rows(step: str, declared: Declarations) -> None:
    """Refuse inputs that stand for rows of a database.

    Raises:
        ValueError: there is one.
    """
    for one in declared.inputs:
        if isinstance(one.data, SqlDataReference):
            raise ValueError(  # noqa: TRY004 - v1's class for whatever a step cannot use
                f"Step '{step}' takes {one.data!r}, which stands for rows of a database. Copy them into a file with a "
                "DataTransferStep, and take its get_output()."
            )


def _items(step: str, kind: str, given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (str, dict)) or is_data(given) or not isinstance(given, Iterable):
        raise ValueError(f"Step '{step}' was given {kind}={given!r}. Expected a list: {kind}=[…].")
    return list(given)


def _behind(item: Any) -> Any:
    return item.bind_object if isinstance(item, InputPortBinding) else item


def _input_name(item: Any) -> str:
    if isinstance(item, InputPortBinding):
        return item.name
    if _is_bound_path(item):
        first = item[0]
        return first.name if isinstance(first, PipelineParameter) else first._name  # noqa: SLF001
    name: str = item.data_reference_name if isinstance(item, DataReference) else item.name
    return name


def _name_of_place(data: Any) -> str | None:
    return _input_name(data) if _place(data) else None


def _place(data: Any) -> tuple[str, str] | None:
    """Where data are that exist before the pipeline runs; None of all others."""
    if isinstance(data, DataReference):
        return datastore_name(data.datastore), normal_path(data.path_on_datastore)
    return (data.datastore_name, data.path_on_datastore) if isinstance(data, PortDataReference) else None


def _input_draft(one: Declared) -> InputDraft:
    data, listed = one.data, one.listed
    source: DataSource | PathParameter | Produced
    if isinstance(data, Producible):
        source = Produced(data._token, one.written)  # noqa: SLF001
        mode, where, overwrite = "mount", None, False
    elif isinstance(data, DataReference):
        source = DataSource(datastore_name(data.datastore), normal_path(data.path_on_datastore))
        mode, where, overwrite = data.mode, data.path_on_compute, data.overwrite
    elif isinstance(data, PortDataReference):
        source = DataSource(data.datastore_name, data.path_on_datastore)
        mode, where, overwrite = "mount", None, False
    else:
        place, binding = data
        if isinstance(place, PipelineParameter):
            source = PathParameter(place.name)
        else:
            source = DataSource(place.datastore_name, normal_path(place.path_on_datastore))
        mode, where, overwrite = binding.mode, binding.path_on_compute, binding.overwrite
    if isinstance(listed, InputPortBinding):
        mode, where, overwrite = listed.bind_mode, listed.path_on_compute, bool(listed.overwrite)
    # v1's direct and hdfs hand over an address; of a folder on this machine the address is its path.
    return InputDraft(one.name, source, "mount" if mode in ("direct", "hdfs") else mode, where, overwrite)


def _output_draft(one: Declared) -> OutputDraft:
    data = one.data
    if isinstance(data, OutputPortBinding):
        mode, where, overwrite = data.bind_mode, data.path_on_compute, data.overwrite
        is_directory, pipeline_output_name = data.is_directory, data.pipeline_output_name
    else:
        mode, where, overwrite, is_directory, pipeline_output_name = data._output_settings()  # noqa: SLF001
    return OutputDraft(
        token=data._token,  # noqa: SLF001
        name=one.name,
        datastore=None if data.datastore is None else datastore_name(data.datastore),
        mode=mode,
        path_on_compute=where,
        overwrite=bool(overwrite),
        is_directory=is_directory,
        pipeline_output_name=pipeline_output_name,
    )
