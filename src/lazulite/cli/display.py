"""How things are shown: tables and facts for people, JSON for programs.

On a terminal tables have colour (unless `NO_COLOR` is set) and fit its width; into a pipe or file they are plain, one
line per row, nothing cut off.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeVar

import click

from lazulite.model import amounts

#: Stands for a value that does not exist.
NONE = "-"
_STATUS_STYLES = {
    "Completed": "green",
    "Failed": "bold red",
    "Canceled": "yellow",
    "Bypassed": "yellow",
    "CancelRequested": "yellow",
    "Running": "cyan",
    "Preparing": "cyan",
    "Finalizing": "cyan",
    "Queued": "blue",
}
_ANY_WIDTH = 100_000

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Show JSON, for programs.")(command)


def show_json(data: object) -> None:
    """Print `data` as JSON text. Numbers that JSON does not have become the texts "NaN", "Infinity", "-Infinity"."""
    click.echo(json.dumps(_in_json(data), indent=2, ensure_ascii=False, allow_nan=False))


def _in_json(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {str(key): _in_json(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_in_json(item) for item in data]
    if isinstance(data, float) and not math.isfinite(data):
        return json.dumps(data)
    return data


@dataclass(frozen=True)
class Column:
    """A column of a table. `whole`: never wrapped, however narrow the terminal is."""

    title: str
    right: bool = False
    whole: bool = False


def show_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print a table, or the sentence `empty` if it has no rows."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if cells:
        click.echo(rendered_table(columns, cells, sys.stdout.isatty(), shutil.get_terminal_size().columns))
    else:
        click.echo(empty)


def rendered_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], terminal: bool, width: int
) -> str:
    """Return a table as text: for a terminal of `width` columns, or plain and as wide as it gets."""
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=column.whole or not terminal,
            overflow="fold",
        )
    for row in rows:
        # Text, not markup: a name may hold brackets.
        table.add_row(*(Text(cell, style=_STATUS_STYLES.get(cell, "")) for cell in row))
    text = io.StringIO()
    console = Console(
        file=text, force_terminal=terminal, width=width if terminal else _ANY_WIDTH, highlight=False
    )
    console.print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def show_facts(facts: Iterable[tuple[str, str | None]]) -> None:
    """Print labelled values below each other; those that are None or empty are left out."""
    given = [(label, printable(value)) for label, value in facts if value]
    width = max((len(label) for label, _ in given), default=0)
    for label, value in given:
        lines = value.splitlines()
        click.echo(f"{styled(label.ljust(width), bold=True)}  {status_text(lines[0])}")
        for line in lines[1:]:
            click.echo(f"{' ' * width}  {line}")


def styled(text: str, **style: Any) -> str:
    """Return `text` in a style where the output can show it."""
    import os

    return click.style(text, **style) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text


def status_text(status: str) -> str:
    """Return a status word in its colour; other text as it is."""
    bold, _, colour = _STATUS_STYLES.get(status, "").rpartition(" ")
    return styled(status, fg=colour or None, bold=bold == "bold" or None)


def printable(text: str) -> str:
    """Return `text` without characters by which a recorded name could steer the terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def iso(at: datetime | None) -> str | None:
    """A time as ISO 8601 text in UTC, for programs."""
    return at.astimezone(timezone.utc).isoformat() if at else None


def moment(at: datetime | None, seconds: bool = False) -> str:
    """A time for people, in their time zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M") if at else NONE


def elapsed(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from `start` to `end` (until now, if there is no end yet); None before the start."""
    if start is None:
        return None
    return max(0.0, ((end or datetime.now(timezone.utc)) - start).total_seconds())


def duration(seconds: float | None) -> str:
    """A duration for people; a dash where there is none."""
    return NONE if seconds is None else amounts.duration(seconds)
