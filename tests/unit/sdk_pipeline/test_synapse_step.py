"""SynapseSparkStep and SynapseCompute: what they accept and refuse, and the work that a step becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.model.plan import Literal, RunTask
from lazulite.model.synapse import SynapseWork
from lazulite.sdk.compute.synapse import SynapseCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.exceptions import ComputeTargetException
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.synapse_spark import SynapseSparkStep
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in ("prep.py", "helpers.py"):
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def step(source: Path, **given: Any) -> SynapseSparkStep:
    fixed = {
        "file": "prep.py",
        "source_directory": str(source),
        "compute_target": ("pool", "SynapseSpark"),
        "driver_memory": "2GB",
        "driver_cores": 1,
        "executor_memory": "2g",
        "executor_cores": 2,
        "num_executors": 3,
    }
    return SynapseSparkStep(**{**fixed, **given})


def test_a_step_becomes_its_work(source: Path) -> None:
    draft = step(source, arguments=["--n", 3], conf={"spark.x": 1}, py_files=["helpers.py"])._draft(Author())
    assert draft.problems == ()
    assert isinstance(draft.action, RunTask)
    assert (draft.action.task, draft.action.script) == ("synapse_spark", "prep.py")
    assert draft.arguments == (Literal("--n"), Literal("3"))
    assert SynapseWork.of(draft.action.settings) == SynapseWork(
        "prep.py", "2g", 1, "2g", 2, 3, {"spark.x": "1"}, ("helpers.py",)
    )


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("driver_memory", "much"),
        ("driver_cores", 0),
        ("num_executors", "2"),
        ("conf", ["a"]),
        ("jars", "a.jar"),
        ("environment", "an-environment"),
    ],
)
def test_what_cannot_be_used_is_refused(source: Path, keyword: str, value: object) -> None:
    with pytest.raises(ValueError, match=keyword):
        step(source, **{keyword: value})


@pytest.mark.parametrize("given", [{"file": "pre.py"}, {"jars": ["no.jar"]}, {"py_files": ["../x.py"]}])
def test_what_is_not_in_the_source_directory_is_told(source: Path, given: dict[str, Any]) -> None:
    problems = step(source, **given)._draft(Author()).problems
    assert len(problems) == 1
    assert "cannot find" in problems[0]


def test_a_pool_is_attached_by_names(shop: Workspace) -> None:
    attach = SynapseCompute.attach_configuration("synapse", "SynapseSpark", "pool1")
    ComputeTarget.attach(shop, "pool", attach)
    found = ComputeTarget(shop, "pool")
    assert isinstance(found, SynapseCompute)
    assert found.type == "SynapseSpark"
    with pytest.raises(ComputeTargetException, match="SynapseSpark"):
        SynapseCompute.attach_configuration("synapse", "Spark", "pool1")
    with pytest.raises(ComputeTargetException, match="pool_name"):
        SynapseCompute.attach_configuration("synapse", "SynapseSpark", "")
