"""Waiting until a cluster has its nodes, without waiting for what cannot come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lazulite.sdk.exceptions import ComputeTargetException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.compute.amlcompute import AmlCompute

_POLL_SECONDS = 0.1
#: While somebody waits, the engine is looked after this often, in seconds, and started again so many times.
_CARE_SECONDS = 2.0
_REVIVALS = 5


def wait_for_nodes(cluster: AmlCompute, count: int, deadline: float, *, show_output: bool) -> str:
    """Wait until `count` nodes are ready, or cannot come, or the deadline has passed; return what to print of it.

    Args:
        cluster: The cluster.
        count: How many nodes.
        deadline: On the clock of `time.monotonic`.
        show_output: Print the provisioning state when it changes.

    Raises:
        ComputeTargetException: the cluster is gone, or the engine that starts nodes does not stay alive.
    """
    shown, cared, revivals = "", 0.0, 0
    while True:
        state = cluster.status.provisioning_state or ""
        if show_output and state != shown:
            print(state)
            shown = state
        kept = cluster.scale_settings.minimum_node_count or 0
        if _ready(cluster) >= count:
            return "Minimum number of nodes requested have been provisioned"
        if count > kept and cluster.status.allocation_state == "Steady":
            return (
                f"The cluster keeps min_nodes={kept} nodes while it has no work, so {count} will not come by waiting. "
                "Nodes start when a step needs them."
            )
        if time.monotonic() >= deadline:
            return (
                "Wait timeout has been reached\n"
                f'Current provisioning state of AmlCompute is "{state}" and current node count is '
                f'"{cluster.status.current_node_count}"'
            )
        time.sleep(_POLL_SECONDS)
        if time.monotonic() > cared + _CARE_SECONDS:
            revivals += _care_for_engine(cluster, revivals)
            cared = time.monotonic()
        cluster.refresh_state()


def _care_for_engine(cluster: AmlCompute, revivals: int) -> bool:
    """Nodes come from the engine: start one if none lives. Whether that was needed."""
    service = cluster.workspace._service  # noqa: SLF001 - the SDK's own seam
    with v1_errors(ComputeTargetException):
        status = service.engine_status()
        if status.running:
            return False
        if revivals >= _REVIVALS:
            raise ComputeTargetException(
                f"Cluster {cluster.name!r} gets no nodes, because the engine does not stay alive. Its log is {status.log}."
            )
        service.start_engine()
        return True


def _ready(cluster: AmlCompute) -> int:
    counts = cluster.status.node_state_counts
    return counts.idle_node_count + counts.running_node_count if counts else 0
