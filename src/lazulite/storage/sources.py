"""The files of a source folder that a snapshot takes: the walk, the ignore files, the links.

Which ignore file counts (the folder is the *source folder*, a *nested* file one in a folder below it):

- With an `.amlignore` in the source folder, `.amlignore` files count, nested ones too, and no `.gitignore` anywhere.
- Otherwise in every folder its `.amlignore` if it has one, else its `.gitignore`.
- Their meaning is git's, to the letter: a nested file counts for its own folder and below and wins over those above; a
  file below an ignored folder cannot be taken back in. Rules of git that are outside of the folder (a `.gitignore`
  above it, `.git/info/exclude`, a user's own) do not count, so that a snapshot is the same on every machine.
- With neither in the source folder, these are left out wherever they are: `.azureml`, `.ipynb_checkpoints` and virtual
  environments, known by their `pyvenv.cfg` or `conda-meta`.
- Never taken, whatever the files say: `.git`, `__pycache__`, editors' lock links `.#name`, and what is neither a file
  nor a folder (sockets, pipes).

A symbolic link to something inside the folder is taken as what it leads to. One that leads outside or nowhere is an
error that names it, unless it is ignored: following it could take files nobody meant to hand over.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from lazulite.storage import failures
from lazulite.storage.ignore import Rules, line_for

AML_IGNORE, GIT_IGNORE = ".amlignore", ".gitignore"
_NEVER = frozenset({b".git", b"__pycache__"})
_LOCK_LINK = b".#"
_BY_DEFAULT = frozenset({b".azureml", b".ipynb_checkpoints"})
_ENVIRONMENT_MARKS = frozenset({b"pyvenv.cfg", b"conda-meta"})

#: The rules of one ignore file, the length of the path to its folder, slash included, and the file's own path.
_Layer = tuple[Rules, int, str]
#: What stands for the name of an ignore file where these rules of ours leave something out.
BUILT_IN = "built-in rules"


@dataclass(frozen=True)
class SourceFile:
    """A file to be taken: its path with `/` relative to the source folder, where it is, its status."""

    path: str
    place: str
    status: os.stat_result


@dataclass
class SourceWalk:
    """Goes through a source folder. `ignored` and `problems` fill while `files` is iterated.

    `ignored` tells of each path which ignore file leaves it out, or `BUILT_IN`.

    Args:
        folder: The source folder.
    """

    folder: bytes
    ignored: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    ignore_file: str | None = None

    def __post_init__(self) -> None:
        self._root = os.path.realpath(self.folder)
        self._candidates: tuple[bytes, ...] = (AML_IGNORE.encode(), GIT_IGNORE.encode())

    def files(self) -> Iterator[SourceFile]:
        """The files to be taken, in no particular order."""
        found = [name for name in self._candidates if os.path.isfile(os.path.join(self._root, name))]  # noqa: PTH113, PTH118
        if found:
            self.ignore_file = found[0].decode()
        if self.ignore_file == AML_IGNORE:
            self._candidates = (AML_IGNORE.encode(),)
        yield from self._visit(self._root, b"", (), (self._root,))

    def _visit(
        self, real: bytes, base: bytes, layers: tuple[_Layer, ...], above: tuple[bytes, ...]
    ) -> Iterator[SourceFile]:
        try:
            with os.scandir(real) as scan:
                entries = list(scan)
            layers = self._with_rules_of(real, base, {entry.name for entry in entries}, layers)
        except OSError as error:
            self.problems[_text(base) or "."] = f"the folder cannot be read, {failures.reason(error)}"
            return
        if base and self.ignore_file is None and any(entry.name in _ENVIRONMENT_MARKS for entry in entries):
            self.ignored[_text(base)] = BUILT_IN
            return
        for entry in entries:
            yield from self._consider(entry, base + entry.name, layers, above)

    def _with_rules_of(
        self, real: bytes, base: bytes, names: set[bytes], layers: tuple[_Layer, ...]
    ) -> tuple[_Layer, ...]:
        name = next((name for name in self._candidates if name in names), None)
        if name is None:
            return layers
        with open(os.path.join(real, name), "rb") as file:  # noqa: PTH123, PTH118 - paths are bytes here
            rules = Rules(file.read())
        return ((rules, len(base), _text(base + name)), *layers) if rules else layers

    def _consider(
        self, entry: os.DirEntry[bytes], path: bytes, layers: tuple[_Layer, ...], above: tuple[bytes, ...]
    ) -> Iterator[SourceFile]:
        is_directory = _is_directory(entry)
        ignored_by = self._left_out_by(entry.name, path, layers, is_directory=is_directory)
        if ignored_by:
            self.ignored[_text(path) + "/" * is_directory] = ignored_by
            return
        place = entry.path
        if entry.is_symlink():
            place = os.path.realpath(place)
            problem = self._link_problem(place, path, above, is_directory=is_directory)
            if problem:
                self.problems[_text(path)] = problem
                return
        if is_directory:
            yield from self._visit(place, path + b"/", layers, (*above, place))
            return
        try:
            status = entry.stat()
            name = path.decode()
        except OSError as error:
            self.problems[_text(path)] = failures.reason(error)
        except UnicodeDecodeError:
            self.problems[_text(path)] = "the name is not UTF-8 text; rename it"
        else:
            if stat.S_ISREG(status.st_mode):
                yield SourceFile(name, os.fsdecode(place), status)

    def _left_out_by(
        self, name: bytes, path: bytes, layers: tuple[_Layer, ...], *, is_directory: bool
    ) -> str | None:
        if name in _NEVER or name.startswith(_LOCK_LINK):
            return BUILT_IN
        for rules, base, ignore_file in layers:
            verdict = rules.verdict(path[base:], name, is_directory=is_directory)
            if verdict is not None:
                return ignore_file if verdict else None
        return BUILT_IN if self.ignore_file is None and name in _BY_DEFAULT else None

    def _link_problem(
        self, target: bytes, path: bytes, above: tuple[bytes, ...], *, is_directory: bool
    ) -> str | None:
        shown = os.fsdecode(target)
        line = line_for(_text(path), is_directory=is_directory)
        advice = f"Remove it, or add the line {line} to {self.ignore_file or AML_IGNORE}"
        if not os.path.exists(target):  # noqa: PTH110
            return f"a symbolic link to {shown}, which does not exist. {advice}"
        if target != self._root and not target.startswith(self._root.rstrip(b"/") + b"/"):
            return f"a symbolic link that leads out of the folder, to {shown}. {advice}, or copy the data in"
        if target in above:
            return f"a symbolic link to a folder that it is in, {shown}. {advice}"
        return None


def _is_directory(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _text(path: bytes) -> str:
    return path.decode(errors="backslashreplace")
