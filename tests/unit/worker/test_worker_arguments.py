"""Placeholders and typed arguments."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import InputArgument, Literal, OutputArgument
from lazulite.worker.arguments import Placeholders, variable_name

names = st.from_regex(r"[A-Za-z0-9_]{1,8}", fullmatch=True)
#: Text without the beginning of a placeholder.
plain = st.text(st.characters(codec="utf-8", exclude_characters="$\0"), max_size=12)
places = st.dictionaries(names, names.map(lambda name: f"/data/{name}"), max_size=5)
values = st.dictionaries(
    names, st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), max_size=5
)


def text_of(
    inputs: dict[str, str], parameters: dict[str, str]
) -> st.SearchStrategy[list[tuple[str, str, str]]]:
    """Lists of pieces: what is written, what it stands for, and the name that must not continue."""
    pieces = [plain.map(lambda text: (text, text, ""))]
    for prefix, known in (("AZUREML_DATAREFERENCE_", inputs), ("AML_PARAMETER_", parameters)):
        for name, value in known.items():
            pieces.append(st.just((f"${{{prefix}{name}}}", value, "")))
    return st.lists(st.one_of(pieces), max_size=8)


@settings(deadline=None)
@given(st.data(), places, values)
def test_every_placeholder_in_braces_becomes_its_value_and_nothing_else_changes(
    data: st.DataObject, inputs: dict[str, str], parameters: dict[str, str]
) -> None:
    pieces = data.draw(text_of(inputs, parameters))
    written = "".join(piece[0] for piece in pieces)
    meant = "".join(piece[1] for piece in pieces)
    assert Placeholders(inputs, {}, parameters).argv([Literal(written)]) == [meant]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_text_without_placeholders_stays_as_it_is(text: str) -> None:
    if "AZUREML_DATAREFERENCE_" not in text and "AML_PARAMETER_" not in text:
        assert Placeholders({"a": "/a"}, {}, {}).expand(text) == text


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=30))
def test_a_shell_receives_a_value_whatever_characters_it_has(value: str) -> None:
    placeholders = Placeholders({}, {}, {"p": value})
    command = placeholders.for_shell('printf "%s." "$AML_PARAMETER_p"')
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=placeholders.variables, capture_output=True, check=True
    )
    assert done.stdout.decode() == f"{value}."


def test_a_name_that_no_shell_can_expand_is_put_in_quoted() -> None:
    placeholders = Placeholders({"raw-data": "/it's here"}, {}, {})
    command = placeholders.for_shell("printf %s ${AZUREML_DATAREFERENCE_raw-data}")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True, text=True)
    assert done.stdout == "/it's here"


def test_the_longest_known_name_wins_and_text_may_follow() -> None:
    placeholders = Placeholders({"raw": "/r", "raw2": "/r2"}, {}, {})
    assert placeholders.expand("$AZUREML_DATAREFERENCE_raw2/x") == "/r2/x"
    assert placeholders.expand("$AZUREML_DATAREFERENCE_raw_backup") == "/r_backup"


def test_values_are_not_expanded_again() -> None:
    assert Placeholders({}, {}, {"a": "$AML_PARAMETER_b", "b": "x"}).expand("$AML_PARAMETER_a") == (
        "$AML_PARAMETER_b"
    )


@pytest.mark.parametrize(
    "text", ["$AZUREML_DATAREFERENCE_typo", "${AML_PARAMETER_typo}", "--x=$AML_PARAMETER_/y"]
)
def test_an_unknown_placeholder_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(
        InvalidRequest, match=r"stands for no input, output or parameter.*\$AZUREML_DATAREFERENCE_in"
    ):
        Placeholders({"in": "/in"}, {}, {}).argv([Literal(text)])


def test_typed_arguments_become_paths() -> None:
    placeholders = Placeholders({"same": "/in"}, {"same": "/out"}, {})
    assert placeholders.argv([InputArgument("same"), OutputArgument("same")]) == ["/in", "/out"]
    with pytest.raises(
        InvalidRequest, match=r"output 'none', which the step does not have \(outputs: same\)"
    ):
        placeholders.argv([OutputArgument("none")])


def test_the_variable_of_a_parameter_has_word_characters_only() -> None:
    assert variable_name("learning-rate~1") == "AML_PARAMETER_learning_rate_1"
    placeholders = Placeholders({}, {}, {"learning-rate": "0.1"})
    assert placeholders.variables == {"AML_PARAMETER_learning_rate": "0.1"}
    assert placeholders.expand("$AML_PARAMETER_learning-rate $AML_PARAMETER_learning_rate") == "0.1 0.1"
