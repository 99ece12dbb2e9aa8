"""FROM: rowsets, joins and applies as SQL, and the sources that expressions see."""

from __future__ import annotations

from dataclasses import replace

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import type_of
from lazulite.usql.bind.members.collections import sequence
from lazulite.usql.bind.rowsets import Names, Rowset
from lazulite.usql.bind.scope import Scope, Source
from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.extract.parameters import Column

_Found = tuple[str, tuple[Source, ...]]


def bound(names: Names, node: tree.Query) -> _Found:
    """The SQL after FROM, and what is seen of it."""
    links: list[tree.Join | tree.Apply] = []
    while isinstance(node, (tree.Join, tree.Apply)):
        links.append(node)
        node = node.left if isinstance(node, tree.Join) else node.source
    sql, sources = _one(names, node)
    for link in reversed(links):
        sql, sources = (
            _joined(names, sql, sources, link)
            if isinstance(link, tree.Join)
            else _applied(names, sql, sources, link)
        )
    return sql, sources


def _one(names: Names, node: tree.Query) -> _Found:
    from lazulite.usql.bind.queries import bound as query

    alias = node.alias if isinstance(node, (tree.Aliased, tree.Pivot, tree.Unpivot)) else None
    if alias is None and isinstance(node, (tree.TableReference, tree.FunctionCall)):
        alias = node.name.parts[-1]
    if isinstance(node, tree.RowsetVariable):
        alias = f"@{node.name}"
    return _named(names, query(names, node), alias)


def _named(names: Names, rowset: Rowset, alias: str | None) -> _Found:
    name = names.fresh()
    return f"({rowset.sql}) AS {name}", (Source(alias, name, rowset.columns),)


# --- joins -----------------------------------------------------------------------------------------------------------

_WORDS = {
    "INNER": "JOIN",
    "LEFT": "LEFT JOIN",
    "RIGHT": "RIGHT JOIN",
    "FULL": "FULL JOIN",
    "CROSS": "CROSS JOIN",
}


def _joined(names: Names, left: str, sources: tuple[Source, ...], node: tree.Join) -> _Found:
    right, others = (
        _one(names, node.right)
        if not isinstance(node.right, (tree.Join, tree.Apply))
        else bound(names, node.right)
    )
    if isinstance(node.right, tree.Join):
        right = f"({right})"
    _check_aliases(sources, others, node)
    on = ""
    if node.on is not None:
        on = f" ON {names.seeing(Scope((*sources, *others))).inside_join(node.on).sql}"
    if node.kind.endswith("SEMI"):
        words = "ANTI JOIN" if "ANTI" in node.kind else "SEMI JOIN"
        if node.kind.startswith("RIGHT"):
            return f"{right} {words} ({left}){on}" if len(
                sources
            ) > 1 else f"{right} {words} {left}{on}", others
        return f"{left} {words} {right}{on}", sources
    if node.kind in {"LEFT", "FULL"}:
        others = tuple(source.or_null() for source in others)
    if node.kind in {"RIGHT", "FULL"}:
        sources = tuple(source.or_null() for source in sources)
    return f"{left} {_WORDS[node.kind]} {right}{on}", (*sources, *others)


def _check_aliases(sources: tuple[Source, ...], others: tuple[Source, ...], node: tree.Query) -> None:
    taken = {source.alias for source in sources if source.alias is not None}
    for other in others:
        if other.alias in taken:
            raise wrong_type(
                f"two rowsets have the alias {other.alias}", node.at, "Give one of them another with AS."
            )


# --- applies ---------------------------------------------------------------------------------------------------------


def _applied(names: Names, left: str, sources: tuple[Source, ...], node: tree.Apply) -> _Found:
    from lazulite.usql.bind.queries import bound as query

    applied = node.applied
    if isinstance(applied, tree.Explode):
        sql, source = _exploded(names, sources, applied)
    elif isinstance(applied, tree.Applier):
        return _user_applier(names, left, sources, node)
    else:
        # What is applied may name the columns before it.
        inner = query(replace(names, binder=names.seeing(Scope(sources))), applied)
        alias = applied.alias if isinstance(applied, tree.Aliased) else None
        name = names.fresh()
        sql, source = f"({inner.sql}) AS {name}", Source(alias, name, inner.columns)
    _check_aliases(sources, (source,), node)
    if node.outer:
        return f"{left} LEFT JOIN LATERAL {sql} ON true", (*sources, source.or_null())
    return f"{left} CROSS JOIN LATERAL {sql}", (*sources, source)


def _exploded(names: Names, sources: tuple[Source, ...], node: tree.Explode) -> tuple[str, Source]:
    value = names.seeing(Scope(sources)).bind(node.value)
    given = value.type
    items = sequence(value)
    if items.type.element is None:
        raise wrong_type(f"EXPLODE needs an array or a map, not {given}", node.at)
    name = names.fresh()
    if given.key is not None and given.element is not None:
        values = [Value('e."key"', given.key), Value('e."value"', given.element)]
    elif (
        items.type.element.name == "KeyValuePair"
        and items.type.element.key is not None
        and items.type.element.element is not None
    ):
        values = [Value('e."key"', items.type.element.key), Value('e."value"', items.type.element.element)]
    else:
        values = [Value("e", items.type.element)]
    if node.columns and len(node.columns) != len(values):
        raise wrong_type(f"EXPLODE gives {len(values)} columns, {len(node.columns)} are named", node.at)
    columns = node.columns or tuple(
        tree.Column(each) for each in (("key", "value") if len(values) == 2 else ("value",))
    )
    found, texts = [], []
    for number, (column, item) in enumerate(zip(columns, values, strict=True)):
        converted = (
            item
            if column.type is None
            else casts.implicit(item, type_of(column.type), column.at, f"the column {column.name}")
        )
        found.append(Column(column.name, converted.type))
        texts.append(f"{converted.sql} AS c{number}")
    sql = f"(SELECT {', '.join(texts)} FROM (SELECT unnest({items.sql}) AS e) AS u) AS {name}"
    return sql, Source(node.alias, name, tuple(found))


def _user_applier(names: Names, left: str, sources: tuple[Source, ...], node: tree.Apply) -> _Found:
    columns = [(source, index) for source in sources for index in range(len(source.columns))]
    texts = ", ".join(
        f"{source.value(index).sql} AS c{number}" for number, (source, index) in enumerate(columns)
    )
    rowset = Rowset(f"SELECT {texts} FROM {left}", tuple(source.columns[index] for source, index in columns))
    found = names.places.user(node, [rowset], names.seeing(Scope(sources)))
    name, position, seen = names.fresh(), 0, []
    applied = node.applied
    alias = applied.alias if isinstance(applied, tree.Applier) else None
    shifted: list[Source] = []
    for source in (*sources, Source(alias, "", found.columns[len(columns) :])):
        # Each source's columns are a piece of what the applier gives.
        piece = names.fresh()
        indices = range(position, position + len(source.columns))
        seen.append((piece, indices))
        shifted.append(Source(source.alias, piece, source.columns))
        position += len(source.columns)
    pieces = ", ".join(
        f"LATERAL (SELECT {', '.join(f'{name}.c{index} AS c{number}' for number, index in enumerate(indices))}) AS {piece}"
        for piece, indices in seen
        if len(indices)
    )
    return f"({found.sql}) AS {name}, {pieces}", tuple(shifted)
