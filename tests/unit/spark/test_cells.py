"""What stands in cells: SQL with widgets, %run's arguments, paths on /dbfs, errors in words."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark import failures, magics
from lazulite.worker.tasks.spark.dbutils import Widgets
from lazulite.worker.tasks.spark.dbutils.widgets import InputWidgetNotDefined
from lazulite.worker.tasks.spark.python_code import LOOKUP, compiled, lookup
from lazulite.worker.tasks.spark.recording import Recording, Secrets
from lazulite.worker.tasks.spark.time_limit import time_limit


class Frame:
    columns = ("a",)


class Session:
    """Keeps what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []

    def sql(self, text: str, args: dict[str, str] | None = None) -> Frame:
        self.asked.append((text, args or {}))
        return Frame()


def asked(text: str, **widgets: str) -> list[tuple[str, dict[str, str]]]:
    session = Session()
    magics.run_sql(session, text, widgets)  # type: ignore[arg-type]
    return session.asked


def test_statements_end_at_semicolons_outside_of_texts_and_comments() -> None:
    text = "SELECT ';' AS a; -- one; two\nSELECT `b;c`;\n/* ; */ SELECT 3;;"
    assert list(magics.statements(text)) == [
        "SELECT ';' AS a",
        "-- one; two\nSELECT `b;c`",
        "/* ; */ SELECT 3",
    ]


def test_widgets_stand_in_sql_in_all_their_ways() -> None:
    assert asked("SELECT :day", day="1", other="2") == [("SELECT :day", {"day": "1"})]
    assert asked("SELECT ':day', a::int", day="1", int="2") == [("SELECT ':day', a::int", {})]
    assert asked("SELECT * FROM ${table}", table="t") == [("SELECT * FROM t", {})]
    assert asked("SELECT '$day', $other", day="1") == [("SELECT '1', $other", {})]
    assert asked("SELECT getArgument('day')", day="1") == [("SELECT '1'", {})]


def test_run_takes_widgets() -> None:
    assert magics.run_arguments("./a/b $x=\"1 2\" $y='z' $n=3") == ("./a/b", {"x": "1 2", "y": "z", "n": "3"})
    assert magics.run_arguments('"./my book"') == ("./my book", {})
    with pytest.raises(InvalidRequest, match="names no notebook"):
        magics.run_arguments("  ")


def test_pip_installs_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# ours\nrich\n\n", encoding="utf-8")
    found: list[object] = []
    magics.run_pip(
        f"install -q tqdm==4.0 'a[b]' -r {file} --index-url=https://x/simple",
        lambda *given: found.extend(given),
    )
    assert found == [["tqdm==4.0", "a[b]", "rich"], ["https://x/simple"]]
    for refused in ("uninstall tqdm", "install --user"):
        with pytest.raises(InvalidRequest, match=refused):
            magics.run_pip(refused, lambda *_: None)


def value_of(text: str, **names: object) -> object:
    code, last = compiled(text, "<cell>", shows=True)
    found = {LOOKUP: lookup(lambda path: path.replace("/dbfs", "/here")), **names}
    exec(code, found)
    assert last is not None
    return eval(last, found)


def test_paths_on_dbfs_are_looked_up() -> None:
    assert value_of("'/dbfs/mnt/x'") == "/here/mnt/x"
    assert value_of("f'/dbfs/mnt/{n}/y'", n="d") == "/here/mnt/d/y"
    assert value_of("f\"{'/dbfs/a'}b\"") == "/here/ab"
    assert value_of("'/dbfsx', 'a /dbfs/b'") == ("/dbfsx", "a /dbfs/b")
    assert value_of("x: str = '/dbfs/a'\nx") == "/here/a"
    assert value_of("def f(p='/dbfs/d'):\n    '/dbfs/doc'\n    return p, f.__doc__\nf()") == (
        "/here/d",
        "/dbfs/doc",
    )


def test_the_last_expression_is_shown_unless_it_ends_in_a_semicolon() -> None:
    assert compiled("1 + 1", "<cell>", shows=True)[1] is not None
    assert compiled("1 + 1;", "<cell>", shows=True)[1] is None
    assert compiled("x = 1", "<cell>", shows=True)[1] is None


def test_code_is_compiled_as_its_author_wrote_it() -> None:
    """Annotations are types, as without `from __future__`; pandas_udf reads them."""
    assert value_of("def f(a: int): ...\nf.__annotations__") == {"a": int}
    assert value_of("%%time\n1 + 1") == 2


def test_a_magic_in_the_middle_of_python_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidRequest, match="%who") as caught:
        compiled("x = 1\n%who x", "<cell>", shows=True)
    assert caught.value.details["line"] == 2


def test_widgets_given_by_the_step_win_and_stay() -> None:
    widgets = Widgets({"day": "today"})
    widgets.text("day", "never", "The day")
    widgets.dropdown("size", "small", ["small", "large"])
    assert (widgets.get("day"), widgets.get("size")) == ("today", "small")
    widgets.removeAll()
    assert widgets.get("day") == "today"
    assert widgets.getArgument("size", "none") == "none"
    with pytest.raises(InputWidgetNotDefined, match="No input widget named size"):
        widgets.get("size")
    with pytest.raises(ValueError, match="none of"):
        widgets.dropdown("size", "big", ["small"])


def test_secrets_are_blotted_out_of_what_is_kept() -> None:
    secrets = Secrets()
    secrets.add("s3cr3t-value")
    recording = Recording(secrets)
    recording.begin()
    recording.error("ValueError", "got s3cr3t-value", "Traceback\ns3cr3t-value")
    assert "s3cr3t" not in str(recording.outputs)
    assert recording.outputs[0]["evalue"] == "got [REDACTED]"


def test_of_much_that_a_cell_writes_the_beginning_is_kept() -> None:
    recording = Recording(Secrets())
    outputs = recording.begin()
    for _ in range(30):
        recording.stream("stdout", "x" * 50_000)
    assert 1 << 20 <= len(outputs[0]["text"]) < (1 << 20) + 50
    assert outputs[0]["text"].endswith("The rest is in the step's log.\n")
    recording.begin()
    recording.stream("stdout", "y")
    assert recording.outputs[0]["text"] == "y"


def waits() -> None:
    """As the connection to the JVM, which makes an error of its own of whatever interrupts it."""
    try:
        signal.pause()
    except TimeoutError as error:
        raise ConnectionError from error


def test_limits_of_time_lie_in_each_other() -> None:
    before = signal.getitimer(signal.ITIMER_REAL)[0]  # pytest's own
    with pytest.raises(TimeoutError, match="the outer one"), time_limit(0.3, "the outer one"):  # noqa: PT012
        with (
            pytest.raises(TimeoutError, match=r"the inner one ran for more than 0\.1 s"),
            time_limit(0.1, "the inner one"),
        ):
            waits()
        waits()
    with (
        pytest.raises(TimeoutError, match="the outer one"),
        time_limit(0.1, "the outer one"),
        time_limit(60, "the inner one"),
    ):
        waits()
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (before > 0)


def test_spark_errors_lose_their_java_stack_and_gain_a_hint() -> None:
    java = 'o1.text.\n: UnsupportedFileSystemException: No FileSystem for scheme "s3"\n\tat org.apache.X.y(Z.java:1)\n\tat b.c(D.java)'
    told = failures.words_of(RuntimeError(java))
    assert "\tat" not in told
    assert "Make the data an input or output" in told


def test_the_line_is_that_of_the_users_code() -> None:
    code, _ = compiled("def f():\n    raise ValueError('no')\n\nf()", "book.py, cell 3", shows=False)
    with pytest.raises(ValueError, match="no") as caught:
        exec(code, {})
    failure = failures.of_code(caught.value, "book.py, cell 3")
    assert failure.message == "book.py, cell 3, line 2: ValueError: no"
    assert "raise ValueError('no')" in failures.trimmed(caught.value)
