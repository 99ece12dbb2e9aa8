"""Command lines: when a shell is needed, and that placeholders survive spaces and quotes."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.model.plan import (
    InputArgument,
    Literal,
    OutputArgument,
    ParameterArgument,
    RunProgram,
    RunShell,
)
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.run_configuration import RunConfiguration
from lazulite.sdk.steps.command import CommandStep
from lazulite.sdk.steps.command_line import needs_shell, shell_text, words


@pytest.mark.parametrize(
    "text",
    [
        "python train.py --rate 0.1",
        "echo 'a | b' \"c > d\"",
        r"echo a\|b \$HOME",
        "python t.py $AZUREML_DATAREFERENCE_raw/x.csv ${AML_PARAMETER_rate}",
        "echo '$HOME `date`'",
        "echo a~b c#d",
        "",
    ],
)
def test_plain_commands_need_no_shell(text):
    assert not needs_shell(text)


@pytest.mark.parametrize(
    "text",
    [
        "a | b",
        "a && b",
        "a || b",
        "a; b",
        "a > b",
        "a 2>&1",
        "a < b",
        "a &",
        "(a)",
        "a\nb",
        "echo $HOME",
        'echo "$HOME"',
        "echo $(date)",
        "echo `date`",
        'echo "`date`"',
        "ls *.csv",
        "ls ~/x",
        "A=1 python t.py",
        "cd x",
        "exit 3",
        "python t.py $AZUREML_DATAREFERENCE_raw | wc",
    ],
)
def test_what_a_shell_would_read_needs_one(text):
    assert needs_shell(text)


@given(st.text(alphabet="ab '\"\\x=-.,:/", max_size=20))
@settings(deadline=None, max_examples=60)
def test_without_a_shell_the_words_are_those_a_shell_would_find(text):
    if needs_shell(text):
        return
    try:
        found = words(text)
    except ValueError:
        return  # an open quote is refused in both
    shown = subprocess.run(
        ["sh", "-c", f"printf '%s\\0' x {text}"], capture_output=True, check=True, text=True, env={}
    ).stdout
    assert shown.split("\0")[1:-1] == found


@pytest.mark.parametrize(
    "text",
    [
        "cat $AZUREML_DATAREFERENCE_raw",
        'cat "$AZUREML_DATAREFERENCE_raw"',
        "cat '$AZUREML_DATAREFERENCE_raw'",
        "cat ${AZUREML_DATAREFERENCE_raw}",
        "cat '${AZUREML_DATAREFERENCE_raw}'",
    ],
)
def test_a_path_with_a_space_stays_one_word(text, tmp_path: Path):
    file = tmp_path / "with  space; rm"
    file.write_text("content")
    done = subprocess.run(
        ["sh", "-c", shell_text(text)],
        check=False,
        capture_output=True,
        text=True,
        env={"AZUREML_DATAREFERENCE_raw": str(file)},
    )
    assert done.stdout == "content", done.stderr


def test_text_behind_a_known_name():
    assert shell_text("$AZUREML_DATAREFERENCE_raw_v2", ["AZUREML_DATAREFERENCE_raw"]) == (
        '"${AZUREML_DATAREFERENCE_raw}"_v2'
    )
    assert shell_text(
        "$AZUREML_DATAREFERENCE_raw2", ["AZUREML_DATAREFERENCE_raw", "AZUREML_DATAREFERENCE_raw2"]
    ) == ('"${AZUREML_DATAREFERENCE_raw2}"')


# --- the step ------------------------------------------------------------------------------------------------


def test_a_text_becomes_a_program():
    step = CommandStep("python 'my script.py' --rate 0.1")
    assert step.name == "CommandStep_python"
    assert isinstance(step._action, RunProgram)
    assert step._arguments == tuple(map(Literal, ["python", "my script.py", "--rate", "0.1"]))


def test_a_list_becomes_a_program_with_typed_arguments():
    raw, out, rate = DataReference("store", "raw", "r"), PipelineData("out"), PipelineParameter("rate", 0.1)
    step = CommandStep(
        ["/usr/bin/Rscript fit.R", "--data", raw, "--out", out, "--rate", rate, 3], outputs=[out]
    )
    assert step.name == "CommandStep_Rscript"
    assert step._arguments == (
        Literal("/usr/bin/Rscript"),
        Literal("fit.R"),
        Literal("--data"),
        InputArgument("raw"),
        Literal("--out"),
        OutputArgument("out"),
        Literal("--rate"),
        ParameterArgument("rate"),
        Literal("3"),
    )


def test_shell_operators_become_a_shell_command():
    raw = DataReference("store", "raw", "r")
    step = CommandStep(f"cat {raw} | wc -l > count.txt", inputs=[raw])
    assert step._action == RunShell('cat "${AZUREML_DATAREFERENCE_raw}" | wc -l > count.txt')
    assert step._arguments == ()


def test_operators_among_the_words_of_a_list():
    raw, rate = DataReference("store", "raw", "r"), PipelineParameter("rate", 0.1)
    step = CommandStep(["echo", rate, "&&", "cat", raw, ">", "x"])
    assert step._action == RunShell('echo "${AML_PARAMETER_rate}" && cat "${AZUREML_DATAREFERENCE_raw}" > x')
    assert step._reader.named == {"rate": ParameterArgument("rate")}
    assert [one.name for one in step._declared.inputs] == ["raw"]


def test_the_command_may_be_in_the_runconfig():
    configuration = RunConfiguration()
    configuration.command = "echo hello"
    assert CommandStep(runconfig=configuration)._arguments == (Literal("echo"), Literal("hello"))


@pytest.mark.parametrize("command", [None, "", "  ", [], [""], 3])
def test_no_command(command):
    with pytest.raises(ValueError, match="Expected a command"):
        CommandStep(command)


def test_an_open_quote():
    with pytest.raises(ValueError, match="No closing quotation"):
        CommandStep("echo 'a")


def test_quoting_of_shlex_is_what_the_step_reads_back():
    items = ["a b", "c'd", "$x", "*"]
    assert words(shlex.join(items)) == items
