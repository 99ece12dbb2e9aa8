"""`FILE.URI()` and its kin: what U-SQL says of a file, as a column of an EXTRACT or of a path in an expression.

EXTRACT a int, uri = FILE.URI() FROM "/logs/{*}.csv" USING Extractors.Csv()
IF FILE.EXISTS("/logs/a.csv") THEN … END;
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.usql import tree, types
from lazulite.usql.bind import casts
from lazulite.usql.bind.value import Value, unknown, unsupported, wrong_type
from lazulite.usql.dotnet import dates
from lazulite.usql.extract import filesets
from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column
from lazulite.usql.paths import located
from lazulite.usql.text import literal
from lazulite.usql.types import BOOL, STRING, Type

if TYPE_CHECKING:
    from lazulite.usql.session import Session


def _uri(file: Path, root: Path) -> str:
    return "/" + file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_uri()


def _modified(file: Path, root: Path) -> str:
    moment = dt.datetime.fromtimestamp(int(file.stat().st_mtime), tz=dt.timezone.utc)
    midnight = dates.ticks_of(moment.year, moment.month, moment.day, 0, 0)
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return str(dates.format_(midnight + seconds * dates.TICKS_PER_SECOND, "O"))


# Few file systems tell when a file was made; it is taken for its last change.
_FACTS: dict[str, tuple[Type, Callable[[Path, Path], str]]] = {
    "URI": (STRING, _uri),
    "LENGTH": (types.of("long?"), lambda file, _: str(file.stat().st_size)),
    "MODIFIED": (types.of("DateTime?"), _modified),
    "CREATED": (types.of("DateTime?"), _modified),
}


def computed(
    session: Session, columns: Sequence[tree.Column], files: Sequence[Found]
) -> tuple[list[tree.Column], dict[int, Column], list[Found]]:
    """The columns of an EXTRACT that are read, those that are computed by their places, and the files with their values."""
    read, made, names = [], {}, {}
    for place, column in enumerate(columns):
        if column.type is None and column.default is not None:
            names[column.name] = name = _named(column.default)
            made[place] = Column(column.name, _FACTS[name][0])
        else:
            read.append(column)
    filled = [
        replace(
            found,
            values={
                **found.values,
                **{column: _FACTS[name][1](found.file, session.root) for column, name in names.items()},
            },
        )
        for found in files
    ]
    return read, made, filled if names else list(files)


def _named(node: tree.Expression) -> str:
    target = node.target if isinstance(node, tree.Call) and not node.arguments else None
    if isinstance(target, tree.Member) and target.name in _FACTS and target.target == tree.Name("FILE"):
        return target.name
    raise unsupported(
        "a column of an EXTRACT is computed by FILE only",
        node.at,
        f"There are {', '.join(f'FILE.{name}()' for name in _FACTS)}.",
    )


def fact(session: Session, name: str, arguments: Sequence[tree.Argument], at: tree.Span) -> Value:
    """`FILE.EXISTS(path)`, `FILE.LENGTH(path)` …, a constant."""
    if name not in {"EXISTS", *_FACTS}:
        raise unknown(f"FILE has no member {name}", at, f"There are EXISTS, {', '.join(_FACTS)}.")
    if len(arguments) != 1:
        raise wrong_type(f"FILE.{name} has one path", at)
    value = casts.implicit(session.binder().bind(arguments[0].value), STRING, at, "the path")
    path = str(session.python(value, at, "a path"))
    place = located(path, session.root, session.resolver)
    if filesets.is_pattern(place.relative):
        raise unsupported(f"FILE.{name} takes the path of one file", at)
    if name == "EXISTS":
        return Value(str(place.file.is_file()).lower(), BOOL, constant=True)
    if not place.file.is_file():
        raise unknown(f"there is no input file {path}", at, code="E_CSC_USER_INPUTFILENOTFOUND")
    type_, tell = _FACTS[name]
    text = literal(tell(place.file, session.root))
    from lazulite.usql.parsing import parsed

    return Value(f"CAST({parsed(type_, text)} AS {type_.duckdb})", type_.not_null, constant=True)
