"""Which modules a warm interpreter may load before it knows the script: those that the script would load first anyway.

A script begins with a block of imports. As long as they name modules whose loading does nothing but load (below), it
makes no difference whether they are loaded a moment before the script or by its first lines; the first statement that
is anything else, or an import of anything else, ends the block, because it might change what a later import does.
"""

from __future__ import annotations

import ast
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

#: The variable of a step's environment, or of the machine: "auto", "off", or names of modules separated by commas.
ENV_PRELOAD = "LAZULITE_PRELOAD"
#: Packages that start no threads, read no setting that scripts make before they load them, and are often used.
_PACKAGES = frozenset({"numpy", "pandas", "scipy", "sklearn", "azureml"})
_STANDARD = sys.stdlib_module_names - frozenset(
    {
        "antigravity",
        "idlelib",
        "multiprocessing",
        "readline",
        "rlcompleter",
        "test",
        "this",
        "tkinter",
        "turtle",
    }
)
#: Loaded whenever an interpreter starts.
_ALWAYS = frozenset({"abc", "errno", "io", "os", "os.path", "sys", "time"})
#: Settings that libraries read while they are loaded: a script that mentions one may be about to set it.
_SETTINGS = ("_NUM_THREADS", "_DEVICES", "OPENBLAS_", "MKL_", "KMP_", "NPY_")
_LARGEST = 1 << 20  # bytes of a script that is looked into
_REMEMBERED = 64  # jobs among which the same block must occur twice


class Preloads:
    """Decides what to load beforehand for a script: nothing until its block of imports comes up a second time."""

    def __init__(self) -> None:
        self._seen: deque[tuple[str, ...]] = deque(maxlen=_REMEMBERED)
        self._block = lru_cache(_REMEMBERED)(block)

    def choose(self, script: Path, variables: Mapping[str, str]) -> tuple[str, ...]:
        """Return the modules, as `name` or `name:attribute,attribute`; none if loading them is switched off."""
        setting = variables.get(ENV_PRELOAD, "auto").strip()
        if setting == "off":
            return ()
        if setting != "auto":
            return tuple(name.strip() for name in setting.split(",") if name.strip())
        found = self._block(_source(script))
        if all(name.partition(":")[0] in _ALWAYS for name in found):
            return ()
        self._seen.append(found)
        return found if self._seen.count(found) > 1 else ()


def block(source: bytes) -> tuple[str, ...]:
    """Return the imports with which a script begins, as far as they can be made beforehand."""
    if any(setting.encode() in source for setting in _SETTINGS):
        return ()
    try:
        tree = ast.parse(source)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return ()
    names = [name for statement in _leading(tree) for name in _named(statement)]
    return tuple(dict.fromkeys(name for name in names if not name.startswith("__future__")))


def _source(script: Path) -> bytes:
    """The script, if it is of a size that a person writes."""
    try:
        return script.read_bytes() if script.stat().st_size <= _LARGEST else b""
    except OSError:
        return b""


def _leading(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for position, statement in enumerate(tree.body):
        if isinstance(statement, ast.Import):
            if not all(_is_known(alias.name) for alias in statement.names):
                return
            yield statement
        elif isinstance(statement, ast.ImportFrom):
            if statement.level or not _is_known(statement.module or "") or statement.names[0].name == "*":
                return
            yield statement
        elif position or not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
            return


def _named(statement: ast.Import | ast.ImportFrom) -> list[str]:
    names = [alias.name for alias in statement.names]
    if isinstance(statement, ast.Import):
        return names
    return [f"{statement.module}:{','.join(names)}"]


def _is_known(name: str) -> bool:
    return name.partition(".")[0] in _PACKAGES | _STANDARD
