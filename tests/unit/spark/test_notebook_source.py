"""Notebooks as files: their cells, where they are found, and what is refused before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.worker.tasks.spark.notebook_search import find_notebook
from lazulite.worker.tasks.spark.notebook_source import Cell, read_notebook
from lazulite.worker.tasks.spark.refusing import refuse_unsupported

SOURCE = """\
# Databricks notebook source
# MAGIC %md
# MAGIC # Title
# MAGIC
# MAGIC text

# COMMAND ----------

# DBTITLE 1,Load it
x = 1
x

# COMMAND ----------



# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT 1;
# MAGIC SELECT 2

# COMMAND ----------

# MAGIC %sql SELECT 3

# COMMAND ----------

# MAGIC %run ./other $day="1 May"

# COMMAND ----------

# MAGIC %pip install tqdm
"""


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def cells_of(folder: Path, text: str, name: str = "book.py") -> list[Cell]:
    return read_notebook(written(folder, name, text))


def test_a_source_notebook_is_its_cells(tmp_path: Path) -> None:
    cells = cells_of(tmp_path, SOURCE)
    assert [(cell.number, cell.language) for cell in cells] == [
        (1, "md"),
        (2, "python"),
        (3, "sql"),
        (4, "sql"),
        (5, "run"),
        (6, "pip"),
    ]
    assert cells[0].text == "# Title\n\ntext"
    assert (cells[1].title, cells[1].text, cells[1].line) == ("Load it", "x = 1\nx", 10)
    assert cells[2].text == "SELECT 1;\nSELECT 2"
    assert cells[3].text == "SELECT 3"
    assert cells[4].arguments == './other $day="1 May"'
    assert cells[5].arguments == "install tqdm"


def test_a_jupyter_notebook_is_its_cells(tmp_path: Path) -> None:
    document = {
        "nbformat": 4,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"cell_type": "markdown", "source": ["# T"]},
            {"cell_type": "code", "source": ["%%sql\n", "SELECT 1"]},
            {"cell_type": "code", "source": "   \n"},
            {"cell_type": "code", "source": ["x = 1\n", "x"]},
        ],
    }
    cells = cells_of(tmp_path, json.dumps(document), "book.ipynb")
    assert [(c.number, c.language, c.text) for c in cells] == [
        (1, "md", "# T"),
        (2, "sql", "SELECT 1"),
        (3, "python", "x = 1\nx"),
    ]


def test_a_sql_notebook_is_sql(tmp_path: Path) -> None:
    text = "-- Databricks notebook source\nSELECT 1\n\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC y = 2\n"
    assert [(c.language, c.text) for c in cells_of(tmp_path, text, "book.sql")] == [
        ("sql", "SELECT 1"),
        ("python", "y = 2"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("book.scala", "// Databricks notebook source\nval x = 1"),
        ("book.ipynb", '{"cells": [], "metadata": {"language_info": {"name": "scala"}}}'),
        ("book.ipynb", '{"cells": 3'),
    ],
)
def test_what_is_no_notebook_of_ours_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(InvalidRequest):
        cells_of(tmp_path, text, name)


def test_other_languages_are_refused_with_cell_and_line(tmp_path: Path) -> None:
    text = (
        "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\n# MAGIC %scala\n# MAGIC val x = 1\n"
    )
    with pytest.raises(
        InvalidRequest, match=r"book\.py, cell 2, line 6: %scala does not run on this machine"
    ):
        refuse_unsupported("book.py", cells_of(tmp_path, text), shell=False)


def test_a_shell_is_opt_in(tmp_path: Path) -> None:
    cells = cells_of(tmp_path, "# Databricks notebook source\n# MAGIC %sh\n# MAGIC ls\n")
    with pytest.raises(InvalidRequest, match="LAZULITE_SPARK_SHELL=1"):
        refuse_unsupported("book.py", cells, shell=False)
    refuse_unsupported("book.py", cells, shell=True)


def test_what_is_not_python_is_refused_with_its_line(tmp_path: Path) -> None:
    cells = cells_of(tmp_path, "# Databricks notebook source\nx = 1\ny = = 2\n")
    with pytest.raises(InvalidRequest, match="cell 1, line 3: SyntaxError"):
        refuse_unsupported("book.py", cells, shell=False)


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    (cell,) = cells_of(tmp_path, '# Databricks notebook source\nx = "a\u2028b\x0cc"\n')
    assert cell.text == 'x = "a\u2028b\x0cc"'


def test_magics_that_mean_nothing_here_are_passed_over(tmp_path: Path) -> None:
    cells = cells_of(tmp_path, "# Databricks notebook source\n# MAGIC %matplotlib inline\nx = 1\n")
    refuse_unsupported("book.py", cells, shell=False)


def test_a_notebook_is_found_by_its_whole_path_or_an_end_of_it(tmp_path: Path) -> None:
    deep = written(tmp_path, "Users/me/etl.py", "x")
    flat = written(tmp_path, "train.ipynb", "{}")
    assert find_notebook("/Users/me/etl", [tmp_path]) == deep
    assert find_notebook("/Users/somebody/train", [tmp_path]) == flat


def test_a_missing_notebook_is_told_with_places_and_near_names(tmp_path: Path) -> None:
    written(tmp_path, "jobs/aggregate.py", "x")
    with pytest.raises(NotFound, match=r"Nearest there: jobs/aggregate\.py") as caught:
        find_notebook("/Users/me/agregate", [tmp_path])
    assert str(tmp_path) in caught.value.message


def test_a_path_does_not_leave_its_folder(tmp_path: Path) -> None:
    written(tmp_path, "secret.py", "x")
    (tmp_path / "inner").mkdir()
    with pytest.raises(NotFound):
        find_notebook("../secret", [tmp_path / "inner"])
