"""A DuckDB connection with .NET's functions, and U-SQL's sample data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="the usql extra is not installed")

import duckdb

from lazulite.usql.dotnet import functions

SEARCH_LOG = Path(__file__).parent / "data" / "SearchLog.tsv"


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        functions.register(opened)
        yield opened
