"""Spark's settings as `spark-submit` takes them from a file: on its command line everybody on the machine could read them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_FILE = "spark.conf"
_ESCAPED = {
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    " ": "\\ ",
    "=": "\\=",
    ":": "\\:",
    "#": "\\#",
    "!": "\\!",
}


def submit_arguments(conf: Mapping[str, str], folder: Path) -> list[str]:
    """Write the settings to a file in `folder` that only its owner can read; return the arguments that name it.

    The settings of the installation (`spark-defaults.conf`) hold besides them, as they do for settings on the command line.

    Raises:
        OSError: the file cannot be written.
    """
    text = "".join(f"{_escaped(name)}={_escaped(value)}\n" for name, value in sorted(conf.items()))
    file = folder / _FILE
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    return ["--properties-file", str(file), "--load-spark-defaults"]


def _escaped(text: str) -> str:
    """As Java's properties are written."""
    return "".join(_ESCAPED.get(sign, sign) for sign in text)
