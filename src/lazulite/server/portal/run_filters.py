"""The filters of the runs list: between the address of the page and a `RunQuery`.

The address holds everything, so that a list can be sent to somebody, and "back" leads to where one was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from starlette.datastructures import QueryParams

from lazulite.model.errors import InvalidRequest
from lazulite.model.run import RUN_ORDERS, RunQuery, RunStatus

#: Words that stand for several statuses.
ACTIVE = "active"
ATTENTION = "attention"
#: v1's words for what started a run, as `runSource` holds them.
TRIGGERS = {"SDK": "SDK", "API": "REST", "Schedule": "Schedule"}
PAGE = 50
_METRIC = re.compile(r"\s*(?P<name>[^<>=!]+?)\s*(?P<condition>(?:<=|>=|==|!=|=|<|>).*)?")


@dataclass(frozen=True)
class Filters:
    """What stands in the address, and what it means."""

    asked: Mapping[str, str]
    query: RunQuery
    problem: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is filtered."""
        return any(value for name, value in self.asked.items() if name not in ("order", "ascending"))

    def address(self, **changes: object) -> dict[str, object]:
        """The query of the same list with changes; the page is the first unless `next` is among them."""
        return {**self.asked, **changes}


def read(params: QueryParams) -> Filters:
    """Read the filters of an address. What cannot be understood is said, and filters nothing."""
    names = "text status experiment tag parameter metric who trigger since until order ascending"
    asked = {name: params.get(name, "").strip() for name in names.split()}
    query = RunQuery(
        top_level=True,
        experiment=asked["experiment"] or None,
        text=asked["text"] or None,
        submitted_by=asked["who"] or None,
        order=asked["order"] if asked["order"] in RUN_ORDERS else "created",
        ascending=bool(asked["ascending"]),
        after=params.get("next") or None,
        limit=PAGE + 1,
    )
    try:
        query = replace(
            query,
            statuses=_statuses(asked["status"]),
            unresolved=asked["status"] == ATTENTION,
            tags=_pairs(asked["tag"]),
            parameters={name: value or "" for name, value in _pairs(asked["parameter"]).items()},
            metrics=_metrics(asked["metric"]),
            properties={"runSource": asked["trigger"]} if asked["trigger"] else {},
            created_after=_moment(asked["since"]),
            created_before=_moment(asked["until"], end_of_day=True),
        )
    except InvalidRequest as error:
        return Filters(asked, query, error.message)
    return Filters(asked, query)


def _statuses(word: str) -> tuple[RunStatus, ...]:
    if not word or word == ATTENTION:
        return ()
    if word == ACTIVE:
        return tuple(status for status in RunStatus if not status.is_terminal)
    try:
        return tuple(RunStatus(one) for one in word.split(","))
    except ValueError:
        known = ", ".join(status.value for status in RunStatus)
        raise InvalidRequest(f"'{word}' is no status. Expected active, attention, {known}.") from None


def _pairs(text: str) -> dict[str, str | None]:
    """`name=value, name` → names and values; None where only the name counts."""
    found: dict[str, str | None] = {}
    for item in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = item.partition("=")
        found[name.strip()] = value.strip() if equals else None
    return found


def _metrics(text: str) -> dict[str, str]:
    """`accuracy >= 0.9, loss` → names and conditions."""
    found = {}
    for item in filter(None, (piece.strip() for piece in text.split(","))):
        parsed = _METRIC.fullmatch(item)
        if parsed is None:
            raise InvalidRequest(
                f"'{item}' cannot be understood. Expected a metric and a comparison: accuracy >= 0.9"
            )
        found[parsed["name"]] = parsed["condition"] or ""
    return found


def _moment(text: str, *, end_of_day: bool = False) -> datetime | None:
    """A date (in UTC) or a time of ISO 8601; until a day means until its end."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            at = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            raise InvalidRequest(
                f"'{text}' is no time. Expected a date such as 2026-03-31, or a time such as 2026-03-31T14:00."
            ) from None
        return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    start = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    return start + timedelta(days=1) if end_of_day else start
