"""Deleting: what would go, what stays and why, and rules by which old runs go by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lazulite.model.run import RunStatus

#: The workspace's setting that holds its rules, as the JSON text of a list of `RetentionRule`.
RETENTION_SETTING = "retention.rules"


@dataclass(frozen=True)
class RetentionRule:
    """Top-level runs of `experiment` (None: of all) that ended more than `days` ago, with one of `statuses` (none: any),
    are deleted, but for the newest `keep_last` of each experiment and those that have one of the tags `keep_tags`."""

    days: float
    experiment: str | None = None
    keep_last: int = 0
    keep_tags: tuple[str, ...] = ()
    statuses: tuple[RunStatus, ...] = ()


@dataclass(frozen=True)
class RetentionRules:
    """The rules of a workspace, in their order: of each run the first one decides that speaks of it."""

    rules: tuple[RetentionRule, ...] = ()


@dataclass(frozen=True)
class Kept:
    """Something that was asked to go and stays, whole or in part, with the reason in a sentence."""

    run_id: str
    reason: str


@dataclass(frozen=True)
class Deletion:
    """What a deletion frees (or, as a dry run, would free): pipeline and interactive runs by id, with `bytes` and
    `files` of their outputs, artifacts and code that nothing else uses. `by_kind` splits the bytes: outputs, artifacts,
    code."""

    run_ids: tuple[str, ...] = ()
    bytes: int = 0
    files: int = 0
    by_kind: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()
    is_dry_run: bool = False
