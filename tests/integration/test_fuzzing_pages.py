"""Nonsense in the address of a page, or in a form, is answered with a page that says so, and never breaks the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from hypothesis import HealthCheck, strategies
from starlette.routing import Route
from tests.integration.fuzzed import Fuzzed, fuzzed

from lazulite.server import portal_pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROUTES = [route for route in portal_pages.routes() if isinstance(route, Route)]
#: Names that pages look for in a query or a form.
NAMES = [
    "after",
    "all",
    "archived",
    "before",
    "beside",
    "data",
    "default",
    "download",
    "experiment",
    "file",
    "forecast",
    "from",
    "id",
    "limit",
    "line",
    "metric",
    "mode",
    "name",
    "next",
    "offset",
    "open",
    "order",
    "page",
    "parameters",
    "path",
    "pipeline",
    "place",
    "q",
    "raw",
    "resume",
    "run",
    "same",
    "show",
    "sort",
    "status",
    "step",
    "tab",
    "tag",
    "text",
    "version",
    "view",
    "whole",
    "workspace",
]
VALUES = strategies.one_of(
    strategies.text(max_size=20),
    strategies.sampled_from(
        [
            "",
            "0",
            "-1",
            "1",
            "9" * 30,
            "nan",
            "1e999",
            "true",
            "../..",
            "/etc/passwd",
            "\0",
            "<script>",
            "a=b",
            "'",
            "%",
        ]
    ),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    with fuzzed(tmp_path_factory.mktemp("pages") / "home") as made:
        yield made


def known(place: Fuzzed, path: str, name: str) -> str:
    """Something that exists, for a part of an address."""
    by_id = {"pipelines": place.pipeline, "endpoints": place.endpoint}
    kind = path.split("/")[3] if path.count("/") > 2 else ""
    return {
        "workspace": place.workspace,
        "run_id": place.step,
        "id": by_id.get(kind, "none"),
        "endpoint": place.endpoint,
        "snapshot": place.snapshot,
        "place": "text",
        "name": {"code": "step.py", "datastores": "workspaceblobstore"}.get(
            kind, "azureml-logs/70_driver_log.txt"
        ),
        "path": "azureml",
    }.get(name, "none")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_no_address_and_no_form_breaks_a_page(route: Route, place: Fuzzed) -> None:
    parts = re.findall(r"{(\w+)(?::path)?}", route.path)

    @hypothesis.given(
        odd=strategies.dictionaries(strategies.sampled_from(parts or ["x"]), VALUES, max_size=1),
        given=strategies.dictionaries(strategies.sampled_from(NAMES), VALUES, max_size=4),
    )
    @hypothesis.settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(odd: dict[str, str], given: dict[str, str]) -> None:
        path = route.path.replace(":path}", "}")
        for name in parts:
            value = (
                known(place, route.path, name)
                if name == "workspace"
                else odd.get(name, known(place, route.path, name))
            )
            path = path.replace(f"{{{name}}}", quote(value.encode("utf-8", "surrogatepass"), safe="/"))
        data: Any = {name: value.encode("utf-8", "surrogatepass") for name, value in given.items()}
        headers = {"Accept": "text/html", "Origin": place.server.url}
        if "GET" in (route.methods or ()):
            answer = place.server.get(path, params=data, headers=headers, allow_redirects=False)
        else:
            answer = place.server.post(path, data=data, headers=headers, allow_redirects=False)
        assert answer.status_code < 500, (
            f"{answer.request.method} {answer.request.url} {answer.request.body!r}"
        )

    check()
