"""U-SQL in pipelines: AdlaSteps made and submitted as users do, run by the engine, reused, failing, canceled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.integration.serving import until

from lazulite.sdk.compute.adla import AdlaCompute
from lazulite.sdk.compute.target import ComputeTarget
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datastore import Datastore
from lazulite.sdk.experiment import Experiment
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.steps.adla import AdlaStep
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace

pytestmark = pytest.mark.slow

MAKE = "import sys\nopen(sys.argv[1] + '/a.csv', 'w').write('1, Noah, 100\\n2, Emma, 250\\n3, Liam, 50\\n')\n"
READ = "import pathlib, sys\nfor place in sys.argv[1:]: print(repr(pathlib.Path(place).read_text()))\n"
SCRIPT = """// @@least@@ and more
@rows = EXTRACT id int, name string, amount int FROM "@@raw@@/{*}.csv" USING Extractors.Csv();
@large = SELECT My.Shout(name) AS name, amount FROM @rows WHERE amount >= @@least@@;
OUTPUT @large TO "@@large@@" ORDER BY name USING Outputters.Csv();
OUTPUT (SELECT COUNT(*) AS rows FROM @rows) TO "@@counts@@/all.csv" USING Outputters.Csv(quoting: false);
OUTPUT @large TO "/kept/large.tsv" USING Outputters.Tsv();
"""
UDOS = """from lazulite.usql.user import register_function
@register_function("My.Shout", returns="string")
def shout(text):
    return text.strip().upper()
"""
TABLE = """DECLARE @yes bool = @@yes@@;
@a = EXTRACT x int FROM "@@in@@" USING Extractors.Csv();
CREATE TABLE t(x int, INDEX i CLUSTERED(x) DISTRIBUTED BY HASH(x));
INSERT INTO t SELECT x FROM @a WHERE @yes;
"""
READ_TABLE = """@t = SELECT x FROM t;
OUTPUT @t TO "adl://contoso.azuredatalakestore.net/out.csv" ORDER BY x USING Outputters.Csv();
"""
SEVEN = """@a = SELECT * FROM (VALUES (7)) AS t(x);
OUTPUT @a TO "/seven.csv" USING Outputters.Csv();
"""
LONG = """@a = SELECT * FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS t(x);
OUTPUT @a TO "/first.csv" USING Outputters.Csv();
@b = SELECT a.x + 10 * b.x + 100 * c.x + 1000 * d.x + 10000 * e.x AS x
     FROM @a AS a CROSS JOIN @a AS b CROSS JOIN @a AS c CROSS JOIN @a AS d CROSS JOIN @a AS e;
@c = SELECT SUM((long) (p.x * q.x % 7 + r.x)) AS s FROM @b AS p CROSS JOIN @b AS q CROSS JOIN @b AS r;
OUTPUT @c TO "/second.csv" USING Outputters.Csv();
"""
EXTRACT = """@first = SELECT * FROM (VALUES (1)) AS t(x);
OUTPUT @first TO "/first.csv" USING Outputters.Csv();
@a = EXTRACT x int FROM "{}" USING Extractors.Csv();
OUTPUT @a TO "/second.csv" USING Outputters.Csv();
"""
#: A script, and what its error says.
FAILING = (
    (
        """@a = SELECT * FROM (VALUES (1)) AS t(x);
OUTPUT @a TO "/first.csv" USING Outputters.Csv();
@b = SELECT y FROM @a;
OUTPUT @b TO "/second.csv" USING Outputters.Csv();
""",
        "line 3, column 13",
    ),
    (EXTRACT.format("/missing.csv"), "line 3, column 25: E_CSC_USER_INPUTFILENOTFOUND"),
    (EXTRACT.format("/../../secret.csv"), "leaves the folder"),
)


@pytest.fixture
def lake(home: Path, tmp_path: Path) -> Workspace:
    """A workspace with the account `contoso`, whose store is the folder `store`."""
    workspace = Workspace.create("lake")
    (tmp_path / "store").mkdir()
    Datastore.register_azure_data_lake(workspace, "lake", "contoso", folder=str(tmp_path / "store"))
    configuration = AdlaCompute.attach_configuration("group", "contoso")
    ComputeTarget.attach(workspace, "adla", configuration).wait_for_completion()
    (tmp_path / "code").mkdir()
    for name, text in {"make.py": MAKE, "read.py": READ, "s.usql": SCRIPT, "usql_udos.py": UDOS}.items():
        (tmp_path / "code" / name).write_text(text)
    return workspace


@pytest.fixture
def code(lake: Workspace, tmp_path: Path) -> Path:
    return tmp_path / "code"


def submit(workspace: Workspace, steps: list[Any], **fields: Any) -> PipelineRun:
    run: PipelineRun = Experiment(workspace, "usql").submit(Pipeline(workspace, steps), **fields)
    run.wait_for_completion(show_output=False, raise_on_error=False)
    return run


def script_step(code: Path, text: str, name: str = "one.usql", **given: Any) -> AdlaStep:
    (code / name).write_text(text)
    return AdlaStep(name, **{"compute_target": "adla", "source_directory": str(code), **given})


def failure(run: PipelineRun, step: str) -> str:
    assert run.get_status() == "Failed"
    (found,) = run.find_step_run(step)
    return str(found.get_details()["error"]["error"]["message"])


def test_data_go_from_python_to_usql_to_python_and_are_reused(
    lake: Workspace, code: Path, tmp_path: Path
) -> None:
    def run(**fields: Any) -> PipelineRun:
        raw = PipelineData("raw", datastore=Datastore(lake, "lake"))
        large, counts = PipelineData("large"), PipelineData("counts")
        here: dict[str, Any] = {"compute_target": "local", "source_directory": str(code)}
        make = PythonScriptStep("make.py", arguments=[raw], outputs=[raw], **here)
        least = PipelineParameter("least", 100)
        adla = AdlaStep(
            "s.usql",
            inputs=[raw],
            outputs=[large, counts],
            params={"least": least},
            degree_of_parallelism=2,
            compute_target=AdlaCompute(lake, "adla"),
            source_directory=str(code),
        )
        read = PythonScriptStep("read.py", arguments=[large], inputs=[large, counts], **here)
        return submit(lake, [make, adla, read], **fields)

    first = run()
    assert first.get_status() == "Finished"
    assert _printed(first) == repr('"EMMA",250\n"NOAH",100\n')
    assert (tmp_path / "store" / "kept" / "large.tsv").read_text() == '"NOAH"\t100\n"EMMA"\t250\n'
    (adla,) = first.find_step_run("s.usql")
    assert adla.get_metrics() == {
        "rows": 5,
        "bytes": adla.get_metrics()["bytes"],
        "large rows": 2,
        "large bytes": 24,
        "counts rows": 1,
        "counts bytes": 3,
        "/kept/large.tsv rows": 2,
        "/kept/large.tsv bytes": 24,
    }
    assert "line 4: OUTPUT" in adla.get_stdout_log()
    second = run()
    assert second.get_status() == "Finished"
    assert [step.properties.get("azureml.isreused") for step in second.get_steps()] == ["true"] * 3
    third = run(pipeline_parameters={"least": 200})
    assert [step.properties.get("azureml.isreused") for step in third.get_steps()].count("true") == 1
    assert _printed(third) == repr('"EMMA",250\n')


def _printed(run: PipelineRun) -> str:
    return str(run.find_step_run("read.py")[0].get_stdout_log()).strip()


def test_scripts_of_one_account_share_its_store_and_its_catalog(
    lake: Workspace, code: Path, tmp_path: Path
) -> None:
    """Also: the run keeps the script as it ran, and the job log; an account without a store has the default one."""
    (tmp_path / "store" / "in.csv").write_text("1\n2\n")
    configuration = AdlaCompute.attach_configuration("group", "fabrikam")
    ComputeTarget.attach(lake, "other", configuration).wait_for_completion()
    source = DataReference(Datastore(lake, "lake"), "in", "in.csv")
    make = script_step(code, TABLE, "make.usql", inputs=[source], params={"yes": True}, priority=3)
    read = script_step(code, READ_TABLE, "read.usql")
    other = script_step(code, SEVEN, "seven.usql", compute_target="other")
    read.run_after(make)
    run = submit(lake, [make, read, other])
    assert run.get_status() == "Finished"
    assert (tmp_path / "store" / "out.csv").read_text() == "1\n2\n"
    default = Path(lake.get_default_datastore()._record.folder)
    assert (default / "seven.csv").read_text() == "7\n"
    (step,) = run.find_step_run("make.usql")
    assert "priority 3" in step.get_stdout_log()
    step.download_files(prefix="logs/usql", output_directory=str(tmp_path / "kept"))
    (script,) = (tmp_path / "kept").rglob("script.usql")
    assert script.read_text().startswith("DECLARE @yes bool = true;\n")
    (log,) = (tmp_path / "kept").rglob("job.json")
    last = json.loads(log.read_text())[-1]
    assert (last["line"], last["statement"], last["rows"]) == (4, "INSERT t", 2)


def test_a_script_that_fails_tells_line_and_place_and_leaves_nothing(
    lake: Workspace, code: Path, tmp_path: Path
) -> None:
    steps = [script_step(code, text, f"{number}.usql") for number, (text, _) in enumerate(FAILING)]
    steps.append(script_step(code, SEVEN, "local.usql", compute_target="local"))
    run = submit(lake, steps, continue_on_step_failure=True)
    for number, (_, told) in enumerate(FAILING):
        assert told in failure(run, f"{number}.usql")
    assert "An AdlaStep runs on an AdlaCompute" in failure(run, "local.usql")
    assert [file.name for file in (tmp_path / "store").rglob("*") if file.is_file()] == []


def test_a_canceled_script_leaves_nothing(lake: Workspace, code: Path, tmp_path: Path) -> None:
    step = script_step(code, LONG)
    run = Experiment(lake, "usql").submit(Pipeline(lake, [step]))
    until(lambda: "OUTPUT /first.csv" in run.find_step_run("one.usql")[0].get_stdout_log())
    run.cancel()
    run.wait_for_completion(show_output=False, raise_on_error=False)
    assert run.get_status() == "Canceled"
    assert list((tmp_path / "store").iterdir()) == []
