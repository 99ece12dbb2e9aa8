"""AdlaStep: what it accepts and refuses, and the work that a step becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.graph.drafts import StepDraft
from lazulite.model.adla import AdlaWork
from lazulite.model.plan import RunTask
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.steps.adla import AdlaStep
from lazulite.sdk.steps.base import Author

SCRIPT = """@a = EXTRACT x int FROM "@@raw@@" USING Extractors.Csv();
@b = SELECT x FROM @a WHERE x > @@least@@;
// @@nobody@@ is asked for in a comment only
OUTPUT @b TO "@@large@@" USING Outputters.Csv();
"""


def step(folder: Path, script: str = SCRIPT, **given: Any) -> AdlaStep:
    (folder / "large.usql").write_text(script, encoding="utf-8")
    fixed: dict[str, Any] = {
        "script_name": "large.usql",
        "inputs": [DataReference("lake", "raw", "in/raw.csv")],
        "outputs": [PipelineData("large", datastore=None)],
        "params": {"least": 2},
        "compute_target": ("adla", "DataLakeAnalytics"),
        "source_directory": str(folder),
    }
    return AdlaStep(**{**fixed, **given})


def drafted(adla: AdlaStep) -> tuple[StepDraft, RunTask]:
    draft = adla._draft(Author())
    assert isinstance(draft.action, RunTask)
    return draft, draft.action


def test_a_step_becomes_its_work(tmp_path: Path) -> None:
    params = {"least": PipelineParameter("least", 1), "exact": True}
    draft, action = drafted(step(tmp_path, params=params, degree_of_parallelism=-4, priority=10))
    assert draft.problems == ()
    assert (draft.name, draft.step_type) == ("large.usql", "AdlaStep")
    assert (action.task, action.script) == ("usql", "large.usql")
    assert AdlaWork.of({**action.settings, **action.incidental}) == AdlaWork(
        "large.usql", ("exact",), degree_of_parallelism=1, priority=10
    )


def test_priority_parallelism_and_runtime_do_not_count_for_reuse(tmp_path: Path) -> None:
    _, plain = drafted(step(tmp_path))
    _, given = drafted(step(tmp_path, degree_of_parallelism=4, priority=1, runtime_version="release_2019"))
    assert plain.settings == given.settings
    assert given.incidental == {
        "degree_of_parallelism": 4,
        "priority": 1,
        "runtime_version": "release_2019",
    }


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("script_name", None),
        ("compute_target", None),
        ("params", ["least"]),
        ("params", {"raw": 1, "least": 2}),
        ("degree_of_parallelism", "4"),
        ("priority", True),
        ("runtime_version", 3),
        ("allow_reuse", "yes"),
        ("hash_paths", "large.usql"),
        ("outputs", [PipelineData("raw", datastore=None)]),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(tmp_path: Path, keyword: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"raw" if keyword == "outputs" else keyword):
        step(tmp_path, **{keyword: value})


def test_a_name_that_stands_for_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    draft, _ = drafted(step(tmp_path, params={"leest": 2}))
    (problem,) = draft.problems
    assert "large.usql: line 2, column 33: UNRESOLVED_PARAMETER: @@least@@" in problem
    assert "Did you mean @@leest@@?" in problem
    assert "^^^^^^^^^" in problem


def test_a_value_that_would_end_its_string_is_told_at_build(tmp_path: Path) -> None:
    script = 'DECLARE @p string = "@@least@@";'
    draft, _ = drafted(step(tmp_path, script, params={"least": 'a"; DROP TABLE t; //'}))
    (problem,) = draft.problems
    assert "PARAMETER_ENDS_STRING" in problem


def test_a_script_that_is_not_there_and_a_wrong_target_are_told_together(tmp_path: Path) -> None:
    adla = step(tmp_path, script_name="other.usql", compute_target=("cluster", "AmlCompute"))
    missing, target = drafted(adla)[0].problems
    assert "cannot find its script 'other.usql'" in missing
    assert "runs on an AdlaCompute" in target


def test_a_script_of_another_encoding_is_told(tmp_path: Path) -> None:
    adla = step(tmp_path)
    (tmp_path / "large.usql").write_bytes("// größer".encode("latin-1"))
    (problem,) = drafted(adla)[0].problems
    assert "is not UTF-8" in problem
