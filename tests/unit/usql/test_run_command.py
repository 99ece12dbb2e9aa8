"""`lazulite usql run`."""

import json

from click.testing import CliRunner

from lazulite.cli.usql_run import run

SCRIPT = """DECLARE EXTERNAL @least int = 1;
@a = EXTRACT n int, s string FROM "@@input@@" USING Extractors.Csv();
@b = SELECT s FROM @a WHERE n >= int.Parse("" + @least);
OUTPUT @b TO "/out.csv" USING Outputters.Csv();"""


def test_a_script_runs_on_a_folder(tmp_path):
    (tmp_path / "s.usql").write_text(SCRIPT)
    (tmp_path / "in.csv").write_text("1,a\n2,b\n")
    given = [
        str(tmp_path / "s.usql"),
        "--root",
        str(tmp_path),
        "--param",
        "input=/in.csv",
        "--set",
        "least=2",
        "--threads",
        "1",
    ]
    result = CliRunner().invoke(run, given, catch_exceptions=False)
    assert result.exit_code == 0
    assert "line 4: OUTPUT /out.csv, 1 rows, 5 bytes" in result.output
    assert (tmp_path / "out.csv").read_bytes() == b'"b"\r\n'
    told = json.loads(CliRunner().invoke(run, [*given, "--json"], catch_exceptions=False).output)
    assert [entry["rows"] for entry in told["log"]] == [None, None, 1]
