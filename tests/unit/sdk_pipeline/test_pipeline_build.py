"""Building a pipeline against a real workspace: everything wrong is found, by name, before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lazulite.model.assets import Asset, AssetKind, ComputeTarget
from lazulite.model.codec import to_data
from lazulite.model.errors import InvalidRequest
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_graph import DataSourceNode, ModuleNode
from lazulite.sdk.steps.command import CommandStep
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.steps.sequence import StepSequence
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def ws(home: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    workspace = Workspace.create("built")
    capsys.readouterr()
    return workspace


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.py").write_text("")
    return folder


@pytest.fixture
def step(source: Path):
    def make(name: str, **fields: Any) -> PythonScriptStep:
        return PythonScriptStep(
            "a.py", name=name, **{"compute_target": "local", "source_directory": source, **fields}
        )

    return make


def names(pipeline: Pipeline) -> list[str]:
    return [node.name for node in pipeline.graph.module_nodes]


def test_any_nesting_of_any_iterable(ws, step):
    a, b, c, d, e = (step(name) for name in "abcde")
    pipeline = Pipeline(ws, [(a, [b]), iter([c]), {d}, StepSequence([e]), a])
    assert names(pipeline) == ["a", "b", "c", "d", "e"]
    assert names(Pipeline(ws, a)) == ["a"]
    assert names(Pipeline(workspace=ws, steps=[])) == []


def test_data_stand_for_their_producer(ws, step):
    data = PipelineData("d")
    step("prep", outputs=[data])
    assert names(Pipeline(ws, [data])) == ["prep"]
    with pytest.raises(ValueError, match="no step writes it"):
        Pipeline(ws, [PipelineData("x")])


@pytest.mark.parametrize("steps", ["train", ["train"], [None], None, {"a": 1}, [3]])
def test_what_is_no_step(ws, steps):
    with pytest.raises(ValueError, match="Expected steps, lists of steps"):
        Pipeline(ws, steps)


def test_needed_steps_are_taken_in(ws, step):
    data = PipelineData("d")
    prep, clean = step("prep", outputs=[data]), step("clean")
    train = step("train", inputs=[data])
    prep.run_after(clean)
    assert names(Pipeline(ws, [train])) == ["clean", "prep", "train"]
    with pytest.raises(
        ValueError, match="'train' takes the data 'd' from step 'prep', which is not in the list"
    ):
        Pipeline(ws, [train], resolve_closure=False)
    assert names(Pipeline(ws, [train, prep, clean], resolve_closure=False)) == ["clean", "prep", "train"]


def test_a_cell_run_twice_makes_no_second_writer(ws, step):
    data = PipelineData("d")
    step("prep", outputs=[data])
    prep = step("prep", outputs=[data])
    assert names(Pipeline(ws, [prep, step("train", inputs=[data])])) == ["prep", "train"]


def test_all_mistakes_at_once_as_both_kinds_of_error(ws, source):
    lost = PythonScriptStep("gone.py", compute_target="clusterr", source_directory=source)
    homeless = PythonScriptStep("a.py", name="homeless", source_directory=source)
    for kind in (ValueError, UserErrorException):
        with pytest.raises(kind) as caught:
            Pipeline(ws, [lost, homeless])
        text = str(caught.value)
        assert text.startswith("The pipeline has 3 errors:")
        assert "cannot find its script 'gone.py'" in text
        assert "'clusterr'" in text
        assert "Step 'homeless' has no compute target" in text


def test_cycles_are_found_at_build(ws, step):
    a, b = step("a"), step("b")
    a.run_after(b)
    b.run_after(a)
    with pytest.raises(ValueError, match="a → b → a"):
        Pipeline(ws, [a, b])


def test_datastores(ws, step):
    with pytest.raises(ValueError, match="Did you mean 'workspaceblobstore'"):
        Pipeline(ws, [step("a", inputs=[DataReference("workspaceblobstor", "raw")])])
    data = PipelineData("d")
    pipeline = Pipeline(ws, [step("a", outputs=[data])], default_datastore="workspacefilestore")
    assert pipeline.graph.module_nodes[0].outputs[0].datastore_name == "workspacefilestore"
    with pytest.raises(ValueError, match="default_datastore 'nowhere'"):
        Pipeline(ws, [], default_datastore="nowhere")


def test_default_source_directory(ws, source):
    step = PythonScriptStep("a.py", compute_target="local")
    Pipeline(ws, [step], default_source_directory=str(source))


def test_the_workspace_may_choose_the_scope(ws, step):
    service = ws._service
    record = service.get_workspace(ws._id)
    service.update_workspace(replace(record, settings={"reuse.scope": "script"}))
    assert Pipeline(ws, [step("a")])._frozen.plan.steps[0].scope == "script"
    with pytest.raises(InvalidRequest, match=r"reuse\.scope is 'everything'"):
        service.update_workspace(replace(record, settings={"reuse.scope": "everything"}))


def test_unknown_keywords(ws):
    with pytest.raises(ValueError, match=r"no parameter 'desription'\. Did you mean 'description'"):
        Pipeline(ws, [], desription="x")
    with pytest.raises(ValueError, match="Expected a Workspace"):
        Pipeline("ws", [])


def test_validate_looks_at_the_workspace_as_it_is_now(ws, step, capsys):
    target = ComputeTarget("cpu")
    ws._service.put_asset(ws._id, Asset(AssetKind.COMPUTE, "cpu", to_data(target)))
    pipeline = Pipeline(ws, [step("a", compute_target=ws.compute_targets["cpu"])])
    assert pipeline.validate() == []
    assert "Step a is ready" in capsys.readouterr().out
    ws._service.delete_asset(ws._id, AssetKind.COMPUTE, "cpu")
    assert "wants the compute target 'cpu'" in pipeline.validate()[0]


def test_the_graph_shows_nodes_edges_and_parameters(ws, step):
    raw, mid = (
        DataReference("workspaceblobstore", "raw", "r"),
        PipelineData("mid", pipeline_output_name="end"),
    )
    rate = PipelineParameter("rate", 0.1)
    where = PipelineParameter("where", DataPath("workspaceblobstore", "w"))
    prep = step("prep", inputs=[raw], outputs=[mid], arguments=[rate])
    train = step("train", inputs=[mid.as_input("m"), raw, (where, DataPathComputeBinding())])
    last = step("last")
    last.run_after(train)
    pipeline = Pipeline(ws, [last, prep], description="shown")
    graph = pipeline.graph
    assert [node.name for node in graph.module_nodes] == ["prep", "train", "last"]
    assert sorted(node.name for node in graph.datasource_nodes) == ["raw", "where"]
    assert {type(node) for node in graph.nodes} == {ModuleNode, DataSourceNode}
    edges = {
        (e.source_port.node.name, e.source_port.name, e.dest_port.node.name, e.dest_port.name)
        for e in graph.edges
    }
    assert edges == {
        ("raw", "data", "prep", "raw"),
        ("prep", "mid", "train", "m"),
        ("raw", "data", "train", "raw"),
        ("where", "data", "train", "where"),
        ("train", "_run_after_output", "last", "_run_after_input_0"),
    }
    node = graph.node_name_dict["prep"][0]
    assert graph.get_node(node.node_id) is node
    assert node.get_output("mid").pipeline_output_name == "end"
    assert node.get_param("rate").get_value() == 0.1
    assert set(graph.params) == {"rate", "where"}
    assert graph.node_dict[graph.datasource_nodes[0].node_id].datasource_def is not None
    assert "Graph of 'shown': 3 steps, 2 data sources" in str(graph)
    assert graph.validate() == []
    assert prep.create_node(graph, None, ws) is node
    with pytest.raises(ValueError, match="not in this graph"):
        step("other").create_node(graph, None, ws)


def test_the_graph_is_a_view(ws, step):
    graph = Pipeline(ws, [step("a")]).graph
    node = graph.nodes[0]
    changes: tuple[Callable[[], object], ...] = (
        lambda: graph.delete_node(node.node_id),
        lambda: graph.sequence([]),
        lambda: node.run_after(node),
        graph.finalize,
    )
    for change in changes:
        with pytest.raises(NotImplementedError, match="cannot be changed"):
            change()


def test_equal_pipelines_have_equal_node_ids(ws, step):
    def build() -> list[str]:
        return [node.node_id for node in Pipeline(ws, [step("a"), step("b")]).graph.nodes]

    assert build() == build()


def test_what_comes_later_says_so(ws):
    with pytest.raises(UserErrorException, match="version"):
        Pipeline.load_yaml(ws, "x.yml")


def test_commands_need_no_script(ws, tmp_path):
    step = CommandStep("echo hello", compute_target="local", source_directory=tmp_path)
    assert names(Pipeline(ws, [step])) == ["CommandStep_echo"]
    with pytest.raises(ValueError, match="does not exist"):
        Pipeline(ws, [CommandStep("echo", compute_target="local", source_directory=tmp_path / "gone")])
