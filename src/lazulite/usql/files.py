"""EXTRACT and OUTPUT: from paths and parameters to the readers and writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.usql import arguments, filefacts, tree, types
from lazulite.usql.bind import casts, selects
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.rowsets import Names, Rowset, declared, distinct
from lazulite.usql.bind.scope import missing
from lazulite.usql.bind.value import unknown, unsupported
from lazulite.usql.extract import filesets, parquet
from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column, text_format
from lazulite.usql.extract.read import Rowset as Extracted
from lazulite.usql.output import partitioned
from lazulite.usql.output.parameters import output_format
from lazulite.usql.output.write import Written, write
from lazulite.usql.paths import located
from lazulite.usql.user import operators

if TYPE_CHECKING:
    from lazulite.usql.session import Session

_NOT_FOUND = "E_CSC_USER_INPUTFILENOTFOUND"


def path_of(session: Session, node: tree.Expression) -> str:
    """A path, which has to be a constant string."""
    value = casts.implicit(session.binder().bind(node), types.STRING, node.at, "the path")
    return str(session.python(value, node.at, "a path"))


class FilePlaces:
    """Where a script's rowsets come from: files, the catalog, the user's code."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def extract(self, node: tree.Extract, binder: Binder) -> Rowset:
        session = self._session
        found = [each for file in node.files for each in self._files(file)]
        columns, found = self._columns(node, found)
        session.bytes_read += sum(each.file.stat().st_size for each in found)
        kind = arguments.built_in(node.extractor, "Extractors")
        if kind is None:
            return operators.extracted(session, node, columns, found)
        if kind == "Parquet":
            return Rowset(parquet.read_sql(columns, found), columns)
        given = arguments.given(session, node.extractor, arguments.EXTRACTOR[0 if kind == "Text" else 1 :])
        format_ = text_format(kind, given)
        if "emptystringasnullwhenquoting:on" in session.options.get("InternalDebug", "").lower():
            format_ = replace(format_, empty_is_null=True)
        extracted = Extracted(
            session.connection, columns, found, format_, session.scratch, strictly=session.strictly
        )
        session.extracted.append(extracted)
        return Rowset(extracted.sql(), columns)

    def _columns(self, node: tree.Extract, found: list[Found]) -> tuple[tuple[Column, ...], list[Found]]:
        read, made, found = filefacts.computed(self._session, node.columns, found)
        columns = list(declared(read))
        for place, column in made.items():
            columns.insert(place, column)
        distinct(columns, node)
        return tuple(columns), found

    def _files(self, node: tree.Expression) -> list[Found]:
        path = path_of(self._session, node)
        place = located(path, self._session.root, self._session.resolver)
        if filesets.is_pattern(place.relative):
            return filesets.files_of(place.folder, place.relative)
        if not place.file.is_file():
            raise unknown(
                f"there is no input file {path}", node.at, f"It was looked for at {place.file}.", _NOT_FOUND
            )
        return [Found(place.file, {})]

    def table(self, node: tree.TableReference, binder: Binder) -> Rowset:
        if self._session.catalog is None:
            raise unsupported(f"{node.name} is a table or view, and there is no catalog", node.at)
        return self._session.catalog.table(node, self._session)

    def function(self, node: tree.FunctionCall, binder: Binder) -> Rowset:
        if self._session.catalog is None:
            raise unsupported(f"{node.name} is a table-valued function, and there is no catalog", node.at)
        return self._session.catalog.function(node, self._session)

    def user(self, node: tree.Query, inputs: Sequence[Rowset], binder: Binder) -> Rowset:
        return operators.applied(self._session, node, inputs)


def output(session: Session, node: tree.Output, names: Names) -> tuple[str, Written]:
    """Write an OUTPUT's rows under temporary names; gives its path and what was written."""
    rowset = selects.output_order(names, node)
    path = path_of(session, node.path)
    place = located(path, session.root, session.resolver)
    if place.relative in {"", "."}:
        raise unsupported("an OUTPUT needs the name of a file", node.path.at)
    # ADLA wrote a file for each node that had rows; here is one node.
    pattern = place.relative.replace("{*}", "0")
    if not filesets.is_pattern(pattern):
        return path, _written(session, node, rowset, Path(place.folder, pattern))
    known = [column.name for column in rowset.columns]
    for name in filesets.columns_of(pattern):
        if name not in known:
            raise missing(name, known, node.path.at)
    rows = size = 0
    for file, piece in partitioned.pieces(session.connection, session.kept(rowset), place.folder, pattern):
        found = _written(session, node, piece, file)
        rows, size = rows + found.rows, size + found.bytes
    return path, Written(rows, size)


def _written(session: Session, node: tree.Output, rowset: Rowset, target: Path) -> Written:
    kind = arguments.built_in(node.outputter, "Outputters")
    part = session.outputs.new(target)
    if kind is None:
        return operators.outputted(session, node, rowset, part)
    if kind == "Parquet":
        return parquet.write(session.connection, rowset.sql, rowset.columns, part)
    given = arguments.given(session, node.outputter, arguments.OUTPUTTER[0 if kind == "Text" else 1 :])
    format_ = output_format(kind, given)
    packed = target.suffix.lower() == ".gz"
    return write(session.connection, rowset.sql, rowset.columns, format_, part, packed=packed)
