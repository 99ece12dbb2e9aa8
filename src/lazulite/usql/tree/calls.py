"""Calls of U-SQL's own functions, which are written in capitals, with windows and orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lazulite.usql.tree.base import Expression, Node
from lazulite.usql.tree.types import Type


@dataclass(frozen=True, slots=True)
class Ordering(Node):
    """An item of ORDER BY."""

    value: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """One end of a window's frame; `rows` is the count of PRECEDING or FOLLOWING, None for UNBOUNDED and CURRENT."""

    kind: OneOf["PRECEDING", "CURRENT", "FOLLOWING"]
    rows: Expression | None = None


@dataclass(frozen=True, slots=True)
class Frame(Node):
    """`ROWS BETWEEN start AND end`; `end` is None in the short form `ROWS start`."""

    unit: OneOf["ROWS", "RANGE"]
    start: Bound
    end: Bound | None = None


@dataclass(frozen=True, slots=True)
class Window(Node):
    """`OVER (PARTITION BY … ORDER BY … ROWS …)`."""

    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[Ordering, ...] = ()
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class SqlCall(Expression):
    """A call of one of U-SQL's own functions, which are capitals only: aggregates, ranking, windows.

    `COUNT(*)`, `SUM(DISTINCT x)`, `AGG<My.Median>(x)`, `ROW_NUMBER() OVER (…)`,
    `PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x) OVER (PARTITION BY y)`, `LAG(x, 1)`, `EXPLODE(x)`.
    Every call of a bare, unquoted, all-capital name that is longer than two letters is one.

    Args:
        function: the name in capitals.
        star: whether the only argument is `*`.
        types: the class in `AGG<…>`, the types in `ARRAY_AGG<…>` and `MAP_AGG<…>`, else none.
        within: the order of WITHIN GROUP.
        over: the window, or None.
    """

    function: str
    arguments: tuple[Expression, ...] = ()
    distinct: bool = False
    star: bool = False
    types: tuple[Type, ...] = ()
    within: tuple[Ordering, ...] = ()
    over: Window | None = None
