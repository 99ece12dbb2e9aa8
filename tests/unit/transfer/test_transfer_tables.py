"""Rows out of databases and into them: PostgreSQL and SQLite, real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.unit.transfer.conftest import Transfers

from lazulite.model.job import OutcomeStatus

CREATE = "CREATE TABLE {} (id INTEGER NOT NULL, name VARCHAR(20), price NUMERIC(8, 2))"
ORDERS = 'id,name,price\n1,"a, ""b""",2.50\n2,"",\n3,,1.00\n'


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    do(engine, CREATE.format("orders"))
    return engine


def do(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def query(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def name_of(engine: Engine) -> str:
    return "lite" if engine.dialect.name == "sqlite" else "pg"


def put(transfers: Transfers, name: str, text: str) -> Path:
    file = transfers.folder("files") / name
    file.write_text(text)
    return file


def test_a_file_into_a_table_and_a_table_into_a_file(transfers: Transfers, engine: Engine) -> None:
    put(transfers, "orders.csv", ORDERS)
    database = name_of(engine)
    ran = transfers.run(("files", "orders.csv"), (database, "orders"), to={"table": "orders"})
    assert {key: ran.metrics[key] for key in ("files", "rows", "bytes")} == {
        "files": 1,
        "rows": 3,
        "bytes": len(ORDERS),
    }
    found = query(engine, "SELECT id, name, price FROM orders ORDER BY id")
    assert [(id_, name, price and float(price)) for id_, name, price in found] == [
        (1, 'a, "b"', 2.5),
        (2, "", None),
        (3, None, 1.0),
    ]

    asked = {"query": "SELECT id, name FROM orders WHERE COALESCE(name, '') NOT LIKE 'z%' ORDER BY id"}
    back = transfers.run((database, ""), ("files", "new/back.csv"), from_=asked)
    assert (transfers.folder("files") / "new/back.csv").read_text() == 'id,name\n1,"a, ""b"""\n2,""\n3,\n'
    assert back.metrics["rows"] == 3
    assert "Copied 1 file, 3 rows" in back.printed


def test_a_bad_row_is_named_and_nothing_is_written(transfers: Transfers, engine: Engine) -> None:
    put(transfers, "orders.csv", 'id,name,price\n1,"two\nlines",1\n2,b,2\n,c,3\n4,d,4\n')
    ran = transfers.run(("files", "orders.csv"), (name_of(engine), ""), to={"table": "orders"})
    assert ran.code == "StorageError"
    assert "did not take 'orders.csv' on datastore 'files', line 5" in ran.message
    assert "Nothing was written" in ran.message
    assert query(engine, "SELECT * FROM orders") == []


def test_the_header_must_be_the_tables_columns(transfers: Transfers, engine: Engine) -> None:
    put(transfers, "orders.csv", "Id,name,cost\n1,a,2\n")
    ran = transfers.run(("files", "orders.csv"), (name_of(engine), ""), to={"table": "orders"})
    assert ran.code == "InvalidRequest"
    for words in (
        "It has: Id, name, cost",
        "has: id, name, price",
        "missing: id, price",
        "not in the table: Id, cost",
    ):
        assert words in ran.message


def test_columns_are_matched_by_name(transfers: Transfers, engine: Engine) -> None:
    put(transfers, "orders.csv", "price,id,name\n2,1,a\n")
    transfers.run(("files", "orders.csv"), (name_of(engine), ""), to={"table": "ORDERS"})
    assert query(engine, "SELECT id, name FROM orders") == [(1, "a")]


def test_a_table_that_is_not_there(transfers: Transfers, engine: Engine) -> None:
    put(transfers, "orders.csv", ORDERS)
    ran = transfers.run(("files", "orders.csv"), (name_of(engine), ""), to={"table": "order"})
    assert ran.code == "NotFound"
    assert "There is no table 'order'" in ran.message
    assert "'orders'" in ran.message
    ran = transfers.run((name_of(engine), "x"), ("files", "x.csv"), from_={"table": "x"})
    assert "It has: orders" in ran.message
    assert not (transfers.folder("files") / "x.csv").exists()


def test_a_query_that_the_database_refuses(transfers: Transfers, engine: Engine) -> None:
    transfers.folder("files")
    ran = transfers.run(
        (name_of(engine), ""), ("files", "x.csv"), from_={"query": "SELECT nothing FROM orders"}
    )
    assert ran.code == "StorageError"
    assert "nothing" in ran.message
    assert not (transfers.folder("files") / "x.csv").exists()


def test_from_one_database_to_another(transfers: Transfers, sqlite: Engine, postgresql: Engine) -> None:
    do(sqlite, CREATE.format("orders"), "INSERT INTO orders VALUES (1, 'a', 2.5), (2, NULL, 3)")
    do(postgresql, "CREATE SCHEMA sales", CREATE.format("sales.orders"))
    ran = transfers.run(
        ("lite", "orders"), ("pg", ""), from_={"table": "orders"}, to={"table": "Sales.orders"}
    )
    assert ran.metrics["rows"] == 2
    assert query(postgresql, "SELECT id, name FROM sales.orders ORDER BY id") == [(1, "a"), (2, None)]


def test_values_are_the_same_in_the_other_database(
    transfers: Transfers, sqlite: Engine, postgresql: Engine
) -> None:
    """Bytes stay bytes, and what Python cannot hold exactly is not read by it."""
    table = "CREATE TABLE {} (b {}, ok boolean, d numeric(20, 10), j {}, s {})"
    values = "('{}', {}, 0.0000000001, '[1.00000000000000000001, \"a\"]', '1 mon 26:00:00')"
    do(
        postgresql,
        table.format("there", "bytea", "jsonb", "interval"),
        table.format("back", "bytea", "jsonb", "interval"),
        f"INSERT INTO there VALUES {values.format(chr(92) + 'x00ff41', 'true')}, (NULL, false, NULL, '\"text\"', NULL)",
    )
    do(sqlite, table.format("here", "BLOB", "TEXT", "TEXT"))
    transfers.run(("pg", ""), ("lite", ""), from_={"table": "there"}, to={"table": "here"})
    assert query(sqlite, "SELECT typeof(b), hex(b), typeof(ok), s FROM here") == [
        ("blob", "00FF41", "integer", "1 mon 26:00:00"),
        ("null", "", "integer", None),
    ]
    transfers.folder("files")
    for file in ("there.csv", "there.parquet"):
        do(postgresql, "DELETE FROM back")
        transfers.run(("pg", ""), ("files", file), from_={"table": "there"})
        transfers.run(("files", file), ("pg", ""), to={"table": "back"})
        same = "(TABLE there EXCEPT TABLE back) UNION (TABLE back EXCEPT TABLE there)"
        assert query(postgresql, same) == [], file
    assert ",0.0000000001," in (transfers.folder("files") / "there.csv").read_text()


def test_a_query_that_fails_midway_is_the_databases_fault(transfers: Transfers, postgresql: Engine) -> None:
    transfers.folder("files")
    asked = {"query": "SELECT 1 / (5000 - n) AS x FROM generate_series(1, 6000) n"}
    ran = transfers.run(("pg", ""), ("files", "x.csv"), from_=asked)
    assert ran.message == "The database of datastore 'pg' refused: division by zero"
    assert list(transfers.folder("files").iterdir()) == []


def test_a_wrong_password_is_told_without_it(transfers: Transfers, postgresql: Engine) -> None:
    transfers.folder("files")
    transfers.database("pg", transfers.datastores["pg"], "not-the-password")
    ran = transfers.run(("pg", ""), ("files", "x.csv"), from_={"query": "SELECT 1 AS one"})
    assert "authentication failed" in ran.message
    assert "not-the-password" not in ran.message + ran.printed


def test_a_function_of_postgresql_as_stored_procedure(transfers: Transfers, postgresql: Engine) -> None:
    do(
        postgresql,
        "CREATE FUNCTION squares(count int, word text) RETURNS TABLE (n int, w text) LANGUAGE sql AS "
        "'SELECT i * i, word FROM generate_series(1, count) i'",
    )
    asked = {"procedure": "squares", "parameters": {"@count": 2, "word": "it's"}}
    transfers.folder("files")
    transfers.run(("pg", ""), ("files", "x.csv"), from_=asked)
    assert (transfers.folder("files") / "x.csv").read_text() == "n,w\n1,it's\n4,it's\n"


def test_rows_into_a_directory_that_is_there(transfers: Transfers, sqlite: Engine) -> None:
    do(sqlite, CREATE.format("orders"))
    transfers.folder("files")
    refused = transfers.run(("lite", "orders"), ("files", ""), from_={"table": "orders"})
    assert "destination_reference_type='directory'" in refused.message
    transfers.run(("lite", "orders"), ("files", ""), from_={"table": "orders"}, to={"type": "directory"})
    assert (transfers.folder("files") / "orders.csv").read_text() == "id,name,price\n"


def test_rows_where_files_are_meant_and_the_other_way_round(transfers: Transfers, sqlite: Engine) -> None:
    transfers.folder("files")
    assert "which is a database" in transfers.run(("lite", "x"), ("files", "x")).message
    assert "holds files" in transfers.run(("files", ""), ("files", "x"), from_={"query": "SELECT 1"}).message


def test_parquet_there_and_back(transfers: Transfers, postgresql: Engine) -> None:
    do(
        postgresql,
        "CREATE TABLE facts (id int, at timestamp, price numeric(8, 2), ok boolean, nothing text)",
        "INSERT INTO facts VALUES (1, '2019-05-06 07:08:09', 2.50, true, NULL), (2, NULL, NULL, false, NULL)",
        "CREATE TABLE copied (LIKE facts)",
    )
    transfers.folder("files")
    transfers.run(("pg", ""), ("files", "facts.parquet"), from_={"table": "facts"})
    transfers.run(("files", "facts.parquet"), ("pg", ""), to={"table": "copied"})
    assert query(postgresql, "SELECT * FROM copied") == query(postgresql, "SELECT * FROM facts")


def test_later_rows_of_a_parquet_file_may_have_more_digits(transfers: Transfers, postgresql: Engine) -> None:
    transfers.folder("files")
    asked = (
        "SELECT n::numeric(12, 2) AS price, CASE WHEN n > 20001 THEN n END AS late, gen_random_uuid() AS id, "
    )
    asked += "'10.0.0.1'::inet AS address FROM generate_series(1, 20002) n"
    ran = transfers.run(("pg", ""), ("files", "x.parquet"), from_={"query": asked})
    assert ran.metrics["rows"] == 20002
    do(postgresql, "CREATE TABLE facts (price numeric(12, 2), late int, id uuid, address inet)")
    transfers.run(("files", "x.parquet"), ("pg", ""), to={"table": "facts"})
    assert query(postgresql, "SELECT max(price)::int, max(late) FROM facts") == [(20002, 20002)]


def test_the_order_of_big_batches_and_their_lines(transfers: Transfers, sqlite: Engine) -> None:
    do(sqlite, "CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
    lines = [*map(str, range(2500)), "7"]
    put(transfers, "numbers.csv", "n\n" + "\n".join(lines) + "\n")
    ran = transfers.run(("files", "numbers.csv"), ("lite", ""), to={"table": "numbers"})
    assert "line 2502" in ran.message
    assert query(sqlite, "SELECT count(*) FROM numbers") == [(0,)]


def test_what_a_job_records_of_a_table(transfers: Transfers, sqlite: Engine) -> None:
    do(sqlite, CREATE.format("orders"))
    put(transfers, "orders.csv", ORDERS)
    ran = transfers.run_as_job(("files", "orders.csv"), ("lite", "orders"), to={"table": "orders"})
    assert ran.status is OutcomeStatus.COMPLETED, ran
    (output,) = ran.outputs
    assert output.content.startswith("sql:lite/orders/")
    failed = transfers.run_as_job(("files", "orders.csv"), ("lite", "other"), to={"table": "other"})
    assert failed.error is not None
    assert (failed.status, failed.error.code) == (OutcomeStatus.FAILED, "NotFound")
    assert "There is no table 'other'" in failed.error.message
