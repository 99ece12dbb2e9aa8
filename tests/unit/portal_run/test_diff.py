from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazulite.model.snapshot import Snapshot, SnapshotFile
from lazulite.server.portal.run.diff import MOST_LINES, FileChange, Row, file_changes, hunks


def test_a_changed_line_stands_beside_what_it_was() -> None:
    (hunk,) = hunks("a\nb\nc\n", "a\nB\nc\nd\n") or []
    assert hunk.rows == (
        Row("same", 1, 1, "a", "a"),
        Row("changed", 2, 2, "b", "B"),
        Row("same", 3, 3, "c", "c"),
        Row("new", None, 4, "", "d"),
    )
    assert [(row.kind, row.old, row.new) for row in hunk.unified] == [
        ("same", 1, 1),
        ("gone", 2, None),
        ("new", None, 2),
        ("same", 3, 3),
        ("new", None, 4),
    ]
    assert hunk.words == "lines 1 to 4"


def test_equal_texts_have_no_hunks_and_endless_ones_are_not_compared() -> None:
    assert hunks("a\nb", "a\nb") == []
    assert hunks("\n" * (MOST_LINES + 1), "") is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_the_new_side_of_all_hunks_can_be_read_back(old: list[str], new: list[str]) -> None:
    found = hunks("\n".join(old), "\n".join(new), around=99) or []
    if old == new:
        assert not found
        return
    for rows in (
        [row for hunk in found for row in hunk.rows],
        [row for hunk in found for row in hunk.unified],
    ):
        assert [row.after or row.before for row in rows if row.new is not None] == new
        assert [row.before or row.after for row in rows if row.old is not None] == old


def test_files_of_two_snapshots() -> None:
    here = Snapshot(
        (SnapshotFile("a.py", "1", 10), SnapshotFile("b.py", "2", 20), SnapshotFile("c.py", "3", 30))
    )
    there = Snapshot(
        (SnapshotFile("a.py", "1", 10), SnapshotFile("b.py", "9", 20), SnapshotFile("d.py", "4", 40))
    )
    assert file_changes(here, there) == [
        FileChange("a.py", "same", 10, "1", "1"),
        FileChange("b.py", "changed", 20, "2", "9"),
        FileChange("c.py", "new", 30, "3"),
        FileChange("d.py", "gone", 40, "", "4"),
    ]
    assert {change.kind for change in file_changes(here, None)} == {"same"}
