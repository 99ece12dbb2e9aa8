"""What each statement of a script does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lazulite.usql import files, tree, types
from lazulite.usql.bind import casts, queries
from lazulite.usql.bind.expressions import type_of
from lazulite.usql.bind.rowsets import Names
from lazulite.usql.bind.value import Wrong, unsupported, wrong_type
from lazulite.usql.errors import UsqlNameError, UsqlTypeError
from lazulite.usql.session import Logged

if TYPE_CHECKING:
    from lazulite.usql.session import Session


def names_of(session: Session) -> Names:
    """What the queries of a script can name at this moment."""
    if session.places is None:
        session.places = files.FilePlaces(session)
    return Names(session.rowsets, session.binder(), session.places)


def carry_out(session: Session, node: tree.Statement) -> None:
    """Carry out one statement; raises `Wrong` with the place of what does not bind."""
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        handler(session, node)
    elif session.catalog is None or not session.catalog.statement(node, session):
        raise unsupported(f"the statement {type(node).__name__} needs a catalog, and there is none", node.at)


def _logged(
    session: Session, node: tree.Node, statement: str, start: float, rows: int | None, size: int | None
) -> None:
    entry = Logged(node.at.line, statement, rows, size, time.perf_counter() - start)
    session.log.append(entry)
    if session.tell is not None:
        session.tell(entry)


def _assign(session: Session, node: tree.Assign) -> None:
    start, before = time.perf_counter(), session.bytes_read
    if len(node.targets) != 1:
        if session.catalog is not None and session.catalog.statement(node, session):
            return
        raise unsupported("several rowsets at once come from a function of the catalog only", node.at)
    rowset = session.view(queries.bound(names_of(session), node.query))
    session.rowsets[node.targets[0]] = rowset
    read = session.bytes_read - before
    _logged(session, node, f"@{node.targets[0]}", start, None, read or None)


def _output(session: Session, node: tree.Output) -> None:
    start = time.perf_counter()
    if node.expiration is not None:
        session.warnings.append(f"line {node.at.line}: EXPIRATION has no effect here: the file stays")
    path, written = files.output(session, node, names_of(session))
    _logged(session, node, f"OUTPUT {path}", start, written.rows, written.bytes)


def _declare(session: Session, node: tree.Declare) -> None:
    if node.name in session.variables:
        if node.external or node.name in session.given:
            return
        raise Wrong(UsqlNameError, "E_CSC_USER_REDECLARATION", f"@{node.name} is declared already", node.at)
    value = session.binder().bind(node.value)
    if node.type is not None:
        value = casts.implicit(value, type_of(node.type), node.value.at, f"the value of @{node.name}")
    elif value.type.name == "null":
        raise wrong_type(f"@{node.name} needs a type", node.at)
    session.variables[node.name] = session.fold(value, node.value.at)


def _set(session: Session, node: tree.SetOption) -> None:
    value = session.binder().bind(node.value)
    session.options[node.name] = str(session.python(value, node.value.at, f"@@{node.name}"))


def _if(session: Session, node: tree.If) -> None:
    for branch in node.branches:
        if _holds(session, branch.test):
            _all(session, branch.body)
            return
    _all(session, node.otherwise)


def _holds(session: Session, test: tree.Expression) -> bool:
    """Whether the test of an IF holds; `FILE.EXISTS(@a) AND FILE.LENGTH(@a) > 0` does not ask for a length in vain."""
    links: list[tree.Binary] = []
    while isinstance(test, tree.Binary) and test.operator in {"AND", "&&", "OR", "||"}:
        links.append(test)
        test = test.left
    value = session.binder().boolean(test)
    if not value.constant:
        raise wrong_type("the test of IF has to be a constant", test.at)
    holds = bool(session.scalar(value.sql))
    for link in reversed(links):
        if holds == (link.operator in {"AND", "&&"}):
            holds = _holds(session, link.right)
    return holds


def _all(session: Session, statements: tuple[tree.Statement, ...]) -> None:
    for statement in statements:
        carry_out(session, statement)


def _raise(session: Session, node: tree.Raise) -> None:
    text = "the script raises an error"
    if node.message is not None:
        value = casts.implicit(session.binder().bind(node.message), types.STRING, node.at, "the message")
        text = str(session.python(value, node.at, "the message"))
    if node.warning:
        session.warnings.append(f"line {node.at.line}: {text}")
        return
    raise Wrong(UsqlTypeError, "E_CSC_USER_RAISEERROR", text, node.at)


def _using(session: Session, node: tree.Using) -> None:
    if node.alias is not None:
        session.usings[node.alias] = node.target.name


def _ignored(session: Session, node: tree.Statement) -> None:
    what = {tree.ReferenceAssembly: "REFERENCE ASSEMBLY", tree.DeployResource: "DEPLOY RESOURCE"}[type(node)]
    session.warnings.append(
        f"line {node.at.line}: {what} has no effect: C# does not run here, its Python stands in usql_udos.py"
    )


def _inline_code(session: Session, node: tree.InlineCode) -> None:
    raise unsupported(
        "C# in the script (#CS … #ENDCS) does not run here",
        node.at,
        "Write it in Python in usql_udos.py beside the script.",
    )


_HANDLERS: dict[type, Callable[[Session, Any], None]] = {
    tree.Assign: _assign,
    tree.Output: _output,
    tree.Declare: _declare,
    tree.SetOption: _set,
    tree.If: _if,
    tree.Raise: _raise,
    tree.Using: _using,
    tree.ReferenceAssembly: _ignored,
    tree.DeployResource: _ignored,
    tree.InlineCode: _inline_code,
}
