"""What differs between two texts, line by line, and between two snapshots, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from lazulite.model.snapshot import Snapshot

#: Comparing costs the product of both lengths at worst; nobody reads a longer difference on a page.
MOST_LINES = 6000


@dataclass(frozen=True)
class Row:
    """One row of a comparison: `kind` is same, gone, new or changed; a side that has no line there has number None."""

    kind: str
    old: int | None
    new: int | None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Hunk:
    """Rows that stand together; between hunks equal lines are left out."""

    rows: tuple[Row, ...]

    @property
    def words(self) -> str:
        """Where it is, for people."""
        numbers = [row.new or row.old for row in self.rows]
        return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {numbers[0]} to {numbers[-1]}"

    @property
    def unified(self) -> list[Row]:
        """The same with one line to a row: what is gone, then what is new."""
        rows: list[Row] = []
        gone: list[Row] = []
        new: list[Row] = []
        for row in [*self.rows, Row("same", None, None)]:
            if row.kind == "same":
                rows += gone + new + [row]
                gone, new = [], []
                continue
            if row.old is not None:
                gone.append(Row("gone", row.old, None, before=row.before))
            if row.new is not None:
                new.append(Row("new", None, row.new, after=row.after))
        return rows[:-1]


def hunks(old: str, new: str, around: int = 3) -> list[Hunk] | None:
    """Return what differs, each place with `around` equal lines before and after; None if the texts are too long."""
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > MOST_LINES:
        return None
    matcher = SequenceMatcher(None, before, after)
    return [Hunk(tuple(_rows(codes, before, after))) for codes in matcher.get_grouped_opcodes(around)]


def _rows(
    codes: Sequence[tuple[str, int, int, int, int]], before: Sequence[str], after: Sequence[str]
) -> list[Row]:
    rows: list[Row] = []
    for tag, i, i_end, j, j_end in codes:
        for one, other in zip_longest(range(i, i_end), range(j, j_end)):
            kind = (
                "same" if tag == "equal" else "new" if one is None else "gone" if other is None else "changed"
            )
            rows.append(
                Row(
                    kind,
                    None if one is None else one + 1,
                    None if other is None else other + 1,
                    "" if one is None else before[one],
                    "" if other is None else after[other],
                )
            )
    return rows


@dataclass(frozen=True)
class FileChange:
    """One file of two snapshots: `kind` is same, changed, new or gone; digests are "" where it does not exist."""

    path: str
    kind: str
    size: int
    here: str = ""
    there: str = ""


def file_changes(here: Snapshot, there: Snapshot | None) -> list[FileChange]:
    """Return the files of `here`, and those that only `there` has, by path; without `there`, all are the same."""
    new = {file.path: file for file in here.files}
    old = new if there is None else {file.path: file for file in there.files}
    found = []
    for path in sorted({**new, **old}):
        one, other = new.get(path), old.get(path)
        if one is None and other is not None:
            found.append(FileChange(path, "gone", other.size, "", other.digest))
        elif one is not None and other is None:
            found.append(FileChange(path, "new", one.size, one.digest))
        elif one is not None and other is not None:
            is_same = (one.digest, one.executable) == (other.digest, other.executable)
            found.append(
                FileChange(path, "same" if is_same else "changed", one.size, one.digest, other.digest)
            )
    return found
