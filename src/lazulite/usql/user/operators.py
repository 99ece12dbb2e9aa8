"""The user's extractors, processors, reducers, combiners, appliers and outputters: Python on rows as dicts.

Rows go through Arrow in batches; a reducer gets those of one key, sorted as PRESORT says.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.usql import arguments, tree
from lazulite.usql.bind.rowsets import Rowset, declared
from lazulite.usql.bind.scope import Scope, Source
from lazulite.usql.bind.value import unsupported, wrong_type
from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column
from lazulite.usql.failures import ExtractError, UsqlRuntimeError
from lazulite.usql.output.write import Written
from lazulite.usql.user import ports
from lazulite.usql.user.values import default_value, from_python, to_python

if TYPE_CHECKING:
    from lazulite.usql.session import Session

_BATCH = 10_000
_Row = Mapping[str, Any]


def _found(session: Session, kind: str, node: tree.Expression) -> Callable[..., Any]:
    name = arguments.user_name(node)
    found = session.registry.operator(kind, name) or ports.find(kind, name)
    if found is None:
        raise unsupported(
            f"the {kind} {name} is C# code, which does not run here",
            node.at,
            f'Write it in Python in usql_udos.py beside the script: @register_{kind}("{name}") above a def.',
        )
    return found


class _Raw(io.RawIOBase):
    """A file that the user's code may wrap and forget: closing it is not its business."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Any, /) -> int | None:
        return self._file.readinto(buffer)


def extracted(
    session: Session, node: tree.Extract, columns: Sequence[Column], files: Sequence[Found]
) -> Rowset:
    """The rows that a user's extractor reads from the files."""
    read = _found(session, "extractor", node.extractor)
    given = arguments.given(session, node.extractor)

    name = arguments.user_name(node.extractor)

    def rows() -> Iterator[_Row]:
        for found in files:
            with found.file.open("rb", buffering=0) as file, _naming(found.file, name, read):
                for row in read(io.BufferedReader(_Raw(file)), [column.name for column in columns], **given):
                    yield {**row, **_virtual(session, found, columns)}

    # The JSON library leaves defaults where a document has nothing; the user's own code has to give a value.
    return _kept(session, rows(), columns, name, defaults=read in ports.DEFAULTING)


@contextmanager
def _naming(file: Path, name: str, read: Callable[..., Any]) -> Iterator[None]:
    """Name the file that a port cannot read; what the user's own code raises says itself where it comes from."""
    try:
        yield
    except (ValueError, SyntaxError) as wrong:  # a SyntaxError is what ElementTree has for XML
        if read.__module__ != ports.__name__:
            raise
        raise ExtractError(f"{name} cannot read the file {file}: {wrong}", file=str(file)) from wrong


def _virtual(session: Session, found: Found, columns: Sequence[Column]) -> dict[str, Any]:
    from lazulite.usql.parsing import parsed
    from lazulite.usql.text import literal

    return {
        column.name: to_python(
            session.scalar(parsed(column.type, literal(found.values[column.name]))), column.type
        )
        for column in columns
        if column.name in found.values
    }


def applied(session: Session, node: tree.Query, inputs: Sequence[Rowset]) -> Rowset:
    """What a processor, reducer, combiner or applier makes of its inputs."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise unsupported(f"{type(node).__name__} has no user code", node.at)
    return handler(session, node, inputs)


def _processed(session: Session, node: tree.Process, inputs: Sequence[Rowset]) -> Rowset:
    compute, given = _found(session, "processor", node.processor), arguments.given(session, node.processor)
    columns = declared(node.columns)
    kept = _names(node.readonly, inputs[0])

    def rows() -> Iterator[_Row]:
        for row in _rows(session, inputs[0]):
            made = compute(row, **given)
            if made is not None:
                yield {**{name: row[name] for name in kept}, **made}

    return _kept(session, rows(), columns, arguments.user_name(node.processor))


def _reduced(session: Session, node: tree.Reduce, inputs: Sequence[Rowset]) -> Rowset:
    compute, given = _found(session, "reducer", node.reducer), arguments.given(session, node.reducer)
    columns = declared(node.columns)
    source = Source(None, "u", inputs[0].columns)
    scope = session.binder().within({})
    binder = type(scope)(Scope((source,)), session.variables, session.registry, now=session.now)
    from lazulite.usql.bind import windows

    order = [f"{binder.bind(tree.Name(name, at=node.at)).sql} NULLS LAST" for name in node.on]
    order += [windows.ordering(binder, each) for each in node.presort]
    kept = _names(node.readonly, inputs[0])

    def rows() -> Iterator[_Row]:
        ordered = _rows(session, inputs[0], ", ".join(order))
        for _, group in itertools.groupby(ordered, lambda row: tuple(row[name] for name in node.on)):
            members = list(group)
            for made in compute(members, **given) or ():
                yield {**{name: members[0][name] for name in kept}, **made}

    return _kept(session, rows(), columns, arguments.user_name(node.reducer))


def _combined(session: Session, node: tree.Combine, inputs: Sequence[Rowset]) -> Rowset:
    compute, given = _found(session, "combiner", node.combiner), arguments.given(session, node.combiner)
    columns = declared(node.columns)
    pairs = _keys(node)
    groups = [
        {key: list(rows) for key, rows in _grouped(_rows(session, rowset), [pair[side] for pair in pairs])}
        for side, rowset in enumerate(inputs)
    ]

    def rows() -> Iterator[_Row]:
        for key, left in groups[0].items():
            yield from compute(left, groups[1].get(key, []), **given) or ()

    return _kept(session, rows(), columns, arguments.user_name(node.combiner))


def _grouped(rows: Iterable[_Row], names: Sequence[str]) -> Iterable[tuple[tuple[Any, ...], list[_Row]]]:
    found: dict[tuple[Any, ...], list[_Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found.items()


def _keys(node: tree.Combine) -> list[tuple[str, str]]:
    """The columns of `ON a.x == b.y AND …`, left and right."""
    if node.on is None:
        return []
    first, links = tree.left_spine(node.on) if isinstance(node.on, tree.Binary) else (node.on, [])
    tests = (
        [first, *(link.right for link in links)]
        if links and links[-1].operator in {"AND", "&&"}
        else [node.on]
    )
    pairs = []
    for test in tests:
        sides = (test.left, test.right) if isinstance(test, tree.Binary) and test.operator == "==" else ()
        names = [
            side.name if isinstance(side, tree.Member) else side.text
            for side in sides
            if isinstance(side, (tree.Member, tree.Name))
        ]
        if len(names) != 2:
            raise wrong_type("COMBINE compares columns: ON left.a == right.a AND …", test.at)
        pairs.append((names[0], names[1]))
    return pairs


def applier(session: Session, node: tree.Applier, rowset: Rowset, *, outer: bool) -> Rowset:
    """Each row of the input with each that the applier makes of it."""
    compute, given = _found(session, "applier", node.applier), arguments.given(session, node.applier)
    columns = declared(node.columns)

    def rows() -> Iterator[_Row]:
        for values, row in _both(session, rowset):
            made = list(compute(row, **given) or ())
            for new in made or ([{}] if outer else []):
                yield {**values, **{f"+{key}": value for key, value in new.items()}}

    before = [Column(f"{number}", column.type) for number, column in enumerate(rowset.columns)]
    after = [Column(f"+{column.name}", column.type.or_null if outer else column.type) for column in columns]
    made = _kept(session, rows(), [*before, *after], arguments.user_name(node.applier))
    return Rowset(made.sql, (*rowset.columns, *(Column(column.name[1:], column.type) for column in after)))


def _both(session: Session, rowset: Rowset) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for values in _tuples(session, rowset):
        named = {column.name: value for column, value in zip(rowset.columns, values, strict=True)}
        yield {f"{number}": value for number, value in enumerate(values)}, named


def outputted(session: Session, node: tree.Output, rowset: Rowset, file: Path) -> Written:
    """Let a user's outputter write the rows."""
    put = _found(session, "outputter", node.outputter)
    given = arguments.given(session, node.outputter)
    count = 0

    def rows() -> Iterator[_Row]:
        nonlocal count
        for row in _rows(session, rowset):
            count += 1
            yield row

    with file.open("wb") as stream:
        put(rows(), stream, [column.name for column in rowset.columns], **given)
    return Written(count, file.stat().st_size)


# --- rows ------------------------------------------------------------------------------------------------------------


def _names(readonly: tuple[str, ...] | tree.Star | None, rowset: Rowset) -> list[str]:
    if readonly is None:
        return []
    return [column.name for column in rowset.columns] if isinstance(readonly, tree.Star) else list(readonly)


def _rows(session: Session, rowset: Rowset, order: str = "") -> Iterator[dict[str, Any]]:
    names = [column.name for column in rowset.columns]
    for values in _tuples(session, rowset, order):
        yield dict(zip(names, values, strict=True))


def _tuples(session: Session, rowset: Rowset, order: str = "") -> Iterator[tuple[Any, ...]]:
    types = [column.type for column in rowset.columns]
    sql = f"SELECT * FROM ({rowset.sql}) AS u" + (f" ORDER BY {order}" if order else "")
    # A cursor of its own: what is made of the rows is inserted through the connection meanwhile.
    reader = session.connection.sql(sql).to_arrow_table()
    for batch in reader.to_batches(_BATCH):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield tuple(to_python(value, type_) for value, type_ in zip(values, types, strict=True))


def _kept(
    session: Session, rows: Iterator[_Row], columns: Sequence[Column], what: str, *, defaults: bool = False
) -> Rowset:
    """The rows as a temporary table; a column that a row lacks is null, or with `defaults` its type's default."""
    import pyarrow as pa

    from lazulite.usql.dotnet.functions import arrow_type

    schema = pa.schema(
        [(f"c{number}", arrow_type(column.type.duckdb)) for number, column in enumerate(columns)]
    )
    batches = []
    while chunk := list(itertools.islice(rows, _BATCH)):
        arrays = []
        for number, column in enumerate(columns):
            missing = default_value(column.type) if defaults else None
            values = [_converted(row.get(column.name, missing), column, what) for row in chunk]
            try:
                arrays.append(pa.array(values, schema.field(number).type))
            except (pa.ArrowException, OverflowError) as wrong:
                raise UsqlRuntimeError(f"{what}, column {column.name}, {column.type}: {wrong}") from None
        batches.append(pa.record_batch(arrays, schema=schema))
    session.views += 1
    name = f"usql_user_{session.views}"
    session.connection.register(f"{name}_rows", pa.Table.from_batches(batches, schema))
    items = ", ".join(
        f"CAST(c{number} AS {column.type.duckdb}) AS c{number}" for number, column in enumerate(columns)
    )
    session.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {items} FROM {name}_rows")
    session.connection.unregister(f"{name}_rows")
    return Rowset(f"SELECT * FROM {name}", tuple(columns))


def _converted(value: Any, column: Column, what: str) -> Any:
    if value is None and not column.type.nullable:
        raise UsqlRuntimeError(
            f"{what} gives no value for the column {column.name}, which cannot be null ({column.type})"
        )
    try:
        return from_python(value, column.type)
    except (TypeError, ValueError, AttributeError) as wrong:
        raise UsqlRuntimeError(
            f"{what} gives {value!r} for the column {column.name}, which is {column.type}: {wrong}"
        ) from None


_HANDLERS: dict[type, Callable[[Session, Any, Sequence[Rowset]], Rowset]] = {
    tree.Process: _processed,
    tree.Reduce: _reduced,
    tree.Combine: _combined,
    tree.Apply: lambda session, node, inputs: applier(session, node.applied, inputs[0], outer=node.outer),
}
