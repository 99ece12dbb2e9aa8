"""DatabricksStep: what its constructor accepts and refuses, and the work that it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.graph.drafts import Known, StepDraft
from lazulite.graph.explain import difference_sentences, differences
from lazulite.graph.fingerprint import components
from lazulite.graph.freeze import freeze
from lazulite.model.databricks import Cluster, DatabricksWork, IndexPackage, MavenPackage, SourceKind
from lazulite.model.plan import Literal, Parameter, ParameterArgument, RunTask
from lazulite.model.reuse import ReuseDecision
from lazulite.sdk.databricks_libraries import (
    DatabricksCluster,
    EggLibrary,
    JarLibrary,
    MavenLibrary,
    PyPiLibrary,
    RCranLibrary,
)
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.run_configuration import RunConfiguration
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.databricks import DatabricksStep
from lazulite.server.portal.run.tab_overview import command_words

DATABRICKS = ("bricks", "Databricks")


def notebook(**given: Any) -> DatabricksStep:
    fixed = {"name": "n", "notebook_path": "/Shared/n", "num_workers": 1, "compute_target": DATABRICKS}
    return DatabricksStep(**{**fixed, **given})


def drafted(step: DatabricksStep) -> StepDraft:
    return step._draft(Author())


def work_of(step: DatabricksStep) -> DatabricksWork:
    action = drafted(step).action
    assert isinstance(action, RunTask)
    assert action.task == "databricks"
    return DatabricksWork.of({**action.settings, **action.incidental})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "train.py").write_text("")
    (tmp_path / "source" / "etl.ipynb").write_text("{}")
    return tmp_path / "source"


# --- what is run ---------------------------------------------------------------------------------------------


def test_a_notebook_of_the_workspace_and_v1s_defaults() -> None:
    step = notebook(notebook_params={"a": "x;y=z|", "day": PipelineParameter("p", "Mon")})
    made = drafted(step)
    assert (made.problems, made.arguments, made.source_directory, made.compute) == ((), (), "", "bricks")
    assert made.parameters == {"a": Literal("x;y=z|"), "day": ParameterArgument("p")}
    assert made.used == (Parameter("p", "Mon"),)
    assert work_of(step) == DatabricksWork(
        source=SourceKind.NOTEBOOK,
        path="/Shared/n",
        cluster=Cluster(
            spark_version="10.4.x-scala2.12",
            node_type="Standard_D3_v2",
            num_workers=1,
            spark_env_variables={"PYSPARK_PYTHON": "/databricks/python3/bin/python3"},
        ),
    )


def test_a_script_of_the_source_directory(source: Path) -> None:
    rate = PipelineParameter("rate", 0.1)
    step = notebook(
        notebook_path=None,
        python_script_name="train.py",
        python_script_params=["--x", 1, rate],
        source_directory=source,
    )
    made = drafted(step)
    assert made.arguments == (
        Literal("--x"),
        Literal("1"),
        Literal("--RATE"),
        ParameterArgument("rate"),
    )
    assert made.source_directory == str(source)
    found = work_of(step)
    assert (found.source, found.path, found.file) == (SourceKind.SCRIPT, "", "train.py")
    assert isinstance(made.action, RunTask)
    assert made.action.script == "train.py"


def test_scripts_and_jars_of_the_service_take_no_code_along() -> None:
    script = notebook(
        notebook_path=None,
        python_script_path="dbfs:/a.py",
        python_script_params={PipelineParameter("only", 1)},
    )
    assert drafted(script).arguments == (Literal("--ONLY"), ParameterArgument("only"))
    jar = notebook(notebook_path=None, main_class_name="com.example.Main", jar_params=["a|b"])
    for step, kind, path in (
        (script, SourceKind.SCRIPT, "dbfs:/a.py"),
        (jar, SourceKind.JAR, "com.example.Main"),
    ):
        found = work_of(step)
        assert (found.source, found.path, found.file) == (kind, path, "")
        assert drafted(step).source_directory == ""
    assert drafted(jar).arguments == (Literal("a|b"),)


def test_a_notebook_of_the_source_directory_is_brought_along(source: Path) -> None:
    found = work_of(notebook(notebook_path="etl", source_directory=source))
    assert (found.path, found.file) == ("", "etl.ipynb")
    problems = drafted(notebook(notebook_path="other", source_directory=source)).problems
    assert problems[0].startswith("Step 'n' cannot find 'other' (notebook_path) in its source directory")


def test_a_notebook_that_lies_here_is_taken_along_where_the_target_may_be_here(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source.parent)
    step = notebook(notebook_path="source/etl", compute_target="bricks")
    assert drafted(step).source_directory == str(source)
    found = work_of(step)
    assert (found.path, found.file) == ("source/etl", "etl.ipynb")
    here = notebook(notebook_path="nowhere/etl", compute_target="local")
    assert "there is no notebook" in drafted(here).problems[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"notebook_path": None}, "nothing to run"),
        ({"main_class_name": "a.B"}, "notebook_path and main_class_name"),
        ({"notebook_path": ""}, "Expected text that is not empty"),
        ({"notebook_path": 3}, "notebook_path=3"),
        ({"notebook_params": ["a"]}, "Expected a dict"),
        ({"jar_params": []}, "jar_params, which does not go with notebook_path"),
        ({"notebook_path": None, "python_script_name": "a.py"}, "no source_directory"),
        (
            {"notebook_path": None, "main_class_name": "a.B", "source_directory": "."},
            "source_directory, which goes with python_script_name",
        ),
        (
            {"notebook_path": None, "main_class_name": "a.B", "jar_params": "abc"},
            "Expected a list",
        ),
        (
            {"notebook_path": None, "main_class_name": "a.B", "jar_params": {"a", "b"}},
            "which has no order",
        ),
        ({"run_name": 3}, "run_name=3"),
        ({"timeout_seconds": "3"}, "number of seconds"),
        ({"allow_reuse": 1}, "allow_reuse=1"),
        ({"name": " "}, "not the name of a step"),
    ],
)
def test_what_is_run_is_checked(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        notebook(**given)


def test_a_parameter_and_data_of_one_name_would_be_one_widget() -> None:
    with pytest.raises(ValueError, match="would be the widget of that name"):
        notebook(outputs=[PipelineData("clean")], notebook_params={"clean": "x"})


def test_an_unknown_keyword_names_the_nearest() -> None:
    with pytest.raises(TypeError, match="notebook_params"):
        notebook(notebook_parameters={})


def test_a_step_that_was_refused_produces_nothing() -> None:
    clean = PipelineData("clean")
    with pytest.raises(ValueError, match="run_name"):
        notebook(outputs=[clean], run_name=3)
    assert clean._producer is None


# --- the cluster ---------------------------------------------------------------------------------------------


def cluster_of(**given: Any) -> Cluster:
    return work_of(notebook(**{"num_workers": None, **given})).cluster


def test_clusters() -> None:
    assert cluster_of(existing_cluster_id="0101-x") == Cluster(existing_cluster_id="0101-x")
    pooled = cluster_of(
        instance_pool_id="pool",
        min_workers=1,
        max_workers=4,
        spark_version="15.4.x-scala2.12",
        spark_env_variables={"A": 1},
        spark_conf={"spark.speculation": True},
        init_scripts=["dbfs:/i.sh"],
        cluster_log_dbfs_path="dbfs:/logs",
    )
    assert pooled == Cluster(
        spark_version="15.4.x-scala2.12",
        instance_pool_id="pool",
        min_workers=1,
        max_workers=4,
        spark_env_variables={"A": "1"},
        spark_conf={"spark.speculation": "True"},
        init_scripts=("dbfs:/i.sh",),
        cluster_log_dbfs_path="dbfs:/logs",
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "or the size of a new cluster"),
        ({"min_workers": 1}, "or the size of a new cluster"),
        ({"num_workers": 1, "min_workers": 1, "max_workers": 2}, "or the size of a new cluster"),
        ({"min_workers": 3, "max_workers": 2}, "more than max_workers"),
        ({"num_workers": "1"}, r"Expected a number \(int\)"),
        ({"num_workers": True}, r"Expected a number \(int\)"),
        ({"num_workers": 1, "node_type": "a", "instance_pool_id": "b"}, "node_type and instance_pool_id"),
        ({"existing_cluster_id": "c", "num_workers": 1}, "num_workers would"),
        ({"existing_cluster_id": "c", "spark_conf": {}}, "spark_conf would"),
        ({"existing_cluster_id": 3}, "Expected text"),
        ({"num_workers": 1, "spark_conf": "a=b"}, "Expected a dict"),
        ({"num_workers": 1, "init_scripts": "dbfs:/i.sh"}, "Expected a list of paths"),
        ({"num_workers": 1, "permit_cluster_restart": True}, "about an existing cluster"),
        ({"existing_cluster_id": "c", "permit_cluster_restart": "yes"}, "Expected True or False"),
    ],
)
def test_clusters_that_are_none(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cluster_of(**given)


# --- libraries and the run configuration ---------------------------------------------------------------------


def test_libraries() -> None:
    found = work_of(
        notebook(
            maven_libraries=[MavenLibrary("g:a:1", exclusions=["x:y"])],
            pypi_libraries=[PyPiLibrary("six==1.16", repo="https://index")],
            egg_libraries=[EggLibrary("dbfs:/a.egg")],
            jar_libraries=[JarLibrary("dbfs:/a.jar")],
            rcran_libraries=[RCranLibrary("ada")],
        )
    ).libraries
    assert found.maven == (MavenPackage("g:a:1", "", ("x:y",)),)
    assert found.pypi == (IndexPackage("six==1.16", "https://index"),)
    assert (found.egg, found.jar, found.cran) == (
        ("dbfs:/a.egg",),
        ("dbfs:/a.jar",),
        (IndexPackage("ada"),),
    )
    with pytest.raises(ValueError, match="Expected a list of PyPiLibrary"):
        notebook(pypi_libraries=["six"])


def test_a_run_configuration_instead() -> None:
    configuration = RunConfiguration()
    configuration.environment.databricks.pypi_libraries = [PyPiLibrary("six")]
    configuration.environment.databricks.cluster = DatabricksCluster(
        existing_cluster_id="c", permit_cluster_restart=True
    )
    found = work_of(notebook(num_workers=None, runconfig=configuration))
    assert found.libraries.pypi == (IndexPackage("six"),)
    assert found.cluster == Cluster(existing_cluster_id="c")
    assert found.permit_cluster_restart
    with pytest.raises(ValueError, match="a cluster in its runconfig, and num_workers besides"):
        notebook(runconfig=configuration)
    with pytest.raises(ValueError, match="libraries in its runconfig, and jar_libraries besides"):
        notebook(num_workers=None, runconfig=configuration, jar_libraries=[JarLibrary("x")])
    with pytest.raises(ValueError, match="Expected a RunConfiguration"):
        notebook(runconfig="c")


# --- reuse ---------------------------------------------------------------------------------------------------


def test_names_and_limits_do_not_count_for_reuse_and_settings_do() -> None:
    def key(**given: Any) -> dict[str, Any]:
        step = freeze(drafted(notebook(**given)), known=Known(computes=frozenset({"bricks"}))).steps[0]
        return components(step, snapshot_of=lambda _: pytest.fail("no code"), inputs={}, parameters={})

    monday = key(run_name="Monday", timeout_seconds=60)
    assert monday == key(run_name="Tuesday", timeout_seconds=90)
    larger = key(spark_conf={"spark.sql.shuffle.partitions": "8"})
    found = differences(larger, monday)
    sentences = difference_sentences(ReuseDecision("run", "key-differs", {}, "", None, found), lambda _: None)
    assert len(sentences) == 1
    assert sentences[0].startswith("setting cluster: ")
    assert "shuffle.partitions" in sentences[0]


def test_the_limit_is_the_steps() -> None:
    assert drafted(notebook(timeout_seconds=60)).timeout_seconds == 60.0
    assert drafted(notebook(timeout_seconds=0)).timeout_seconds is None


def test_the_runs_page_says_what_is_run(source: Path) -> None:
    def shown(**given: Any) -> str:
        known = Known(computes=frozenset({"bricks"}))
        return " ".join(command_words(freeze(drafted(notebook(**given)), known=known).steps[0]))

    assert shown() == "<databricks> /Shared/n"
    script = {"notebook_path": None, "python_script_name": "train.py", "source_directory": source}
    assert shown(**script, python_script_params=["--x"]) == "<databricks> train.py --x"
