"""`RunDetails`: what it shows of a run, in text, in HTML and as v1's dict."""

from __future__ import annotations

import inspect
import json
import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.unit.sdk_runs.conftest import Recorded

from azureml.widgets import RunDetails
from lazulite.model.run import Metric, RunError, RunStatus
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.run import Run
from lazulite.sdk.widgets.widget_data import Watched
from lazulite.sdk.widgets.widget_page import page
from lazulite.sdk.widgets.widget_terminal import follow

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
MARKUP = "<script>alert('x')</script>"


@pytest.fixture
def failed(recorded: Recorded) -> Run:
    run = recorded.submit()
    recorded.status("", RunStatus.RUNNING, at=NOON)
    recorded.status("prepare", RunStatus.RUNNING, at=NOON)
    recorded.status("prepare", RunStatus.COMPLETED, at=NOON + timedelta(seconds=90))
    recorded.status("train", RunStatus.RUNNING, at=NOON + timedelta(seconds=90))
    recorded.log("train", f"epoch 1\n\x1b[31m{MARKUP}\x1b[0m\n")
    recorded.service.add_metrics(
        recorded.workspace._id,
        recorded.steps["train"],
        [Metric(MARKUP, "scalar", MARKUP, NOON), *(Metric("loss", "scalar", 1 / n, NOON) for n in (1, 2, 4))],
    )
    error = RunError("UserError", "Step 'train' failed", f"Traceback\nValueError: {MARKUP}")
    recorded.status("train", RunStatus.FAILED, error, at=NOON + timedelta(seconds=93))
    recorded.status("", RunStatus.FAILED, error, at=NOON + timedelta(seconds=93))
    return run


def test_it_has_v1s_parameters() -> None:
    def parameters(method: Any) -> list[tuple[str, Any]]:
        return [(one.name, one.default) for one in inspect.signature(method).parameters.values()]

    assert parameters(RunDetails) == [("run_instance", inspect.Parameter.empty)]
    assert parameters(RunDetails.show)[1:] == [("render_lib", None), ("widget_settings", None)]
    assert parameters(RunDetails.get_widget_data)[1:] == [("widget_settings", None)]


def test_something_else_than_a_run_is_refused() -> None:
    with pytest.raises(UserErrorException, match="got a str"):
        RunDetails("run")  # type: ignore[arg-type]


class Texts(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def test_the_page_shows_steps_error_and_metrics_and_no_markup_of_users(failed: Run) -> None:
    html = page(Watched(failed, "http://127.0.0.1:1/x?a=1&b='").now())
    shown = Texts(html)
    assert not {"script", "iframe", "img"} & set(shown.tags)
    assert "2 of 2 steps" in shown.text
    assert "1 min 30 s" in shown.text
    assert f"ValueError: {MARKUP}" in shown.text
    assert re.search(r"loss +0\.25 \(the last of 3\)", shown.text)
    assert "\x1b" not in html
    assert "href='http://127.0.0.1:1/x?a=1&amp;b=&#x27;'" in html


def test_the_end_of_the_log_of_the_step_that_runs(recorded: Recorded) -> None:
    run = recorded.submit()
    recorded.status("", RunStatus.RUNNING, at=NOON)
    recorded.status("prepare", RunStatus.RUNNING, at=NOON)
    recorded.log("prepare", "".join(f"line {n}\n" for n in range(5000)))
    snapshot = Watched(run).now()
    assert snapshot.log_of == "prepare"
    assert snapshot.log == tuple(f"line {n}" for n in range(4980, 5000))
    assert "line 4999" in Texts(page(snapshot)).text


def test_each_change_is_a_snapshot_until_the_run_has_ended(recorded: Recorded) -> None:
    run = recorded.submit()
    moments = Watched(run).snapshots()
    assert next(moments).run.status is RunStatus.NOT_STARTED
    recorded.status("prepare", RunStatus.RUNNING, at=NOON)
    assert next(moments).steps[0].status is RunStatus.RUNNING
    recorded.status("", RunStatus.CANCELED, at=NOON)
    assert [moment.run.status for moment in moments] == [RunStatus.CANCELED]


def test_plain_lines_where_nobody_sees_a_terminal(failed: Run, capsys: pytest.CaptureFixture[str]) -> None:
    RunDetails(failed).show()
    shown = capsys.readouterr().out
    assert re.search(r"^  prepare  Finished     90\.0 s$", shown, re.MULTILINE)
    assert re.search(r"^  train    Failed       3\.0 s$", shown, re.MULTILINE)
    assert "ValueError" in shown


def test_a_table_in_a_terminal(failed: Run, capsys: pytest.CaptureFixture[str]) -> None:
    follow(Watched(failed, "http://127.0.0.1/run"))
    shown = capsys.readouterr().out
    assert re.search(r"^prepare +Finished +90\.0 s *$", shown, re.MULTILINE)
    assert re.search(r"^train +Failed +3\.0 s *$", shown, re.MULTILINE)
    assert f"ValueError: {MARKUP}" in shown
    assert "http://127.0.0.1/run" in shown


def test_a_function_that_shows_html_is_given_the_page(failed: Run) -> None:
    given: list[str] = []
    RunDetails(failed).show(render_lib=given.append)
    assert len(given) == 1
    assert "prepare" in given[0]


def test_the_data_have_v1s_names(failed: Run, recorded: Recorded) -> None:
    data = RunDetails(failed).get_widget_data({"debug": True})
    assert json.loads(json.dumps(data)) == data
    assert data["status"] == "Failed"
    assert [(child["name"], child["status"], child["duration"]) for child in data["child_runs"]] == [
        ("prepare", "Finished", "0:01:30"),
        ("train", "Failed", "0:00:03"),
    ]
    assert data["children_metrics"][recorded.steps["train"]]["loss"] == [1.0, 0.5, 0.25]
    assert data["run_properties"]["run_duration"] == "0:01:33"
    assert data["widget_settings"] == {"debug": True}
    assert "epoch 1" in data["run_logs"]
