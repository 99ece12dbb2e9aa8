"""The sentence for what does not exist: the thing, where it was looked for, and what its name may have been."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from lazulite.model.errors import NotFound

_SHOWN = 10


def not_found(what: str, name: str, where: str, known: Sequence[str], hint: str = "") -> NotFound:
    """Return the error for `name`, a `what` that `where` does not have.

    Args:
        known: Names that exist there.
        hint: A last sentence, used where no known name resembles `name`.
    """
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        advice = f"Did you mean {' or '.join(repr(one) for one in near)}?"
    elif hint:
        advice = hint
    else:
        advice = f"It has: {listed(known)}." if known else "It has none."
    return NotFound(f"{where} has no {what} {name!r}. {advice}", kind=what, name=name)


def listed(names: Sequence[str]) -> str:
    """Some names for a sentence: `a, b and 3 more`."""
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
