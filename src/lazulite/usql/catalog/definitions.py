"""Databases and schemas, and objects that are kept as their text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lazulite.usql import tree
from lazulite.usql.bind.value import unknown, unsupported
from lazulite.usql.catalog.store import Context, Kind, Stored
from lazulite.usql.errors import KNOWN_OBJECT, UNKNOWN_OBJECT

if TYPE_CHECKING:
    from lazulite.usql.catalog.statements import AccountCatalog
    from lazulite.usql.session import Session


def _use(catalog: AccountCatalog, session: Session, node: tree.Use) -> None:
    store, before, parts = catalog.store(session), catalog.context(session), node.name.parts
    if node.kind == "DATABASE":
        context = Context(parts[0], parts[1] if len(parts) > 1 else "dbo")
    else:
        context = Context(parts[0] if len(parts) > 1 else before.database, parts[-1])
    if not store.has_database(context.database):
        known = ", ".join(store.databases())
        raise unknown(
            f"there is no database {context.database}", node.name.at, f"There are: {known}.", UNKNOWN_OBJECT
        )
    if not store.has_schema(context.database, context.schema):
        raise unknown(
            f"there is no schema {context.database}.{context.schema}", node.name.at, "", UNKNOWN_OBJECT
        )
    catalog.set_context(session, context)


def _create_database(catalog: AccountCatalog, session: Session, node: tree.CreateDatabase) -> None:
    store, name = catalog.store(session), node.name.parts[-1]
    if not store.has_database(name):
        store.add_schema(name, "dbo")
    elif not node.if_not_exists:
        raise unknown(
            f"the database {name} exists already", node.name.at, "Write IF NOT EXISTS.", KNOWN_OBJECT
        )


def _create_schema(catalog: AccountCatalog, session: Session, node: tree.CreateSchema) -> None:
    store, parts = catalog.store(session), node.name.parts
    database = parts[0] if len(parts) > 1 else catalog.context(session).database
    if not store.has_database(database):
        raise unknown(f"there is no database {database}", node.name.at, "", UNKNOWN_OBJECT)
    if not store.has_schema(database, parts[-1]):
        store.add_schema(database, parts[-1])
    elif not node.if_not_exists:
        raise unknown(
            f"the schema {node.name} exists already", node.name.at, "Write IF NOT EXISTS.", KNOWN_OBJECT
        )


_KINDS: dict[type[tree.Statement], Kind] = {
    tree.CreateView: "VIEW",
    tree.CreateFunction: "FUNCTION",
    tree.CreateProcedure: "PROCEDURE",
    tree.CreateType: "TYPE",
    tree.CreatePackage: "PACKAGE",
}


def _define(catalog: AccountCatalog, session: Session, node: Any) -> None:
    store, context, kind = catalog.store(session), catalog.context(session), _KINDS[type(node)]
    place = context.place(node.name)
    known = store.find(place)
    text = session.text[node.at.start : node.at.end]
    if place[2].startswith("@"):
        catalog.local[place[2]] = Stored(0, place, kind, text, context)
        return
    if getattr(node, "alter", False):
        store.redefine(catalog.found(session, node.name, kind), text, context)
    elif known is None:
        if not store.has_schema(place[0], place[1]):
            raise unknown(f"there is no schema {place[0]}.{place[1]}", node.name.at, "", UNKNOWN_OBJECT)
        store.add(place, kind, text, context)
    elif not node.if_not_exists:
        raise unknown(f"{known} exists already", node.name.at, "Write IF NOT EXISTS.", KNOWN_OBJECT)


def _drop(catalog: AccountCatalog, session: Session, node: tree.Drop) -> None:
    store, context, parts = catalog.store(session), catalog.context(session), node.name.parts
    if node.kind in {"ASSEMBLY", "CREDENTIAL", "DATA SOURCE", "INDEX", "STATISTICS"}:
        session.warnings.append(f"line {node.at.line}: DROP {node.kind} has no effect here")
        return
    if node.kind == "DATABASE":
        there = store.has_database(parts[-1])
        if there and parts[-1] == "master":
            raise unsupported("the database master stays", node.at)
        if there:
            store.drop_database(parts[-1])
    elif node.kind == "SCHEMA":
        database = parts[0] if len(parts) > 1 else context.database
        there = store.has_schema(database, parts[-1])
        if there and parts[-1] == "dbo":
            raise unsupported("the schema dbo stays as long as its database", node.at)
        if there:
            store.drop_schema(database, parts[-1])
    else:
        known = store.find(context.place(node.name))
        there = known is not None and known.kind == node.kind
        if known is not None and there:
            store.drop(known)
    if not there and not node.if_exists:
        raise unknown(
            f"there is no {node.kind.lower()} {node.name}", node.name.at, "Write IF EXISTS.", UNKNOWN_OBJECT
        )


def _assembly(catalog: AccountCatalog, session: Session, node: tree.CreateAssembly) -> None:
    session.warnings.append(
        f"line {node.at.line}: the assembly {node.name} has no effect: C# does not run here, its Python stands in usql_udos.py"
    )


def _refused(catalog: AccountCatalog, session: Session, node: Any) -> None:
    raise unsupported(
        f"{type(node).__name__} speaks of another server",
        node.at,
        "Bring the data with a DataTransferStep, and EXTRACT them.",
    )


HANDLERS: dict[type[tree.Statement], Callable[[AccountCatalog, Session, Any], None]] = {
    tree.Use: _use,
    tree.CreateDatabase: _create_database,
    tree.CreateSchema: _create_schema,
    tree.CreateAssembly: _assembly,
    tree.CreateCredential: _refused,
    tree.CreateDataSource: _refused,
    tree.CreateExternalTable: _refused,
    tree.Drop: _drop,
    **dict.fromkeys(_KINDS, _define),
}
