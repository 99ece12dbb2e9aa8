"""Worker nodes of compute targets, as their backend last reported them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select

from lazulite.model.assets import Node
from lazulite.model.codec import dumps, loads
from lazulite.records import workspaces
from lazulite.records.insertion import insert_rows
from lazulite.records.statements import Statement
from lazulite.records.tables import nodes

# Several times a second while jobs run.
_DELETE = Statement(
    lambda _kind: delete(nodes).where(
        nodes.c.workspace == bindparam("ws_id"), nodes.c.compute == bindparam("of")
    )
)


def replace(connection: Connection, ws_id: str, compute: str, seen: Sequence[Node]) -> None:
    """Let `seen` be all the nodes of that compute target."""
    workspaces.lock(connection, ws_id)
    _DELETE.run(connection, [{"ws_id": ws_id, "of": compute}])
    rows = [
        {"workspace": ws_id, "compute": compute, "id": node.id, "position": position, "document": dumps(node)}
        for position, node in enumerate(seen)
    ]
    insert_rows(connection, nodes, rows)


def of_compute(connection: Connection, ws_id: str, compute: str) -> tuple[Node, ...]:
    """Return the nodes of a compute target in the order they were reported in."""
    return _read(
        connection, select(nodes.c.document).where(nodes.c.workspace == ws_id, nodes.c.compute == compute)
    )


def everywhere(connection: Connection) -> tuple[Node, ...]:
    """Return the nodes of all compute targets of all workspaces."""
    return _read(connection, select(nodes.c.document).order_by(nodes.c.workspace, nodes.c.compute))


def _read(connection: Connection, query: Select[Any]) -> tuple[Node, ...]:
    texts = connection.execute(query.order_by(nodes.c.position)).scalars()
    return tuple(loads(Node, text) for text in texts)
