"""Values of parameters as they come from outside."""

from __future__ import annotations

from typing import Any

import pytest

from lazulite.engine.submitting.conversion import converted
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import Parameter
from lazulite.model.values import DataPathValue

PLACE = DataPathValue("workspaceblobstore", "a/b")


@pytest.mark.parametrize(
    ("default", "given", "expected"),
    [
        (10, 20, 20),
        (10, "20", 20),
        (10, " -3 ", -3),
        (10, 20.0, 20),
        (0.5, 1, 1.0),
        (0.5, "1e-3", 0.001),
        ("text", "20", "20"),
        ("text", 20, "20"),
        ("text", True, "True"),
        ("text", "", ""),
        (False, True, True),
        (False, "True", True),
        (False, "true", True),
        (True, "FALSE", False),
        (True, 0, False),
        (PLACE, "workspaceblobstore/c/./d/", DataPathValue("workspaceblobstore", "c/d")),
        (PLACE, "workspaceblobstore", DataPathValue("workspaceblobstore", "")),
        (PLACE, DataPathValue("other", "/x"), DataPathValue("other", "x")),
        (None, "any", "any"),
        (None, 3, 3),
        (10, None, None),
    ],
)
def test_what_stands_for_a_value_is_taken_for_it(default: Any, given: Any, expected: Any) -> None:
    values, ignored = converted([Parameter("p", default)], {"p": given})
    assert (values, ignored) == ({"p": expected}, ())
    assert type(values["p"]) is type(expected)


@pytest.mark.parametrize(
    ("default", "given", "word"),
    [
        (10, "20.5", "int"),
        (10, 20.5, "int"),
        (10, True, "int"),
        (10, "", "int"),
        (10, "٣", "int"),
        (10, "9" * 5000, "int"),
        (10, float("inf"), "int"),
        (0.5, "half", "float"),
        (0.5, False, "float"),
        (0.5, PLACE, "float"),
        (0.5, 10**400, "float"),
        (True, "yes please", "true or false"),
        (True, 2, "true or false"),
        (True, 1.0, "true or false"),
        ("text", PLACE, "text"),
        (PLACE, "", "data path"),
        (PLACE, 3, "data path"),
        (PLACE, "workspaceblobstore/../up", "without"),
        (PLACE, "workspaceblobstore/..\\up", "without"),
        (PLACE, "workspaceblobstore/a\0b", "without"),
    ],
)
def test_what_does_not_is_refused_by_name(default: Any, given: Any, word: str) -> None:
    with pytest.raises(InvalidRequest, match=f"'wanted' takes .*{word}") as caught:
        converted([Parameter("wanted", default), Parameter("other", 1)], {"wanted": given, "other": "2"})
    assert caught.value.details["parameter"] == "wanted"
    assert "'other', 'wanted'" in caught.value.message


def test_all_mistakes_are_named_and_unknown_names_are_ignored() -> None:
    declared = [Parameter("a", 1), Parameter("b", True)]
    with pytest.raises(InvalidRequest) as caught:
        converted(declared, {"a": "x", "b": "y"})
    assert caught.value.details["parameters"] == ["a", "b"]
    assert converted(declared, {"a": 3, "c": "?", "B": 1}) == ({"a": 3}, ("c", "B"))
