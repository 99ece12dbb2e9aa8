"""Steps: what their constructors accept and refuse, and the drafts they become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.graph.drafts import StepDraft
from lazulite.model.plan import (
    DataSource,
    InputArgument,
    Literal,
    OutputArgument,
    Parameter,
    ParameterArgument,
    PathParameter,
    RunScript,
)
from lazulite.model.values import DataPathValue
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.ports import InputPortBinding, OutputPortBinding, PortDataReference
from lazulite.sdk.run_configuration import RunConfiguration
from lazulite.sdk.steps.base import Author, PipelineStep
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.steps.sequence import StepSequence


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "lib").mkdir(parents=True)
    (folder / "train.py").write_text("")
    (folder / "lib" / "a.py").write_text("")
    return folder


def draft(step: PythonScriptStep, **author: Any) -> StepDraft:
    return step._draft(Author(**author))


def script(**fields: Any) -> PythonScriptStep:
    return PythonScriptStep("train.py", **{"compute_target": "cpu", **fields})


# --- arguments -----------------------------------------------------------------------------------------------


def test_arguments_become_typed_items(source):
    raw, clean, model = DataReference("store", "raw", "r"), PipelineData("clean"), PipelineData("model")
    rate = PipelineParameter("rate", 0.1)
    given = ["--raw", raw, "--in", clean, "--out", model, "--rate", rate, 1, 2.5, True, None, Path("x")]
    step = script(arguments=given, inputs=[raw, clean], outputs=[model], source_directory=source)
    assert draft(step).arguments == (
        Literal("--raw"),
        InputArgument("raw"),
        Literal("--in"),
        InputArgument("clean"),
        Literal("--out"),
        OutputArgument("model"),
        Literal("--rate"),
        ParameterArgument("rate"),
        *map(Literal, ("1", "2.5", "True", "None", "x")),
    )
    assert draft(step).used == (Parameter("rate", 0.1),)


def test_what_the_caller_gave_stays_as_it_is(source):
    place = (PipelineParameter("where", DataPath("store", "a")), DataPathComputeBinding())
    rate = PipelineParameter("rate", 0.1)
    arguments, inputs, outputs, params = (
        ["--rate", rate, place],
        [place],
        [PipelineData("o")],
        {"x": 1, "r": rate},
    )
    before = list(arguments), list(inputs), list(outputs), dict(params)
    for _ in range(2):  # sharing them between steps is allowed
        draft(
            script(
                arguments=arguments, inputs=inputs, outputs=outputs, params=params, source_directory=source
            )
        )
    assert (arguments, inputs, outputs, params) == before


@pytest.mark.parametrize("arguments", ["--rate 0.1", b"x", {"--rate": 1}, 3])
def test_arguments_must_be_a_list(arguments):
    with pytest.raises(ValueError, match="Expected a list, one item for each word"):
        script(arguments=arguments)


def test_pipeline_data_in_arguments_alone():
    with pytest.raises(ValueError, match=r"PipelineData\('clean'\) in its arguments. Add it to inputs"):
        script(arguments=[PipelineData("clean")])
    with pytest.raises(ValueError, match="Add it to inputs"):
        script(arguments=[OutputPortBinding("clean")])


def test_what_can_only_be_an_input_may_stand_in_arguments_alone(source):
    clean = PipelineData("clean")
    place = (DataPath("store", "p", name="place"), DataPathComputeBinding("download"))
    step = script(
        arguments=[DataReference("store", "raw", "r"), clean.as_input("c"), place, place],
        source_directory=source,
    )
    assert [(one.name, one.mode) for one in draft(step).inputs] == [
        ("raw", "mount"),
        ("c", "mount"),
        ("place", "download"),
    ]


def test_data_are_found_under_the_name_they_have_in_the_step(source):
    clean = PipelineData("clean", output_name="result")
    producer = script(arguments=[clean, f"{clean}/x.csv"], outputs=[clean], source_directory=source)
    assert draft(producer).arguments == (
        OutputArgument("result"),
        Literal("$AZUREML_DATAREFERENCE_result/x.csv"),
    )
    consumer = script(
        arguments=[clean, clean.as_input("c"), f"--in={clean}/x.csv", "${AZUREML_DATAREFERENCE_clean}!"],
        inputs=[clean.as_input("c")],
        source_directory=source,
    )
    assert draft(consumer).arguments == (
        InputArgument("c"),
        InputArgument("c"),
        Literal("--in=$AZUREML_DATAREFERENCE_c/x.csv"),
        Literal("${AZUREML_DATAREFERENCE_c}!"),
    )


def test_an_input_called_like_an_output_is_renamed(source):
    raw, out = DataReference("store", "data", "r"), PipelineData("data")
    step = script(arguments=[raw, out], inputs=[raw], outputs=[out], source_directory=source)
    assert draft(step).arguments == (InputArgument("INPUT_data"), OutputArgument("data"))
    assert [one.name for one in draft(step).inputs] == ["INPUT_data"]


def test_params_and_arguments(source):
    rate = PipelineParameter("rate", 0.1)
    step = script(
        params={"rate": rate, "n": 3}, arguments=["parameter:n", "parameter:rate", rate, "parameter:zzz"]
    )
    step._source_directory = str(source)
    made = draft(step)
    assert made.arguments == (
        Literal("3"),
        ParameterArgument("rate"),
        ParameterArgument("rate"),
        Literal("parameter:zzz"),
    )
    assert made.parameters == {"rate": ParameterArgument("rate"), "n": Literal("3")}
    assert made.used == (Parameter("rate", 0.1),)


def test_two_values_under_one_name():
    with pytest.raises(ValueError, match="AML_PARAMETER_rate: rename one"):
        script(params={"rate": 3}, arguments=[PipelineParameter("rate", 0.1)])
    with pytest.raises(ValueError, match="'a-b' and 'a_b', which would be the same environment variable"):
        script(params={"a-b": 1, "a_b": 2})
    with pytest.raises(ValueError, match="Expected a dict"):
        script(params=["rate"])


def test_a_step_among_the_arguments():
    with pytest.raises(ValueError, match=r"has the step 'train\.py' among its arguments"):
        script(name="b", arguments=[script()])


# --- inputs and outputs ----------------------------------------------------------------------------------------


def test_every_kind_of_input(source):
    clean, other = PipelineData("clean"), OutputPortBinding("other")
    where = PipelineParameter("where", DataPath("store", "a"))
    port = PortDataReference(None, "run", DataReference("store", "old", "azureml/1/old"))
    step = script(
        inputs=[
            DataReference("store", "raw", "./r/", "download", "here", overwrite=True),
            clean,
            InputPortBinding("bound", other, "direct"),
            (where, DataPathComputeBinding("download", "there")),
            (DataPath("store", "b", name="place"), DataPathComputeBinding()),
            port,
            port.as_download("again"),
        ],
        source_directory=source,
    )
    made = {one.name: one for one in draft(step).inputs}
    assert made["raw"].source == DataSource("store", "r")
    assert (made["raw"].mode, made["raw"].path_on_compute, made["raw"].overwrite) == (
        "download",
        "here",
        True,
    )
    assert made["bound"].mode == "mount"
    assert made["where"].source == PathParameter("where")
    assert (made["where"].mode, made["where"].path_on_compute) == ("download", "there")
    assert made["place"].source == DataSource("store", "b")
    assert made["old"].source == DataSource("store", "azureml/1/old")
    assert made["again"].mode == "download"
    assert draft(step).used == (Parameter("where", DataPathValue("store", "a")),)


def test_outputs(source):
    data = PipelineData("a", "store", "b", "upload", "left/here", output_overwrite=True, is_directory=False)
    step = script(outputs=[data, OutputPortBinding("c", pipeline_output_name="end")], source_directory=source)
    first, second = draft(step).outputs
    assert (first.name, first.datastore, first.mode, first.path_on_compute) == (
        "b",
        "store",
        "upload",
        "left/here",
    )
    assert (first.overwrite, first.is_directory) == (True, False)
    assert (second.name, second.datastore, second.pipeline_output_name) == ("c", None, "end")


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (["raw"], "lists 'raw' among its inputs. Expected PipelineData"),
        ([DataPath("store", "a")], "DataPathComputeBinding"),
        ([PipelineParameter("p", DataPath("store", "a"))], "DataPathComputeBinding"),
        (PipelineData("x"), r"Expected a list: inputs=\[…\]"),
        ("raw", r"Expected a list: inputs=\[…\]"),
        ([PipelineData("x"), PipelineData("x")], r"two inputs called 'x'. Rename one with as_input"),
        ([DataReference("store", "a b")], "'a b' is not a valid input name"),
        ([InputPortBinding("x", PipelineData("y"), "upload")], "mode 'upload'"),
    ],
)
def test_inputs_that_are_refused(inputs, words):
    with pytest.raises(ValueError, match=words):
        script(inputs=inputs)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([DataReference("store", "raw")], "use as_upload"),
        (["raw"], "Expected PipelineData or OutputPortBinding"),
        ([PipelineData("x"), PipelineData("y", output_name="x")], "two outputs called 'x'"),
        (PipelineData("x"), r"outputs=\[…\]"),
    ],
)
def test_outputs_that_are_refused(outputs, words):
    with pytest.raises(ValueError, match=words):
        script(outputs=outputs)


def test_a_refused_step_produces_nothing():
    data = PipelineData("x")
    with pytest.raises(ValueError, match="Expected a list"):
        script(outputs=[data], arguments="no")
    assert data._producer is None
    step = script(outputs=[data])
    assert data._producer is step


# --- where and how ---------------------------------------------------------------------------------------------


def configuration() -> RunConfiguration:
    made = RunConfiguration()
    made.target = "from-runconfig"
    made.node_count = 2
    made.max_run_duration_seconds = 60
    made.environment_variables = {"A": "1"}
    made.environment.python.conda_dependencies.add_pip_package("six")
    return made


@pytest.mark.parametrize(
    ("given", "expected"), [("cpu", "cpu"), (("cpu", "AmlCompute"), "cpu"), (None, None)]
)
def test_compute_targets(source, given, expected):
    made = draft(PythonScriptStep("train.py", compute_target=given, source_directory=source))
    assert (made.compute, made.problems) == (expected, ())


def test_what_the_runconfig_says(source):
    made = draft(PythonScriptStep("train.py", runconfig=configuration(), source_directory=source))
    assert (made.compute, made.node_count, made.timeout_seconds) == ("from-runconfig", 2, 60.0)
    assert made.environment.variables["A"] == "1"
    assert "six" in made.environment.pip
    made = draft(script(runconfig=configuration(), source_directory=source))
    assert made.compute == "cpu"


def test_compute_of_another_kind_is_a_problem_at_build(source):
    problem = draft(script(compute_target=("db", "Databricks"), source_directory=source)).problems[0]
    assert "cannot run on the compute target 'db' of type Databricks" in problem
    problem = draft(script(compute_target=3, source_directory=source)).problems[0]
    assert "compute_target=3" in problem


def test_target_is_an_alias_that_warns():
    with pytest.warns(UserWarning, match="Write compute_target") as caught:
        step = PythonScriptStep("train.py", target="cpu")
    assert caught[0].filename == __file__
    assert step._compute == "cpu"
    with pytest.raises(ValueError, match="both compute_target and target"):
        PythonScriptStep("train.py", compute_target="cpu", target="cpu")


def test_runconfig_parameters(source):
    nodes = PipelineParameter("nodes", 3)
    made = draft(script(runconfig_pipeline_params={"NodeCount": nodes}, source_directory=source))
    assert made.node_count == 3
    assert made.used == (Parameter("nodes", 3),)
    with pytest.raises(ValueError, match="Expected one of: NodeCount"):
        script(runconfig_pipeline_params={"Nodes": nodes})
    with pytest.raises(ValueError, match="Expected a PipelineParameter"):
        script(runconfig_pipeline_params={"NodeCount": 3})


@pytest.mark.parametrize(
    ("keyword", "value", "words"),
    [
        ("allow_reuse", "False", "Expected True or False"),
        ("hash_paths", "lib", "Expected a list of paths"),
        ("reuse_scope", "file", "Expected 'directory' or 'script'"),
        ("runconfig", "cpu", "Expected a RunConfiguration"),
        ("source_directory", 3, "Expected a path"),
        ("runconfig_pipeline_params", 3, "Expected a dict"),
    ],
)
def test_values_that_are_refused(keyword, value, words):
    with pytest.raises(ValueError, match=words):
        script(**{keyword: value})


def test_unknown_keywords_name_the_nearest():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'argument'\. Did you mean 'arguments'"):
        script(argument=[])
    with pytest.raises(ValueError, match="script_name is"):
        PythonScriptStep("")


# --- code --------------------------------------------------------------------------------------------------------


def test_names_and_scopes(source):
    made = draft(script(source_directory=source))
    assert (made.name, made.step_type, made.action) == ("train.py", "PythonScriptStep", RunScript("train.py"))
    assert (made.scope, made.source_directory) == ("directory", str(source))
    assert draft(script(source_directory=source), scope="script").scope == "script"
    assert draft(script(source_directory=source, hash_paths=["lib"])).scope == "script"
    assert (
        draft(script(source_directory=source, hash_paths=["lib"], reuse_scope="directory")).scope
        == "directory"
    )
    assert draft(script(name="n", version=3, source_directory=source)).version == "3"


def test_hash_paths_relative_and_absolute(source):
    made = draft(
        script(source_directory=source, hash_paths=["lib", str(source / "lib" / "a.py"), "./lib/../train.py"])
    )
    assert made.hash_paths == ("lib", "lib/a.py", "train.py")
    problems = draft(script(source_directory=source, hash_paths=["gone.py", "../x", "/etc/hosts"])).problems
    assert "'gone.py' in hash_paths, and there is no such file" in problems[0]
    assert "'../x' in hash_paths, which is outside" in problems[1]
    assert "'/etc/hosts' in hash_paths, which is outside" in problems[2]


def test_scripts(source):
    assert draft(script(source_directory=source)).problems == ()
    absolute = PythonScriptStep(str(source / "lib" / "a.py"), source_directory=source, compute_target="cpu")
    assert draft(absolute).action == RunScript("lib/a.py")
    dotted = PythonScriptStep("./train.py", source_directory=source, compute_target="cpu")
    assert draft(dotted).action == RunScript("train.py")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trian.py", "cannot find its script 'trian.py' in '{}'. Did you mean 'train.py'?"),
        ("lib", "has the script 'lib', which is a folder"),
        ("../train.py", "outside its source directory '{}'"),
    ],
)
def test_scripts_that_are_not_there(source, name, words):
    (problem,) = draft(PythonScriptStep(name, source_directory=source, compute_target="cpu")).problems
    assert words.format(source) in problem


def test_source_directories(source, monkeypatch):
    assert "does not exist" in draft(script(source_directory=source / "gone")).problems[0]
    assert "is a file" in draft(script(source_directory=source / "train.py")).problems[0]
    assert draft(script(), default_source_directory=str(source)).source_directory == str(source)
    monkeypatch.chdir(source)
    assert draft(script()).source_directory == str(source)


# --- order -------------------------------------------------------------------------------------------------------


def test_run_after(source):
    first, second = script(source_directory=source), script(source_directory=source)
    assert second.run_after(first) is None  # type: ignore[func-returns-value]
    assert second.run_after_steps == [first]
    assert draft(second).after == (first._key,)
    with pytest.raises(TypeError, match="call run_after once for each"):
        second.run_after([first])  # type: ignore[arg-type]


def test_sequences():
    assert list(StepSequence()) == []
    assert list(StepSequence(item for item in "ab")) == ["a", "b"]


# --- v1's tools for authors of steps -------------------------------------------------------------------------------


def test_tools_for_authors_of_steps(source):
    data, rate = PipelineData("d"), PipelineParameter("rate", 1)
    assert PipelineStep.resolve_input_arguments(["--x", data, rate, 3], [data], [], {}) == [
        "--x",
        "$AZUREML_DATAREFERENCE_d",
        "$AML_PARAMETER_rate",
        "3",
    ]
    PipelineStep.validate_arguments([data], [], [data])
    with pytest.raises(ValueError, match="Add it to inputs"):
        PipelineStep.validate_arguments([data], [], [])
    step = script(source_directory=source)
    inputs, outputs = step.create_input_output_bindings([data], [PipelineData("o")], "store")
    assert [one.name for one in inputs] == ["d"]
    assert [(one.name, one.datastore) for one in outputs] == [("o", "store")]
    definition = step.create_module_def("escloud", inputs, outputs)
    assert [one.name for one in definition.output_port_defs] == ["o", "_run_after_output"]
    assert definition.step_type == "PythonScriptStep"
    assert step.get_source_directory(None, str(source), "train.py") == str(source)
    with pytest.raises(ValueError, match="cannot find its script"):
        step.get_source_directory(None, str(source), "gone.py")


def test_a_copy_of_a_reference_among_the_arguments_means_the_input_of_its_name(source: Path) -> None:
    raw = DataReference("store", "raw", "a/b")
    step = script(source_directory=source, inputs=[raw.as_download()], arguments=["--raw", raw.as_mount()])
    made = draft(step)
    assert made.arguments == (Literal("--raw"), InputArgument("raw"))
    assert [(one.name, one.mode) for one in made.inputs] == [("raw", "download")]
    with pytest.raises(ValueError, match="two inputs called 'raw'"):
        script(source_directory=source, inputs=[raw], arguments=[DataReference("store", "raw", "elsewhere")])
