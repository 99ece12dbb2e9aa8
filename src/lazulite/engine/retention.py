"""Rules for old runs: which ones go. Pure, but for reading the rules from a workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lazulite.model.assets import Workspace
from lazulite.model.codec import from_data
from lazulite.model.deletion import RETENTION_SETTING, RetentionRule, RetentionRules
from lazulite.model.errors import Corrupt, InvalidRequest
from lazulite.model.run import RunStatus
from lazulite.records.deleting import TopRun

_MOST_DAYS = 36_500


def rules_of(workspace: Workspace) -> tuple[RetentionRule, ...]:
    """Return the rules of a workspace.

    Raises:
        InvalidRequest: its setting cannot be understood.
    """
    return read(workspace.settings.get(RETENTION_SETTING, ""))


def read(text: str) -> tuple[RetentionRule, ...]:
    """Return the rules that a setting's text holds; none for no text.

    Raises:
        InvalidRequest: it cannot be understood, or a rule has a value that cannot be.
    """
    if not text.strip():
        return ()
    try:
        rules = from_data(RetentionRules, {"rules": [*json.loads(text)]}).rules
    except (Corrupt, TypeError, ValueError) as error:
        raise InvalidRequest(
            f"The setting {RETENTION_SETTING} is not a list of rules ({error}). Expected JSON such as "
            '[{"days": 30, "keep_last": 5, "keep_tags": ["keep"]}].'
        ) from error
    for rule in rules:
        _check(rule)
    return rules


def expired(
    rules: Sequence[RetentionRule], runs: Sequence[TopRun], tags: Mapping[str, frozenset[str]], now: datetime
) -> tuple[str, ...]:
    """Return the runs that go. Of each run the first rule decides that speaks of its experiment and its status.

    Args:
        rules: The rules, in their order.
        runs: The runs of the workspace that are no part of another, newest first.
        tags: The names of tags of those that have any.
        now: The present moment.
    """
    places: dict[str, int] = {}
    gone: list[str] = []
    for run in runs:
        place = places[run.experiment] = places.get(run.experiment, 0) + 1
        rule = next((one for one in rules if _speaks_of(one, run)), None)
        if rule is None or run.ended_at is None or not RunStatus(run.status).is_terminal:
            continue
        is_old = now - run.ended_at > timedelta(days=rule.days)
        if is_old and place > rule.keep_last and tags.get(run.id, frozenset()).isdisjoint(rule.keep_tags):
            gone.append(run.id)
    return tuple(gone)


def _speaks_of(rule: RetentionRule, run: TopRun) -> bool:
    return rule.experiment in (None, run.experiment) and (
        not rule.statuses or run.status in {status.value for status in rule.statuses}
    )


def _check(rule: RetentionRule) -> None:
    if not 0 <= rule.days <= _MOST_DAYS:  # NaN is neither
        raise InvalidRequest(f"A retention rule has days={rule.days:g}. Expected 0 to {_MOST_DAYS:,}.")
    if rule.keep_last < 0:
        raise InvalidRequest(f"A retention rule has keep_last={rule.keep_last}. Expected 0 or more.")
    for status in rule.statuses:
        if not status.is_terminal:
            raise InvalidRequest(
                f"A retention rule has the status {status.value}. Only runs that have ended are deleted: Completed, "
                "Failed, Canceled."
            )
