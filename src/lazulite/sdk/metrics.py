"""Metrics: v1's values in, plain JSON out, and recorded metrics folded into the shapes that `get_metrics` gives.

Wrong use (a list where one value belongs, columns of unequal length) raises as in v1. Everything else is taken:
numbers of numpy and the like by what they offer (`item`, `tolist`), anything unknown as its `repr`, whatever its size.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from lazulite.model.run import Metric
from lazulite.sdk.exceptions import AzureMLException, UserErrorException

#: v1's chart kinds: their data are a file of the run, and the metric's value is the file's address.
CHARTS = ("accuracy_table", "confusion_matrix", "predictions", "residuals")
IMAGE = "image"
_ADDRESS = "aml://artifactId/ExperimentRun/dcid."
_SEVERAL = (list, tuple, range, set, frozenset)


def checked_name(name: object) -> str:
    """Return `name` if a metric can have it.

    Raises:
        UserErrorException: it is not text, or empty.
    """
    if not isinstance(name, str) or not name.strip():
        raise UserErrorException(f"{name!r} cannot be the name of a metric. Expected text that is not empty.")
    return name


def plain(value: object) -> Any:
    """Return `value` as JSON: numbers, text, truth and None as they are, containers item by item, the rest as repr."""
    try:
        return _plain(value)
    except RecursionError:  # a container that holds itself
        return _shown(value)


def _plain(value: object) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, _SEVERAL):
        return [_plain(item) for item in value]
    try:
        return _converted(value)
    except Exception:  # noqa: BLE001 - a foreign object's own conversion must never fail a run
        return _shown(value)


def _converted(value: object) -> Any:
    for base in (bool, int, float, str):  # subclasses, such as numpy.float64, become the plain type
        if isinstance(value, base):
            return base(value)
    if callable(getattr(value, "item", None)) and _count(value) == 1:
        taken = value.item()  # type: ignore[attr-defined]
        if type(taken) in (bool, int, float, str):
            return taken
        return _shown(value)
    if callable(getattr(value, "tolist", None)):
        return _plain(value.tolist())  # type: ignore[attr-defined]
    if callable(getattr(value, "as_integer_ratio", None)):  # Decimal, Fraction
        return float(value)  # type: ignore[arg-type]
    return _shown(value)


def _count(value: object) -> int:
    """How many values an array holds: numpy's attribute, or torch's method."""
    size = getattr(value, "size", 1)
    return size if isinstance(size, int) else int(value.numel())  # type: ignore[attr-defined]


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - see plain
        return f"<{type(value).__name__}>"


def scalar(name: str, value: object) -> Any:
    """Return the one value to record under `name`.

    Raises:
        UserErrorException: it is a list, range or generator; `log_list` is for those.
    """
    if isinstance(value, _SEVERAL) or (callable(getattr(value, "__next__", None))):
        raise UserErrorException(
            f"Metric {name!r}: log() records one value, and got a {type(value).__name__}. "
            f"Use log_list({name!r}, [...]), or call log() once for each value."
        )
    return _one(value)


def _one(value: object) -> Any:
    made = plain(value)
    return made if made is None or isinstance(made, (bool, int, float, str)) else _shown(value)


def listed(name: str, value: object) -> list[Any]:
    """Return the values to record under `name`.

    Raises:
        UserErrorException: it is not a list of values.
    """
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise UserErrorException(
            f"Metric {name!r}: log_list() records a list of values, and got {_brief(value)}. "
            f"Use log({name!r}, value) for one value."
        )
    made = plain(value.tolist() if hasattr(value, "tolist") else list(value))
    return made if isinstance(made, list) else [made]


def row(name: str, columns: Mapping[str, object]) -> dict[str, Any]:
    """Return the row to record under `name`.

    Raises:
        UserErrorException: there is no column, or one holds a list.
    """
    if not columns:
        raise UserErrorException(
            f"Metric {name!r}: log_row() needs at least one column, for example log_row({name!r}, x=1, y=2)."
        )
    for column, value in columns.items():
        if isinstance(value, (*_SEVERAL, Mapping)):
            raise UserErrorException(
                f"Metric {name!r}: column {column!r} of log_row() holds a {type(value).__name__}. "
                f"Expected one value; log_table({name!r}, {{...}}) records whole columns."
            )
    return {column: _one(value) for column, value in columns.items()}


def table(name: str, value: object) -> dict[str, list[Any]]:
    """Return the table to record under `name`: column name to values. A data frame is taken by its columns.

    Raises:
        AzureMLException: it is not a dict of columns, or the columns are of unequal length.
    """
    if callable(getattr(value, "to_dict", None)) and hasattr(value, "columns"):
        value = value.to_dict("list")  # type: ignore[attr-defined]
    if not isinstance(value, Mapping) or not value:
        raise AzureMLException(
            f"Metric {name!r}: log_table() records a dict of columns, and got {_brief(value)}. "
            f"Expected for example {{'x': [1, 2], 'y': [0.5, 0.7]}}."
        )
    columns = {str(column): _column(values) for column, values in value.items()}
    lengths = {column: len(values) for column, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{column} has {length}" for column, length in lengths.items())
        raise AzureMLException(
            f"Metric {name!r}: the columns of log_table() have unequal lengths: {shown}. "
            "Expected as many values in each."
        )
    return columns


def _column(values: object) -> list[Any]:
    if isinstance(values, _SEVERAL) or (hasattr(values, "tolist") and getattr(values, "ndim", 1) != 0):
        made = plain(values)
        return made if isinstance(made, list) else [made]
    return [_one(values)]


def chart(kind: str, name: str, value: object) -> dict[str, Any]:
    """Return the data of a chart, given as a dict or as JSON text.

    Raises:
        AzureMLException: it is neither.
    """
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise AzureMLException(
                f"Metric {name!r}: log_{kind}() got text that is not JSON ({error})."
            ) from error
    if not isinstance(value, Mapping):
        raise AzureMLException(
            f"Metric {name!r}: log_{kind}() takes a dict or its JSON text, and got {_brief(value)}. Expected "
            f"{{'schema_type': {kind!r}, 'schema_version': 'v1', 'data': {{...}}}}."
        )
    made: dict[str, Any] = plain(value)
    return made


def _brief(value: object) -> str:
    text = _shown(value)
    return f"{text[:60]}…" if len(text) > 60 else f"{text} ({type(value).__name__})"  # noqa: PLR2004


def file_address(run_id: str, file_name: str) -> str:
    """Return v1's address of a run's file, the value of image and chart metrics."""
    return f"{_ADDRESS}{run_id}/{file_name}"


def file_of(address: object) -> str | None:
    """Return the name of the file that `file_address` gave an address; None if it is none."""
    if not isinstance(address, str) or not address.startswith(_ADDRESS):
        return None
    return address[len(_ADDRESS) :].partition("/")[2] or None


def fold(metrics: Iterable[Metric]) -> dict[str, Any]:
    """Return recorded metrics the way v1's `get_metrics` gave them, by name in the order of their first record.

    One logged value is that value, several are a list. Rows and tables are a dict of columns, and a column of one
    value is that value; a row that lacks a column holds None there. Of images and charts the last one counts.
    """
    grouped: dict[str, list[Metric]] = {}
    for metric in metrics:
        grouped.setdefault(metric.name, []).append(metric)
    return {name: _folded(records) for name, records in grouped.items()}


def _folded(records: list[Metric]) -> Any:
    kinds = {record.kind for record in records}
    if kinds <= {"row", "table"}:
        return _columns(records)
    if kinds == {"scalar"} and len(records) == 1:
        return records[0].value
    if kinds <= {"scalar", "list"}:
        values: list[Any] = []
        for record in records:
            values.extend(record.value if isinstance(record.value, list) else [record.value])
        return values
    last = records[-1]
    same = [record for record in records if record.kind == last.kind]
    # A name used for values of different sorts: the latest sort is what the script settled on.
    return _folded(same) if len(same) < len(records) else last.value


def _columns(records: list[Metric]) -> dict[str, Any]:
    rows: list[Mapping[str, Any]] = []
    for record in records:
        value = record.value
        if not isinstance(value, Mapping):
            continue
        if record.kind == "row":
            rows.append(value)
        else:
            length = max((len(column) for column in value.values()), default=0)
            rows.extend({name: column[at] for name, column in value.items()} for at in range(length))
    names = dict.fromkeys(name for each in rows for name in each)
    if len(rows) == 1:
        return {name: rows[0][name] for name in names}
    return {name: [each.get(name) for each in rows] for name in names}
