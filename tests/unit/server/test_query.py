"""Arguments travel through the query of a URL and come back as they were."""

from __future__ import annotations

from datetime import datetime, timezone
from urllib.parse import parse_qsl, urlencode

import pytest

from lazulite.api.operations import OPERATIONS, Operation
from lazulite.api.query import from_query, to_query
from lazulite.model.errors import InvalidRequest, PathEscapes
from lazulite.model.run import RunKind, RunQuery, RunStatus


def operation(name: str) -> Operation:
    return next(one for one in OPERATIONS if one.name == name)


def there_and_back(name: str, **arguments: object) -> dict[str, object]:
    taken = operation(name).takes
    text = urlencode(to_query(taken, arguments))
    return from_query(taken, parse_qsl(text, keep_blank_values=True))


def test_a_query_for_runs_survives_the_url() -> None:
    query = RunQuery(
        experiment="a b&c=d",
        kind=RunKind.PIPELINE,
        top_level=True,
        statuses=(RunStatus.FAILED, RunStatus.CANCELED),
        tags={"reviewed": None, "team": "blue", "x.y": "", "ü": "é"},
        properties={"azureml.isreused": "true"},
        created_after=datetime(2026, 1, 31, 12, tzinfo=timezone.utc),
        metrics={"accuracy": ">= 0.9"},
        limit=10,
        offset=20,
    )
    assert there_and_back("list_runs", query=query) == {"query": query}
    assert there_and_back("list_runs", query=RunQuery()) == {"query": RunQuery()}


def test_plain_arguments_survive_the_url() -> None:
    given = {"after": 7, "wait_seconds": 0.5, "about": "run/ä"}
    assert there_and_back("get_events", workspace="w", run_id="r", **given) == given
    assert there_and_back("put_asset", overwrite=False) == {"overwrite": False}
    assert there_and_back("get_asset", version=None) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("limt=1", "Did you mean 'limit'"),
        ("limit=ten", "Expected a whole number"),
        ("limit=99999999999999999999", "Expected a whole number"),
        ("limit=1&limit=2", "takes one value"),
        ("statuses=Done", "Expected one of NotStarted"),
        ("created_after=2026-01-01T00:00:00", "a time with its zone"),
        ("top_level=yes", "Expected true or false"),
    ],
)
def test_what_a_query_cannot_mean_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        from_query(operation("list_runs").takes, parse_qsl(text))


def test_numbers_that_are_none_and_nul_are_refused() -> None:
    taken = operation("get_events").takes
    for text in ("nan", "inf", "1e999"):
        with pytest.raises(InvalidRequest, match="Expected a number"):
            from_query(taken, [("wait_seconds", text)])
    with pytest.raises(PathEscapes):
        from_query(taken, [("about", "a\0b")])
