"""A DatabricksStep's task against the loopback server: what is asked for, and what becomes of each answer.

The server checks this client, not Databricks: see `lazulite.testing.databricks_server`.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.integration.databricks_bench import NOTEBOOK, Bench

from lazulite.api.home_secrets import sealing_key
from lazulite.model.assets import Datastore
from lazulite.model.databricks import (
    Cluster,
    DatabricksWork,
    IndexPackage,
    Libraries,
    MavenPackage,
    SourceKind,
)
from lazulite.model.errors import (
    ComputeUnavailable,
    InvalidRequest,
    LazuliteError,
    NotFound,
    Unauthenticated,
)
from lazulite.model.job import JobInput
from lazulite.model.sealed import seal
from lazulite.testing.databricks_server import (
    PENDING,
    RUNNING,
    SUCCESS,
    LoopbackDatabricks,
    Refused,
    State,
)
from lazulite.worker.inputs import addresses
from lazulite.worker.tasks.databricks_service.failures import DatabricksRunFailed
from lazulite.worker.tasks.order import TaskOrder

pytestmark = pytest.mark.slow

SCRIPT = DatabricksWork(SourceKind.SCRIPT, file="train.py", cluster=NOTEBOOK.cluster)


@pytest.fixture
def databricks() -> Iterator[LoopbackDatabricks]:
    with LoopbackDatabricks.started() as found:
        yield found


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAZULITE_OUTBOX", str(tmp_path / "outbox.jsonl"))
    return tmp_path / "outbox.jsonl"


@pytest.fixture
def bench(
    tmp_path: Path, databricks: LoopbackDatabricks, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    """A bench whose working directory holds a script, a module of it and a notebook."""
    work = tmp_path / "work"
    (work / "lib").mkdir(parents=True)
    (work / "train.py").write_text("import lib.more")
    (work / "lib" / "more.py").write_text("")
    (work / "etl.py").write_text("# Databricks notebook source\nprint(1)")
    monkeypatch.chdir(work)
    monkeypatch.setenv("AZUREML_RUN_ID", "run-1")
    monkeypatch.setenv("AZUREML_RUN_TOKEN", "the-token-of-the-run")
    return Bench(tmp_path / "home", databricks)


# --- every form ----------------------------------------------------------------------------------------------


def test_a_notebook_of_the_workspace(
    bench: Bench, databricks: LoopbackDatabricks, outbox: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    databricks.runs.plan(PENDING, RUNNING, SUCCESS, output={"notebook_output": {"result": "42 rows"}})
    order = bench.order(parameters={"day": "a;b=c|d"})
    work = replace(NOTEBOOK, run_name="demo run name", timeout_seconds=3600)
    bench.do(work, order)
    (submitted,) = databricks.runs.submitted
    assert submitted.request == {
        "run_name": "demo run name",
        "timeout_seconds": 3600,
        "idempotency_token": f"lazulite-{order.job.run_id}",
        "tasks": [
            {
                "task_key": "step",
                "new_cluster": {"spark_version": "15.4.x", "node_type_id": "m", "num_workers": 1},
                "notebook_task": {"notebook_path": "/Shared/n", "base_parameters": {"day": "a;b=c|d"}},
            }
        ],
    }
    lines = capfd.readouterr().out.splitlines()
    link = f"{databricks.host}/?o=1#job/1/run/{submitted.id}"
    assert lines == [
        f"Databricks run {submitted.id}: {link}",
        "PENDING: Waiting for cluster",
        "RUNNING: In run",
        "TERMINATED SUCCESS",
        "The notebook ended with: 42 rows",
    ]
    assert Path("logs/databricks/notebook_result.txt").read_text() == "42 rows"
    assert bench.properties(outbox) == {
        "databricks.run_id": str(submitted.id),
        "databricks.run_page": link,
    }


def test_a_notebook_of_the_source_directory_is_imported_with_what_lies_beside_it(
    bench: Bench, databricks: LoopbackDatabricks
) -> None:
    order = bench.order()
    seen: list[set[str]] = []
    databricks.runs.on_end = lambda _: seen.append(set(databricks.workspace.objects))
    bench.do(replace(NOTEBOOK, path="", file="etl.py"), order)
    folder = f"/Users/someone@example.com/lazulite/{order.job.run_id}"
    assert databricks.runs.submitted[0].task["notebook_task"]["notebook_path"] == f"{folder}/etl"
    assert seen == [{f"{folder}/{name}" for name in ("etl", "train.py", "lib/more.py")}]
    assert databricks.workspace.objects == {}  # taken away when the run was over


@pytest.mark.parametrize(
    ("upload_path", "file", "told"),
    [
        (None, "dbfs:/azureml/{run}/train.py", "azureml/{run}"),
        ("/Volumes/main/default/code", "/Volumes/main/default/code/{run}/train.py", None),
        ("/Workspace/Shared/code", "/Workspace/Shared/code/{run}/train.py", None),
    ],
)
def test_a_script_of_the_source_directory(
    bench: Bench, databricks: LoopbackDatabricks, upload_path: str | None, file: str, told: str | None
) -> None:
    bench.extra = {"upload_path": upload_path} if upload_path else {}
    order = bench.order(arguments=("--x", "1|2"))
    seen: list[dict[str, bytes]] = []
    databricks.runs.on_end = lambda _: seen.append({**databricks.dbfs.files, **databricks.workspace.objects})
    bench.do(SCRIPT, order)
    task = databricks.runs.submitted[0].task["spark_python_task"]
    run = order.job.run_id
    place = file.format(run=run)
    assert task["python_file"] == place
    arguments = task["parameters"]
    assert arguments[:2] == ["--x", "1|2"]
    assert arguments[arguments.index("--AZUREML_RUN_ID") + 1] == "run-1"
    assert "the-token-of-the-run" not in arguments
    assert arguments[-2:] == [
        "--AZUREML_SCRIPT_DIRECTORY_NAME",
        (told or place.removesuffix("/train.py")).format(run=run),
    ]
    folder = place.removesuffix("train.py").removeprefix("dbfs:")
    assert seen[0][f"{folder}train.py"] == b"import lib.more"
    assert seen[0][f"{folder}lib/more.py"] == b""
    assert (databricks.dbfs.files, databricks.workspace.objects) == ({}, {})


def test_a_script_of_dbfs_and_a_jar(bench: Bench, databricks: LoopbackDatabricks) -> None:
    databricks.runs.plan(SUCCESS, output={"logs": "trained\n"})
    bench.do(DatabricksWork(SourceKind.SCRIPT, "dbfs:/a.py", cluster=NOTEBOOK.cluster), arguments=("1",))
    bench.artifacts.joinpath("logs", "azureml", "databricks_run.json").unlink()
    jar = DatabricksWork(
        SourceKind.JAR,
        "com.example.Main",
        cluster=NOTEBOOK.cluster,
        libraries=Libraries(jar=("dbfs:/m.jar",)),
    )
    bench.do(jar, arguments=("in|out",))
    script, of_jar = (run.task for run in databricks.runs.submitted)
    assert script["spark_python_task"]["python_file"] == "dbfs:/a.py"
    assert script["spark_python_task"]["parameters"][0] == "1"
    assert of_jar["spark_jar_task"]["main_class_name"] == "com.example.Main"
    assert of_jar["spark_jar_task"]["parameters"][0] == "in|out"
    assert of_jar["libraries"] == [{"jar": "dbfs:/m.jar"}]
    assert Path("logs/databricks/output.txt").read_text() == "trained\n"
    assert not databricks.paths("dbfs/create", "workspace/import")


def test_a_new_cluster_with_everything(
    bench: Bench, databricks: LoopbackDatabricks, capfd: pytest.CaptureFixture[str]
) -> None:
    cluster = Cluster(
        spark_version="15.4.x-scala2.12",
        instance_pool_id="pool",
        min_workers=1,
        max_workers=4,
        spark_env_variables={"A": "1"},
        spark_conf={"spark.speculation": "true"},
        init_scripts=("dbfs:/i.sh", "/Volumes/m/d/v/i.sh", "/Workspace/Shared/i.sh", "abfss://c@a/i.sh"),
        cluster_log_dbfs_path="dbfs:/logs",
    )
    libraries = Libraries(
        maven=(MavenPackage("g:a:1", "https://repo", ("x:y",)),),
        pypi=(IndexPackage("six==1.16"),),
        cran=(IndexPackage("ada", "https://cran"),),
        jar=("dbfs:/a.jar",),
        egg=("dbfs:/a.egg",),
    )
    bench.do(replace(NOTEBOOK, cluster=cluster, libraries=libraries))
    task = databricks.runs.submitted[0].task
    assert task["new_cluster"] == {
        "spark_version": "15.4.x-scala2.12",
        "instance_pool_id": "pool",
        "autoscale": {"min_workers": 1, "max_workers": 4},
        "spark_env_vars": {"A": "1"},
        "spark_conf": {"spark.speculation": "true"},
        "init_scripts": [
            {"dbfs": {"destination": "dbfs:/i.sh"}},
            {"volumes": {"destination": "/Volumes/m/d/v/i.sh"}},
            {"workspace": {"destination": "/Shared/i.sh"}},
            {"abfss": {"destination": "abfss://c@a/i.sh"}},
        ],
        "cluster_log_conf": {"dbfs": {"destination": "dbfs:/logs"}},
    }
    assert task["libraries"] == [
        {"maven": {"coordinates": "g:a:1", "repo": "https://repo", "exclusions": ["x:y"]}},
        {"pypi": {"package": "six==1.16"}},
        {"cran": {"package": "ada", "repo": "https://cran"}},
        {"jar": "dbfs:/a.jar"},
        {"egg": "dbfs:/a.egg"},
    ]
    told = capfd.readouterr().out
    assert "Warning: runtime 15.4.x-scala2.12 installs no eggs (dbfs:/a.egg)" in told
    assert "may not install libraries from DBFS (dbfs:/a.jar)" in told
    assert "may not run init scripts from DBFS (dbfs:/i.sh)" in told


def test_a_cluster_of_the_driver_alone(bench: Bench, databricks: LoopbackDatabricks) -> None:
    bench.do(replace(NOTEBOOK, cluster=Cluster(spark_version="15.4.x", node_type="m", num_workers=0)))
    made = databricks.runs.submitted[0].task["new_cluster"]
    assert made["num_workers"] == 0
    assert made["custom_tags"] == {"ResourceClass": "SingleNode"}
    assert made["spark_conf"]["spark.databricks.cluster.profile"] == "singleNode"


# --- existing clusters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_permitted", [True, False])
def test_a_library_in_the_way_goes_with_a_restart_if_that_is_permitted(
    bench: Bench, databricks: LoopbackDatabricks, capfd: pytest.CaptureFixture[str], is_permitted: bool
) -> None:
    databricks.clusters.states["c1"] = "RUNNING"
    databricks.clusters.installed["c1"] = [
        {"pypi": {"package": "six==1.0"}},
        {"pypi": {"package": "attrs"}},
    ]
    work = replace(
        NOTEBOOK,
        cluster=Cluster(existing_cluster_id="c1"),
        libraries=Libraries(pypi=(IndexPackage("six==1.16"), IndexPackage("attrs"))),
        permit_cluster_restart=is_permitted,
    )
    bench.do(work)
    assert databricks.runs.submitted[0].task["existing_cluster_id"] == "c1"
    asked = databricks.paths("libraries/uninstall", "clusters/restart", "runs/submit")
    if is_permitted:
        assert asked == ["libraries/uninstall", "clusters/restart", "jobs/runs/submit"]
        assert databricks.clusters.installed["c1"] == [{"pypi": {"package": "attrs"}}]
    else:
        assert asked == ["jobs/runs/submit"]
        assert "Give permit_cluster_restart=True" in capfd.readouterr().out


def test_a_cluster_that_is_not_there(bench: Bench) -> None:
    with pytest.raises(InvalidRequest, match="refused submitting the run: Cluster c9 does not exist"):
        bench.do(replace(NOTEBOOK, cluster=Cluster(existing_cluster_id="c9")))


# --- states --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "kind", "words"),
    [
        (State("TERMINATED", "FAILED", "Workload failed"), DatabricksRunFailed, "failed: Workload failed"),
        (State("TERMINATED", "TIMEDOUT"), DatabricksRunFailed, "timeout_seconds"),
        (State("TERMINATED", "CANCELED"), DatabricksRunFailed, "canceled in Databricks, not here"),
        (
            State("TERMINATED", "MAXIMUM_CONCURRENT_RUNS_REACHED"),
            DatabricksRunFailed,
            "too many run at once",
        ),
        (State("TERMINATED", "SUCCESS_WITH_FAILURES"), DatabricksRunFailed, "ended with failures"),
        (State("TERMINATED", "UPSTREAM_FAILED"), DatabricksRunFailed, "a task before it failed"),
        (State("TERMINATED", "EXCLUDED"), DatabricksRunFailed, "its condition did not hold"),
        (State("SKIPPED", message="queue full"), DatabricksRunFailed, "skipped by Databricks.*queue full"),
        (
            State("INTERNAL_ERROR", "FAILED", "Cluster start failed", {"code": "CLOUD_FAILURE"}),
            ComputeUnavailable,
            "Cluster start failed.*quota",
        ),
        (
            State("TERMINATED", "FAILED", "no", {"code": "LIBRARY_INSTALLATION_ERROR"}),
            DatabricksRunFailed,
            "A library could not be installed",
        ),
    ],
)
def test_every_state_that_is_no_success_is_told_in_words(
    bench: Bench, databricks: LoopbackDatabricks, last: State, kind: type[LazuliteError], words: str
) -> None:
    databricks.runs.plan(
        State("QUEUED"), State("BLOCKED"), PENDING, State("WAITING_FOR_RETRY"), RUNNING, last
    )
    with pytest.raises(kind, match=words) as caught:
        bench.do()
    assert type(caught.value) is kind
    assert f"{databricks.host}/?o=1#job/1/run/1000" in caught.value.message


def test_a_failing_notebook_shows_its_own_traceback(
    bench: Bench, databricks: LoopbackDatabricks, capfd: pytest.CaptureFixture[str]
) -> None:
    databricks.runs.plan(
        RUNNING,
        State("TERMINATED", "FAILED", "Workload failed"),
        output={
            "error": "ValueError: bad",
            "error_trace": "Traceback (most recent call last):\nValueError: bad",
        },
    )
    with pytest.raises(DatabricksRunFailed):
        bench.do()
    assert "Traceback (most recent call last):\nValueError: bad" in capfd.readouterr().err
    assert "ValueError: bad" in Path("logs/databricks/error.txt").read_text()


# --- answers that are errors ---------------------------------------------------------------------------------


def test_a_token_that_is_not_accepted_is_told_before_anything_is_brought(
    bench: Bench, databricks: LoopbackDatabricks
) -> None:
    bench.token = "dapi-wrong"
    with pytest.raises(Unauthenticated, match=r"Make a new token .*attach the target again") as caught:
        bench.do(SCRIPT)
    assert "dapi-wrong" not in caught.value.message
    assert databricks.dbfs.files == {}


@pytest.mark.parametrize(
    ("path", "refused", "kind", "words"),
    [
        (
            "runs/submit",
            Refused(403, "PERMISSION_DENIED", "You are not authorized to create clusters"),
            InvalidRequest,
            "owner of the access token may not do this.*create clusters",
        ),
        (
            "runs/submit",
            Refused(400, "QUOTA_EXCEEDED", "The quota for the number of jobs has been reached"),
            InvalidRequest,
            "refused submitting the run: The quota",
        ),
        ("runs/get", Refused(403, "PERMISSION_DENIED", "no view"), InvalidRequest, "may not do this"),
        (
            "runs/get",
            Refused(400, "INVALID_PARAMETER_VALUE", "Run 1000 does not exist."),
            NotFound,
            "Run 1000 does not exist",
        ),
        (
            "dbfs/create",
            Refused(403, "PERMISSION_DENIED", "Public DBFS root is disabled"),
            InvalidRequest,
            "switched its DBFS off.*upload_path=",
        ),
        ("scopes/create", Refused(404, "ENDPOINT_NOT_FOUND", "none"), None, ""),
    ],
)
def test_refusals(
    bench: Bench,
    databricks: LoopbackDatabricks,
    path: str,
    refused: Refused,
    kind: type[LazuliteError] | None,
    words: str,
) -> None:
    databricks.refusals.plan(path, refused, times=100)
    if kind is None:  # a step without data with credentials needs no secrets
        bench.do(SCRIPT)
        return
    with pytest.raises(kind, match=words):
        bench.do(SCRIPT)
    if path == "runs/submit":
        assert databricks.dbfs.files == {}


def test_throttling_and_trouble_are_waited_out(
    bench: Bench, databricks: LoopbackDatabricks, capfd: pytest.CaptureFixture[str]
) -> None:
    databricks.refusals.plan(
        "runs/submit", Refused(429, "REQUEST_LIMIT_EXCEEDED", "slow down", {"Retry-After": "0"})
    )
    databricks.refusals.plan("runs/submit", Refused(500, "INTERNAL_ERROR", "trouble"), times=2)
    databricks.refusals.plan("runs/get", Refused(504, "DEADLINE_EXCEEDED", "gateway"), times=3)
    bench.do()
    assert len(databricks.runs.submitted) == 1
    told = capfd.readouterr().out
    assert told.count("failed while submitting the run: trouble. Submit again later. It is tried again.") == 2
    assert told.count("The run could not be looked at (gateway)") == 3


def test_a_host_that_does_not_answer(bench: Bench, databricks: LoopbackDatabricks) -> None:
    databricks.refusals.plan("runs/submit", Refused(500, "INTERNAL_ERROR", "down"), times=100)
    with pytest.raises(ComputeUnavailable, match="failed while submitting the run: down"):
        bench.do()
    assert len(databricks.paths("runs/submit")) == 6


# --- tries ---------------------------------------------------------------------------------------------------


def test_the_next_try_takes_up_the_run_that_was_submitted(
    bench: Bench, databricks: LoopbackDatabricks, capfd: pytest.CaptureFixture[str]
) -> None:
    order = bench.order()
    databricks.refusals.plan("runs/get", Refused(403, "PERMISSION_DENIED", "for a while"))
    with pytest.raises(InvalidRequest, match="for a while"):
        bench.do(SCRIPT, order)
    assert databricks.dbfs.files  # the run goes on, and needs them
    bench.do(SCRIPT, order)
    assert len(databricks.paths("runs/submit")) == 1
    assert databricks.dbfs.files == {}


def test_a_try_that_died_before_it_wrote_down_the_run_finds_it_by_its_token(
    bench: Bench, databricks: LoopbackDatabricks
) -> None:
    order = bench.order()
    bench.do(NOTEBOOK, order)
    (bench.artifacts / "logs" / "azureml" / "databricks_run.json").unlink()
    bench.do(NOTEBOOK, order)
    assert len(databricks.paths("runs/submit")) == 2
    assert len(databricks.runs.submitted) == 1


def test_a_run_id_of_any_length_makes_a_token(bench: Bench, databricks: LoopbackDatabricks) -> None:
    bench.do(run_id="r" * 90)
    assert len(databricks.runs.submitted[0].request["idempotency_token"]) == 64


# --- cancellation --------------------------------------------------------------------------------------------


def test_sigterm_cancels_the_run(bench: Bench, databricks: LoopbackDatabricks) -> None:
    databricks.runs.plan(PENDING, RUNNING)

    def get(query: Mapping[str, Any]) -> dict[str, Any]:
        if databricks.runs.submitted[0].looks == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return databricks.runs.get(query)

    databricks.answers("GET", "jobs/runs/get", get)
    with pytest.raises(SystemExit) as caught:
        bench.do(SCRIPT)
    assert caught.value.code == 143
    (submitted,) = databricks.runs.submitted
    assert submitted.is_cancel_asked
    assert submitted.state.result == "CANCELED"
    assert databricks.dbfs.files == {}


# --- data ----------------------------------------------------------------------------------------------------


def test_data_that_a_cluster_cannot_reach_are_told_before_anything_is_asked(
    bench: Bench, databricks: LoopbackDatabricks
) -> None:
    inputs = (JobInput("raw", "data", "a/b", mode="direct"),)
    with pytest.raises(
        InvalidRequest, match=r"'raw' of step 'aggregate' is on the datastore 'data'.*DataTransferStep"
    ):
        bench.do(inputs=inputs)
    assert databricks.calls == []


#: As an account's key looks.
KEY = "dmVyeSBzZWNyZXQgZm9yIHRlc3Rz"


def _blob(bench: Bench, **changes: Any) -> Datastore:
    secret = seal(sealing_key(str(bench.home)), json.dumps(changes.pop("credentials")))
    fixed = {"type": "azure_blob", "container_name": "raw", "account_name": "acc", "auth": "account_key"}
    return Datastore("blob", **{**fixed, **changes}, secret=secret)


def _order_with_input(bench: Bench, store: Datastore) -> TaskOrder:
    order = bench.order(
        inputs=(JobInput("words", "blob", "in/words.txt", mode="direct"),), datastores={"blob": store}
    )
    return replace(order, inputs=addresses(order.job))


@pytest.mark.parametrize(
    ("store", "address", "widgets", "setting"),
    [
        (
            {"credentials": {"account_key": KEY}},
            "wasbs://raw@acc.blob.core.windows.net/in/words.txt",
            {"words_blob_config": "fs.azure.account.key.acc.blob.core.windows.net"},
            "spark.hadoop.fs.azure.account.key.acc.blob.core.windows.net",
        ),
        (
            {"auth": "sas", "credentials": {"sas_token": f"sv=2024-08-04&sig={KEY}"}},
            "wasbs://raw@acc.blob.core.windows.net/in/words.txt",
            {"words_blob_config": "fs.azure.sas.raw.acc.blob.core.windows.net"},
            "spark.hadoop.fs.azure.sas.raw.acc.blob.core.windows.net",
        ),
        (
            {
                "type": "adls_gen2",
                "auth": "service_principal",
                "options": {"tenant_id": "t1", "client_id": "c1"},
                "credentials": {"client_secret": KEY},
            },
            "abfss://raw@acc.dfs.core.windows.net/in/words.txt",
            {
                "words_adls_clientid": "c1",
                "words_adls_refresh_url": "https://login.microsoftonline.com/t1/oauth2/token",
            },
            "spark.hadoop.fs.azure.account.oauth2.client.secret.acc.dfs.core.windows.net",
        ),
    ],
)
def test_credentials_of_the_data_are_secrets_there_while_the_run_lasts(
    bench: Bench,
    databricks: LoopbackDatabricks,
    store: dict[str, Any],
    address: str,
    widgets: dict[str, str],
    setting: str,
) -> None:
    order = _order_with_input(bench, _blob(bench, **store))
    (value,) = store["credentials"].values()
    seen: list[dict[str, str]] = []
    databricks.runs.on_end = lambda _: seen.append(dict(databricks.secrets.scopes["amlscope"]))
    bench.do(NOTEBOOK, order)
    (submitted,) = databricks.runs.submitted
    key = f"lazulite-{order.job.run_id}-words"
    given = submitted.task["notebook_task"]["base_parameters"]
    kind = "adls" if "words_adls_clientid" in widgets else "blob"
    assert given == {"words": address, f"words_{kind}_secretname": key, **widgets}
    reference = "{{secrets/amlscope/" + key + "}}"
    assert submitted.task["new_cluster"]["spark_conf"][setting] == reference
    assert KEY not in json.dumps(submitted.request)
    assert seen == [{key: value}]
    assert databricks.secrets.scopes == {"amlscope": {}}  # deleted when the run was over


def test_where_no_scope_of_ones_own_is_permitted_the_cluster_gets_no_credentials(
    bench: Bench, databricks: LoopbackDatabricks, capfd: pytest.CaptureFixture[str]
) -> None:
    databricks.secrets.is_premium = False
    bench.do(NOTEBOOK, _order_with_input(bench, _blob(bench, credentials={"account_key": KEY})))
    (submitted,) = databricks.runs.submitted
    assert list(submitted.task["notebook_task"]["base_parameters"]) == ["words"]
    assert "the cluster gets no credentials for the data" in capfd.readouterr().out


def test_a_script_is_told_the_data_with_one_dash(bench: Bench, databricks: LoopbackDatabricks) -> None:
    order = _order_with_input(bench, _blob(bench, credentials={"account_key": KEY}))
    bench.do(replace(SCRIPT, path="dbfs:/a.py", file=""), replace(order, arguments=("own",)))
    parameters = databricks.runs.submitted[0].task["spark_python_task"]["parameters"]
    assert parameters[:3] == ["own", "-words", "wasbs://raw@acc.blob.core.windows.net/in/words.txt"]
