"""A run's widget as HTML that needs nothing else: no script, no style sheet from elsewhere, every text escaped.

Its colours come from the notebook's own text colour, so that it reads in light and dark themes alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from lazulite.model.run import Run, RunStatus
from lazulite.sdk.widgets.widget_data import Snapshot

_MARKS = {
    RunStatus.COMPLETED: ("✓", "#2f9e63"),
    RunStatus.FAILED: ("✗", "#d8415a"),
    RunStatus.CANCELED: ("⊘", "#8793a8"),
    RunStatus.BYPASSED: ("⊘", "#8793a8"),
    RunStatus.NOT_STARTED: ("○", "#8793a8"),
    RunStatus.QUEUED: ("…", "#a48bc4"),
}
_LIVE = ("▶", "#4c7df0")
#: The classes begin with our name: a notebook's page has others.
_STYLE = """<style>
.lazulite-run{font-family:system-ui,sans-serif;font-size:13px;line-height:1.5;max-width:72rem}
.lazulite-run table{border-collapse:collapse;margin:.5em 0;font-size:13px}
.lazulite-run th,.lazulite-run td{text-align:left;padding:.2em 1em .2em 0;border:0;border-bottom:1px solid rgba(128,128,128,.25);background:none;white-space:nowrap}
.lazulite-run td.number{text-align:right;font-variant-numeric:tabular-nums}
.lazulite-run pre{max-height:20em;overflow:auto;padding:.6em .8em;margin:.4em 0;background:rgba(128,128,128,.12);border-radius:6px;font-size:12px;white-space:pre-wrap}
.lazulite-run .error{border-left:4px solid #d8415a}
.lazulite-run .bar{position:relative;width:12em;height:.8em;background:rgba(128,128,128,.15);border-radius:3px;overflow:hidden}
.lazulite-run .bar span{position:absolute;top:0;bottom:0;border-radius:3px;min-width:2px}
.lazulite-run .quiet{opacity:.75}
</style>"""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
_MOST_METRICS = 40


def page(snapshot: Snapshot) -> str:
    """Return the widget of a run."""
    return "".join(["<div class='lazulite-run'>", _STYLE, *_parts(snapshot), "</div>"])


def _parts(snapshot: Snapshot) -> Iterator[str]:
    run = snapshot.run
    title = run.display_name or (f"{run.experiment} #{run.number}" if run.number else run.name or run.id)
    done = sum(step.status.is_terminal for step in snapshot.steps)
    yield f"<div><b>{_text(title)}</b> &nbsp; {_status(run)}"
    if snapshot.steps:
        yield f" &nbsp; {done} of {len(snapshot.steps)} steps"
    seconds = snapshot.seconds(run)
    if seconds is not None:
        yield f" &nbsp; {_duration(seconds)}"
    if snapshot.link:
        yield f" &nbsp; <a href='{escape(snapshot.link)}' target='_blank' rel='noopener'>Open in the portal</a>"
    yield f"</div><div class='quiet'>Run {_text(run.id)}</div>"
    if run.error is not None:
        words = f"{run.error.details.rstrip()}\n\n{run.error.message}".strip()
        yield f"<pre class='error'>{_text(words)}</pre>"
    if snapshot.steps:
        yield _table(snapshot)
    yield from _metrics(snapshot)
    if snapshot.log and not (run.error and run.error.details):
        of = f" of {_text(snapshot.log_of)}" if snapshot.log_of else ""
        yield f"<details open><summary>End of the log{of}</summary><pre>{_text(chr(10).join(snapshot.log))}</pre></details>"


def _table(snapshot: Snapshot) -> str:
    rows = "".join(
        f"<tr><td>{_text(step.name)}</td><td>{_status(step)}</td>"
        f"<td>{'reused' if step.reused_run_id else ''}</td>"
        f"<td class='number'>{_duration(snapshot.seconds(step))}</td><td>{_bar(snapshot, step)}</td></tr>"
        for step in snapshot.steps
    )
    return (
        "<div style='overflow-x:auto'><table><thead><tr><th>Step</th><th>Status</th><th>Reused</th><th>Duration</th>"
        f"<th>When</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _bar(snapshot: Snapshot, step: Run) -> str:
    """When a step ran within the run's time."""
    if step.started_at is None:
        return ""
    start = snapshot.run.created_at
    whole = max(0.001, ((snapshot.run.ended_at or snapshot.at) - start).total_seconds())
    left = min(100.0, max(0.0, 100 * (step.started_at - start).total_seconds() / whole))
    width = min(100 - left, 100 * (snapshot.seconds(step) or 0.0) / whole)
    _, colour = _MARKS.get(step.status, _LIVE)
    return f"<div class='bar'><span style='left:{left:.1f}%;width:{width:.1f}%;background:{colour}'></span></div>"


def _metrics(snapshot: Snapshot) -> Iterator[str]:
    names = {snapshot.run.id: ""} | {step.id: step.name for step in snapshot.steps}
    rows = [
        (names[run_id], name, value)
        for run_id, values in snapshot.metrics.items()
        for name, value in values.items()
        if run_id in names
    ]
    if not rows:
        return
    shown = "".join(
        f"<tr>{f'<td>{_text(of)}</td>' if snapshot.steps else ''}<td>{_text(name)}</td>"
        f"<td class='number'>{_text(_brief(value))}</td></tr>"
        for of, name, value in rows[:_MOST_METRICS]
    )
    more = f"<tr><td>and {len(rows) - _MOST_METRICS} more</td></tr>" if len(rows) > _MOST_METRICS else ""
    head = f"<tr>{'<th>Step</th>' if snapshot.steps else ''}<th>Metric</th><th>Value</th></tr>"
    yield f"<details open><summary>Metrics</summary><table><thead>{head}</thead><tbody>{shown}{more}</tbody></table></details>"


def _brief(value: Any) -> str:
    """A metric in a few characters: of a curve its last value."""
    if isinstance(value, list):
        return f"{_brief(value[-1])} (the last of {len(value)})" if value else "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004


def _status(run: Run) -> str:
    mark, colour = _MARKS.get(run.status, _LIVE)
    return (
        f"<span><span style='color:{colour}' aria-hidden='true'>{mark}</span> {run.status.graph_word}</span>"
    )


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min {rest:02} s"  # noqa: PLR2004


def _text(text: str) -> str:
    """`text` as HTML; what only a terminal understands is left out."""
    return escape(_CONTROL.sub("", text))
