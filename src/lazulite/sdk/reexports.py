"""How the packages of `azureml` offer the SDK's names: found on first use, so that importing a package costs nothing.

A table per package says where each name lives. Names and modules that v1 had and this version has not are listed too.
Importing such a name is a warning and using it an error, because much v1 code imports what it never uses; importing
such a module is an ImportError that says so, where Python's own message would look like a spelling mistake.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from types import ModuleType

GetAttr = Callable[[str], Any]
Dir = Callable[[], list[str]]


def missing(module: str, absent: Iterable[str]) -> GetAttr:
    """Return a module's `__getattr__` that tells names of v1 which are not in this version from mistakes.

    Such a name is given with a warning, as a class that raises UserErrorException on any use.

    Args:
        module: The module's name.
        absent: The names that v1 had there.
    """
    known = frozenset(absent)

    def get(name: str) -> Any:
        if name in known:
            path = f"{module}.{name}"
            warnings.warn(f"{_not_here(path)} Using it will fail.", UserWarning, stacklevel=_importer())
            placeholder = _NotHere(name, (), {"__module__": module, "_path": path})
            setattr(sys.modules[module], name, placeholder)
            return placeholder
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return get


class _NotHere(type):
    """What stands for a class of v1 that is not in this version: it can be imported, and not be used."""

    _path: str

    def __call__(cls, *_arguments: object, **_keywords: object) -> NoReturn:
        raise UserErrorException(_not_here(cls._path))

    def __getattr__(cls, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)  # asked by Python itself and by tools that look around
        raise UserErrorException(_not_here(cls._path))


def _importer() -> int:
    """How far up the stack the user's import statement is, for the warning to name its line.

    Frames of Python's import machinery do not count: `warnings` passes over them itself.
    """
    frame, depth = sys._getframe(1), 1  # noqa: SLF001 - no other way to look at the stack
    while frame.f_back:
        name = str(frame.f_globals.get("__name__"))
        if name == __name__:
            depth += 1
        elif not name.startswith("importlib."):
            break
        frame = frame.f_back
    return depth


def lazily(
    module: str, sources: Mapping[str, str], absent: Iterable[str] = (), submodules: Iterable[str] = ()
) -> tuple[GetAttr, Dir, list[str]]:
    """Return a package's `__getattr__`, `__dir__` and `__all__`.

    Args:
        module: The package's name.
        sources: Name to the module of the SDK that has it.
        absent: Names that v1 had there, and this version has not.
        submodules: Modules of the package that are imported when they are first named (`azureml.core.compute.…`
            worked in v1 after `import azureml.core` alone).
    """
    lacking = missing(module, absent)
    inner = frozenset(submodules)
    names = sorted(sources)

    def get(name: str) -> Any:
        if name in sources:
            value = getattr(importlib.import_module(sources[name]), name)
            setattr(sys.modules[module], name, value)
            return value
        if name in inner:
            return importlib.import_module(f"{module}.{name}")
        return lacking(name)

    def directory() -> list[str]:
        return sorted({*vars(sys.modules[module]), *names, *inner})

    return get, directory, names


def tell_of_absent_modules(modules: Iterable[str]) -> None:
    """Have the import of one of these modules, or of one inside it, fail with the words that `missing` has for names.

    Args:
        modules: Full names of modules that v1 had. A module of that name that another distribution installs is imported.
    """
    sys.meta_path.append(_AbsentModules(frozenset(modules)))


class _AbsentModules:
    """Stands last among Python's finders, so that it is asked only for what none of them has."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        del path, target
        if name in self._names:
            raise ModuleNotFoundError(_not_here(name), name=name)


def _not_here(name: str) -> str:
    return f"{name} of Azure ML SDK v1 is not in this version of Lazulite."
