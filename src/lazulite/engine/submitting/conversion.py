"""Parameter values as they come from outside, turned into what a pipeline's parameters hold.

A REST client, a form and a command line know text only, and JavaScript knows one kind of number. So what stands for a
value of the declared type is taken for it; what does not is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from lazulite.graph.labels import listed
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import Parameter
from lazulite.model.values import DataPathValue, ParameterValue, as_text

_INTEGER = re.compile(r"[+-]?[0-9]+")
_BOOLS = {"true": True, "false": False, "1": True, "0": False}
#: Longer numbers are no numbers that anybody meant, and slow to read.
_DIGITS = 100


class _Unfit(Exception):
    """The value does not stand for one of the wanted type."""


def converted(
    declared: Iterable[Parameter], given: Mapping[str, ParameterValue]
) -> tuple[dict[str, ParameterValue], tuple[str, ...]]:
    """Return the values by the types of the parameters' defaults, and the names that the pipeline does not have.

    Raises:
        InvalidRequest: values do not fit; all are named, with what was expected.
    """
    parameters = {parameter.name: parameter for parameter in declared}
    values: dict[str, ParameterValue] = {}
    problems: dict[str, str] = {}
    for name, value in given.items():
        if name in parameters:
            try:
                values[name] = _fitting(value, parameters[name].default)
            except _Unfit as expected:
                problems[name] = (
                    f"Parameter '{name}' takes {expected}; {as_text(value)!r} was given. "
                    f"Its default is {as_text(parameters[name].default)!r}."
                )
    if problems:
        first = next(iter(problems))
        known = f"The pipeline's parameters are: {listed(sorted(parameters))}."
        raise InvalidRequest(
            "\n".join([*problems.values(), known]), parameter=first, parameters=list(problems)
        )
    return values, tuple(name for name in given if name not in parameters)


def _fitting(value: ParameterValue, default: ParameterValue) -> ParameterValue:
    if value is None or default is None:
        return value
    return _BY_TYPE[type(default)](value)


def _as_bool(value: ParameterValue) -> bool:
    known = _BOOLS.get(as_text(value).strip().lower())
    if known is None or isinstance(value, float):
        raise _Unfit("true or false")
    return known


def _as_int(value: ParameterValue) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    text = as_text(value).strip()
    if isinstance(value, (bool, float)) or len(text) > _DIGITS or not _INTEGER.fullmatch(text):
        raise _Unfit("a whole number (int)")
    return int(text)


def _as_float(value: ParameterValue) -> float:
    try:
        if not isinstance(value, (bool, DataPathValue)) and value is not None:
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise _Unfit("a number (float)")


def _as_str(value: ParameterValue) -> str:
    if isinstance(value, DataPathValue):
        raise _Unfit("text (str)")
    return as_text(value)


def _as_place(value: ParameterValue) -> DataPathValue:
    place = value
    if isinstance(value, str) and value.strip("/"):
        datastore, _, path = value.partition("/")
        place = DataPathValue(datastore, path)
    if not isinstance(place, DataPathValue):
        raise _Unfit("a data path, such as 'datastore/folder/file'")
    parts = [part for part in place.path.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in place.path:
        raise _Unfit("a data path inside its datastore, without '..'")
    return DataPathValue(place.datastore, "/".join(parts))


_BY_TYPE: Mapping[type, Callable[[ParameterValue], ParameterValue]] = {
    bool: _as_bool,
    int: _as_int,
    float: _as_float,
    str: _as_str,
    DataPathValue: _as_place,
}
