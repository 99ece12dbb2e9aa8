"""The report: results as a page of Markdown, with what a reader must know to judge them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bars import bars_table
from benchmarks.peers import ALL
from benchmarks.results import Results
from benchmarks.tables import group_table, table

_TEXT = Path(__file__).with_name("about.md")


def render(results: Results) -> str:
    """Return the whole page."""
    about = dict(results.about)
    reduced = about.pop("reduced", False)
    versions = about.pop("peers", {})
    parts = ["# Speed and scale, measured", "<!-- Written by `make bench`: do not edit. -->"]
    if reduced:
        parts.append("**This was a run with reduced sizes: its figures show only that everything works.**")
    parts += [
        table(("", ""), list(about.items()), figures=False),
        "## The bars",
        "Medians. Where a bar is about ratios, both sides were measured in turns in this run.",
        bars_table(results),
        _TEXT.read_text(encoding="utf-8").strip(),
        "## The tools",
        _tools(versions),
        "## All figures",
    ]
    for group in results.groups.values():
        parts.append(f"### {group.title}")
        parts += [group.text] if group.text else []
        parts.append(group_table(group))
    return "\n\n".join(parts) + "\n"


def _tools(versions: dict[str, str]) -> str:
    rows = [(peer.title, versions.get(peer.title, "left out"), peer.idiom) for peer in ALL]
    return table(("tool", "version", "a Python script per step, in its own idiom"), rows, figures=False)
