"""What changed between two looks at a folder: pure.

A file counts only when it was found the same twice, so that nothing starts on a file that is still being written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lazulite.model.schedule import ScheduleState


@dataclass(frozen=True)
class Changes:
    """What a look found. `after` is the state with `settled` as acted on; `unsettled` are to be looked at again."""

    after: ScheduleState
    settled: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    files: int = 0
    #: Settled ones left for the next look, because there were too many for this one.
    left: int = 0


def changes(state: ScheduleState, found: Mapping[str, str], most: int) -> Changes:
    """Compare what was found with what was seen before.

    Args:
        state: Where the schedule stands.
        found: The version of each file that is there now.
        most: How many settled files are acted on in one look; the others stay pending for the next.
    """
    new = {path: version for path, version in sorted(found.items()) if state.seen.get(path) != version}
    settled = [path for path, version in new.items() if state.pending.get(path) == version]
    acted = settled[:most]
    unsettled = [path for path in new if path not in set(settled)]
    seen = {path: version for path, version in state.seen.items() if path in found}
    seen |= {path: new[path] for path in acted}
    pending = {path: version for path, version in new.items() if path not in set(acted)}
    after = replace(state, seen=seen, pending=pending)
    return Changes(after, tuple(acted), tuple(unsettled), files=len(found), left=len(settled) - len(acted))
