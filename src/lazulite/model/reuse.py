"""Why a step ran or did not: the key, its components, and the recorded decision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lazulite.model.codec import dumps

#: Part of every key. Raise it when the meaning of a component changes, so that no old entry is misread.
KEY_VERSION = 1


@dataclass(frozen=True)
class ReuseKey:
    """What identifies a step's work. `components` maps a readable name (`code`, `arguments`, `input raw`,
    `output model`, `parameter lr`, `environment`, `version` …) to a JSON value; the digest is over all of them."""

    components: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(dumps({"version": KEY_VERSION, **self.components}).encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """One component that differs: its name and both values (None where a side lacks it)."""

    component: str
    here: Any = None
    there: Any = None


@dataclass(frozen=True)
class ReuseDecision:
    """What was decided for one step run, with everything it was decided on.

    `verdict` is reused, run or unknown (before submission, where a step's inputs do not exist yet); `reason` one of
    the codes in `REASONS`. `candidate` is the run that is reused, or the nearest earlier one, from which
    `differences` tell.
    """

    verdict: str
    reason: str
    components: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    candidate: str | None = None
    differences: tuple[Difference, ...] = ()


REASONS: Mapping[str, str] = {
    "same-key": "an earlier run did the same work and its outputs are unchanged",
    "resumed": "it completed in the run that is resumed, and its outputs are unchanged",
    "first-run": "no earlier run of this step exists",
    "key-differs": "the nearest earlier run differs",
    "not-allowed": "the step says allow_reuse=False",
    "writes-in-place": "it writes into the place of one of its inputs (mode upload), which nobody can check later",
    "forced": "the run was submitted with regenerate_outputs=True",
    "asked": "the run was submitted to run this step again",
    "outputs-gone": "an earlier run did the same work, but its outputs were deleted or altered since",
    "upstream-runs": "a step it takes data from will run, and may write the same data as before",
}
