"""What a step is called in a message: its name, and which one where several share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from lazulite.graph.drafts import StepDraft


def labels(drafts: Sequence[StepDraft]) -> dict[str, str]:
    """Return by key the label of each step: `train.py`, or `train.py (number 2 of that name)`."""
    counts = Counter(draft.name for draft in drafts)
    seen: Counter[str] = Counter()
    found: dict[str, str] = {}
    for draft in drafts:
        seen[draft.name] += 1
        several = counts[draft.name] > 1
        found[draft.key] = f"{draft.name} (number {seen[draft.name]} of that name)" if several else draft.name
    return found


def listed(names: Sequence[str], *, nothing: str = "none", limit: int = 10) -> str:
    """Return names for the end of a sentence: `'a', 'b' and 3 more`, or `nothing` if there are none."""
    if not names:
        return nothing
    shown = ", ".join(f"'{name}'" for name in names[:limit])
    more = len(names) - limit
    return f"{shown} and {more} more" if more > 0 else shown


def nearest(name: str, known: Sequence[str]) -> str:
    """Return ` Did you mean 'x'?` if one of the known names is close to `name`, else nothing."""
    close = get_close_matches(name, known, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
