"""`lazulite usql check` tells what is wrong with a script."""

import json
from pathlib import Path

from lazulite.cli.main import main


def test_a_script_without_errors(tmp_path: Path, capsys):
    script = tmp_path / "daily.usql"
    script.write_text('\ufeff@a = EXTRACT a int FROM "@@in@@" USING Extractors.Csv();\n', encoding="utf-8")

    assert main(["usql", "check", str(script)]) == 0
    assert capsys.readouterr().out == f"{script}: 1 statements, no errors.\n"


def test_errors_come_with_their_places(tmp_path: Path, capsys):
    script = tmp_path / "daily.usql"
    script.write_text("@a = SELECT x FROM @b WHERE x = 1;\nOUTPUT @a;\n", encoding="utf-8")

    assert main(["usql", "check", str(script)]) == 1
    shown = capsys.readouterr().out
    assert "line 1, column 31: E_CSC_USER_SYNTAXERROR: '=' does not compare" in shown
    assert "Write == to compare." in shown
    assert shown.endswith("2 errors.\n")


def test_errors_as_data(tmp_path: Path, capsys):
    script = tmp_path / "daily.usql"
    script.write_text("OUTPUT @a;", encoding="utf-8")

    assert main(["usql", "check", str(script), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["line"], one["column"]) for one in told["problems"]] == [(1, 10)]


def test_a_script_that_is_not_there(tmp_path: Path, capsys):
    assert main(["usql", "check", str(tmp_path / "none.usql")]) == 3
