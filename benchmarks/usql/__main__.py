"""U-SQL against the same query written by hand for DuckDB, in the same process: `python -m benchmarks.usql [megabytes]`.

A CSV file is filtered, grouped and written by both, in turns, five times; the medians and their ratio are told. The
file is made once and kept in the benchmarks' cache folder.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from lazulite.usql.run import run_script

ROUNDS = 5
SCRIPT = """
@a = EXTRACT id long, region string, amount double, n int FROM "/data.csv" USING Extractors.Csv();
@b = SELECT region, COUNT(*) AS rows, SUM(amount) AS total, MAX(n) AS most FROM @a WHERE n > 100 GROUP BY region;
OUTPUT @b TO "/out.csv" USING Outputters.Csv();
"""


def data(megabytes: int) -> Path:
    """The file of about this size, made if it is not there."""
    cache = Path(os.environ.get("LAZULITE_BENCHMARK_CACHE") or Path.home() / ".cache" / "lazulite-benchmarks")
    folder = cache / f"usql-{megabytes}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "data.csv"
    if not file.exists():
        rows = megabytes * 1_000_000 // 33
        query = f"SELECT i, 'region ' || (i * 7919 % 1000), round(i * 0.37 % 1000, 2), i * 31 % 1000 FROM range({rows}) t(i)"
        part = folder / "data.part"
        duckdb.sql(f"COPY ({query}) TO '{part}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '')")
        part.rename(file)
    return file


def by_hand(file: Path, out: Path) -> None:
    """What somebody writes who knows DuckDB, with the same columns and output."""
    with duckdb.connect() as connection:
        columns = "{'id': 'BIGINT', 'region': 'VARCHAR', 'amount': 'DOUBLE', 'n': 'INTEGER'}"
        connection.execute(
            f"COPY (SELECT region, count(*), sum(amount), max(n) FROM read_csv('{file}', header=false, columns={columns}) "
            f"WHERE n > 100 GROUP BY region) TO '{out}' (FORMAT csv, HEADER false, FORCE_QUOTE (region))"
        )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    file = data(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    times: dict[str, list[float]] = {"U-SQL": [], "by hand": []}
    with tempfile.TemporaryDirectory() as folder:
        run_script(SCRIPT, file.parent)  # what is imported once is no part of it
        for _ in range(ROUNDS):
            times["U-SQL"].append(_timed(lambda: run_script(SCRIPT, file.parent)))
            times["by hand"].append(_timed(lambda: by_hand(file, Path(folder, "out.csv"))))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print(
        f"{file.stat().st_size / 1e6:.0f} MB:",
        ", ".join(f"{name} {taken:.2f} s" for name, taken in medians.items()),
    )
    print(f"ratio {medians['U-SQL'] / medians['by hand']:.2f}")


if __name__ == "__main__":
    main()
