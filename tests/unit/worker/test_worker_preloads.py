"""Which imports of a script may be made before it."""

from __future__ import annotations

import pytest

from lazulite.worker.preloads import block


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pandas as pd\nfrom sklearn import svm, tree\n", ("pandas", "sklearn:svm,tree")),
        ("'''Doc.'''\nfrom __future__ import annotations\nimport os.path, json\n", ("os.path", "json")),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport json\n", ("json",)),
        ("import json\nx = 1\nimport csv\n", ("json",)),
        ("import json\nimport helper\nimport csv\n", ("json",)),
        ("import json, helper\n", ()),
        ("from . import json\n", ()),
        ("from json import *\n", ()),
        ("import json\nif True:\n    import csv\n", ("json",)),
        ("import this\nimport json\n", ()),
        ("import os\nos.environ['OMP_NUM_THREADS'] = '1'\nimport numpy\n", ()),
        ("import numpy\n# CUDA_VISIBLE_DEVICES is set by the node\n", ()),
        ("import json\ndef f(:\n", ()),
        ("\0", ()),
        ("", ()),
    ],
)
def test_the_block_ends_where_something_else_begins(source: str, found: tuple[str, ...]) -> None:
    assert block(source.encode()) == found
