"""Ignore rules against git itself: the same files, the same patterns, the same answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazulite.storage.ignore import Rules, line_for

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

_NAMES = ("a", "b", "ab", "abc", "a.b", "a-b", "foo", "[a]", "a b", "!a", "#a", "A1", "é", "a\\b")
_TREE = tuple(
    sorted(
        {
            *_NAMES,
            *(f"{folder}/{name}" for folder in ("d", "foo", "x.d") for name in _NAMES),
            *(f"d/{folder}/{name}" for folder in ("e", "a", "foo") for name in _NAMES),
            "d/e/f/ab",
            "d/e/f/foo",
        }
        - {"foo", "d/foo", "d/a"}
    )
)


def ignored_by_us(files: dict[str, str], tree: tuple[str, ...]) -> set[str]:
    """The walk that git's documentation describes, over a set of names."""
    rules = {folder: Rules(text.encode()) for folder, text in files.items()}
    answers = set()
    for path in tree:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            if is_ignored("/".join(parts[:depth]), rules, is_directory=depth < len(parts)):
                answers.add(path)
                break
    return answers


def is_ignored(path: str, rules: dict[str, Rules], *, is_directory: bool) -> bool:
    parts = path.split("/")
    for depth in range(len(parts) - 1, -1, -1):
        found = rules.get("/".join(parts[:depth]))
        if found:
            inner = "/".join(parts[depth:]).encode()
            verdict = found.verdict(inner, parts[-1].encode(), is_directory=is_directory)
            if verdict is not None:
                return verdict
    return False


class Git:
    """A repository with the tree, whose ignore files are rewritten for every example."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }
        self.run("init", "-q", ".")
        for path in _TREE:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).touch()

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def ignored(self, files: dict[str, str]) -> set[str]:
        for place in self.folder.rglob(".gitignore"):
            place.unlink()
        for folder, text in files.items():
            (self.folder / folder / ".gitignore").write_bytes(text.encode())
        paths = b"\0".join(path.encode() for path in _TREE) + b"\0"
        out = self.run("check-ignore", "--no-index", "--stdin", "-z", given=paths)
        return {path.decode() for path in out.split(b"\0") if path}


@pytest.fixture(scope="module")
def git() -> Iterator[Git]:
    with tempfile.TemporaryDirectory() as folder:
        yield Git(Path(folder))


_PIECES = r"""
a b ab foo d e x.d / * ** ? **/ /** *.b . - \ \! \# # ! é
[ ] [a] [!a] [^ab] [a-c] []a] [a-] [z-a] [a-c-e] [/] [!/] [\]]
[[:alpha:]] [[:digit:]] [[:nope:]] [[:alpha] [[:upper:][:digit:]]
"""
_piece = st.sampled_from([*_PIECES.split(), " ", "\\ "])
_line = st.builds(
    lambda start, pieces, end: start + "".join(pieces) + end,
    st.sampled_from(["", "", "", "!", "/", "!/", "#", "\\!", "**/"]),
    st.lists(_piece, min_size=0, max_size=5),
    st.sampled_from(["", "", "", "/", " ", "  ", "\\ ", "\t", "\r", "/**", "/*"]),
)
_file = st.builds(
    lambda bom, lines, newline, last: bom + newline.join(lines) + last,
    st.sampled_from(["", "", "", "\ufeff"]),
    st.lists(_line, min_size=1, max_size=5),
    st.sampled_from(["\n", "\n", "\r\n"]),
    st.sampled_from(["", "\n", "\r\n"]),
)
_files = st.dictionaries(st.sampled_from(["", "", "d", "d/e", "foo"]), _file, min_size=1, max_size=3)


@needs_git
@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=_files)
def test_same_answer_as_git(git: Git, files: dict[str, str]) -> None:
    assert ignored_by_us(files, _TREE) == git.ignored(files)


@needs_git
@pytest.mark.parametrize(
    "text",
    [
        "d/\n!d/a.b\n",  # a file below an ignored folder cannot be taken back in
        "d/*\n!d/a.b\n",
        "*\n!*/\n!a*\n",
        "foo**/ab\nd/**/ab\n**/foo\nx.d/**\n",
        "a\\b\na\\\\b\n\\[a\\]\n",
        "a b   \na\\ \n",
        "/foo/\n/ab\nd/e/\n",
        "[[:punct:]]a\n[!a-z]*\n",
        "\\\n[\n[]\n[!]\n",
        "a/**/**/b\n***\n",
    ],
)
def test_known_cases_as_git(git: Git, text: str) -> None:
    assert ignored_by_us({"": text}, _TREE) == git.ignored({"": text})


@needs_git
@pytest.mark.parametrize("name", [path for path in _TREE if "/" not in path])
def test_a_ready_line_ignores_its_path_only(git: Git, name: str) -> None:
    text = line_for(name) + "\n"
    assert git.ignored({"": text}) == {name} == ignored_by_us({"": text}, _TREE)


def test_a_pattern_without_a_match_says_nothing() -> None:
    rules = Rules(b"*.log\n!keep.log\n")
    assert rules.verdict(b"x.py", b"x.py", is_directory=False) is None
    assert rules.verdict(b"x.log", b"x.log", is_directory=False) is True
    assert rules.verdict(b"keep.log", b"keep.log", is_directory=False) is False
