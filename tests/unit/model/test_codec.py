"""The codec: what was written is read back, old and newer documents are understood, others are refused."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, Union

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.model.plain_codec import MISFITS, decoded, encoded

from lazulite.model.codec import dumps, from_data, loads, to_data
from lazulite.model.errors import Corrupt
from lazulite.model.plan import RunTask
from lazulite.model.run import Run, Submission
from lazulite.model.snapshot import SnapshotFile


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


@dataclass(frozen=True)
class Nothing:
    KIND: ClassVar[str] = "nothing"


@dataclass(frozen=True)
class Leaf:
    KIND: ClassVar[str] = "leaf"
    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Node:
    KIND: ClassVar[str] = "node"
    children: tuple[Union[Node, Leaf, Nothing], ...] = ()
    value: Union[bool, int, float, str, Leaf, None] = None
    colour: Colour = Colour.RED
    at: datetime | None = None
    names: tuple[str, ...] | None = None
    by_name: Mapping[str, Union[float, Leaf]] = field(default_factory=dict)
    anything: Any = None
    count: int = 0
    tags: frozenset[str] = frozenset()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "text", "children", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
LEAVES = st.builds(Leaf, st.text(max_size=3), st.floats(allow_nan=False))
TIMES = st.datetimes(timezones=st.just(timezone(timedelta(hours=2)))).filter(lambda at: 1 < at.year < 9999)


def nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        children=st.lists(children, max_size=3).map(tuple),
        value=st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | LEAVES,
        colour=st.sampled_from(Colour),
        at=st.none() | TIMES,
        names=st.none() | st.lists(st.text(max_size=3), max_size=2).map(tuple),
        by_name=st.dictionaries(st.text(max_size=2), st.floats(allow_nan=False) | LEAVES, max_size=2),
        anything=JSON,
        count=st.integers(),
        tags=st.frozensets(st.text(max_size=2), max_size=1),
    )


NODES = nodes(st.recursive(LEAVES | st.just(Nothing()), nodes, max_leaves=4))


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """What a node was written as, with one of its values, at any depth, replaced by another or left out."""
    data = json.loads(json.dumps(to_data(draw(NODES))))
    here = data
    while True:
        key = (
            draw(st.sampled_from(sorted(here)))
            if isinstance(here, dict)
            else draw(st.sampled_from(range(len(here))))
        )
        if not (isinstance(here[key], (dict, list)) and here[key] and draw(st.booleans())):
            break
        here = here[key]
    if draw(st.booleans()):
        here[key] = draw(JSON)
    else:
        del here[key]
    return data


@given(NODES)
def test_it_writes_what_the_plain_codec_writes(node):
    assert to_data(node) == encoded(node)
    assert json.loads(dumps(node)) == encoded(node)
    assert dumps(node) == json.dumps(encoded(node), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(NODES)
def test_what_was_written_is_read_back(node):
    again = loads(Node, dumps(node))
    assert again == node
    assert type(again.value) is type(node.value)


@given(st.sampled_from([Node, Leaf, Nothing, Union[str, Leaf, None], list[Leaf], Colour]), JSON | damaged())
def test_it_reads_or_refuses_what_the_plain_codec_does(kind, data):
    try:
        expected = decoded(kind, data)
    except MISFITS:
        with pytest.raises(Corrupt):
            from_data(kind, data)
    else:
        read = from_data(kind, data)
        assert read == expected
        assert repr(read) == repr(expected)  # True is not 1


# Of `Any` hypothesis can make nothing by itself.
st.register_type_strategy(
    RunTask,
    st.builds(
        RunTask,
        st.text(max_size=5),
        st.dictionaries(st.sampled_from("ab"), st.booleans() | st.integers(0, 9)),
    ),
)


@given(st.from_type(Submission))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_a_submission_is_written_and_read_as_by_the_plain_codec(submission):
    text = dumps(submission)
    assert text == dumps(encoded(submission))
    assert repr(loads(Submission, text)) == repr(decoded(Submission, json.loads(text)))


def test_unknown_keys_are_ignored_and_missing_ones_take_the_default():
    assert from_data(Leaf, {"text": "a", "newer": [1]}) == Leaf("a", 1.0)


def test_a_missing_key_without_a_default_is_refused():
    with pytest.raises(Corrupt, match="not a Run"):
        from_data(Run, {"id": "a"})


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"text": 1}', '{"text": null}'])
def test_text_that_is_not_the_thing_is_refused(text):
    with pytest.raises(Corrupt):
        loads(Leaf, text)


def test_keys_become_text_and_subclasses_are_taken_for_what_they_are():
    class Word(str):
        __slots__ = ()

    assert to_data({1: Word("a"), None: (Colour.ONE,)}) == {"1": "a", "None": [1]}
    assert from_data(list[str], ["a", Word("b")]) == ["a", "b"]


def test_a_class_is_a_value_like_any_other():
    assert to_data(SnapshotFile) is SnapshotFile
