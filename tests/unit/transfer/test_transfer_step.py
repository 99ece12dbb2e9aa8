"""DataTransferStep: what its constructor accepts and refuses, and the draft it becomes."""

from __future__ import annotations

from typing import Any

import pytest

from lazulite.graph.drafts import Produced, StepDraft
from lazulite.model.plan import DataSource, PathParameter, RunTask
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.port_data import PortDataReference
from lazulite.sdk.ports import InputPortBinding
from lazulite.sdk.sql_data_reference import SqlDataReference
from lazulite.sdk.steps.base import Author
from lazulite.sdk.steps.data_transfer import DataTransferStep
from lazulite.sdk.steps.python_script import PythonScriptStep

RAW = DataReference("store", "raw", "raw/2019")
THERE = DataReference("lake", "there", "copies/2019/")
QUERY = SqlDataReference("db", "rows", sql_query="SELECT 1")
TABLE = SqlDataReference("db", "orders", sql_table="sales.orders")
PLACE = PipelineParameter("place", DataPath("lake", "x"))


def transfer(source: Any = RAW, destination: Any = THERE, **fields: Any) -> DataTransferStep:
    return DataTransferStep("copy", source, destination, **{"compute_target": "factory", **fields})


def draft(step: DataTransferStep) -> StepDraft:
    return step._draft(Author())


def test_a_transfer_is_a_task_between_two_places():
    found = draft(transfer(source_reference_type="Directory"))
    assert found.action == RunTask(
        "transfer", {"source": {"type": "directory"}, "destination": {"type": None}}
    )
    (source,), (output,) = found.inputs, found.outputs
    assert (source.name, source.source, source.mode) == ("raw", DataSource("store", "raw/2019"), "direct")
    assert (output.name, output.datastore, output.path) == ("_data_transfer_output", "lake", "copies/2019")
    assert (output.mode, output.place, found.source_directory, found.problems) == ("direct", None, "", ())


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (PortDataReference(None, "run", DataReference("store", "p", "a/b")), DataSource("store", "a/b")),
        (InputPortBinding("other", RAW, "download", "here"), DataSource("store", "raw/2019")),
        ((DataPath("store", "a"), DataPathComputeBinding("download")), DataSource("store", "a")),
        (DataPath("store", "a"), DataSource("store", "a")),
        (PLACE, PathParameter("place")),
        (TABLE, DataSource("db", "sales.orders")),
        (QUERY, DataSource("db", "")),
    ],
)
def test_what_a_source_can_be(given, place):
    (source,) = draft(transfer(given)).inputs
    assert (source.source, source.mode, source.path_on_compute) == (place, "direct", None)


def test_a_source_can_be_the_output_of_another_step():
    clean = PipelineData("clean")
    (source,) = draft(transfer(clean)).inputs
    assert source.source == Produced(clean._token, "clean")


@pytest.mark.parametrize(
    ("given", "datastore", "path"),
    [
        (PortDataReference(None, "run", DataReference("store", "p", "a/b")), "store", "a/b"),
        (InputPortBinding("other", THERE), "lake", "copies/2019"),
        ((DataPath("lake", "a"), DataPathComputeBinding()), "lake", "a"),
        (TABLE, "db", "sales.orders"),
        (DataReference("lake", "root"), "lake", ""),
    ],
)
def test_what_a_destination_can_be(given, datastore, path):
    (output,) = draft(transfer(destination=given)).outputs
    assert (output.datastore, output.path) == (datastore, path)


@pytest.mark.parametrize("given", [PLACE, (PLACE, DataPathComputeBinding())])
def test_a_parameter_says_where_to(given):
    found = draft(transfer(destination=given))
    assert found.outputs[0].place == PathParameter("place")
    assert [one.name for one in found.used] == ["place"]


def test_rows_are_told_to_the_task():
    found = draft(transfer(QUERY, TABLE))
    assert found.action == RunTask(
        "transfer",
        {
            "source": {"query": "SELECT 1", "type": None},
            "destination": {"table": "sales.orders", "type": None},
        },
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": None}, "no source_data_reference"),
        ({"source": "raw/2019"}, "lists 'raw/2019' among its inputs"),
        ({"destination": None}, "no destination_data_reference"),
        ({"destination": PipelineData("x")}, r"destination_data_reference=PipelineData\('x'\)"),
        ({"destination": QUERY}, "give sql_table"),
        ({"destination": PipelineParameter("word", "x")}, "Expected a DataPath as its default"),
        ({"source_reference_type": "folder"}, "source_reference_type='folder'"),
        ({"destination_reference_type": 3}, "destination_reference_type=3"),
        ({"allow_reuse": "no"}, "allow_reuse"),
    ],
)
def test_values_that_cannot_be_used_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        transfer(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": QUERY, "source_reference_type": "directory"}, "rows are one file"),
        ({"destination": TABLE, "destination_reference_type": "directory"}, "its destination is a table"),
        ({"destination": TABLE, "source_reference_type": "directory"}, "a directory onto a table"),
        (
            {"source_reference_type": "directory", "destination_reference_type": "file"},
            "a directory onto a file",
        ),
        ({"source": TABLE, "destination": TABLE}, "'sales.orders' of 'db' onto itself"),
        ({"compute_target": ("cpu", "AmlCompute")}, "runs on a DataFactoryCompute"),
    ],
)
def test_mistakes_of_the_whole_are_named_by_the_pipeline(fields, message):
    (problem,) = draft(transfer(**fields)).problems
    assert message in problem


def test_two_copies_feed_one_step_under_other_names():
    one, other = transfer(), transfer(destination=DataReference("lake", path_on_datastore="b"))
    given = [one.get_output().as_input("one"), other.get_output().as_input("other")]
    step = PythonScriptStep("train.py", inputs=given, compute_target="cpu")
    assert [declared.name for declared in step._declared.inputs] == ["one", "other"]
    with pytest.raises(ValueError, match="two inputs called '_data_transfer_output'"):
        PythonScriptStep("train.py", inputs=[one.get_output(), other.get_output()], compute_target="cpu")


def test_no_other_step_takes_rows():
    with pytest.raises(ValueError, match="Copy them into a file with a DataTransferStep"):
        PythonScriptStep("train.py", inputs=[QUERY], compute_target="cpu")


@pytest.mark.parametrize("fields", [{}, {"sql_table": "a", "sql_query": "b"}])
def test_a_reference_to_rows_is_one_thing(fields):
    with pytest.raises(UserErrorException):
        SqlDataReference("db", "rows", **fields)


@pytest.mark.parametrize("method", ["path", "as_mount", "as_download", "as_upload", "to_config"])
def test_rows_are_no_files(method):
    with pytest.raises(UserErrorException, match=f"'orders' has no {method}: it is rows"):
        getattr(TABLE, method)()
