"""From a backend's name to its class, by entry point: the second of the two places that load code by name.

Other distributions add backends by an entry point in the group `lazulite.compute`.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import cast

from lazulite.compute.base import Compute
from lazulite.model.errors import ComputeUnavailable

GROUP = "lazulite.compute"


def backend(name: str) -> type[Compute]:
    """Return the class of the backend `name`.

    Raises:
        ComputeUnavailable: no installed distribution provides it.
    """
    found = entry_points(group=GROUP)
    for entry in found:
        if entry.name == name:
            return cast("type[Compute]", entry.load())
    known = ", ".join(sorted({entry.name for entry in found})) or "none"
    raise ComputeUnavailable(f"No compute backend is called {name!r}. Installed ones: {known}.")
