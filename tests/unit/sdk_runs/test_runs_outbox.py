"""The outbox from the script's side: lines never mix, never tear each other, and are seen at once."""

import json
import multiprocessing
import resource
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.model.outbox import ENV_ARTIFACTS, ENV_OUTBOX, CancelAsked, MetricLogged, RunPatched
from lazulite.model.run import Metric, RunPatch
from lazulite.sdk.exceptions import RunEnvironmentException, UserErrorException
from lazulite.sdk.outbox import Outbox, combined
from lazulite.sdk.run import Run
from lazulite.sdk.run_context import _SubmittedRun

AT = datetime(2024, 5, 1, tzinfo=timezone.utc)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """The environment of a job whose service cannot be reached: a file in place of the home folder."""
    nowhere = tmp_path / "home"
    nowhere.write_text("not a folder")
    monkeypatch.setenv("LAZULITE_HOME", str(nowhere))
    monkeypatch.delenv("LAZULITE_URL", raising=False)
    monkeypatch.setenv("AZUREML_RUN_ID", "step-1")
    monkeypatch.setenv("AZUREML_ROOT_RUN_ID", "pipeline-1")
    monkeypatch.setenv(ENV_OUTBOX, str(tmp_path / "outbox.jsonl"))
    monkeypatch.setenv(ENV_ARTIFACTS, str(tmp_path / "artifacts"))
    return tmp_path


def lines(folder: Path):
    return list(Outbox(folder / "outbox.jsonl").records())


def logged(folder: Path, run_id="step-1"):
    return [(m.name, m.kind, m.value) for m in Outbox(folder / "outbox.jsonl").metrics(run_id)]


def write_many(path: str, who: int, count: int, size: int) -> None:
    box = Outbox(path)
    for number in range(count):
        box.append(MetricLogged(f"run-{who}", Metric("m", "scalar", f"{number}:" + "x" * size, AT)))


def test_every_way_of_logging_reaches_the_outbox(job):
    run = Run.get_context(allow_offline=False)
    assert type(run) is _SubmittedRun
    run.log("loss", 0.5, step=3)
    run.log("unknown", None)
    run.log_list("all", [1, 2])
    run.log_row("row", x=1)
    run.log_table("table", {"x": [1, 2]})
    assert logged(job) == [
        ("loss", "scalar", 0.5),
        ("unknown", "scalar", None),
        ("all", "list", [1, 2]),
        ("row", "row", {"x": 1}),
        ("table", "table", {"x": [1, 2]}),
    ]
    assert Outbox(job / "outbox.jsonl").metrics("step-1")[0].step == 3


def test_changes_of_the_run_and_of_its_parent_reach_the_outbox(job):
    run = Run.get_context()
    run.tag("a", "b")
    run.set_tags({"n": 1})
    run.add_properties({"p": "q"})
    run.display_name = "shown"
    run.parent.tag("from", "a step")
    run.parent.log("best", 1)
    run.parent.cancel()
    run.cancel()
    assert lines(job)[:4] == [
        RunPatched("step-1", RunPatch(set_tags={"a": "b"})),
        RunPatched("step-1", RunPatch(set_tags={"n": "1"})),
        RunPatched("step-1", RunPatch(add_properties={"p": "q"})),
        RunPatched("step-1", RunPatch(display_name="shown")),
    ]
    assert lines(job)[4] == RunPatched("pipeline-1", RunPatch(set_tags={"from": "a step"}))
    assert logged(job, "pipeline-1") == [("best", "scalar", 1)]
    assert lines(job)[6:] == [CancelAsked("pipeline-1"), CancelAsked("step-1")]


def test_a_property_never_changes(job):
    run = Run.get_context()
    run.add_properties({"p": "1"})
    run.add_properties({"p": "1"})
    with pytest.raises(UserErrorException, match="Properties never change"):
        run.add_properties({"p": "2"})


def test_an_outbox_that_cannot_be_written_fails_nothing(job, monkeypatch, capsys):
    monkeypatch.setenv(ENV_OUTBOX, str(job / "nowhere" / "outbox.jsonl"))
    run = Run.get_context()
    run.log("loss", 1)
    run.tag("a", "b")
    run.cancel()
    told = capsys.readouterr().err
    assert told.count("could not record") == 3
    assert "metric 'loss'" in told


def test_wrong_use_is_still_told_where_it_happens(job):
    with pytest.raises(UserErrorException):
        Run.get_context().log("loss", [1, 2])
    assert lines(job) == []


def test_files_go_to_the_runs_folder_at_once(job, monkeypatch):
    monkeypatch.chdir(job)
    Path("a.txt").write_text("one")
    run = Run.get_context()
    run.upload_file("outputs/a.txt", "a.txt")
    run.upload_file("outputs/a.txt", "a.txt")  # the same content again is no mistake
    assert run.get_file_names() == ["outputs/a.txt"]
    Path("a.txt").write_text("two")
    with pytest.raises(UserErrorException, match="never replaced"):
        run.upload_file("outputs/a.txt", "a.txt")
    for name in ("../a.txt", "/a.txt", "x/../../a.txt", "", "."):
        with pytest.raises(UserErrorException, match="cannot be the name"):
            run.upload_file(name, "a.txt")
    assert (job / "artifacts/outputs/a.txt").read_text() == "one"


def test_images_become_files_and_metrics(job):
    class Plot:
        def savefig(self, target, format):  # noqa: A002 - matplotlib's name
            target.write(b"PNG " + format.encode())

    run = Run.get_context()
    run.log_image("my/plot", plot=Plot())
    run.log_residuals("rest", {"schema_type": "residuals", "data": {"bin_edges": [1, 2]}})
    (image, rest) = logged(job)
    files = run.get_file_names()
    assert image[2] == f"aml://artifactId/ExperimentRun/dcid.step-1/{files[0]}"
    assert (job / "artifacts" / files[0]).read_bytes() == b"PNG png"
    assert rest[1] == "residuals"
    assert json.loads((job / "artifacts" / files[1]).read_text())["data"] == {"bin_edges": [1, 2]}
    for arguments in ({}, {"path": "a", "plot": Plot()}):
        with pytest.raises(UserErrorException, match="exactly one"):
            run.log_image("plot", **arguments)
    with pytest.raises(UserErrorException, match="savefig"):
        run.log_image("plot", plot=3)


def test_threads_and_processes_never_mix_their_lines(tmp_path):
    path, workers, count = str(tmp_path / "outbox.jsonl"), 4, 60
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=write_many, args=(path, who, count, 20_000)) for who in range(workers)
    ]
    for process in processes:
        process.start()
    threads = [
        threading.Thread(target=write_many, args=(path, who + 10, count, 100)) for who in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        process.join()
    assert (tmp_path / "outbox.jsonl").read_bytes().count(b"\n") == 2 * workers * count
    for who in (*range(workers), *range(10, 10 + workers)):
        values = [str(m.value).partition(":")[0] for m in Outbox(path).metrics(f"run-{who}")]
        assert values == [str(number) for number in range(count)]


def fill_the_disk(path: str) -> None:
    """Write while only a part of a record fits, then where there is room again."""
    box = Outbox(path)
    box.append(CancelAsked("one"))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (box.path.stat().st_size + 20, unlimited[1]))
    for lost in ("two", "three"):
        try:
            box.append(CancelAsked(lost))
        except OSError:
            continue
        raise AssertionError("the write that did not fit went unnoticed")
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    box.append(CancelAsked("four"))


def test_a_full_disk_costs_no_record_that_fitted(tmp_path):
    path = tmp_path / "outbox.jsonl"
    process = multiprocessing.get_context("fork").Process(target=fill_the_disk, args=(str(path),))
    process.start()
    process.join()
    assert process.exitcode == 0
    assert [record.run_id for record in Outbox(path).records()] == ["one", "four"]
    assert path.read_bytes().count(b"\n") == 3


def test_no_context_outside_a_job(monkeypatch):
    monkeypatch.delenv("AZUREML_RUN_ID", raising=False)
    monkeypatch.delenv(ENV_OUTBOX, raising=False)
    with pytest.raises(RunEnvironmentException, match="AZUREML_RUN_ID"):
        Run.get_context(allow_offline=False)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.text(min_size=1), st.text() | st.floats() | st.integers()), max_size=8))
def test_any_text_and_number_comes_back(tmp_path_factory, values):
    box = Outbox(tmp_path_factory.mktemp("box") / "outbox.jsonl")
    for name, value in values:
        box.append(MetricLogged("run", Metric(name, "scalar", value, AT)))
    assert [(m.name, repr(m.value)) for m in box.metrics("run")] == [(n, repr(v)) for n, v in values]


def test_text_that_is_no_utf8_is_kept_too(tmp_path):
    box = Outbox(tmp_path / "outbox.jsonl")
    box.append(MetricLogged("run", Metric("m", "scalar", "\udcff", AT)))
    assert box.metrics("run")[0].value == "\udcff"


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=12), st.integers(0, 12))
def test_records_and_outbox_together_hold_each_metric_once(values, taken):
    every = tuple(Metric("m", "scalar", value, AT) for value in values)
    assert combined(every[:taken], every) == every
    earlier = (Metric("earlier", "scalar", 0, AT),)
    assert combined(earlier, every) == (*earlier, *every)
