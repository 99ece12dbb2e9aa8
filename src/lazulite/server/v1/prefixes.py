"""Where v1's routes stand: below a prefix of its pipeline service (in 2019 another one), a workspace by its three names."""

from __future__ import annotations

PREFIXES = ("/pipelines/v1.0", "/api/v1.0")
#: What comes after the prefix and before the route.
SCOPE = (
    "/subscriptions/{subscription}/resourceGroups/{group}"
    "/providers/Microsoft.MachineLearningServices/workspaces/{workspace}"
)


def is_v1(path: str) -> bool:
    """Whether who calls `path` expects v1's answers."""
    return any(path.startswith(prefix + "/") or path == prefix for prefix in PREFIXES)
