"""A snapshot of a large source folder: new, unchanged, and with one file changed. Beside it git, which does similar work."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.ours.home import Home, Wrong, home

KEYS = {"new": "snapshot-new", "unchanged": "snapshot-unchanged", "changed": "snapshot-changed"}
GIT = "git add --all"
WHOLE = "Lazulite, handing the code over"
_PER_FOLDER = 100
#: The script of the step, and the file that changes.
_CHANGED = "d000/f000.py"


def measure(bench: Bench) -> None:
    """Take snapshots of one folder, in turns with git adding the same folder."""
    count = bench.sizes.snapshot_files
    with home(bench.new_folder("snapshot") / "home") as place:
        place.start()
        folder = place.folder.parent / "project"
        _write(folder, count)
        git = _git(bench, folder)
        _state(bench, place, folder, git, "new", f"Snapshot of {count:,} files, new", 1)
        _state(
            bench, place, folder, git, "unchanged", f"Snapshot of {count:,} files, unchanged", bench.repeat
        )
        _state(
            bench, place, folder, git, "changed", f"Snapshot of {count:,} files, one changed", bench.repeat
        )


def _state(
    bench: Bench, place: Home, folder: Path, git: list[str] | None, state: str, title: str, turns: int
) -> None:
    group = bench.results.group(KEYS[state], title, "s", GIT if git else "")

    def by_git() -> None:
        if git is None:
            group.note(GIT, "`git` is not on this machine")
            return
        ended = programs.run(git, folder, programs.environment(), bench.limit, folder.parent / "git.log")
        if ended.timed_out or ended.code:
            raise Wrong(f"git: {ended.failure}")
        group.add(GIT, ended.wall)

    def by_us() -> None:
        taken = place.call("snapshot.py", str(folder), _CHANGED, limit=bench.limit)
        if taken["files"] != bench.sizes.snapshot_files:
            raise Wrong(f"The snapshot has {taken['files']} files.")
        group.add(WHOLE, taken["seconds"])

    number = 0

    def changed(take: Callable[[], None]) -> Callable[[], None]:
        def first_change() -> None:
            nonlocal number
            number += 1
            (folder / _CHANGED).write_text(f"# change {number}\n", encoding="utf-8")
            take()

        return first_change if state == "changed" else take

    bench.rounds({GIT: changed(by_git), WHOLE: changed(by_us)}, turns)
    bench.say(f"{title}: {group.median(WHOLE) or 0:.2f} s")


def _write(folder: Path, count: int) -> None:
    """Files of about a kilobyte, no two alike, a hundred to a folder."""
    for number in range(count):
        place = folder / f"d{number // _PER_FOLDER:03}"
        if number % _PER_FOLDER == 0:
            place.mkdir(parents=True)
        text = f"# file {number}\n" + f"value = {number}\n" * 60
        (place / f"f{number % _PER_FOLDER:03}.py").write_text(text, encoding="utf-8")


def _git(bench: Bench, folder: Path) -> list[str] | None:
    """The command that adds the folder to a repository beside it, so that git's own files are not in the folder."""
    if shutil.which("git") is None:
        return None
    repository = folder.parent / "repository"
    log = folder.parent / "git.log"
    programs.run(
        ["git", "init", "--quiet", str(repository)], folder.parent, programs.environment(), bench.limit, log
    )
    return ["git", f"--git-dir={repository / '.git'}", f"--work-tree={folder}", "add", "--all"]
