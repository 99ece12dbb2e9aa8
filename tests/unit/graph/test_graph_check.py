"""Every authoring error is found, by name, with what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lazulite.graph.drafts import (
    Closure,
    InputDraft,
    Known,
    Ordered,
    OutputDraft,
    Parallel,
    Produced,
    StepDraft,
    Tree,
)
from lazulite.graph.freeze import freeze
from lazulite.model.errors import InvalidPlan
from lazulite.model.plan import (
    DataSource,
    InputArgument,
    Literal,
    OutputArgument,
    Parameter,
    ParameterArgument,
    RunScript,
    RunShell,
)

KNOWN = Known(frozenset({"cpu", "gpu"}), frozenset({"store"}), "store", "/code")


def problems(tree: Tree, closure: Closure | None = None, known: Known = KNOWN) -> tuple[str, ...]:
    with pytest.raises(InvalidPlan) as caught:
        freeze(tree, closure, known)
    return caught.value.problems


def only(tree: Tree, closure: Closure | None = None, known: Known = KNOWN) -> str:
    found = problems(tree, closure, known)
    assert len(found) == 1, found
    return found[0]


def step(name: str, **fields: object) -> StepDraft:
    defaults = {"step_type": "PythonScriptStep", "action": RunScript("s.py"), "compute": "cpu"}
    return StepDraft(**{"key": name, "name": name, **defaults, **fields})  # type: ignore[arg-type]


def takes(*tokens: str) -> tuple[InputDraft, ...]:
    return tuple(InputDraft(token, Produced(token, token)) for token in tokens)


def writes(*tokens: str) -> tuple[OutputDraft, ...]:
    return tuple(OutputDraft(token, token) for token in tokens)


def test_cycle_names_its_steps_in_order():
    a = step("a", inputs=takes("z"), outputs=writes("x"))
    b = step("b", inputs=takes("x"), outputs=writes("y"))
    c = step("c", inputs=takes("y"), outputs=writes("z"))
    text = only(Parallel((step("innocent"), a, b, c, step("behind", after=("c",)))))
    assert "a → b → c → a." in text


def test_a_step_repeated_in_a_sequence_is_a_cycle():
    a, b = step("a"), step("b")
    assert "a → b → a" in only(Ordered((a, b, a)))
    assert "a → a" in only(Ordered((a, a)))


def test_a_step_that_takes_its_own_output_is_a_cycle():
    a = step("a", inputs=(InputDraft("INPUT_x", Produced("x", "x")),), outputs=writes("x"))
    assert "a → a" in only(a)


def test_missing_producer():
    text = only(step("train", inputs=takes("raw")))
    assert "'train' takes the data 'raw'" in text
    assert "no step writes it" in text


def test_without_closure_the_missing_step_is_named():
    prep = step("prep", outputs=writes("d"))
    train = step("train", inputs=takes("d"))
    assert "from step 'prep'" in only(train, Closure({"d": prep}, resolve=False))
    later = step("later", after=("prep",))
    assert "runs after step 'prep'" in only(later, Closure({}, {"prep": prep}, resolve=False))
    freeze(
        Parallel((train, prep, replace(later))), Closure({"d": prep}, {"prep": prep}, resolve=False), KNOWN
    )


def test_two_writers_of_one_output():
    text = only(Parallel((step("a", outputs=writes("d")), step("b", outputs=writes("d")))))
    assert "'a' and 'b' write the same data 'd'" in text


def test_duplicate_names_within_a_step():
    text = only(
        step(
            "a", inputs=(InputDraft("x", DataSource("store", "1")), InputDraft("x", DataSource("store", "2")))
        )
    )
    assert "several inputs called 'x'" in text
    text = only(step("a", outputs=(OutputDraft("1", "x"), OutputDraft("2", "x"))))
    assert "several outputs called 'x'" in text
    text = only(step("a", inputs=(InputDraft("x", DataSource("store", "1")),), outputs=writes("x")))
    assert "an input and an output called 'x'" in text


@pytest.mark.parametrize("name", ["a b", "", "a-b", "../x", "a\n"])
def test_invalid_port_names(name):
    assert repr(name) in only(step("a", outputs=(OutputDraft("t", name),)))


def test_duplicate_pipeline_output_name():
    one = step("a", outputs=(OutputDraft("1", "x", pipeline_output_name="result"),))
    two = step("b", outputs=(OutputDraft("2", "x", pipeline_output_name="result"),))
    text = only(Parallel((one, two)))
    assert "'result'" in text
    assert "'a'" in text
    assert "'b'" in text


@pytest.mark.parametrize(("one", "two"), [(1, 2), (1, True), (0.5, "0.5"), (None, "")])
def test_one_parameter_with_two_defaults(one, two):
    a, b = step("a", used=(Parameter("lr", one),)), step("b", used=(Parameter("lr", two),))
    text = only(Parallel((a, b)))
    assert f"'lr' has two defaults: {one!r} in step 'a' and {two!r} in step 'b'" in text


def test_equal_parameters_are_one():
    a, b = step("a", used=(Parameter("lr", 0.1),)), step("b", used=(Parameter("lr", 0.1),))
    assert freeze(Parallel((a, b)), known=KNOWN).parameters == (Parameter("lr", 0.1),)


def test_compute():
    assert "no compute target" in only(step("a", compute=None))
    text = only(step("a", compute="gpuu"))
    assert "'gpuu'" in text
    assert "Did you mean 'gpu'?" in text
    assert "'cpu', 'gpu'" in text
    freeze(step("a", compute="local"), known=Known())


def test_unknown_datastore():
    text = only(step("a", inputs=(InputDraft("x", DataSource("stor", "p")),)))
    assert "'stor'" in text
    assert "Did you mean 'store'?" in text
    assert "'elsewhere'" in only(step("a", outputs=(OutputDraft("t", "x", datastore="elsewhere"),)))


def test_no_default_datastore():
    known = Known(frozenset({"cpu"}), frozenset({"store"}), None, "/code")
    assert "has no datastore" in only(step("a", outputs=writes("x")), known=known)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../b", ".."])
def test_paths_stay_in_their_datastore(path):
    assert "leave its datastore" in only(step("a", inputs=(InputDraft("x", DataSource("store", path)),)))


@pytest.mark.parametrize("path", ["", "a/b", "a/../b", "..a"])
def test_harmless_paths(path):
    freeze(step("a", inputs=(InputDraft("x", DataSource("store", path)),)), known=KNOWN)


def test_arguments_must_be_declared():
    assert "input 'x'" in only(step("a", arguments=(InputArgument("x"),)))
    assert "output 'x'" in only(step("a", arguments=(OutputArgument("x"),)))
    assert "parameter 'x'" in only(step("a", arguments=(ParameterArgument("x"),)))


def test_placeholders_in_text_must_be_declared():
    data = (InputDraft("raw", DataSource("store", "raw")),)
    good = step("a", arguments=(Literal("--p=$AZUREML_DATAREFERENCE_raw/x.csv"),), inputs=data)
    freeze(good, known=KNOWN)
    text = only(step("a", arguments=(Literal("$AZUREML_DATAREFERENCE_rew/x"),), inputs=data))
    assert "called 'rew'. Did you mean 'raw'?" in text
    assert "it has: 'raw'" in text
    freeze(step("a", arguments=(Literal("$AZUREML_DATAREFERENCE_raw_v2"),), inputs=data), known=KNOWN)
    assert "params={'lr': …}" in only(step("a", arguments=(Literal("$AML_PARAMETER_lr"),)))
    shell = step("a", action=RunShell('cat "$AZUREML_DATAREFERENCE_gone" | wc'))
    assert "called 'gone'" in only(shell)


def test_numbers():
    assert "0 nodes" in only(step("a", node_count=0))
    assert "more than 0" in only(step("a", timeout_seconds=0))


def test_steps_of_one_name_are_told_apart():
    one, two = step("x", key="1"), step("x", key="2", compute="no")
    assert "Step 'x (number 2 of that name)'" in only(Parallel((one, two)))


def test_a_problem_is_told_once():
    draft = step("a", arguments=(Literal("$AML_PARAMETER_lr"), Literal("$AML_PARAMETER_lr")))
    only(draft)
