"""The logs of a run: which there are, and the lines of the chosen one with which the page begins."""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.model.errors import NotFound
from lazulite.model.run import RunStatus
from lazulite.server.portal.run.ansi import Piece, pieces
from lazulite.server.portal.run.subject import Subject

#: So many lines stand in the page when it comes; the rest is loaded as it is scrolled to.
FIRST_LINES = 300
_DRIVER = "azureml-logs/70_driver_log.txt"
_BUILD = "azureml-logs/20_image_build_log.txt"
#: Name of a file → what people call it, in the order in which they are offered.
_WORDS = {
    _DRIVER: "Output",
    "logs/azureml/stdoutlogs.txt": "stdout",
    "logs/azureml/stderrlogs.txt": "stderr",
    _BUILD: "Environment build",
    "azureml-logs/65_job_prep.txt": "Preparation",
    "azureml-logs/55_azureml-execution.txt": "Start",
    "azureml-logs/75_job_post.txt": "Finish",
    "logs/azureml/executionlogs.txt": "Execution",
}
_FOLDERS = ("azureml-logs/", "logs/", "user_logs/", "system_logs/")


@dataclass(frozen=True)
class Log:
    """One log file: its name, what it is called, its size."""

    name: str
    word: str
    size: int


@dataclass(frozen=True)
class Line:
    """A numbered line in pieces."""

    number: int
    pieces: list[Piece]


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    logs = _logs(subject)
    asked = subject.visit.asked("file")
    chosen = next((log for log in logs if log.name == asked), None) or _telling(logs, subject.run.status)
    marked = _number(subject.visit.asked("line"))
    lines, total, size = _lines(subject, chosen, marked) if chosen else ([], 0, 0)
    return {
        "logs": logs,
        "log": chosen,
        "lines": lines,
        "marked": marked,
        "total_lines": total,
        "log_size": size,
        "is_live": not subject.run.status.is_terminal,
        "files_run": subject.files.run,
    }


def _logs(subject: Subject) -> list[Log]:
    places = list(_WORDS)
    found = [
        Log(info.path, _WORDS.get(info.path, info.path), info.size)
        for info in subject.files.all()
        if info.path.startswith(_FOLDERS)
    ]
    known = sorted((log for log in found if log.name in _WORDS), key=lambda log: places.index(log.name))
    return known + [log for log in found if log.name not in _WORDS]


def _telling(logs: list[Log], status: RunStatus) -> Log | None:
    """The log that says most: what the script printed, or if it never started, how its environment was built."""
    if not logs:
        return None
    by_name = {log.name: log for log in logs}
    wanted = [
        by_name[name] for name in (_DRIVER, _BUILD, "logs/azureml/executionlogs.txt") if name in by_name
    ]
    filled = [log for log in wanted if log.size]
    if not status.is_terminal and wanted and wanted[0].name == _DRIVER:
        return wanted[0]  # it will come
    return (filled or wanted or logs)[0]


def _lines(subject: Subject, log: Log, marked: int | None) -> tuple[list[Line], int, int]:
    """The lines around the marked one, or the last ones; how many there are, and bytes."""
    try:
        file = subject.files.log(log.name)
    except NotFound:
        return [], 0, 0
    first = max(1, marked - FIRST_LINES // 2) if marked else -FIRST_LINES
    found = file.page(first, FIRST_LINES, whole=not subject.run.status.is_terminal)
    lines = [Line(number, pieces(text)) for number, text in enumerate(found.lines, found.first)]
    return lines, found.total, found.size


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None  # noqa: PLR2004
