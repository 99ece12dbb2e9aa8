"""The entry point: what it loads, which errors become which exit codes, and that the reference names every command."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from lazulite.cli import exit_codes, failures
from lazulite.cli.main import cli, main
from lazulite.model import errors
from lazulite.sdk.exceptions import UserErrorException, v1_errors

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "command-line.md"
HEAVY = ("lazulite.sdk", "lazulite.service", "rich", "sqlalchemy", "yaml", "psutil", "asyncio")


def commands(group: click.Group, above: str = "lazulite") -> Iterator[tuple[str, click.Command]]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            if isinstance(command, click.Group):
                yield from commands(command, f"{above} {name}")
            else:
                yield f"{above} {name}", command


def test_the_reference_names_every_command_and_option() -> None:
    text = REFERENCE.read_text()
    missing = []
    for path, command in commands(cli):
        if not re.search(rf"`{path}[ `]", text):
            missing.append(path)
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                missing += [
                    f"{path} {option}"
                    for option in parameter.opts
                    if option.startswith("--") and option != "--folder" and f"{option}" not in text
                ]
    assert missing == []


def test_the_reference_names_no_command_that_is_not_there() -> None:
    known = {path for path, _ in commands(cli)}
    named = re.findall(r"^\| \[?`(lazulite(?: [a-z][a-z0-9-]*)+)", REFERENCE.read_text(), re.MULTILINE)
    assert set(named) == known


def test_the_reference_and_the_help_tell_the_same_exit_codes() -> None:
    told = set(re.findall(r"^\| (\d+) \| ", REFERENCE.read_text(), re.MULTILINE))
    constants = {
        str(value) for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)
    }
    assert told == constants
    assert set(re.findall(r"^  (\d+) ", exit_codes.HELP, re.MULTILINE)) == constants - {"141"}


def test_every_command_that_shows_something_takes_json() -> None:
    silent = {
        "lazulite workspaces delete",
        "lazulite computes delete",
        "lazulite datastores unregister",
        "lazulite datastores set-default",
        "lazulite secrets set",
        "lazulite secrets get",
        "lazulite secrets delete",
        "lazulite pipelines delete",
        "lazulite schedules enable",
        "lazulite schedules disable",
        "lazulite schedules delete",
        "lazulite retention set",
        "lazulite serve",
        "lazulite demo",
        "lazulite completion",
        "lazulite login",
        "lazulite logout",
        "lazulite users disable",
        "lazulite users enable",
        "lazulite tokens revoke",
        "lazulite roles grant",
        "lazulite roles revoke",
    }
    without = {
        path for path, command in commands(cli) if all("--json" not in one.opts for one in command.params)
    }
    assert without == silent


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from lazulite.cli.main import main; assert main(['--help']) == 0; "
        f"sys.exit(' '.join(name for name in {HEAVY!r} if name in sys.modules) or None)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""
    assert result.returncode == 0
    assert "Exit codes:" in result.stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NotFound("no"), 3),
        (errors.ServiceUnavailable("no"), 4),
        (errors.InvalidName("no"), 2),
        (errors.Conflict("no"), 1),
        (errors.StorageFull("no"), 1),
        (UserErrorException("no"), 1),
        (OSError(errno.ENOSPC, "No space left on device", "/data"), 1),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/data"), 3),
        (click.UsageError("no"), 2),
        (ZeroDivisionError("no"), 1),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: Exception, code: int) -> None:
    assert failures.explained(error)[1] == code


def test_the_error_behind_an_sdk_error_decides() -> None:
    with pytest.raises(Exception, match="no such thing") as caught, v1_errors():
        raise errors.NotFound("no such thing")
    assert not isinstance(caught.value, errors.LazuliteError)
    assert failures.explained(caught.value) == ("no such thing", 3)


def test_an_unexpected_error_is_one_line_and_a_traceback_only_if_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAZULITE_DEBUG", raising=False)
    assert failures.report(ZeroDivisionError("odd")) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: unexpected ZeroDivisionError: odd.")
    assert told.count("\n") == 1
    monkeypatch.setenv("LAZULITE_DEBUG", "1")
    failures.report(ZeroDivisionError("odd"))
    assert "Traceback" not in told
    assert capsys.readouterr().err.startswith("ZeroDivisionError: odd\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rusn"], "error: There is no command 'rusn'. Did you mean 'runs'? See: lazulite --help"),
        (
            ["runs", "lits"],
            "error: There is no command 'lits'. Did you mean 'list'? See: lazulite runs --help",
        ),
        (["runs", "show"], "error: Missing argument 'RUN'. See: lazulite runs show --help"),
        (
            ["runs", "list", "--limit", "many"],
            "error: Invalid value for '--limit' / '-n': 'many' is not a valid",
        ),
        (["runs", "logs", "last", "-f", "--json"], "error: -f shows logs as text"),
    ],
)
def test_a_wrong_command_line_is_answered_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)
    assert err.count("\n") == 1


def test_a_group_without_a_command_shows_its_help_and_is_a_usage_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["runs"]) == 2
    assert "explain" in capsys.readouterr().out
