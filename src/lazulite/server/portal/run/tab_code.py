"""The code that ran: its files, one of them with its text, and what differs from the run before."""

from __future__ import annotations

from lazulite.api.service import Service
from lazulite.model.errors import LazuliteError
from lazulite.model.plan import RunScript
from lazulite.server.portal.run.diff import FileChange, file_changes, hunks
from lazulite.server.portal.run.run_files import MOST_TEXT
from lazulite.server.portal.run.subject import Subject, snapshot_of

_GIT = {
    "branch": "Branch",
    "commit": "Commit",
    "dirty": "Uncommitted changes",
    "repository_uri": "Repository",
}


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    snapshot = subject.snapshot
    other = subject.earlier
    before = snapshot_of(subject.service, other) if other else None
    changes = file_changes(snapshot, before) if snapshot else []
    chosen = _chosen(subject, changes)
    compares = chosen is not None and chosen.kind != "same" and subject.visit.asked("whole") != "1"
    old = text_of(subject.service, subject.run.workspace, chosen.there) if chosen and compares else ""
    new = text_of(subject.service, subject.run.workspace, chosen.here) if chosen else ""
    return {
        "snapshot": snapshot,
        "changes": changes,
        "changed": sum(change.kind != "same" for change in changes),
        "file": chosen,
        "earlier": other if before else None,
        "compares": compares,
        "beside": subject.visit.asked("beside") == "1",
        "hunks": hunks(old, new) if compares and old is not None and new is not None else None,
        "lines": new.splitlines() if new is not None and not compares else [],
        "is_text": new is not None and old is not None,
        "git": _git(subject),
    }


def _chosen(subject: Subject, changes: list[FileChange]) -> FileChange | None:
    """The file that is asked for, else one that changed, else the main script."""
    by_path = {change.path: change for change in changes}
    asked = subject.visit.asked("file")
    if asked in by_path:
        return by_path[asked]
    changed = [change for change in changes if change.kind in ("changed", "new")]
    step = subject.step
    script = step.action.script if step and isinstance(step.action, RunScript) else ""
    main = by_path.get(script)
    if main is not None and (main in changed or not changed):
        return main
    return (changed or changes or [None])[0]  # type: ignore[list-item]


def text_of(service: Service, workspace: str, digest: str) -> str | None:
    """Return the text of a file by its digest; "" of one that does not exist, None of one that is no text or too large."""
    if not digest:
        return ""
    try:
        with service.open_blob(workspace, digest) as file:
            data = file.read(MOST_TEXT + 1)
    except LazuliteError:
        return None
    if len(data) > MOST_TEXT or b"\0" in data:
        return None
    return data.decode(errors="replace")


def _git(subject: Subject) -> dict[str, str]:
    given = {**subject.record.run.properties, **subject.run.properties}
    found = {word: given.get(f"azureml.git.{name}", "") for name, word in _GIT.items()}
    if found["Uncommitted changes"]:
        found["Uncommitted changes"] = "yes" if found["Uncommitted changes"] == "True" else "no"
    return {word: value for word, value in found.items() if value}
