"""Which runs a `RunQuery` means, and in which order: from its fields to one statement.

Everything is decided by the database, so that a page of a list costs its own length wherever an index has its order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    FromClause,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)

from lazulite.model.errors import InvalidRequest
from lazulite.model.run import HANDLED, RUN_ORDERS, RunQuery, RunStatus
from lazulite.records import deleting, labels
from lazulite.records.columns import moment, now
from lazulite.records.tables import labels as stored_labels
from lazulite.records.tables import metrics, runs

_CONDITION = re.compile(r"\s*(<=|>=|==|=|!=|<|>)?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*")
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"
_COMPARISONS: dict[str, Callable[[Any, float], Any]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound,
    "!=": lambda value, bound: value != bound,
}
#: Statuses of a run that has taken an earlier failure's place.
_REDEEMING = tuple(
    status.value for status in RunStatus if status not in (RunStatus.FAILED, RunStatus.CANCELED)
)


def listing(ws_id: str, wanted: RunQuery) -> Select[Any]:
    """The rows of one page of the list.

    Raises:
        InvalidRequest: the order or a condition cannot be understood.
    """
    at = int(moment(now()) or 0)  # one moment for both: what has not ended is compared with itself
    keys = (_order(wanted.order, runs, at), runs.c.position)
    query = select(runs).where(*conditions(ws_id, wanted))
    if wanted.after is not None:
        before = runs.alias("before")
        edge = [
            select(key).where(before.c.id == wanted.after).scalar_subquery()
            for key in (_order(wanted.order, before, at), before.c.position)
        ]
        query = query.where(
            tuple_(*keys) > tuple_(*edge) if wanted.ascending else tuple_(*keys) < tuple_(*edge)
        )
    if wanted.statuses and not any(status.is_terminal for status in wanted.statuses):
        # Few runs are active. Without the sum a database may walk through all runs in order, to find these among them.
        keys = (keys[0] + 0, keys[1])
    query = query.order_by(*(key.asc() if wanted.ascending else key.desc() for key in keys))
    if wanted.limit is not None:
        query = query.limit(wanted.limit)
    return query.offset(wanted.offset) if wanted.offset else query


def conditions(ws_id: str, wanted: RunQuery) -> Iterator[ColumnElement[bool]]:
    """What rows of `runs` must meet, whatever the page."""
    yield runs.c.workspace == ws_id
    yield deleting.is_listed()
    yield from _of_columns(wanted)
    for kind, named in ((labels.TAG, wanted.tags), (labels.PROPERTY, wanted.properties)):
        for name, text in named.items():
            yield labels.has(kind, name, text)
    for name, text in wanted.parameters.items():
        yield _has_parameter(name, text)
    for name, condition in wanted.metrics.items():
        yield _has_metric(name, condition, below=wanted.top_level)
    if wanted.unresolved:
        yield from _unresolved()
    if wanted.text:
        yield _holds(wanted.text)


def _of_columns(wanted: RunQuery) -> Iterator[ColumnElement[bool]]:
    equal = {
        "experiment": wanted.experiment,
        "kind": None if wanted.kind is None else wanted.kind.value,
        "parent_id": wanted.parent_id,
        "root_id": wanted.root_id,
        "target": wanted.target,
        "submitted_by": wanted.submitted_by,
    }
    for column, value in equal.items():
        if value is not None:
            yield runs.c[column] == value
    if wanted.top_level:
        yield runs.c.parent_id.is_(None)
    if wanted.statuses:
        yield runs.c.status.in_([status.value for status in wanted.statuses])
    if wanted.created_after is not None:
        yield runs.c.created_at >= wanted.created_after
    if wanted.created_before is not None:
        yield runs.c.created_at < wanted.created_before


def _order(name: str, table: FromClause, at: int) -> ColumnElement[Any]:
    """What runs are ordered by, at the moment `at`; never null, because nothing is greater or less than null."""
    if name not in _ORDERS:
        raise InvalidRequest(f"Runs cannot be ordered by {name!r}. Expected one of {', '.join(RUN_ORDERS)}.")
    return _ORDERS[name](table.c, at)


def _created(of: Any, _at: int) -> ColumnElement[Any]:
    return type_coerce(of.created_at, BigInteger)


def _ended(of: Any, at: int) -> ColumnElement[Any]:
    return func.coalesce(type_coerce(of.ended_at, BigInteger), at)


_ORDERS: dict[str, Callable[[Any, int], ColumnElement[Any]]] = {
    "created": _created,
    "ended": _ended,
    "duration": lambda of, at: _ended(of, at) - _created(of, at),
    "name": lambda of, _at: func.lower(func.coalesce(of.display_name, of.name)),
    "experiment": lambda of, _at: func.lower(of.experiment),
    "status": lambda of, _at: of.status,
}


def _holds(text: str) -> ColumnElement[bool]:
    """The row, or one of its tags, holds that text."""
    wanted = text.lower()

    def has(column: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = func.lower(column).contains(wanted, autoescape=True)
        return found

    tagged = exists().where(
        stored_labels.c.run_id == runs.c.id,
        stored_labels.c.kind == labels.TAG,
        or_(has(stored_labels.c.name), has(stored_labels.c.value)),
    )
    columns = (runs.c.id, runs.c.name, runs.c.display_name, runs.c.description)
    return or_(*map(has, columns), tagged)


def _has_parameter(name: str, text: str) -> ColumnElement[bool]:
    """The run was started with that value, as the JSON text of its parameters tells."""
    values = {json.dumps(text)}
    if text.lower() in ("true", "false"):
        values.add(text.lower())
    if text.lower() in ("none", "null"):
        values.add("null")
    if _CONDITION.fullmatch(text):
        number = float(text)
        values.add(json.dumps(number))
        if number.is_integer():
            values.add(str(int(number)))
    given = stored_labels.c.value
    start = json.dumps(name) + ": "
    return exists().where(
        stored_labels.c.run_id == runs.c.id,
        stored_labels.c.kind == labels.PROPERTY,
        stored_labels.c.name == "azureml.parameters",
        or_(
            *(
                given.contains(start + value + end, autoescape=True)
                for value in sorted(values)
                for end in ",}"
            )
        ),
    )


def _has_metric(name: str, condition: str, *, below: bool) -> ColumnElement[bool]:
    """The newest number of that name, of the run or (with `below`, of a top-level run) of one below it, meets the
    condition."""
    family = runs.alias("family")
    # By its place, not by "order by … limit 1": that leads SQLite to walk through all metrics there are, from the end.
    last = (
        select(func.max(metrics.c.position))
        .join(family, metrics.c.run_id == func.coalesce(family.c.reused_run_id, family.c.id))
        .where(metrics.c.name == name, metrics.c.kind == "scalar")
        .where((family.c.root_id if below else family.c.id) == runs.c.id)
        .correlate(runs)
        .scalar_subquery()
    )
    chosen = metrics.alias("chosen")
    newest = (
        select(case((chosen.c.value.regexp_match(_NUMBER), cast(chosen.c.value, Double))))
        .where(chosen.c.position == last)
        .scalar_subquery()
    )
    if not condition.strip():
        return newest.is_not(None)
    found = _CONDITION.fullmatch(condition)
    if found is None:
        raise InvalidRequest(
            f"The condition {condition!r} on the metric {name!r} cannot be understood. Expected a comparison with a "
            "number, such as '>= 0.9', '< 10' or '= 3'."
        )
    sign = (found[1] or "=").replace("==", "=")
    result: ColumnElement[bool] = _COMPARISONS[sign](newest, float(found[2]))
    return result


def _unresolved() -> Iterator[ColumnElement[bool]]:
    later = runs.alias("later")
    yield runs.c.status == RunStatus.FAILED.value
    yield ~labels.has(labels.TAG, HANDLED, None)
    yield ~exists().where(
        and_(
            later.c.workspace == runs.c.workspace,
            later.c.experiment == runs.c.experiment,
            later.c.parent_id.is_(None),
            later.c.created_at > runs.c.created_at,
            later.c.name == runs.c.name,
            later.c.status.in_(_REDEEMING),
        )
    )
