"""A run's widget as text: plain lines, or in a terminal a table that moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lazulite.model.run import RunStatus
from lazulite.sdk.widgets.widget_data import Snapshot, Watched

if TYPE_CHECKING:
    from rich.console import RenderableType

_COLOURS = {RunStatus.COMPLETED: "green", RunStatus.FAILED: "red"}


def lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield the run as plain lines."""
    run = snapshot.run
    yield f"Run {run.id} of experiment {run.experiment}: {run.status.graph_word}"
    if snapshot.link:
        yield f"Link to the portal: {snapshot.link}"
    if run.error is not None:
        yield from run.error.details.rstrip().splitlines()
        yield run.error.message
    width = max((len(step.name) for step in snapshot.steps), default=0)
    for name, status, reused, seconds in _rows(snapshot):
        yield f"  {name:<{width}}  {status:<12} {reused or seconds}".rstrip()
    for run_id, values in snapshot.metrics.items():
        of = next((f"{step.name}: " for step in snapshot.steps if step.id == run_id), "")
        for name, value in values.items():
            yield f"  {of}{name} = {value}"


def follow(watched: Watched) -> None:
    """Draw the run in the terminal until it has ended, or Ctrl-C."""
    from rich.console import Console
    from rich.live import Live

    last: Snapshot | None = None
    console = Console()
    try:
        with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
            for last in watched.snapshots():
                live.update(_drawn(last), refresh=True)
    except KeyboardInterrupt:
        console.print(f"The run goes on: lazulite runs logs -f {last.run.id if last else ''}")


def _drawn(snapshot: Snapshot) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    run = snapshot.run
    parts: list[Any] = [Text.assemble((run.id, "bold"), "  ", _coloured(run.status))]
    if snapshot.link:
        parts.append(Text(snapshot.link, style="dim"))
    if snapshot.steps:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for title in ("STEP", "STATUS", "REUSED", "DURATION"):
            table.add_column(title, header_style="dim")
        for step, (name, _, reused, seconds) in zip(snapshot.steps, _rows(snapshot), strict=True):
            table.add_row(Text(name), Text.assemble(_coloured(step.status)), reused, seconds)
        parts.append(table)
    if run.error is not None:
        parts.append(Text(f"{run.error.details.rstrip()}\n{run.error.message}".strip(), style="red"))
    elif snapshot.log:
        parts.append(Text("\n".join(snapshot.log[-8:]), style="dim"))
    return Group(*parts)


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str]]:
    for step in snapshot.steps:
        seconds = snapshot.seconds(step)
        yield (
            step.name,
            step.status.graph_word,
            "reused" if step.reused_run_id else "",
            "" if seconds is None else f"{seconds:.1f} s",
        )


def _coloured(status: RunStatus) -> tuple[str, str]:
    return status.graph_word, _COLOURS.get(status, "dim" if status.is_terminal else "blue")
