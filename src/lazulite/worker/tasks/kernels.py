"""The kernel that runs a notebook's cells: the Python of the step's environment, and nothing of the user's own Jupyter."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from lazulite.model.errors import InvalidRequest

#: What the kernel is called; it is known in this process only.
NAME = "lazulite"
_LOOK = "import importlib.util, sys; sys.exit(importlib.util.find_spec('ipykernel') is None)"


def describe_kernel(interpreter: str, folder: Path) -> str:
    """Make the interpreter a kernel for this process and its children; return the kernel's name.

    Args:
        interpreter: The Python of the step's environment.
        folder: An empty folder of the job's, for Jupyter's files.

    Raises:
        InvalidRequest: the interpreter has no ipykernel.
    """
    if not _has_kernel(interpreter):
        raise InvalidRequest(
            f"The step's Python, {interpreter}, has no ipykernel, which runs a notebook's cells. Add 'ipykernel' to the "
            "step's environment; for the Python that submits: pip install 'lazulite[notebooks]'."
        )
    kernel = folder / "data" / "kernels" / NAME
    kernel.mkdir(parents=True)
    argv = [interpreter, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    description = {"argv": argv, "display_name": "Python", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(description), encoding="utf-8")
    os.environ |= {
        "JUPYTER_PATH": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    return NAME


def _has_kernel(interpreter: str) -> bool:
    if interpreter == sys.executable:
        return importlib.util.find_spec("ipykernel") is not None
    return subprocess.run([interpreter, "-c", _LOOK], check=False, capture_output=True).returncode == 0
