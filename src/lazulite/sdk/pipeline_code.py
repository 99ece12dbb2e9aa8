"""A pipeline's code: each source folder looked through once, its files handed over where they are missing."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.graph.fingerprint import files_of
from lazulite.model.errors import InvalidPlan
from lazulite.model.plan import Plan, RunScript, RunTask, Step
from lazulite.model.snapshot import Snapshot
from lazulite.sdk.code_upload import send

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.storage.snapshots import Scan

#: Above these a snapshot is more than code, most likely: v1 refused it, here it is a warning.
_MANY_BYTES = 300 * 1024 * 1024
_MANY_FILES = 2000


def hand_over(service: Service, workspace: str, plan: Plan) -> Plan:
    """Give the service the code of all steps, and return the plan with their snapshots.

    Contents that the workspace holds already are not sent again.

    Raises:
        LazuliteError: a folder cannot be read, or leaves out a file that a step needs.
    """
    scans = _scans(service, plan.steps)
    problems = [problem for step in plan.steps for problem in _left_out(step, scans[step.source_directory])]
    if problems:
        raise InvalidPlan(problems)
    for found in scans.values():
        _warn_of_size(found)
        send(service, workspace, found.snapshot, found.sources)
    ids = {folder: found.snapshot.id for folder, found in scans.items()}
    steps = tuple(replace(step, snapshot=ids[step.source_directory]) for step in plan.steps)
    return replace(plan, steps=steps)


def _scans(service: Service, steps: Iterable[Step]) -> Mapping[str, Scan]:
    from lazulite.storage.snapshots import Scan, scan

    cache = service.cache_folder
    nothing = Scan(Path(), Snapshot(()), {}, (), None)
    folders = dict.fromkeys(step.source_directory for step in steps)
    return {folder: scan(Path(folder), cache) if folder else nothing for folder in folders}


def _left_out(step: Step, found: Scan) -> list[str]:
    """Sentences about files that a step needs and that the snapshot lacks: ignored, or gone since it was built."""
    needed = list(step.hash_paths)
    if isinstance(step.action, (RunScript, RunTask)) and step.action.script:
        needed.insert(0, step.action.script)
    lacking = [path for path in needed if not files_of(found.snapshot, (path,))]
    return [
        f"Step '{step.name}' needs '{path}', which {_rule(path, found)} of '{found.folder}' leaves out of the "
        "snapshot. Change that rule, or add '!' and the path behind it."
        if (Path(found.folder) / path).is_file()
        else f"Step '{step.name}' needs '{path}', which is no longer in '{found.folder}'."
        for path in lacking
        if not (Path(found.folder) / path).is_dir()
    ]


def _rule(path: str, found: Scan) -> str:
    for ignored, rule in found.ignored_by.items():
        if path == ignored or (ignored.endswith("/") and path.startswith(ignored)):
            return rule
    return found.ignore_file or "an ignore file"


def _warn_of_size(found: Scan) -> None:
    size, count = found.snapshot.size, len(found.snapshot.files)
    if size <= _MANY_BYTES and count <= _MANY_FILES:
        return
    largest = found.largest(5)
    lines = [f"  {item.path}  {_megabytes(item.size)} in {item.files} file(s)" for item in largest]
    rules = [f"  {item.ignore_line}" for item in largest]
    warnings.warn(
        "\n".join(
            [
                f"The source directory '{found.folder}' holds {_megabytes(size)} in {count} files.",
                "Every step that uses it gets a copy. The largest:",
                *lines,
                f"What is no code can be left out by these lines in '{found.folder / '.amlignore'}':",
                *rules,
            ]
        ),
        UserWarning,
        stacklevel=2,
    )


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
