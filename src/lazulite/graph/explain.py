"""Why a step ran or was reused, in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from lazulite.model.reuse import REASONS, Difference, ReuseDecision
from lazulite.model.snapshot import Snapshot

SnapshotOf = Callable[[str], "Snapshot | None"]

#: Of an earlier run that differs in nothing, and yet is not among those that may be reused.
_NO_SOURCE = (
    "an earlier run did the same work, but nothing may reuse it: it says allow_reuse=False, or its outputs were "
    "deleted or altered"
)
#: What people look at first.
_RANK = (
    "action",
    "code",
    "arguments",
    "parameter",
    "input",
    "output",
    "environment",
    "version",
    "node_count",
)


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return the components that differ, the most telling ones first.

    Args:
        here: Components of the step in question.
        there: Components of the earlier run.
    """
    names = [name for name in {**here, **there} if here.get(name) != there.get(name)]
    names.sort(key=lambda name: (_rank(name), name))
    return tuple(Difference(name, here.get(name), there.get(name)) for name in names)


def explanation(decision: ReuseDecision, snapshot_of: SnapshotOf | None = None) -> list[str]:
    """Return the decision as lines: the verdict with its reason, then one line for each difference."""
    reason = REASONS.get(decision.reason, decision.reason)
    if decision.reason == "key-differs" and not decision.differences:
        reason = _NO_SOURCE
    if decision.verdict == "reused":
        verb = "takes over" if decision.reason == "resumed" else "reuses"
        head = f"{verb} run {decision.candidate}: {reason}"
    elif decision.verdict == "unknown":
        head = f"cannot be told before its inputs exist: {reason}"
    else:
        nearest = f" (run {decision.candidate})" if decision.candidate else ""
        head = f"runs: {reason}{nearest}"
    return [head, *difference_sentences(decision, snapshot_of or (lambda _: None))]


def difference_sentences(decision: ReuseDecision, snapshot_of: SnapshotOf) -> list[str]:
    """Return one sentence for each difference between a step and the nearest earlier run of it.

    Args:
        decision: The recorded decision.
        snapshot_of: From a snapshot id to its files, None where they are no longer stored.
    """
    if decision.reason == "outputs-gone":
        return [f"{item.component} was deleted or altered since" for item in decision.differences]
    although = "although " if decision.reason == "resumed" else ""
    return [although + text for item in decision.differences for text in _sentences(item, snapshot_of)]


def _rank(name: str) -> int:
    word = name.partition(" ")[0]
    return _RANK.index(word) if word in _RANK else len(_RANK)


def _sentences(item: Difference, snapshot_of: SnapshotOf) -> Iterator[str]:
    kind = item.component.partition(" ")[0]
    here, there = item.here, item.there
    if item.component == "environment variables":
        yield from _variables(here or {}, there or {})
    elif kind in ("input", "output") and (here is None or there is None):
        yield f"{item.component} is {'no longer there' if here is None else 'new'}"
    elif kind == "code":
        yield _code(here, there, snapshot_of)
    elif kind == "action":
        yield from _actions(here, there)
    elif kind == "arguments":
        yield from _arguments(here or [], there or [])
    elif kind in ("input", "output"):
        yield from _port(item.component, here, there)
    elif kind == "environment":
        yield from _environment(here, there)
    else:
        yield f"{item.component}: {_value(here)} here, {_value(there)} there"


def _code(here: Any, there: Any, snapshot_of: SnapshotOf) -> str:
    if not isinstance(here, Mapping) or not isinstance(there, Mapping):
        return "the code changed"
    if here.get("scope") != there.get("scope"):
        words = {"directory": "every file of the folder", "script": "the script and its hash_paths"}
        return (
            f"what counts as its code: {words.get(here['scope'], here['scope'])} here, "
            f"{words.get(there['scope'], there['scope'])} there"
        )
    files, earlier = _files(here, snapshot_of), _files(there, snapshot_of)
    if files is None or earlier is None:
        return (
            "the code changed (the files of one of the two are no longer stored, so which ones is not known)"
        )
    return _changed_files(files, earlier)


def _files(code: Mapping[str, Any], snapshot_of: SnapshotOf) -> dict[str, Any] | None:
    if "files" in code:
        return dict(code["files"])
    snapshot = snapshot_of(str(code.get("snapshot")))
    return None if snapshot is None else {f.path: (f.digest, f.executable) for f in snapshot.files}


def _changed_files(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    changed = [f"{path} changed" for path in sorted(here) if path in there and here[path] != there[path]]
    changed += [f"{path} is new" for path in sorted(here) if path not in there]
    changed += [f"{path} is gone" for path in sorted(there) if path not in here]
    if not changed:
        return "the code changed"
    others = len(changed) - 1
    more = f" (also {others} other{'s' if others > 1 else ''})" if others else ""
    return f"the file {changed[0]}{more}"


def _actions(here: Any, there: Any) -> Iterator[str]:
    if _task(here) is None or _task(here) != _task(there):
        yield f"what runs: {_action(here)} here, {_action(there)} there"
        return
    one, other = here["settings"], there["settings"]
    for name in sorted({**one, **other}):
        if one.get(name) != other.get(name):
            yield f"setting {name}: {_value(one.get(name))} here, {_value(other.get(name))} there"


def _task(action: Any) -> Any:
    return action["task"] if isinstance(action, Mapping) and action.get("kind") == "task" else None


def _action(action: Any) -> str:
    if not isinstance(action, Mapping):
        return _value(action)
    return {
        "script": f"the script {action.get('script')}",
        "shell": f"the shell command {action.get('text')!r}",
        "task": f"the {action.get('task')} task",
    }.get(str(action.get("kind")), "a command")


def _arguments(here: list[Any], there: list[Any]) -> Iterator[str]:
    if len(here) != len(there):
        yield f"arguments: {len(here)} here, {len(there)} there"
    for position, (one, other) in enumerate(zip_longest(here, there), start=1):
        if one != other:
            yield f"argument {position}: {_argument(one)} here, {_argument(other)} there"


def _argument(argument: Any) -> str:
    if not isinstance(argument, Mapping) or len(argument) != 1:
        return "nothing"
    ((kind, value),) = argument.items()
    return f"'{value}'" if kind == "text" else f"the {kind} {value}"


def _port(component: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    for name in {**here, **there}:
        one, other = here.get(name), there.get(name)
        if one == other:
            continue
        if name != "version":
            yield f"{component}: {name} {_value(one)} here, {_value(other)} there"
        elif "absent" in (one, other):
            yield f"{component}: the data {'do not exist' if one == 'absent' else 'exist'} now"
        else:
            yield f"{component}: the data changed"


def _environment(here: Any, there: Any) -> Iterator[str]:
    if not isinstance(here, Mapping) or not isinstance(there, Mapping):
        yield "the environment changed"
        return
    for name in {**here, **there}:
        one, other = here.get(name), there.get(name)
        if one == other:
            continue
        if isinstance(one, list) and isinstance(other, list):
            added = [item for item in one if item not in other]
            removed = [item for item in other if item not in one]
            parts = [f"has {', '.join(map(str, added))}"] * bool(added)
            parts += [f"no longer has {', '.join(map(str, removed))}"] * bool(removed)
            yield f"environment: {name} {' and '.join(parts) or 'is in another order'}"
        elif name == "dockerfile":
            yield "environment: the Dockerfile changed"
        else:
            yield f"environment: {name} {_value(one)} here, {_value(other)} there"


def _variables(here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({**here, **there}):
        one, other = here.get(name), there.get(name)
        if one != other:
            # Values may be secrets: only the name is said.
            what = "is new" if other is None else "is no longer set" if one is None else "has another value"
            yield f"environment variable {name} {what}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and {"datastore", "path"} <= set(value):
        return f"{value['datastore']}/{value['path']}"
    return value if isinstance(value, str) else "none" if value is None else json.dumps(value, sort_keys=True)
