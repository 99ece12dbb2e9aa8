"""A notebook as a page, for whoever has no Jupyter."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any


def write_page(notebook: Path) -> None:
    """Write the page beside the notebook, with `.html` in place of `.ipynb`; a line says so if nbconvert is missing."""
    try:
        from nbconvert import HTMLExporter
    except ImportError:
        print("nbconvert is not installed, so there is no .html beside the notebook.", flush=True)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exporter: Any = HTMLExporter  # untyped
        page, _ = exporter().from_filename(str(notebook))
    notebook.with_suffix(".html").write_text(page, encoding="utf-8")
