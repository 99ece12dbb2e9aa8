"""Running a Python script as `spark-submit` would, in this process: `__main__`, its arguments, its folder to import from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark import failures
from lazulite.worker.tasks.spark.dbutils import NotebookExit
from lazulite.worker.tasks.spark.kernel import as_main
from lazulite.worker.tasks.spark.python_code import LOOKUP, compiled


def run_script(
    file: Path,
    arguments: Sequence[str],
    names: Mapping[str, Any],
    path_of: Callable[[str], str] | None = None,
) -> None:
    """Run a script to its end.

    Args:
        file: The script.
        arguments: What it finds in `sys.argv` after its name.
        names: Names that it finds besides Python's own.
        path_of: Looks up paths on `/dbfs` that stand in its code.

    Raises:
        InvalidRequest: it is no Python.
        UserCodeFailed: it raised an exception, or exited with a code that is not 0.
    """
    module = as_main({**names, "__file__": str(file), LOOKUP: path_of or str})
    sys.argv = [str(file), *arguments]
    sys.path.insert(0, str(file.parent))
    try:
        code, _ = compiled(file.read_text(encoding="utf-8-sig"), str(file), shows=False)
    except (SyntaxError, UnicodeDecodeError) as error:
        print(failures.trimmed(error), file=sys.stderr)
        raise InvalidRequest(f"{file.name} is no Python: {error}.") from None
    try:
        exec(code, vars(module))  # noqa: S102 - what a step is
    except NotebookExit:
        return
    except SystemExit as end:
        if end.code not in (None, 0):
            raise failures.UserCodeFailed(f"{file.name} ended with exit code {end.code}.") from None
    except Exception as error:  # noqa: BLE001 - whatever the script raises is its author's to read
        print(failures.trimmed(error), file=sys.stderr)
        raise failures.of_code(error, file.name) from None
