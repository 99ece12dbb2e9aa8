"""What statements of the catalog do, and what names of the catalog stand for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lazulite.usql import tree
from lazulite.usql.bind import casts, queries
from lazulite.usql.bind.expressions import type_of
from lazulite.usql.bind.rowsets import Rowset, declared
from lazulite.usql.bind.value import Wrong, unknown, unsupported, wrong_type
from lazulite.usql.catalog import definitions, partitions, tables
from lazulite.usql.catalog.store import Context, Kind, Store, Stored
from lazulite.usql.errors import UNKNOWN_OBJECT
from lazulite.usql.parser import parse
from lazulite.usql.session import Logged
from lazulite.usql.statements import carry_out, names_of

if TYPE_CHECKING:
    from lazulite.usql.bind.value import Value
    from lazulite.usql.session import Session

_DEEPEST = 32
"""How deep functions, views and procedures may call one another."""


class AccountCatalog:
    """An account's catalog for one script (`session.Catalog`)."""

    def __init__(self) -> None:
        self._contexts: list[tuple[Session, Context]] = []
        self._store: tuple[Any, Store] | None = None
        self._depth = 0
        self.created: set[int] = set()  # tables of this script that it has not read yet, by number
        self.local: dict[str, Stored] = {}  # what DECLARE FUNCTION, PROCEDURE, TYPE define, as `@name`

    def store(self, session: Session) -> Store:
        """What the catalog knows, by the session's connection."""
        if self._store is None or self._store[0] is not session.connection:
            self._store = (session.connection, Store(session.connection))
        return self._store[1]

    def context(self, session: Session) -> Context:
        """The database and schema that a session's names are looked up in."""
        return next((context for known, context in reversed(self._contexts) if known is session), Context())

    def set_context(self, session: Session, context: Context) -> None:
        self._contexts = [(known, old) for known, old in self._contexts if known is not session]
        self._contexts.append((session, context))

    def found(self, session: Session, name: tree.ObjectName, *kinds: Kind) -> Stored:
        """The object of a name.

        Raises `Wrong` if there is none, or one of another kind.
        """
        place = self.context(session).place(name)
        known = self.local.get(place[2]) or self.store(session).find(place)
        what = " or ".join(kind.lower() for kind in kinds)
        if known is None:
            raise unknown(f"there is no {what} {'.'.join(place)}", name.at, "", UNKNOWN_OBJECT)
        if known.kind not in kinds:
            raise unknown(f"{known} is a {known.kind.lower()}, not a {what}", name.at, "", UNKNOWN_OBJECT)
        return known

    # What usql.session.Catalog asks for.
    def table(self, node: tree.TableReference, session: Session) -> Rowset:
        """The rows of a table or view."""
        if node.name.parts[-2:-1] == ("usql",):
            raise unsupported(f"{node.name} is a view of ADLA's own catalog, which is not here", node.at)
        known = self.found(session, node.name, "TABLE", "VIEW")
        if known.kind == "TABLE":
            self._warn_of_reading(known, session, node)
            return tables.rows(known)
        definition = _definition(known, tree.CreateView)
        with self._inside(session, known, node) as inner:
            rowset = queries.bound(names_of(inner), definition.query)
        if not definition.columns:
            return rowset
        columns = tuple(tree.Column(name, at=node.at) for name in definition.columns)
        return queries.renamed(rowset, columns, node)

    def _warn_of_reading(self, known: Stored, session: Session, node: tree.Node) -> None:
        """Tell, once, that a script reads a table that it created: it works here and did not in ADLA."""
        if known.number in self.created:
            self.created.discard(known.number)
            session.warnings.append(
                f"line {node.at.line}: the table {known} is read by the script that creates it; ADLA refused that"
            )

    def function(self, node: tree.FunctionCall, session: Session) -> Rowset:
        """What a table-valued function gives."""
        results = self._results(node, session)
        if len(results) != 1:
            raise wrong_type(
                f"{node.name} gives {len(results)} rowsets", node.at, "Write @a, @b = … for them."
            )
        return results[0]

    def has_partition(self, table: tree.ObjectName, label: tree.PartitionLabel, session: Session) -> bool:
        """Whether a table has a partition."""
        known = self.found(session, table, "TABLE")
        return partitions.there(self, session, known, partitions.label_of(session, known, label))

    def statement(self, node: tree.Statement, session: Session) -> bool:
        """Carry out a statement of the catalog; False if it is none."""
        start = time.perf_counter()
        if isinstance(node, tree.Assign):
            return self._assign(node, session)
        handler = _HANDLERS.get(type(node))
        if handler is None:
            return False
        rows = handler(self, session, node)
        entry = Logged(node.at.line, _title(node), rows, None, time.perf_counter() - start)
        session.log.append(entry)
        if session.tell is not None:
            session.tell(entry)
        return True

    def _assign(self, node: tree.Assign, session: Session) -> bool:
        if not isinstance(node.query, tree.FunctionCall):
            return False
        results = self._results(node.query, session)
        if len(results) != len(node.targets):
            raise wrong_type(f"{node.query.name} gives {len(results)} rowsets", node.at)
        session.rowsets.update(zip(node.targets, results, strict=True))
        return True

    def _results(self, node: tree.FunctionCall, session: Session) -> list[Rowset]:
        known = self.found(session, node.name, "FUNCTION")
        definition = _definition(known, tree.CreateFunction)
        given = self._given(session, definition.parameters, node.arguments, node, known)
        with self._inside(session, known, node) as inner:
            _give(inner, given)
            for statement in definition.body:
                if isinstance(statement, tree.Return):
                    break
                carry_out(inner, statement)
            return [self._result(inner, result, node) for result in definition.results]

    def _result(self, inner: Session, result: tree.Result, node: tree.Node) -> Rowset:
        rowset = inner.rowsets.get(result.name)
        if rowset is None:
            raise unknown(f"the function gives @{result.name} no rows", node.at)
        if result.type is None:
            return rowset
        return queries.renamed(rowset, self._row(inner, result.type).columns, node)

    def _row(self, session: Session, kind: tree.RowType | tree.Type) -> tree.RowType:
        """The columns of a rowset's type: those written, or those of a type of the catalog."""
        if isinstance(kind, tree.RowType):
            return kind
        known = self.found(session, tree.ObjectName(tuple(kind.name.split(".")), at=kind.at), "TYPE")
        definition: tree.CreateType = _definition(known, tree.CreateType)
        return definition.row

    def _given(
        self,
        session: Session,
        parameters: tuple[tree.Parameter, ...],
        arguments: tuple[tree.Expression, ...],
        node: tree.Node,
        known: Stored,
    ) -> dict[str, Value | Rowset]:
        """The values and rowsets of a call by the names of its parameters."""
        if len(arguments) > len(parameters):
            raise wrong_type(
                f"{known} takes {len(parameters)} arguments, {len(arguments)} are given", node.at
            )
        given: dict[str, Value | Rowset] = {}
        for number, parameter in enumerate(parameters):
            argument = arguments[number] if number < len(arguments) else None
            if isinstance(argument, tree.Literal) and argument.kind is tree.LiteralKind.DEFAULT:
                argument = None
            given[parameter.name] = self._argument(session, parameter, argument, node)
        return given

    def _argument(
        self, session: Session, parameter: tree.Parameter, argument: tree.Expression | None, node: tree.Node
    ) -> Value | Rowset:
        if isinstance(argument, tree.Variable) and argument.text in session.rowsets:
            return session.rowsets[argument.text]
        if argument is None and parameter.is_default:
            return self._no_rows(session, parameter.type)
        value = argument if argument is not None else parameter.default
        if value is None:
            raise wrong_type(f"the parameter @{parameter.name} has no default", node.at)
        if isinstance(parameter.type, tree.RowType):
            raise wrong_type(
                f"the parameter @{parameter.name} is a rowset", node.at, "Give the name of one: @rows."
            )
        bound = casts.implicit(
            session.binder().bind(value), type_of(parameter.type), value.at, f"the value of @{parameter.name}"
        )
        return session.fold(bound, value.at)

    def _no_rows(self, session: Session, kind: tree.RowType | tree.Type) -> Rowset:
        """A rowset without rows, which is the default of a parameter that takes one."""
        columns = declared(self._row(session, kind).columns)
        items = ", ".join(f"CAST(NULL AS {column.type.duckdb}) AS c{at}" for at, column in enumerate(columns))
        return Rowset(f"SELECT {items} WHERE false", columns)

    @contextmanager
    def _inside(self, session: Session, known: Stored, node: tree.Node) -> Iterator[Session]:
        """A session for the text of a definition: its own names, in the database and schema where it was made."""
        if self._depth >= _DEEPEST:
            raise unsupported(f"{known} is called more than {_DEEPEST} levels deep", node.at)
        inner = replace(
            session, rowsets={}, variables={}, usings={}, given=frozenset(), text=known.text, places=None
        )
        self.set_context(inner, known.context)
        self._depth += 1
        try:
            yield inner
        except Wrong as wrong:
            place = f"line {wrong.at.line} of {known}: "
            raise Wrong(wrong.kind, wrong.code, place + wrong.message, node.at, wrong.hint) from None
        finally:
            self._depth -= 1
            session.views, session.bytes_read = inner.views, inner.bytes_read

    def call(self, session: Session, node: tree.ProcedureCall) -> None:
        """Carry out the statements of a procedure."""
        known = self.found(session, node.name, "PROCEDURE")
        definition = _definition(known, tree.CreateProcedure)
        given = self._given(session, definition.parameters, node.arguments, node, known)
        with self._inside(session, known, node) as inner:
            _give(inner, given)
            for statement in definition.body:
                if isinstance(statement, tree.Return):
                    return
                carry_out(inner, statement)

    def imported(self, session: Session, node: tree.ImportPackage) -> None:
        """Take over what a package exports."""
        known = self.found(session, node.name, "PACKAGE")
        definition = _definition(known, tree.CreatePackage)
        given = self._given(session, definition.parameters, node.arguments, node, known)
        with self._inside(session, known, node) as inner:
            _give(inner, given)
            for statement in definition.body:
                if isinstance(statement, tree.ExportVariable):
                    self._export(session, inner, statement)
                elif not isinstance(statement, tree.ExportAssembly):
                    carry_out(inner, statement)
            session.usings.update(inner.usings)

    @staticmethod
    def _export(session: Session, inner: Session, node: tree.ExportVariable) -> None:
        if node.value is not None:
            carry_out(inner, tree.Declare(node.name, node.type, node.value, at=node.at))
        if node.name not in inner.variables:
            raise unknown(f"there is no variable @{node.name} to export", node.at)
        session.variables[node.name] = inner.variables[node.name]


def _give(inner: Session, given: dict[str, Value | Rowset]) -> None:
    for name, one in given.items():
        if isinstance(one, Rowset):
            inner.rowsets[name] = one
        else:
            inner.variables[name] = one


def _definition(known: Stored, kind: type[Any]) -> Any:
    """The statement that made an object, read again from its text."""
    found = parse(known.text + ";", name=str(known)).statements[0]
    if not isinstance(found, kind):
        raise TypeError(f"{known} is kept as {type(found).__name__}")
    return found


def _title(node: Any) -> str:
    name = getattr(node, "name", None) or getattr(node, "table", "")
    words = (
        "".join(f" {letter}" if letter.isupper() else letter for letter in type(node).__name__)
        .strip()
        .upper()
    )
    return f"{words} {name}".strip()


_HANDLERS: dict[type[tree.Statement], Callable[[AccountCatalog, Session, Any], int | None]] = {
    **definitions.HANDLERS,
    **tables.HANDLERS,
    tree.ProcedureCall: AccountCatalog.call,
    tree.ImportPackage: AccountCatalog.imported,
}
