"""Results as Markdown: numbers for people, and tables that read well unrendered too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.results import Figure, Group

NOTHING = "–"
_THOUSAND = 1000
#: Characters of a reason that still fits into a cell.
_SHORT = 10


def number(value: float | None) -> str:
    """Return three significant digits, without an exponent, with commas between thousands."""
    if value is None:
        return NOTHING
    if abs(value) >= _THOUSAND:
        return f"{value:,.0f}"
    digits = next((places for places, least in enumerate((99.95, 9.995, 0.9995)) if abs(value) >= least), 3)
    return f"{value:.{digits}f}"


def times(ratio: float | None) -> str:
    """Return a ratio as `1.25x`."""
    return NOTHING if ratio is None else f"{number(ratio)}x"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, figures: bool = True) -> str:
    """Return a Markdown table, its cells padded so that it reads well unrendered too.

    Args:
        head: The heads of the columns.
        rows: As many cells each.
        figures: All columns but the first hold figures, and are aligned to the right.
    """
    lines = [[cell.replace("|", "\\|") for cell in line] for line in (head, *rows)]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(head))]
    right = [figures and column > 0 for column in range(len(head))]
    rule = ["-" * (width - to_right) + ":" * to_right for width, to_right in zip(widths, right, strict=True)]
    padded = [
        [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ]
        for line in lines
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in [padded[0], rule, *padded[1:]])


def group_table(group: Group) -> str:
    """Return a group as a table: median, spread, number of values, ratio to the baseline.

    A figure that is missing for a short reason (`> 180 s`) has that in its row; longer reasons stand below the table.
    """
    head = ["", f"median, {group.unit}", "min – max", "n"]
    head += [f"x {group.baseline}"] if group.baseline else []
    rows, reasons = [], dict[str, list[str]]()
    for subject, figure in group.figures.items():
        if len(figure.note) > _SHORT:
            reasons.setdefault(figure.note, []).append(subject)
        if not figure.values and len(figure.note) > _SHORT:
            continue
        row = [subject, number(figure.median) if figure.values else figure.note or NOTHING]
        row += [_spread(figure), str(len(figure.values))]
        row += [times(group.ratio(subject))] if group.baseline else []
        rows.append(row)
    notes = "\n".join(f"- {', '.join(subjects)}: {note}" for note, subjects in reasons.items())
    return "\n\n".join(part for part in (table(head, rows) if rows else "", notes) if part)


def _spread(figure: Figure) -> str:
    spread = figure.spread
    return f"{number(spread[0])} – {number(spread[1])}" if spread else NOTHING
