"""Notebooks as the portal shows them."""

from __future__ import annotations

import json

import pytest

from lazulite.server.portal.notebook_text import notebook_text
from lazulite.server.portal.preview import Preview, preview

CELLS = [
    {"cell_type": "markdown", "source": ["# Sales\n", "by year"]},
    {
        "cell_type": "code",
        "execution_count": 3,
        "source": "print('a')\n1 / 0",
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["a\n"]},
            {"output_type": "display_data", "data": {"image/png": "AAAA"}},
            {"output_type": "execute_result", "data": {"text/plain": ["<b>x</b>"], "text/html": "<b>x</b>"}},
            {"output_type": "error", "traceback": ["\x1b[31mZeroDivisionError\x1b[0m", "division by zero"]},
        ],
    },
    {"cell_type": "code", "execution_count": None, "source": "2", "outputs": []},
]
TEXT = """# Sales
by year

In [3]:
print('a')
1 / 0

a

(image/png)

<b>x</b>

ZeroDivisionError
division by zero

In [ ]:
2"""


def test_cells_and_what_they_printed():
    content = json.dumps({"cells": CELLS}).encode()
    assert preview("outputs/a.ipynb", content, len(content)) == Preview("text", TEXT)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"cell_type": "code"}]}', '{"cells": 3}']
)
def test_what_is_no_notebook(content):
    assert notebook_text(content) is None
