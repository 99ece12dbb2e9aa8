"""Why a step ran or was reused: the verdict in words, and every component of its key beside that of the earlier run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lazulite.graph.explain import explanation
from lazulite.model.errors import LazuliteError
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Run, RunQuery
from lazulite.server.portal.run.subject import Subject, stored_snapshot

#: Values of environment variables may be secrets: only whether they are equal is told.
_SECRET = "environment variables"  # noqa: S105 - the name of a component
_USERS = 20
#: Digests are told apart by their beginnings.
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_SHOWN = 12


@dataclass(frozen=True)
class Component:
    """One row of the table; "" where a side lacks it."""

    name: str
    here: str
    there: str
    is_same: bool


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    decision = subject.decision
    other = subject.earlier if decision else None
    theirs = subject.service.get_decision(other.workspace, other.id) if other and decision else None
    lines = _words(subject, decision)
    return {
        "decision": decision,
        "verdict": lines[0] if lines else "",
        "reasons": lines[1:],
        "candidate": other,
        "components": list(_components(decision, theirs)) if decision else [],
        "has_candidate": theirs is not None,
        "users": _users(subject),
        "forecast": _forecast(subject) if subject.visit.asked("forecast") else None,
    }


def _words(subject: Subject, decision: ReuseDecision | None) -> list[str]:
    if decision is None:
        return []
    return explanation(
        decision, lambda snapshot: stored_snapshot(subject.service, subject.run.workspace, snapshot)
    )


def _components(decision: ReuseDecision, theirs: ReuseDecision | None) -> Iterator[Component]:
    here, there = decision.components, theirs.components if theirs else {}
    for name in {**here, **there}:
        if name == _SECRET:
            yield from _variables(here.get(name) or {}, there.get(name) or {})
        else:
            is_same = here.get(name) == there.get(name)
            yield Component(name, _text(here, name), _text(there, name), is_same)


def components_text(decision: ReuseDecision) -> dict[str, str]:
    """Return every component of a decision's key as text; of environment variables only that they are set."""
    return {one.name: one.here for one in _components(decision, None)}


def _variables(here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[Component]:
    for name in sorted({**here, **there}):
        one, other = here.get(name), there.get(name)
        yield Component(
            f"environment variable {name}",
            "" if one is None else "set",
            "" if other is None else "set" if one == other else "set to something else",
            one == other,
        )


def _text(components: Mapping[str, Any], name: str) -> str:
    if name not in components:
        return ""
    value = components[name]
    if isinstance(value, Mapping):
        told = [f"{key}: {_plain(item)}" for key, item in value.items() if item not in (None, [], {}, "")]
        return "\n".join(told) or "nothing"
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return f"{value[:_DIGEST_SHOWN]}…" if _DIGEST.fullmatch(value) else value
    if isinstance(value, Mapping):
        return "\n".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list):
        return " ".join(_argument(item) for item in value)
    return "none" if value is None else json.dumps(value)


def _argument(item: Any) -> str:
    """One item of a list: an argument is {"text": …} or what stands in its place, {"input": name}."""
    if isinstance(item, Mapping) and len(item) == 1:
        ((kind, value),) = item.items()
        return str(value) if kind == "text" else f"<{kind} {value}>"
    return _plain(item)


def _users(subject: Subject) -> tuple[Run, ...]:
    """The runs that reuse this one's result."""
    source = subject.run.reused_run_id or subject.run.id
    query = RunQuery(properties={"azureml.reusedrunid": source}, limit=_USERS)
    return tuple(
        run for run in subject.service.list_runs(subject.run.workspace, query) if run.id != subject.run.id
    )


def _forecast(subject: Subject) -> list[str]:
    """What would happen to the step if the same were submitted now."""
    submission = subject.record.submission
    if submission is None or subject.run.node is None:
        return []
    try:
        decisions = subject.service.forecast(subject.run.workspace, submission)
    except LazuliteError as error:
        return [f"It could not be submitted again as it is: {error.message}"]
    return _words(subject, decisions.get(subject.run.node))
