"""The keywords of `Experiment.submit`: which are known, which are old spellings, and what is said of others."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from lazulite.sdk.exceptions import UserErrorException

#: What `submit` hands on. v1 ignored any other keyword in silence; here it is a warning.
_KEYWORDS = (
    "continue_on_step_failure",
    "regenerate_outputs",
    "pipeline_parameters",
    "parent_run_id",
    "step_tags",
    "display_name",
)
#: Accepted without effect: v1's switch for running with the user's own Azure login.
_WITHOUT_EFFECT = ("credential_passthrough",)
_OLD_SPELLINGS = {"pipeline_params": "pipeline_parameters"}


def known_keywords(given: Mapping[str, Any], further: Sequence[str] = ()) -> dict[str, Any]:
    """Return the keywords to hand on; warn of every other one.

    Args:
        given: What the caller gave.
        further: Keywords that what is submitted knows besides those that everything knows.

    Raises:
        UserErrorException: a keyword is given in its old and its new spelling.
    """
    known: dict[str, Any] = {}
    keywords = (*_KEYWORDS, *further)
    for name, value in given.items():
        if name in _OLD_SPELLINGS:
            current = _OLD_SPELLINGS[name]
            if current in given:
                raise UserErrorException(f"Both {name!r} and {current!r} are given. Give {current!r} only.")
            warnings.warn(f"{name!r} is the old spelling of {current!r}.", DeprecationWarning, stacklevel=3)
            known[current] = value
        elif name in keywords:
            known[name] = value
        elif name not in _WITHOUT_EFFECT:
            near = difflib.get_close_matches(name, keywords, 1)
            hint = f" Did you mean {near[0]!r}?" if near else f" Known ones: {', '.join(keywords)}."
            warnings.warn(f"submit() ignores the unknown keyword {name!r}.{hint}", UserWarning, stacklevel=3)
    return known
