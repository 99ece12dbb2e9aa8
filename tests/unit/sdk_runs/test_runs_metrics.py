"""v1's values in, plain JSON out; recorded metrics in, v1's shapes out."""

import json
import math
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.model.codec import dumps, loads
from lazulite.model.run import Metric
from lazulite.sdk import metrics
from lazulite.sdk.exceptions import AzureMLException, UserErrorException

AT = datetime(2024, 5, 1, tzinfo=timezone.utc)


class Scalarlike:
    """What numpy's scalars and torch's one-element tensors offer."""

    def __init__(self, value: object, count: int = 1) -> None:
        self.value = value
        self.count = count
        self.ndim = 0 if count == 1 else 1

    def size(self):  # a method, as torch has it
        return self.count

    def numel(self):
        return self.count

    def item(self):
        return self.value

    def tolist(self):
        return [self.value] * self.count


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")


def metric(name: str, kind: str, value: object) -> Metric:
    return Metric(name, kind, value, AT)


def scalars(name: str, *values: object) -> list[Metric]:
    return [metric(name, "scalar", value) for value in values]


def test_one_value_is_itself_and_several_are_a_list():
    assert metrics.fold([*scalars("loss", 0.5, 0.25), *scalars("acc", 0.9)]) == {
        "loss": [0.5, 0.25],
        "acc": 0.9,
    }


def test_a_list_of_one_stays_a_list_and_lists_add_up():
    assert metrics.fold([metric("a", "list", [1])]) == {"a": [1]}
    assert metrics.fold([metric("a", "list", [1]), metric("a", "list", [2, 3])]) == {"a": [1, 2, 3]}


def test_rows_become_columns_and_a_missing_cell_is_none():
    rows = [metric("r", "row", {"x": 1, "y": 2}), metric("r", "row", {"x": 3, "z": 4})]
    assert metrics.fold(rows) == {"r": {"x": [1, 3], "y": [2, None], "z": [None, 4]}}


def test_a_single_row_gives_values():
    assert metrics.fold([metric("r", "row", {"x": 1, "y": "a"})]) == {"r": {"x": 1, "y": "a"}}


def test_tables_are_columns_and_grow():
    tables = [metric("t", "table", {"x": [1, 2]}), metric("t", "row", {"x": 3})]
    assert metrics.fold(tables) == {"t": {"x": [1, 2, 3]}}


def test_the_latest_sort_of_a_name_counts():
    mixed = [metric("m", "scalar", 1), metric("m", "image", "aml://a"), metric("m", "image", "aml://b")]
    assert metrics.fold(mixed) == {"m": "aml://b"}


@pytest.mark.parametrize("value", [[1, 2], (1,), range(3), {1}, iter([1]), (x for x in "ab")])
def test_several_values_are_refused_by_log(value):
    with pytest.raises(UserErrorException, match=r"log_list\('loss'"):
        metrics.scalar("loss", value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (3, 3),
        (10**40, 10**40),
        ("text", "text"),
        (None, None),
        (Decimal("1.5"), 1.5),
        (Scalarlike(2.5), 2.5),
        ({"a": 1}, "{'a': 1}"),
        (b"x", "b'x'"),
        (1 + 2j, "(1+2j)"),
        (Hostile(), "<Hostile>"),
    ],
)
def test_values_of_log(value, expected):
    made = metrics.scalar("m", value)
    assert made == expected
    assert type(made) is type(expected)


def test_an_array_of_several_is_kept_as_text_not_refused():
    assert metrics.scalar("m", Scalarlike(1, 3)).startswith("<")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_stays(value):
    stored = loads(Metric, dumps(metric("m", "scalar", metrics.scalar("m", value))))
    assert repr(stored.value) == repr(value)


def test_a_container_that_holds_itself_is_kept_as_text():
    loop: list[object] = [1]
    loop.append(loop)
    assert metrics.plain(loop) == repr(loop)


@pytest.mark.parametrize("value", ["abc", 3, {"a": 1}, b"x", None])
def test_log_list_wants_a_list(value):
    with pytest.raises(UserErrorException, match="log_list"):
        metrics.listed("m", value)


def test_log_list_takes_whatever_holds_values():
    assert metrics.listed("m", range(3)) == [0, 1, 2]
    assert metrics.listed("m", (x for x in (1, Scalarlike(2)))) == [1, 2]


def test_rows_hold_single_values():
    assert metrics.row("m", {"x": Scalarlike(1), "y": "a"}) == {"x": 1, "y": "a"}
    with pytest.raises(UserErrorException, match="column 'x'"):
        metrics.row("m", {"x": [1]})
    with pytest.raises(UserErrorException, match="at least one column"):
        metrics.row("m", {})


def test_tables_need_columns_of_equal_length():
    assert metrics.table("m", {"x": [1, 2], "y": (3, 4)}) == {"x": [1, 2], "y": [3, 4]}
    assert metrics.table("m", {"x": 1}) == {"x": [1]}
    with pytest.raises(AzureMLException, match="x has 2, y has 1"):
        metrics.table("m", {"x": [1, 2], "y": [3]})
    with pytest.raises(AzureMLException, match="dict of columns"):
        metrics.table("m", [1, 2])


def test_charts_are_dicts_or_their_text():
    data = {"schema_type": "residuals", "data": {}}
    assert metrics.chart("residuals", "m", json.dumps(data)) == metrics.chart("residuals", "m", data) == data
    with pytest.raises(AzureMLException, match="not JSON"):
        metrics.chart("residuals", "m", "{")
    with pytest.raises(AzureMLException, match="takes a dict"):
        metrics.chart("residuals", "m", [1])


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_names_are_text(name):
    with pytest.raises(UserErrorException, match="name of a metric"):
        metrics.checked_name(name)


def test_an_address_gives_its_file_back():
    assert metrics.file_of(metrics.file_address("run", "a/b.png")) == "a/b.png"
    assert metrics.file_of("a/b.png") is None


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(plain_values)
def test_json_values_are_kept_as_they_are(value):
    assert repr(metrics.plain(value)) == repr(value)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers() | st.floats(allow_nan=False)), max_size=20))
def test_folding_loses_no_value_and_keeps_the_order(logged):
    folded = metrics.fold([metric(name, "scalar", value) for name, value in logged])
    for name in folded:
        values = [value for other, value in logged if other == name]
        assert folded[name] == (values[0] if len(values) == 1 else values)
    assert set(folded) == {name for name, _ in logged}
