"""What a DatabricksStep runs: which of its keywords say so, with which parameters, and where the file is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lazulite.model.databricks import SourceKind

#: The keywords of which exactly one says what is run, and the one with its parameters.
_PARAMETERS = {
    "notebook_path": "notebook_params",
    "python_script_path": "python_script_params",
    "python_script_name": "python_script_params",
    "main_class_name": "jar_params",
}
_KINDS = {
    "notebook_path": SourceKind.NOTEBOOK,
    "python_script_path": SourceKind.SCRIPT,
    "python_script_name": SourceKind.SCRIPT,
    "main_class_name": SourceKind.JAR,
}
#: What a notebook's file may be called; a workspace shows none of these endings.
ENDINGS = ("", ".py", ".ipynb", ".sql")


@dataclass(frozen=True)
class Chosen:
    """What is run: the keyword that says so, its value, and the parameters that go with it."""

    keyword: str
    value: str
    parameters: Any

    @property
    def kind(self) -> SourceKind:
        return _KINDS[self.keyword]


def chosen_source(step: str, given: Mapping[str, Any], source_directory: Any) -> Chosen:
    """Return what is run.

    Raises:
        ValueError: it is not exactly one thing, its name is no text, or there are parameters of another one.
    """
    named = [keyword for keyword in _PARAMETERS if given[keyword] is not None]
    if len(named) != 1:
        raise ValueError(
            f"Step '{step}' has {' and '.join(named) or 'nothing to run'}. Give exactly one of "
            f"{', '.join(_PARAMETERS)}."
        )
    keyword = named[0]
    value = given[keyword]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"Step '{step}' was given {keyword}={value!r}. Expected text that is not empty.")
    for other in sorted({*_PARAMETERS.values()} - {_PARAMETERS[keyword]}):
        if given[other] is not None:
            raise ValueError(f"Step '{step}' has {other}, which does not go with {keyword}. Leave it out.")
    if keyword == "python_script_name" and source_directory is None:
        raise ValueError(
            f"Step '{step}' has python_script_name and no source_directory. Give the folder that holds the script."
        )
    if keyword in ("python_script_path", "main_class_name") and source_directory is not None:
        raise ValueError(
            f"Step '{step}' has source_directory, which goes with python_script_name (or with a notebook_path in it), "
            f"not with {keyword}."
        )
    return Chosen(keyword, value, given[_PARAMETERS[keyword]])


def items_of(step: str, keyword: str, given: Any) -> list[Any]:
    """Return the parameters of a script or JAR as a list.

    Published code gives a set with one item; of more the order would be another one in each process.

    Raises:
        ValueError: they are no list.
    """
    if given is None:
        return []
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise ValueError(f"Step '{step}' was given {keyword}={given!r}. Expected a list.")  # noqa: TRY004 - v1's class
    found = list(given)
    if isinstance(given, (set, frozenset)) and len(found) > 1:
        raise ValueError(
            f"Step '{step}' was given {keyword} as a set, which has no order. Write a list: […]."
        )
    return found


def notebook_file(folder: Path, path: str) -> str | None:
    """Return the file of a notebook, relative to `folder`, with the ending that it has; None if there is none."""
    name = path.lstrip("/")
    for ending in ENDINGS:
        if name and (folder / f"{name}{ending}").is_file():
            return f"{name}{ending}"
    return None
