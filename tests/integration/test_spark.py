"""Steps on Apache Spark of this machine, which really runs: notebooks, scripts, SynapseSparkStep, failures, the end.

All of them ask for one worker, as the founding document's step does, and so get the same JVM: a JVM's start is what costs
most of the time here. Only the main class of a jar has one of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests import spark as spark_for_tests
from tests.acceptance import test_founding_document as founding

from azureml.core import Experiment, Workspace
from azureml.core.compute import ComputeTarget, DatabricksCompute, SynapseCompute
from azureml.core.databricks import JarLibrary
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter, PipelineRun
from azureml.pipeline.steps import DatabricksStep, PythonScriptStep, SynapseSparkStep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),  # with a cold start, on a machine that has other work
    pytest.mark.skipif(bool(spark_for_tests.missing()), reason=spark_for_tests.missing()),
]
HERE = Path(__file__).parent
NOTEBOOKS, SCRIPTS = HERE / "spark_notebooks", HERE / "spark_scripts"
SALES = "region,amount\nnorth,5\nsouth,7\nnorth,20\nsouth,1\n"


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The shared home folder, while it is ours."""
    with spark_for_tests.turn(tmp_path_factory.getbasetemp()) as home:
        yield home


@pytest.fixture(scope="module")
def place(turn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A workspace with data, a local DatabricksCompute and a SynapseCompute."""
    from lazulite.api.connect import connect

    patch = pytest.MonkeyPatch()
    patch.setenv("LAZULITE_HOME", str(turn))
    patch.setenv("LAZULITE_ENGINE_IDLE_SECONDS", "60")
    data = tmp_path_factory.mktemp("data")
    (data / "sales.csv").write_text(SALES, encoding="utf-8")
    workspace = Workspace.create("sparks", subscription_id="s", resource_group="r", exist_ok=True)
    store: Any = workspace.get_default_datastore()
    store.upload(str(data), "sales", overwrite=True, show_progress=False)
    workspace.get_default_keyvault().set_secret("db-password", "s3cr3t-value")
    attach = DatabricksCompute.attach_configuration(resource_group="r", workspace_name="w", access_token="")
    pool = SynapseCompute.attach_configuration("synapse", "SynapseSpark", "pool1")
    yield SimpleNamespace(
        workspace=workspace,
        store=store,
        databricks=ComputeTarget.attach(workspace, "databricks", attach),
        pool=ComputeTarget.attach(workspace, "pool", pool),
    )
    patch.undo()
    connect(str(turn)).stop_engine()


def run(place: SimpleNamespace, *steps: Any) -> PipelineRun:
    pipeline = Pipeline(place.workspace, steps=list(steps))
    submitted: PipelineRun = Experiment(place.workspace, "spark").submit(pipeline)
    submitted.wait_for_completion(show_output=False, raise_on_error=False)
    return submitted


def step_of(submitted: PipelineRun, name: str) -> Any:
    return submitted.find_step_run(name)[0]


def log_of(step: Any, tmp_path: Path, name: str = "azureml-logs/70_driver_log.txt") -> str:
    target = tmp_path / f"{step.id}-{Path(name).name}"
    step.download_file(name, str(target))
    return target.read_text(encoding="utf-8")


def notebook(place: SimpleNamespace, name: str, **more: Any) -> DatabricksStep:
    given: dict[str, Any] = {
        "name": name,
        "num_workers": 1,
        "notebook_path": name,
        "source_directory": str(NOTEBOOKS),
        "compute_target": place.databricks,
        **more,
    }
    return DatabricksStep(**given)


def wheel(folder: Path) -> Path:
    """A package for %pip."""
    file = folder / "shouting-1.0-py3-none-any.whl"
    about = "shouting-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("shouting.py", "def shout(text):\n    return text.upper()\n")
        made.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
        made.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{about}/RECORD", "")
    return file


def jar(folder: Path) -> Path:
    """A jar with the class `Count`, compiled here."""
    import pyspark

    source = folder / "Count.java"
    source.write_text(
        """
import org.apache.spark.sql.SparkSession;
public class Count {
    public static void main(String[] args) {
        SparkSession spark = SparkSession.builder().getOrCreate();
        System.out.println(args[0] + " " + args[1] + ": " + spark.read().textFile(args[2]).count() + " lines");
    }
}
""",
        encoding="utf-8",
    )
    jars = Path(pyspark.__file__).parent / "jars"
    subprocess.run(["javac", "-cp", f"{jars}/*", str(source)], check=True, cwd=folder)
    file = folder / "count.jar"
    with zipfile.ZipFile(file, "w") as made:
        made.write(folder / "Count.class", "Count.class")
    return file


def aggregation(place: SimpleNamespace) -> tuple[DatabricksStep, PythonScriptStep]:
    raw = DataReference(place.store, "raw", path_on_datastore="sales")
    daily, report = (PipelineData(name, datastore=place.store) for name in ("daily", "report"))
    first = notebook(
        place,
        "aggregate",
        inputs=[raw],
        outputs=[daily],
        notebook_params={"minimum": PipelineParameter("minimum", 5)},
    )
    second = PythonScriptStep(
        "report.py",
        name="report",
        arguments=[daily, report],
        inputs=[daily],
        outputs=[report],
        compute_target="local",
        source_directory=str(SCRIPTS),
    )
    return first, second


def test_notebooks_and_scripts_on_one_kept_spark(place: SimpleNamespace, tmp_path: Path) -> None:
    aggregate, report = aggregation(place)
    store = place.store
    magics = notebook(
        place,
        "magics",
        notebook_params={
            "container": store.container_name,
            "account": store.account_name,
            "wheel": str(wheel(tmp_path)),
        },
        spark_env_variables={"LAZULITE_SPARK_SHELL": "1"},
    )
    words = DatabricksStep(
        name="words",
        num_workers=1,
        inputs=[DataReference(store, "raw", path_on_datastore="sales")],
        python_script_name="words.py",
        source_directory=str(SCRIPTS),
        python_script_params=[PipelineParameter("day", "monday")],
        compute_target=place.databricks,
    )
    magics.run_after(aggregate)
    words.run_after(magics)
    submitted = run(place, aggregate, report, magics, words)

    found = {step.name: step for step in submitted.get_steps()}
    told = {name: log_of(step, tmp_path) for name, step in found.items()}
    assert submitted.get_status() == "Finished", told
    assert told["report"].split() == ["region,total", "north,25", "south,7"]
    assert "lines: 5" in told["aggregate"]
    assert "ROWS: 4" in told["words"]

    assert all("kept from an earlier step" in told[name] for name in ("magics", "words"))
    assert found["aggregate"].properties["lazulite.spark_ui"].startswith("http://127.0.0.1:")
    assert found["aggregate"].properties["lazulite.notebook_exit"] == "aggregated"

    kept = json.loads(log_of(found["magics"], tmp_path, "outputs/magics.ipynb"))
    page = log_of(found["magics"], tmp_path, "outputs/magics.html")
    assert "from the shell" in told["magics"]
    assert "s3cr3t" not in told["magics"] + json.dumps(kept) + page
    assert "[REDACTED]" in told["magics"]
    assert "&lt;i&gt;" in page
    assert [cell["cell_type"] for cell in kept["cells"]] == ["code"] * 10


def test_the_same_again_is_reused(place: SimpleNamespace) -> None:
    submitted = run(place, *aggregation(place))
    assert submitted.get_status() == "Finished"
    assert {
        step.name for step in submitted.get_steps() if step.properties.get("azureml.isreused") == "true"
    } == {
        "aggregate",
        "report",
    }


def test_a_main_class_runs(place: SimpleNamespace, tmp_path: Path) -> None:
    if shutil.which("javac") is None:
        pytest.skip("there is no javac")
    step = DatabricksStep(
        name="main",
        num_workers=1,
        inputs=[DataReference(place.store, "raw", path_on_datastore="sales")],
        main_class_name="Count",
        jar_params=["first"],
        jar_libraries=[JarLibrary(f"file:{jar(tmp_path)}")],
        compute_target=place.databricks,
    )
    submitted = run(place, step)
    done = step_of(submitted, "main")
    assert submitted.get_status() == "Finished", log_of(done, tmp_path)
    assert "first -raw: 5 lines" in log_of(done, tmp_path)


def test_a_cell_that_fails_is_told_and_kept(place: SimpleNamespace, tmp_path: Path) -> None:
    submitted = run(place, notebook(place, "failing"))
    step = step_of(submitted, "failing")
    details = step.get_details()
    error = details["error"]["error"]["message"]
    assert "failing.py, cell 2 (The query), line 2: AnalysisException: [TABLE_OR_VIEW_NOT_FOUND]" in error
    kept = [log_of(step, tmp_path, f"outputs/failing.{ending}") for ending in ("ipynb", "html")]
    assert "s3cr3t" not in json.dumps(details) + log_of(step, tmp_path) + "".join(kept)
    assert "JVM stacktrace" not in error
    cells = json.loads(log_of(step, tmp_path, "outputs/failing.ipynb"))["cells"]
    assert [cell["execution_count"] for cell in cells] == [1, 2, None]
    assert cells[1]["outputs"][0]["ename"] == "AnalysisException"
    assert 'query(f"no_such_table.' in "\n".join(cells[1]["outputs"][0]["traceback"])
    assert "no_such_table" in log_of(step, tmp_path, "outputs/failing.html")


def test_a_synapse_step_runs_its_file(place: SimpleNamespace, tmp_path: Path) -> None:
    raw = DataReference(place.store, "raw", path_on_datastore="sales")
    clean = PipelineData("clean", datastore=place.store)
    step = SynapseSparkStep(
        file="prep.py",
        source_directory=str(SCRIPTS),
        compute_target=place.pool,
        driver_memory="1g",
        driver_cores=1,
        executor_memory="1g",
        executor_cores=1,
        num_executors=1,
        arguments=[raw, clean],
        inputs=[raw],
        outputs=[clean],
        conf={"spark.sql.session.timeZone": "UTC"},
        py_files=["helpers.py"],
    )
    submitted = run(place, step)
    done = step_of(submitted, "prep.py")
    assert submitted.get_status() == "Finished", log_of(done, tmp_path)
    output = done.get_output_data("clean")
    output.download(str(tmp_path / "down"), show_progress=False)
    parts = list((tmp_path / "down").rglob("part-*"))
    assert sorted("".join(part.read_text() for part in parts).split()) == ["NORTH", "SOUTH"]


@pytest.mark.skipif(
    not founding.DOCUMENT.exists(), reason="the founding document is not beside this checkout"
)
def test_the_founding_documents_databricks_step_runs(
    place: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AML_DATABRICKS_COMPUTE_NAME", "founding")
    names: dict[str, Any] = {"ws": place.workspace}
    exec(founding.IMPORTS, names)
    Path("step_1").mkdir()
    Path("step_1", "sales.csv").write_text(SALES, encoding="utf-8")
    place.store.upload("step_1", "step_1", overwrite=True, show_progress=False)
    founding.define_databricks_data(names, place.store)
    verbatim = [
        block for block in founding.blocks() if "DatabricksCompute" in block or "DatabricksStep(" in block
    ]
    assert len(verbatim) == 2
    for block in verbatim:
        exec(block, names)
    submitted = Experiment(place.workspace, "founding").submit(names["pipeline1"])
    submitted.wait_for_completion(show_output=False, raise_on_error=False)
    step = step_of(submitted, "databricksmodule")
    assert submitted.get_status() == "Finished", log_of(step, tmp_path)
    assert step.properties["lazulite.notebook_exit"] == "testparam"


def test_a_canceled_step_ends_its_spark_jobs(place: SimpleNamespace, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    steps = [notebook(place, "waiting", notebook_params={"ready": str(ready)})]
    pipeline = Pipeline(place.workspace, steps=steps)
    submitted = Experiment(place.workspace, "spark").submit(pipeline)
    assert ready.read_text() == "runs"  # opening it waits for the task of Spark to open it
    submitted.cancel()
    submitted.wait_for_completion(show_output=False, raise_on_error=False)
    assert step_of(submitted, "waiting").get_status() == "Canceled"
    # What comes next gets a Spark that works on nothing else.
    follower = run(place, notebook(place, "child", notebook_params={"n": 1}))
    assert follower.get_status() == "Finished"
    assert step_of(follower, "child").properties["lazulite.notebook_exit"] == "2"
