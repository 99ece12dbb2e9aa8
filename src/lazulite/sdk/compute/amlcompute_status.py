"""The state of a cluster as v1 showed it: `AmlCompute.status` and its `serialize()`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lazulite.model.assets import ComputeTarget as Record
from lazulite.model.assets import Node, NodeState


class ScaleSettings:
    """Between which numbers of nodes a cluster moves, and after how many idle seconds a node is given up."""

    def __init__(
        self,
        minimum_node_count: int | None,
        maximum_node_count: int | None,
        idle_seconds_before_scaledown: float | None,
    ) -> None:
        self.minimum_node_count = minimum_node_count
        self.maximum_node_count = maximum_node_count
        self.idle_seconds_before_scaledown = idle_seconds_before_scaledown

    def serialize(self) -> dict[str, Any]:
        """Return a dict; the idle time is written as an ISO 8601 duration, such as PT1800S."""
        idle = self.idle_seconds_before_scaledown
        return {
            "minNodeCount": self.minimum_node_count,
            "maxNodeCount": self.maximum_node_count,
            "nodeIdleTimeBeforeScaleDown": None
            if idle is None
            else f"PT{int(idle) if idle == int(idle) else idle}S",
        }

    @staticmethod
    def deserialize(object_dict: Mapping[str, Any] | None) -> ScaleSettings | None:
        """Return what `serialize` made the dict of; None for None."""
        if not object_dict:
            return None
        idle = object_dict.get("nodeIdleTimeBeforeScaleDown")
        return ScaleSettings(
            object_dict.get("minNodeCount"),
            object_dict.get("maxNodeCount"),
            None if idle is None else _seconds(idle),
        )


class AmlComputeNodeStateCounts:
    """How many nodes are in which state."""

    def __init__(
        self,
        idle_node_count: int,
        leaving_node_count: int,
        preempted_node_count: int,
        preparing_node_count: int,
        running_node_count: int,
        unusable_node_count: int,
    ) -> None:
        self.idle_node_count = idle_node_count
        self.leaving_node_count = leaving_node_count
        self.preempted_node_count = preempted_node_count
        self.preparing_node_count = preparing_node_count
        self.running_node_count = running_node_count
        self.unusable_node_count = unusable_node_count

    def serialize(self) -> dict[str, int]:
        """Return a dict under v1's keys."""
        return {
            "preparingNodeCount": self.preparing_node_count,
            "runningNodeCount": self.running_node_count,
            "idleNodeCount": self.idle_node_count,
            "unusableNodeCount": self.unusable_node_count,
            "leavingNodeCount": self.leaving_node_count,
            "preemptedNodeCount": self.preempted_node_count,
        }

    @staticmethod
    def deserialize(object_dict: Mapping[str, Any] | None) -> AmlComputeNodeStateCounts | None:
        """Return what `serialize` made the dict of; None for None."""
        if not object_dict:
            return None
        words = ("idle", "leaving", "preempted", "preparing", "running", "unusable")
        return AmlComputeNodeStateCounts(*(object_dict.get(f"{word}NodeCount", 0) for word in words))


class AmlComputeStatus:
    """The state of a cluster at one moment."""

    def __init__(
        self,
        allocation_state: str | None,
        allocation_state_transition_time: str | None,
        creation_time: str | None,
        current_node_count: int | None,
        errors: Any,
        modified_time: str | None,
        node_state_counts: AmlComputeNodeStateCounts | None,
        provisioning_state: str | None,
        provisioning_state_transition_time: str | None,
        scale_settings: ScaleSettings | None,
        target_node_count: int | None,
        vm_priority: str | None,
        vm_size: str | None,
    ) -> None:
        self.allocation_state = allocation_state
        self.allocation_state_transition_time = allocation_state_transition_time
        self.creation_time = creation_time
        self.current_node_count = current_node_count
        self.errors = errors
        self.modified_time = modified_time
        self.node_state_counts = node_state_counts
        self.provisioning_state = provisioning_state
        self.provisioning_state_transition_time = provisioning_state_transition_time
        self.scale_settings = scale_settings
        self.target_node_count = target_node_count
        self.vm_priority = vm_priority
        self.vm_size = vm_size

    def serialize(self) -> dict[str, Any]:
        """Return a dict under v1's keys, in v1's order."""
        return {
            "currentNodeCount": self.current_node_count,
            "targetNodeCount": self.target_node_count,
            "nodeStateCounts": self.node_state_counts.serialize() if self.node_state_counts else None,
            "allocationState": self.allocation_state,
            "allocationStateTransitionTime": self.allocation_state_transition_time,
            "errors": self.errors,
            "creationTime": self.creation_time,
            "modifiedTime": self.modified_time,
            "provisioningState": self.provisioning_state,
            "provisioningStateTransitionTime": self.provisioning_state_transition_time,
            "scaleSettings": self.scale_settings.serialize() if self.scale_settings else None,
            "vmPriority": self.vm_priority,
            "vmSize": self.vm_size,
        }

    @staticmethod
    def deserialize(object_dict: Mapping[str, Any] | None) -> AmlComputeStatus | None:
        """Return what `serialize` made the dict of; None for None."""
        if not object_dict:
            return None
        return AmlComputeStatus(
            object_dict.get("allocationState"),
            object_dict.get("allocationStateTransitionTime"),
            object_dict.get("creationTime"),
            object_dict.get("currentNodeCount"),
            object_dict.get("errors"),
            object_dict.get("modifiedTime"),
            AmlComputeNodeStateCounts.deserialize(object_dict.get("nodeStateCounts")),
            object_dict.get("provisioningState"),
            object_dict.get("provisioningStateTransitionTime"),
            ScaleSettings.deserialize(object_dict.get("scaleSettings")),
            object_dict.get("targetNodeCount"),
            object_dict.get("vmPriority"),
            object_dict.get("vmSize"),
        )


def status_of(record: Record, nodes: Sequence[Node]) -> AmlComputeStatus:
    """Return the state that a cluster's definition and its nodes amount to.

    The target is what the cluster is moving to: the nodes that stay, but at least `min_nodes`.
    """
    counts = {state: sum(node.state is state for node in nodes) for state in NodeState}
    current = len(nodes)
    staying = current - counts[NodeState.LEAVING] - counts[NodeState.PREEMPTED] - counts[NodeState.UNUSABLE]
    target = max(record.min_nodes, min(staying, record.max_nodes))
    is_steady = current == target and not counts[NodeState.PREPARING]
    changed = max((node.since for node in nodes), default=record.modified_at)
    return AmlComputeStatus(
        allocation_state="Steady" if is_steady else "Resizing",
        allocation_state_transition_time=changed.isoformat() if changed else None,
        creation_time=record.created_at.isoformat() if record.created_at else None,
        current_node_count=current,
        errors=None,
        modified_time=record.modified_at.isoformat() if record.modified_at else None,
        node_state_counts=AmlComputeNodeStateCounts(
            counts[NodeState.IDLE],
            counts[NodeState.LEAVING],
            counts[NodeState.PREEMPTED],
            counts[NodeState.PREPARING],
            counts[NodeState.RUNNING],
            counts[NodeState.UNUSABLE],
        ),
        provisioning_state=record.provisioning_state,
        provisioning_state_transition_time=None,
        scale_settings=ScaleSettings(
            record.min_nodes, record.max_nodes, record.idle_seconds_before_scaledown
        ),
        target_node_count=target,
        vm_priority={"dedicated": "Dedicated", "lowpriority": "LowPriority"}.get(record.vm_priority.lower()),
        vm_size=record.vm_size.upper(),
    )


def _seconds(duration: str | float) -> float:
    """Seconds of an ISO 8601 duration of days, hours, minutes and seconds."""
    import re

    if isinstance(duration, (int, float)):
        return float(duration)
    match = re.fullmatch(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", duration)
    if match is None:
        raise ValueError(f"{duration!r} is not a duration such as PT1800S.")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds
