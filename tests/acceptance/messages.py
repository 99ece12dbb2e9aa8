"""What the tests of error messages share: a workspace with failing scripts, and how an error is provoked and looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Experiment, Workspace
from azureml.exceptions import UserErrorException
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
from lazulite.api.connect import connect

SCRIPTS = {
    "fine.py": "print('fine')",
    "own.py": "from helper import go\ngo()",
    "helper.py": "def go():\n    try:\n        {}['age']\n    except KeyError as error:\n"
    "        raise ValueError('the column age is missing') from error",
    "syntax.py": "print('x'",
    "imports.py": "import a_package_that_nobody_has",
    "leaves.py": "import sys\nsys.exit('the data are too old')",
    "code.py": "import sys\nsys.exit(3)",
    "killed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "crashed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
    "memory.py": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))\nbytearray(1 << 30)",
    "disk.py": "with open('/dev/full', 'w') as file:\n    file.write('x' * 100_000)",
    "bytes.py": "import sys\nsys.stdout.buffer.write(b'\\xff no newline')\nsys.stdout.flush()\nraise OSError('after bytes')",
    "silent.py": "",
}
System = tuple[Workspace, Path]


@contextmanager
def workspace_with_scripts(root: Path) -> Iterator[System]:
    """A workspace in a home of its own, and a folder with the scripts; the engine is stopped at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZULITE_HOME", str(root / "home"))
        patch.delenv("LAZULITE_URL", raising=False)
        scripts = root / "scripts"
        scripts.mkdir()
        for name, text in SCRIPTS.items():
            (scripts / name).write_text(text)
        yield Workspace.create("messages"), scripts
        connect(str(root / "home")).stop_engine()


def step(system: System, script: str = "fine.py", **more: Any) -> PythonScriptStep:
    more.setdefault("compute_target", "local")
    more.setdefault("source_directory", str(system[1]))
    return PythonScriptStep(script_name=script, **more)


def built(system: System, *steps: Any) -> Pipeline:
    return Pipeline(system[0], steps=list(steps))


def submitted(system: System, *steps: Any, **more: Any) -> Any:
    return Experiment(system[0], "messages").submit(built(system, *steps), **more)


def says(message: str, *words: str) -> None:
    missing = [word for word in words if word not in message]
    assert not missing, f"{missing} not in: {message}"


def refused(action: Callable[[], object], *words: str) -> str:
    """Call it, check that its error has the words; return the message."""
    with pytest.raises((UserErrorException, ValueError)) as caught:
        action()
    says(str(caught.value), *words)
    return str(caught.value)


def called(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `lazulite` on a home."""
    program = [str(Path(sys.executable).parent / "lazulite"), *words]
    environment = {**os.environ, "LAZULITE_HOME": str(home)}
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)
