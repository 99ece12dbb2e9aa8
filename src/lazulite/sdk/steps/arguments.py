"""From what a user lists as a step's arguments and params to the items of a plan.

data of the step     InputArgument or OutputArgument, by the name it has in the step
PipelineParameter    ParameterArgument
"parameter:<name>"   the entry of `params` with that name
anything else        its text
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from lazulite.model.plan import (
    Argument,
    InputArgument,
    Literal,
    OutputArgument,
    Parameter,
    ParameterArgument,
)
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.ports import InputPortBinding, PortDataReference
from lazulite.sdk.steps.declared import Declarations, is_data

_FROM_PARAMS = "parameter:"


class Reader:
    """Reads arguments and params of one step, and never changes what it reads.

    Args:
        step: The step's name, for messages.
        declared: Its inputs and outputs; data that only the arguments name, and that can only be an input, are added.
        params: v1's `params`: values the script finds as `AML_PARAMETER_<name>`.

    Raises:
        ValueError: `params` is no dict, or two names make the same environment variable.
    """

    def __init__(self, step: str, declared: Declarations, params: Any) -> None:
        self._step = step
        self._declared = declared
        self._used: list[Parameter] = []
        if params is not None and not isinstance(params, Mapping):
            raise ValueError(
                f"Step '{step}' was given params={params!r}. Expected a dict: params={{'name': value}}."
            )
        self.named = {str(name): self._value(value) for name, value in (params or {}).items()}
        self._refuse_shared_variables()

    @property
    def used(self) -> tuple[Parameter, ...]:
        """The pipeline parameters met so far."""
        return tuple(dict.fromkeys(self._used))

    def read(self, arguments: Any) -> tuple[Argument, ...]:
        """Return the arguments as the plan holds them.

        Raises:
            ValueError: they are no list, or name data that the step does not declare.
        """
        if arguments is None:
            return ()
        if (
            isinstance(arguments, (str, bytes, Mapping))
            or is_data(arguments)
            or not isinstance(arguments, Iterable)
        ):
            raise ValueError(
                f"Step '{self._step}' was given arguments={arguments!r}. Expected a list, one item for each word: "
                'arguments=["--rate", 0.1].'
            )
        return tuple(self.item(item) for item in arguments)

    def item(self, item: Any) -> Argument:
        """Return one argument as the plan holds it."""
        if isinstance(item, PipelineParameter):
            return self._parameter(item)
        if is_data(item):
            return self._data(item)
        if isinstance(item, str):
            name = item[len(_FROM_PARAMS) :]
            if item.startswith(_FROM_PARAMS) and name in self.named:
                return self.named[name]
            return Literal(self._declared.renamed(item))
        if hasattr(item, "run_after_steps"):
            raise ValueError(
                f"Step '{self._step}' has the step '{item.name}' among its arguments. Pass data that it writes, or "
                "order the two with run_after."
            )
        return Literal(self._text(item))

    def _text(self, item: Any) -> str:
        """The text of a number, a path and the like; refused where it would be an address in memory."""
        kind: Any = type(item)
        if callable(item) or (kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__):
            raise ValueError(
                f"Step '{self._step}' has {item!r} among its arguments or params. Expected text, a number, a path, "
                "a PipelineParameter, or data of the step."
            )
        if isinstance(item, (list, tuple, set, Mapping)):
            warnings.warn(
                f"Step '{self._step}' has {item!r} as one argument: its script receives the text {str(item)!r}. "
                "Write its items one by one (*items) if that is not what you mean.",
                UserWarning,
                stacklevel=_levels_to_user(),
            )
        return str(item)

    def _value(self, value: Any) -> ParameterArgument | Literal:
        if isinstance(value, PipelineParameter):
            return self._parameter(value, in_params=True)
        return Literal(self._declared.renamed(self._text(value)))

    def _parameter(self, parameter: PipelineParameter, *, in_params: bool = False) -> ParameterArgument:
        argument = ParameterArgument(parameter.name)
        own = argument if in_params else self.named.get(parameter.name, argument)
        if own != argument:
            raise ValueError(
                f"Step '{self._step}' has the pipeline parameter '{parameter.name}' among its arguments, and another "
                f"value under that name in params. Both would be AML_PARAMETER_{parameter.name}: rename one."
            )
        self._used.append(parameter._declaration())  # noqa: SLF001 - the SDK's own seam
        return argument

    def _data(self, item: Any) -> Argument:
        output = self._declared.output_for(item)
        if output is not None:
            return OutputArgument(output.name)
        declared = self._declared.input_for(item)
        if declared is None and _can_only_be_an_input(item):
            declared = self._declared.add_input(item)
        if declared is None:
            raise ValueError(
                f"Step '{self._step}' names {item!r} in its arguments. Add it to inputs, if the step reads it, or "
                "to outputs, if the step writes it."
            )
        return InputArgument(declared.name)

    def _refuse_shared_variables(self) -> None:
        seen: dict[str, str] = {}
        for name in self.named:
            other = seen.setdefault(re.sub(r"\W", "_", name), name)
            if other != name:
                raise ValueError(
                    f"Step '{self._step}' has params '{other}' and '{name}', which would be the same environment "
                    "variable. Rename one."
                )


def _levels_to_user() -> int:
    """How far up the first caller outside of this package is, as `warnings.warn` counts for our caller."""
    levels = 1
    frame = inspect.currentframe()
    while (frame := frame.f_back if frame else None) and frame.f_globals.get("__name__", "").startswith(
        "lazulite."
    ):
        levels += 1
    return levels


def _can_only_be_an_input(item: Any) -> bool:
    """Whether data exist already, so that no one need say whether the step reads or writes them."""
    return isinstance(item, (DataReference, PortDataReference, InputPortBinding, tuple))
