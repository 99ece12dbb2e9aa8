"""The user's Python for the C# of a script: what `usql_udos.py` beside the script registers.

```python
from lazulite.usql.user import register_function, register_processor

@register_function("My.Text.Clean", returns="string")
def clean(text):
    return text.strip().lower()

@register_processor("My.Trimmer")
def trim(row):                    # a dict of the input's columns
    return {"name": row["name"].strip()}
```

Values are Python's: a DateTime is a `datetime` (its last digit, 100 ns, is lost), a decimal a `Decimal`, a char a str.
"""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lazulite.usql import types
from lazulite.usql.bind.value import Value
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.types import Type
from lazulite.usql.user.values import from_python, to_python

if TYPE_CHECKING:
    import duckdb

    from lazulite.usql.tree import Span

_F = TypeVar("_F", bound=Callable[..., Any])
KINDS = ("extractor", "processor", "reducer", "combiner", "applier", "outputter")
_numbers = itertools.count(1)


@dataclass
class UserFunction:
    """A function that SQL calls; for each combination of argument types it is registered once."""

    name: str
    compute: Callable[..., Any]
    returns: Type
    connection: duckdb.DuckDBPyConnection | None = None
    _known: dict[tuple[Type, ...], str] = field(default_factory=dict)

    def called(self, values: Sequence[Value], at: Span) -> Value:
        """The call with these arguments."""
        sql_name = self._registered(tuple(value.type for value in values))
        arguments = ", ".join(f"CAST({value.sql} AS {value.type.duckdb})" for value in values)
        return Value(f"{sql_name}({arguments})", self.returns)

    def sql_of(self, texts: Sequence[str], given: Sequence[Type]) -> str:
        """The call of an aggregate with lists of values."""
        return f"{self._registered(tuple(types.array_of(each) for each in given))}({', '.join(texts)})"

    def _registered(self, given: tuple[Type, ...]) -> str:
        if given not in self._known:
            from lazulite.usql.dotnet import functions

            name = f"usql_user_{next(_numbers)}"
            compute, returns = self.compute, self.returns

            def called(*values: Any) -> Any:
                return from_python(
                    compute(*(to_python(value, type_) for value, type_ in zip(values, given, strict=True))),
                    returns,
                )

            function = functions.Function(
                called, tuple(type_.duckdb for type_ in given), returns.duckdb, knows_nulls=True
            )
            if self.connection is None:
                raise UsqlRuntimeError(f"{self.name} is not connected")
            functions.add(self.connection, name, function)
            self._known[given] = name
        return self._known[given]


class Registry:
    """Python by C#'s names. `My.Ns.Thing`, or its last part `Thing` where that is not ambiguous."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self._connection = connection
        self._functions: dict[str, UserFunction] = {}
        self._aggregates: dict[str, UserFunction] = {}
        self._operators: dict[tuple[str, str], Any] = {}

    def add(self, kind: str, name: str, implementation: Any, returns: str = "string") -> None:
        """Register Python under a C# name. `kind` is function, aggregate or one of `KINDS`."""
        if kind in {"function", "aggregate"}:
            try:
                type_ = types.of(returns)
            except KeyError:
                raise UsqlRuntimeError(f"{name}: returns={returns!r} is no type of U-SQL") from None
            table = self._functions if kind == "function" else self._aggregates
            table[name] = UserFunction(
                name, implementation, type_.or_null if not type_.is_reference else type_, self._connection
            )
        elif kind in KINDS:
            self._operators[kind, name] = implementation
        else:
            raise UsqlRuntimeError(f"{kind!r} is none of function, aggregate, {', '.join(KINDS)}")

    def function(self, name: str) -> UserFunction | None:
        return _named(self._functions, name)

    def aggregate(self, name: str) -> UserFunction | None:
        return _named(self._aggregates, name)

    def operator(self, kind: str, name: str) -> Any | None:
        """The user's extractor, processor … of this name."""
        return _named({key[1]: value for key, value in self._operators.items() if key[0] == kind}, name)


_T = TypeVar("_T")


def _named(table: dict[str, _T], name: str) -> _T | None:
    if name in table:
        return table[name]
    short = [
        key
        for key in table
        if key.rpartition(".")[2] == name.rpartition(".")[2] and ("." not in name or "." not in key)
    ]
    return table[short[0]] if len(short) == 1 else None


_loading: list[Registry] = []


def register(kind: str, name: str, returns: str = "string") -> Callable[[_F], _F]:
    """The decorator behind `register_function` and its kin."""

    def registered(implementation: _F) -> _F:
        if not _loading:
            raise UsqlRuntimeError("register_… works in usql_udos.py, while a script is run")
        _loading[-1].add(kind, name, implementation, returns)
        return implementation

    return registered


def load(registry: Registry, folder: Path) -> None:
    """Run `usql_udos.py` of a folder, if it has one; what it registers is in `registry` then."""
    file = folder / "usql_udos.py"
    if not file.is_file():
        return
    spec = importlib.util.spec_from_file_location(f"usql_udos_{next(_numbers)}", file)
    if spec is None or spec.loader is None:
        raise UsqlRuntimeError(f"{file} cannot be loaded")
    _loading.append(registry)
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    finally:
        _loading.pop()
