"""Which files count as changed, however a writer and the looks at its files fall together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.engine.scheduling.file_changes import changes
from lazulite.model.schedule import ScheduleState

names = st.sampled_from(["a", "b", "c"])
folders = st.dictionaries(names, st.sampled_from(["1", "2", "3"]))


def test_a_file_counts_when_it_was_found_unchanged_once() -> None:
    before = ScheduleState(seen={"old": "1"})
    first = changes(before, {"old": "1", "new": "1"}, 10)
    assert (first.settled, first.unsettled) == ((), ("new",))
    growing = changes(first.after, {"old": "1", "new": "2"}, 10)
    assert (growing.settled, growing.unsettled) == ((), ("new",))
    still = changes(growing.after, {"old": "1", "new": "2"}, 10)
    assert (still.settled, still.unsettled) == (("new",), ())
    assert still.after == ScheduleState(seen={"old": "1", "new": "2"})
    assert changes(still.after, {"old": "1", "new": "2"}, 10).settled == ()


def test_a_file_that_comes_back_counts_again() -> None:
    gone = changes(ScheduleState(seen={"a": "1"}), {}, 10).after
    assert gone.seen == {}
    back = changes(gone, {"a": "1"}, 10).after
    assert changes(back, {"a": "1"}, 10).settled == ("a",)


def test_too_many_at_once_are_left_for_the_next_look() -> None:
    found = {f"{number:03}": "1" for number in range(7)}
    state = changes(ScheduleState(), found, 3).after
    acted: list[tuple[str, ...]] = []
    for left in (4, 1, 0):
        look = changes(state, found, 3)
        assert look.left == left
        acted.append(look.settled)
        state = look.after
    assert sorted(sum(acted, ())) == sorted(found)
    assert state == ScheduleState(seen=found)


@settings(deadline=None)
@given(folders, st.lists(folders))
def test_each_version_that_stays_counts_exactly_once(
    first: dict[str, str], looks: list[dict[str, str]]
) -> None:
    state, seen, last = ScheduleState(seen=first), dict(first), dict(first)
    for found in looks:
        look = changes(state, found, 10)
        expected = [name for name in found if last.get(name) == found[name] and seen.get(name) != found[name]]
        assert sorted(look.settled) == sorted(expected)
        seen = {name: version for name, version in seen.items() if name in found}
        seen |= {name: found[name] for name in look.settled}
        state, last = look.after, found
