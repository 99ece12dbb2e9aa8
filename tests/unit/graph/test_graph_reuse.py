"""What is in a reuse key, what is not, and how a difference is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lazulite.graph.explain import difference_sentences, differences, explanation
from lazulite.graph.fingerprint import components
from lazulite.model.codec import dumps
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.plan import (
    DataSource,
    Input,
    InputArgument,
    Literal,
    Output,
    OutputArgument,
    ParameterArgument,
    PathParameter,
    RunProgram,
    RunScript,
    Step,
)
from lazulite.model.reuse import Difference, ReuseDecision, ReuseKey
from lazulite.model.snapshot import Snapshot, SnapshotFile
from lazulite.model.values import DataPathValue


def snapshot(**files: str) -> Snapshot:
    return Snapshot(
        tuple(SnapshotFile(n.replace("__", "/").replace("_", "."), d, 1) for n, d in sorted(files.items()))
    )


BEFORE = snapshot(train_py="t1", helper_py="h1", lib__a_py="a1", library_py="l1")
AFTER = snapshot(train_py="t1", helper_py="h2", lib__a_py="a1", library_py="l1")
STORED = {s.id: s for s in (BEFORE, AFTER)}

STEP = Step(
    node="0000aaaa",
    name="train",
    step_type="PythonScriptStep",
    action=RunScript("train.py"),
    compute="cpu",
    arguments=(
        Literal("--data"),
        InputArgument("raw"),
        Literal("--lr"),
        ParameterArgument("lr"),
        OutputArgument("model"),
    ),
    inputs=(Input("raw", DataSource("store", "raw")),),
    outputs=(Output("model", "store"),),
    parameters={"lr": ParameterArgument("lr"), "mode": Literal("fast")},
    environment=EnvironmentSpec(variables={"A": "1"}),
    snapshot=BEFORE.id,
)
VALUES = {"lr": 0.1}


def of(step: Step = STEP, lr: object = 0.1, raw: str = "v1") -> dict[str, Any]:
    return components(
        step,
        snapshot_of=STORED.__getitem__,
        inputs={"raw": raw},
        parameters={"lr": lr, "where": DataPathValue("store", "p")},  # type: ignore[dict-item]
    )


def with_pip(*pip: str) -> dict[str, Any]:
    return of(replace(STEP, environment=EnvironmentSpec(variables={"A": "1"}, pip=pip)))


def key(*args: object, **kwargs: object) -> str:
    return ReuseKey(of(*args, **kwargs)).digest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"compute": "gpu"},
        {"node": "ffffffff"},
        {"after": ("1234abcd",)},
        {"source_directory": "/elsewhere"},
        {"timeout_seconds": 5.0},
        {"allow_reuse": False},
        {"environment": EnvironmentSpec(name="renamed", variables={"A": "1"})},
        {"inputs": (Input("raw", DataSource("elsewhere", "copy")),)},
    ],
)
def test_what_does_not_count(change):
    assert key(replace(STEP, **change)) == key()


@pytest.mark.parametrize(
    "change",
    [
        {"action": RunScript("other.py")},
        {"arguments": STEP.arguments[1:]},
        {"arguments": (Literal("--lr 0.1"),)},
        {"parameters": {"lr": ParameterArgument("lr"), "mode": Literal("slow")}},
        {"inputs": (Input("raw", DataSource("store", "raw"), "download"),)},
        {"inputs": (Input("raw", DataSource("store", "raw"), "mount", "/data"),)},
        {"outputs": (Output("model", "other"),)},
        {"outputs": (Output("model", "store", "upload"),)},
        {"outputs": ()},
        {"environment": EnvironmentSpec(variables={"A": "2"})},
        {"environment": EnvironmentSpec(variables={"A": "1"}, pip=("pandas",))},
        {"environment": EnvironmentSpec(variables={"A": "1"}, python="3.12")},
        {"environment": EnvironmentSpec(variables={"A": "1"}, user_managed=True)},
        {"snapshot": AFTER.id},
        {"version": "2"},
        {"node_count": 2},
        {"scope": "script"},
    ],
)
def test_what_counts(change):
    assert key(replace(STEP, **change)) != key()


def test_the_order_of_packages_does_not_count():
    assert with_pip("a", "b") == with_pip("b", "a")


def test_values_and_contents_count():
    assert key(lr=0.2) != key()
    assert key(lr="0.1") != key()
    assert key(raw="v2") != key()


def test_scope_script_counts_the_script_and_hash_paths_only():
    step = replace(STEP, scope="script")
    assert key(step) == key(replace(step, snapshot=AFTER.id))
    wider = replace(step, hash_paths=("helper.py",))
    assert key(wider) != key(replace(wider, snapshot=AFTER.id))
    assert of(replace(step, hash_paths=("lib",)))["code"] == {
        "scope": "script",
        "files": {"train.py": "t1", "lib/a.py": "a1"},
    }
    assert set(of(replace(step, hash_paths=(".",)))["code"]["files"]) == {f.path for f in BEFORE.files}


def test_a_command_has_no_main_script_so_all_files_count():
    step = replace(STEP, action=RunProgram(), scope="script")
    assert of(step)["code"] == {"scope": "directory", "snapshot": BEFORE.id}


def test_a_data_path_counts_by_content_not_by_place():
    step = replace(STEP, inputs=(Input("raw", PathParameter("where")),))
    assert "parameter where" not in of(step)


def test_a_missing_version_is_an_error_not_a_guess():
    with pytest.raises(KeyError):
        components(STEP, snapshot_of=STORED.__getitem__, inputs={}, parameters=VALUES)


def test_components_are_json():
    assert dumps(of())


def told(here: dict[str, Any], there: dict[str, Any]) -> list[str]:
    decision = ReuseDecision("run", "key-differs", here, "k", "run-1", differences(here, there))
    return difference_sentences(decision, STORED.get)


def test_equal_components_have_no_differences():
    assert differences(of(), of()) == ()


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (of(replace(STEP, snapshot=AFTER.id)), of(), "the file helper.py changed"),
        (of(lr=0.1), of(lr=0.2), "parameter lr: 0.1 here, 0.2 there"),
        (of(lr=None), of(lr=0.2), "parameter lr: none here, 0.2 there"),
        (of(raw="v2"), of(), "input raw: the data changed"),
        (of(raw="absent"), of(), "input raw: the data do not exist now"),
        (of(raw="v1"), of(raw="absent"), "input raw: the data exist now"),
        (
            with_pip("pandas==2", "six"),
            with_pip("pandas==1", "six"),
            "environment: pip has pandas==2 and no longer has pandas==1",
        ),
        (
            of(replace(STEP, environment=EnvironmentSpec(variables={"A": "1"}, python="3.12"))),
            of(),
            "environment: python 3.12 here, none there",
        ),
        (of(replace(STEP, version="2")), of(), "version: 2 here, none there"),
        (of(replace(STEP, outputs=())), of(), "output model is no longer there"),
        (
            of(replace(STEP, action=RunScript("b.py"))),
            of(),
            "what runs: the script b.py here, the script train.py there",
        ),
        (
            of(replace(STEP, outputs=(Output("model", "other"),))),
            of(),
            "output model: datastore other here, store there",
        ),
        (
            of(replace(STEP, environment=EnvironmentSpec(variables={"A": "secret"}))),
            of(),
            "environment variable A has another value",
        ),
        (
            of(replace(STEP, scope="script")),
            of(),
            "what counts as its code: the script and its hash_paths here, every file of the folder there",
        ),
        (
            of(replace(STEP, arguments=(*STEP.arguments[:2], Literal("--rate"), *STEP.arguments[3:]))),
            of(),
            "argument 3: '--rate' here, '--lr' there",
        ),
    ],
)
def test_each_difference_is_one_plain_sentence(here, there, expected):
    assert told(here, there) == [expected]


def test_several_files():
    gone = snapshot(train_py="t2", new_py="n", lib__a_py="a1", library_py="l1")
    STORED[gone.id] = gone
    assert told(of(replace(STEP, snapshot=gone.id)), of()) == ["the file train.py changed (also 2 others)"]


def test_files_that_are_no_longer_stored():
    assert "no longer stored" in told(of(replace(STEP, snapshot="unknown")), of())[0]


def test_missing_arguments():
    shorter = of(replace(STEP, arguments=STEP.arguments[:4]))
    assert told(shorter, of()) == [
        "arguments: 4 here, 5 there",
        "argument 5: nothing here, the output model there",
    ]


def test_the_most_telling_difference_comes_first():
    here = of(
        replace(STEP, snapshot=AFTER.id, version="9", environment=EnvironmentSpec(python="3")), lr=3, raw="v9"
    )
    assert [item.component for item in differences(here, of())] == [
        "code",
        "parameter lr",
        "input raw",
        "environment",
        "environment variables",
        "version",
    ]


def test_outputs_that_are_gone():
    decision = ReuseDecision(
        "run", "outputs-gone", candidate="r", differences=(Difference("output model", "a", "b"),)
    )
    assert difference_sentences(decision, STORED.get) == ["output model was deleted or altered since"]


def test_explanation_says_the_verdict_first():
    assert explanation(ReuseDecision("reused", "same-key", candidate="r1")) == [
        "reuses run r1: an earlier run did the same work and its outputs are unchanged"
    ]
    assert explanation(ReuseDecision("run", "first-run")) == ["runs: no earlier run of this step exists"]
    assert explanation(ReuseDecision("unknown", "upstream-runs"))[0].startswith("cannot be told before")


def test_an_argument_and_one_of_params_with_its_name_both_count() -> None:
    step = replace(STEP, parameters={"lr": Literal("0.5"), "mode": ParameterArgument("lr")})
    found = of(step, lr=0.1)
    assert found["parameter lr"] == 0.1
    assert found["parameter lr of params"] == "0.5"
    assert key(step, lr=0.1) != key(step, lr=0.2)
    assert key(step) != key(replace(step, parameters={**step.parameters, "lr": Literal("0.6")}))
