"""Assets: named documents of a workspace. Environments and models keep every version, of others the newest stays."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import dumps
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.ids import new_id
from lazulite.records import workspaces
from lazulite.records.columns import now
from lazulite.records.counters import next_number
from lazulite.records.missing import not_found
from lazulite.records.statements import Statement
from lazulite.records.tables import assets

#: The kinds whose assets steps name.
_PLACES = (AssetKind.COMPUTE, AssetKind.DATASTORE)

# Made once, because an engine looks compute targets and datastores up for every few steps.
_NEWEST = (
    select(assets)
    .where(
        assets.c.workspace == bindparam("ws_id"),
        assets.c.kind == bindparam("kind"),
        assets.c.name == bindparam("name"),
    )
    .order_by(assets.c.version.desc())
    .limit(1)
)
_VERSION = _NEWEST.where(assets.c.version == bindparam("version"))


def put(connection: Connection, ws_id: str, asset: Asset, *, overwrite: bool) -> Asset:
    """Create or replace an asset; of a versioned kind, add the next version.

    An asset of a versioned kind that carries the `id` and `version` of a recorded one replaces that version:
    this is how its tags change, or how it is archived.
    """
    workspaces.lock(connection, ws_id)
    newest = _newest(connection, ws_id, asset.kind, asset.name)
    if newest is not None and not overwrite:
        raise _taken(asset)
    earlier = _replaced(connection, ws_id, asset, newest)
    if earlier is not None:
        return _update(connection, ws_id, asset, earlier)
    version = next_number(connection, ws_id, asset.kind.value, asset.name) if asset.kind.is_versioned else 1
    at = now()
    added = replace(
        asset,
        id=asset.id or new_id(),
        version=version,
        created_at=asset.created_at or at,
        updated_at=at,
    )
    connection.execute(insert(assets).values(workspace=ws_id, **_columns(added)))
    return _read_back(added)


def change(
    connection: Connection, ws_id: str, kind: AssetKind, name: str, make: Callable[[Asset], Asset]
) -> Asset:
    """Replace an asset of a kind without versions by what `make` makes of it, its name included.

    Nobody else can change it between the look and the write. What `make` raises leaves everything as it was.
    """
    workspaces.lock(connection, ws_id)
    earlier = get(connection, ws_id, kind, name)
    wanted = make(earlier)
    if wanted.name != name and _newest(connection, ws_id, kind, wanted.name) is not None:
        raise _taken(wanted)
    return _update(connection, ws_id, wanted, earlier)


def with_id(connection: Connection, ws_id: str, kind: AssetKind, asset_id: str) -> Asset | None:
    """Return the asset of a kind without versions that has the id, archived or not; None if there is none."""
    here = (assets.c.workspace == ws_id, assets.c.kind == kind.value, assets.c.id == asset_id)
    row = connection.execute(select(assets).where(*here)).first()
    return None if row is None else _asset(row)


def get(connection: Connection, ws_id: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
    """Return one asset; without `version`, the newest. Archived ones too."""
    wanted = {"ws_id": ws_id, "kind": kind.value, "name": name, "version": version}
    row = connection.execute(_NEWEST if version is None else _VERSION, wanted).first()
    if row is None:
        raise _missing(connection, ws_id, kind, name, version)
    return _asset(row)


def find(
    connection: Connection, ws_id: str, kind: AssetKind, name: str | None = None, *, archived: bool = False
) -> tuple[Asset, ...]:
    """Return the newest version of each asset by name; with `name`, every version of that one, oldest first."""
    wanted = {"ws_id": ws_id, "kind": kind.value, **({} if name is None else {"name": name})}
    return tuple(_asset(row) for row in connection.execute(_found(name is not None, archived), wanted))


@functools.cache
def _found(is_named: bool, archived: bool) -> Select[Any]:
    """The query of `find`: putting it together takes longer than the database needs to answer it."""
    shown: list[ColumnElement[bool]] = [
        assets.c.workspace == bindparam("ws_id"),
        assets.c.kind == bindparam("kind"),
    ]
    if not archived:
        shown.append(assets.c.archived_at.is_(None))
    if is_named:
        shown.append(assets.c.name == bindparam("name"))
    query = select(assets).where(*shown).order_by(assets.c.name, assets.c.version)
    if is_named:
        return query
    newest = select(assets.c.name, func.max(assets.c.version).label("version")).where(*shown)
    last = newest.group_by(assets.c.name).subquery()
    return query.join(last, (assets.c.name == last.c.name) & (assets.c.version == last.c.version))


def everywhere(connection: Connection, kind: AssetKind) -> tuple[tuple[str, Asset], ...]:
    """Return the assets of a kind that is not versioned, of all workspaces, each with its workspace's id."""
    query = select(assets).where(assets.c.kind == kind.value, assets.c.archived_at.is_(None))
    rows = connection.execute(query.order_by(assets.c.workspace, assets.c.name))
    return tuple((row.workspace, _asset(row)) for row in rows)


_DEFINITIONS = Statement(
    lambda _kind: (
        select(assets.c.kind, assets.c.name, assets.c.document)
        .where(
            assets.c.workspace == bindparam("ws_id"), or_(*(assets.c.kind == one.value for one in _PLACES))
        )
        .order_by(assets.c.kind, assets.c.name)
    )
)


def definitions(connection: Connection, ws_id: str) -> dict[tuple[AssetKind, str], str]:
    """Return the documents, as JSON text, of all compute targets and datastores of a workspace."""
    rows = _DEFINITIONS.run(connection, [{"ws_id": ws_id}])
    return {(AssetKind(row.kind), row.name): row.document for row in rows}


def remove(
    connection: Connection, ws_id: str, kind: AssetKind, name: str, version: int | None = None
) -> None:
    """Delete one version, or all of them."""
    statement = delete(assets).where(*_named(ws_id, kind, name))
    if version is not None:
        statement = statement.where(assets.c.version == version)
    if connection.execute(statement).rowcount == 0:
        raise _missing(connection, ws_id, kind, name, version)


def _named(ws_id: str, kind: AssetKind, name: str) -> tuple[ColumnElement[bool], ...]:
    return (assets.c.workspace == ws_id, assets.c.kind == kind.value, assets.c.name == name)


def _newest(connection: Connection, ws_id: str, kind: AssetKind, name: str) -> Asset | None:
    row = connection.execute(_NEWEST, {"ws_id": ws_id, "kind": kind.value, "name": name}).first()
    return None if row is None else _asset(row)


def _replaced(connection: Connection, ws_id: str, asset: Asset, newest: Asset | None) -> Asset | None:
    """The recorded asset whose place `asset` takes, if there is one."""
    if not asset.kind.is_versioned or newest is None:
        return newest
    query = select(assets).where(*_named(ws_id, asset.kind, asset.name))
    row = connection.execute(query.where(assets.c.version == asset.version, assets.c.id == asset.id)).first()
    return None if row is None else _asset(row)


def _update(connection: Connection, ws_id: str, asset: Asset, earlier: Asset) -> Asset:
    kept = replace(
        asset, id=earlier.id, version=earlier.version, created_at=earlier.created_at, updated_at=now()
    )
    here = (*_named(ws_id, asset.kind, earlier.name), assets.c.version == earlier.version)
    connection.execute(update(assets).where(*here).values(**_columns(kept)))
    return _read_back(kept)


def _columns(asset: Asset) -> dict[str, Any]:
    return {
        "kind": asset.kind.value,
        "name": asset.name,
        "version": asset.version,
        "id": asset.id,
        "document": dumps(asset.document),
        "tags": dumps(asset.tags),
        "properties": dumps(asset.properties),
        "created_at": asset.created_at,
        "updated_at": asset.updated_at,
        "archived_at": asset.archived_at,
    }


def _read_back(asset: Asset) -> Asset:
    """The asset as a later call would return it: its document is JSON."""
    return replace(asset, document=json.loads(dumps(asset.document)))


def _asset(row: Row[Any]) -> Asset:
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - this is its public name
    del values["workspace"]
    texts: Mapping[str, Any] = {name: json.loads(values[name]) for name in ("document", "tags", "properties")}
    return Asset(**{**values, **texts, "kind": AssetKind(values["kind"])})


def _taken(asset: Asset) -> Conflict:
    return Conflict(
        f"The {asset.kind.value} {asset.name!r} exists already. Choose another name, or get the existing one.",
        kind=asset.kind.value,
        name=asset.name,
    )


def _missing(connection: Connection, ws_id: str, kind: AssetKind, name: str, version: int | None) -> NotFound:
    where = workspaces.titled(connection, ws_id)
    query = select(assets.c.version).where(*_named(ws_id, kind, name)).order_by(assets.c.version)
    versions = connection.execute(query).scalars().all()
    if version is not None and versions:
        exist = ", ".join(str(one) for one in versions)
        return NotFound(
            f"{where} has no version {version} of the {kind.value} {name!r}. Its versions are: {exist}.",
            kind=kind.value,
            name=name,
        )
    here = (assets.c.workspace == ws_id, assets.c.kind == kind.value)
    known = connection.execute(
        select(assets.c.name).where(*here).distinct().order_by(assets.c.name)
    ).scalars()
    return not_found(kind.value, name, where, known.all())
