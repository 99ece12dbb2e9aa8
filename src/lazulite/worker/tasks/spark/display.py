"""What `display` and the last expression of a cell show: text always, HTML and pictures where a value has them."""

from __future__ import annotations

import base64
import html
import io
import sys
from typing import Any

_ROWS = 1000  # as many as Databricks shows
_WIDTH = 200  # characters of one value


def bundle_of(value: Any) -> dict[str, Any]:
    """Return how a value is shown, by MIME type."""
    if _is_spark_frame(value):
        return _table(value)
    shown: dict[str, Any] = {"text/plain": repr(value)}
    for method, kind in (("_repr_html_", "text/html"), ("_repr_png_", "image/png")):
        made = getattr(value, method, None)
        content = made() if callable(made) and not isinstance(value, type) else None
        if content is not None:
            shown[kind] = base64.b64encode(content).decode() if isinstance(content, bytes) else str(content)
    return shown


def figures() -> list[dict[str, Any]]:
    """Return the figures that matplotlib has open, and close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    found = []
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", bbox_inches="tight")
        found.append(
            {
                "text/plain": f"<Figure {number}>",
                "image/png": base64.b64encode(stream.getvalue()).decode(),
            }
        )
        pyplot.close(figure)
    return found


def _is_spark_frame(value: Any) -> bool:
    module = type(value).__module__
    return module.startswith("pyspark.sql") and type(value).__name__ == "DataFrame"


def _table(frame: Any) -> dict[str, Any]:
    if getattr(frame, "isStreaming", False):
        return {"text/plain": repr(frame)}
    rows = frame.limit(_ROWS + 1).collect()
    more = "" if len(rows) <= _ROWS else f"The first {_ROWS} rows are shown."
    rows = rows[:_ROWS]
    columns = list(frame.columns)
    values = [[_text(value) for value in row] for row in rows]
    return {"text/plain": _as_text(columns, values, more), "text/html": _as_html(columns, values, more)}


def _text(value: Any) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"


def _as_text(columns: list[str], rows: list[list[str]], more: str) -> str:
    widths = [max([len(column), *(len(row[at]) for row in rows)]) for at, column in enumerate(columns)]
    line = "+" + "+".join("-" * width for width in widths) + "+"
    told = [
        "|" + "|".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + "|"
        for row in [columns, *rows]
    ]
    return "\n".join([line, told[0], line, *told[1:], line, *([more] if more else [])])


def _as_html(columns: list[str], rows: list[list[str]], more: str) -> str:
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(value)}</td>" for value in row) + "</tr>" for row in rows
    )
    note = f"<p>{more}</p>" if more else ""
    return f"<table border='1'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
