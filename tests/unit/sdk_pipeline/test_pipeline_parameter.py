"""Parameters: which defaults are allowed, and which values a submission may give."""

from __future__ import annotations

from typing import Any

import pytest

from lazulite.model.values import DataPathValue
from lazulite.sdk.datapath import DataPath
from lazulite.sdk.parameter import PipelineParameter, checked_values


@pytest.mark.parametrize("default", [1, 0.5, True, "", "text", None, DataPath("store", "a")])
def test_defaults(default):
    assert PipelineParameter("p", default).default_value == default


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize("default", [[1], {"a": 1}, b"x", object(), Text("x"), (1,)])
def test_defaults_of_other_types(default):
    with pytest.raises(ValueError, match="default of the parameter 'p'"):
        PipelineParameter("p", default)


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_names(name):
    with pytest.raises(ValueError, match="not the name of a parameter"):
        PipelineParameter(name, 1)


def test_placeholder():
    assert str(PipelineParameter("rate", 1)) == "$AML_PARAMETER_rate"
    assert str(PipelineParameter("my rate~", 1)) == "$AML_PARAMETER_my_rate_"


def checked(default: Any, value: Any) -> tuple[Any, list[str]]:
    declared = PipelineParameter("p", default)._declaration()
    values, problems = checked_values([declared], {"p": value}, ["store"])
    return values["p"], problems


@pytest.mark.parametrize(
    ("default", "value"),
    [(1, 2), (0.5, 1.0), (True, False), ("", "x"), (None, 3), (None, "x"), (1, None), ("x", None)],
)
def test_values_of_the_right_type(default, value):
    assert checked(default, value) == (value, [])


@pytest.mark.parametrize(
    ("default", "value", "words"),
    [
        (1, "20", "takes an int"),
        (1, 2.0, "a float"),
        (1, True, "takes an int, because its default is 1; it was given True, a bool"),
        (True, 1, "takes a bool"),
        (0.5, 1, "takes a float"),
        ("x", 1, "takes a str"),
        (1, [1], "a list"),
        (1, Text("1"), "a Text"),
        (1, DataPath("store"), "a DataPath"),
    ],
)
def test_values_of_another_type(default, value, words):
    _, problems = checked(default, value)
    assert len(problems) == 1
    assert words in problems[0]
    assert "'p'" in problems[0]


def test_data_path_values():
    default = DataPath("store", "a")
    assert checked(default, DataPath("store", "./b/")) == (DataPathValue("store", "b"), [])
    assert checked(default, "store/b/c") == (DataPathValue("store", "b/c"), [])
    assert checked(default, "store") == (DataPathValue("store", ""), [])
    assert (
        "'stor', which the workspace does not have. Did you mean 'store'?" in checked(default, "stor/b")[1][0]
    )
    assert "without '..'" in checked(default, "store/../b")[1][0]
    for value in (None, 3, "", True):
        assert "Expected a DataPath, or the text 'datastore/path'" in checked(default, value)[1][0]


def test_unknown_names_are_all_reported():
    declared = [PipelineParameter("rate", 0.1)._declaration()]
    values, problems = checked_values(declared, {"rat": 1, "zzz": 2, "rate": 0.2}, [])
    assert values == {"rate": 0.2}
    assert problems == [
        "The pipeline has no parameter 'rat'. Did you mean 'rate'? It has: 'rate'.",
        "The pipeline has no parameter 'zzz'. It has: 'rate'.",
    ]
    assert checked_values([], None, []) == ({}, [])
    assert checked_values([], {"a": 1}, [])[1] == ["The pipeline has no parameter 'a'. It has: none."]
