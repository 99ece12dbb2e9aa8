"""Every class and function of v1 in scope is importable from every path v1 had, and takes the same parameters.

`v1_signatures.json` holds the facts (see `extract_signatures.py`). Lazulite may have more: further optional parameters
at the end, keyword-only ones, and a parameter that v1 required may be optional. What differs on purpose is listed in
`DEVIATIONS`, each with its reason; an entry there that is not needed any more fails too.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest

V1 = json.loads(Path(__file__).with_name("v1_signatures.json").read_text(encoding="utf-8"))
_KINDS = {
    "p": (inspect.Parameter.POSITIONAL_OR_KEYWORD,),
    "k": (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD),
    "*": (inspect.Parameter.VAR_POSITIONAL,),
    "**": (inspect.Parameter.VAR_KEYWORD,),
}

#: What an import says of a name that v1 had and this version has not.
_NOT_HERE = "is not in this version of Lazulite"

#: "module:Class.member" to the reason why it differs from v1.
_CONCRETE = "Datastore(...) returns an instance of a concrete class, in v1 too, and that class has it"
DEVIATIONS: dict[str, str] = {
    "azureml.core.datastore:Datastore.name": _CONCRETE,
    "azureml.core.datastore:Datastore.workspace": _CONCRETE,
}


def _load(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _problems_of_parameters(ours: inspect.Signature, v1: list[list[str]]) -> list[str]:
    found: list[str] = []
    mine = [p for p in ours.parameters.values() if p.name not in ("self", "cls")]
    positional = [p for p in mine if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    by_name = {p.name: p for p in mine}
    expected = [entry for entry in v1 if entry[1] == "p"]
    for place, entry in enumerate(expected):
        if place >= len(positional) or positional[place].name != entry[0]:
            here = positional[place].name if place < len(positional) else "nothing"
            found.append(f"parameter {place + 1} is {here}, v1 has {entry[0]}")
            return found
    for name, kind, *default in v1:
        if kind in ("*", "**"):
            if not any(p.kind in _KINDS[kind] for p in mine):
                found.append(f"{kind}{name} is not taken")
            continue
        parameter = by_name.get(name)
        if parameter is None or parameter.kind not in _KINDS[kind]:
            found.append(f"{name} is not taken as v1 took it")
        elif default:
            found += _problems_of_default(parameter, default[0])
    known = {entry[0] for entry in v1}
    found += [
        f"{p.name} is required and v1 has it not"
        for p in mine
        if p.name not in known
        and p.default is inspect.Parameter.empty
        and p.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    ]
    return found


def _problems_of_default(parameter: inspect.Parameter, v1: str) -> list[str]:
    if parameter.default is inspect.Parameter.empty:
        return [f"{parameter.name} is required, v1's default is {v1}"]
    try:
        expected = ast.literal_eval(v1)
    except (
        ValueError,
        SyntaxError,
    ):  # an object of v1's own, such as an enum's member: only that there is one
        return []
    if isinstance(expected, (list, dict)) and parameter.default is None:
        return []  # v1 shared one list between all calls
    if type(parameter.default) is not type(expected) or parameter.default != expected:
        return [f"{parameter.name} is {parameter.default!r} by default, v1 has {v1}"]
    return []


def _problems_of_method(cls: type, name: str, kind: str, v1: list[list[str]]) -> list[str]:
    raw = inspect.getattr_static(cls, name, None)
    if raw is None:
        return [f"{name} is missing"]
    is_bound = isinstance(raw, (staticmethod, classmethod))
    if (kind in ("static", "class")) != is_bound:
        return [
            f"{name} is {'callable on the class' if is_bound else 'not callable on the class'}, unlike in v1"
        ]
    return [f"{name}: {text}" for text in _problems_of_parameters(inspect.signature(getattr(cls, name)), v1)]


def _assigned(cls: type) -> set[str]:
    """Names that the class or a base of it declares, or sets on its instances."""
    names: set[str] = set()
    for base in cls.__mro__[:-1]:
        names |= {*vars(base), *getattr(base, "__annotations__", {})}
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError):
            continue
        names |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        }
    return names


def _problems_of_class(cls: type, facts: dict[str, Any]) -> dict[str, list[str]]:
    """Problems by member; the constructor is called __init__."""
    problems: dict[str, list[str]] = {}
    if facts["constructor"]:
        problems["__init__"] = _problems_of_parameters(inspect.signature(cls.__init__), facts["constructor"])  # type: ignore[misc]
    for name, (kind, parameters) in facts["methods"].items():
        problems[name] = _problems_of_method(cls, name, kind, parameters)
    present = _assigned(cls)
    for name in (*facts["properties"], *facts["attributes"]):
        if not name.startswith("_"):
            problems[name] = [] if name in present or hasattr(cls, name) else [f"{name} is missing"]
    return problems


@pytest.mark.parametrize("key", sorted(V1["classes"]))
def test_class(key: str) -> None:
    facts = V1["classes"][key]
    found = [_load(path) for path in facts["paths"]]
    assert all(one is found[0] for one in found), f"{key}: not the same object at {facts['paths']}"
    problems = [
        text
        for member, texts in _problems_of_class(found[0], facts).items()
        for text in texts
        if f"{key}.{member}" not in DEVIATIONS
    ]
    assert not problems, f"{key}:\n  " + "\n  ".join(problems)


@pytest.mark.parametrize("key", sorted(V1["functions"]))
def test_function(key: str) -> None:
    facts = V1["functions"][key]
    found = [_load(path) for path in facts["paths"]]
    assert all(one is found[0] for one in found), f"{key}: not the same object at {facts['paths']}"
    problems = _problems_of_parameters(inspect.signature(found[0]), facts["parameters"])
    assert not problems or key in DEVIATIONS, f"{key}: {problems}"


def test_deviations_are_needed() -> None:
    for entry in DEVIATIONS:
        key, _, member = entry.rpartition(".")
        facts = V1["classes"][key]
        assert _problems_of_class(_load(facts["paths"][0]), facts)[member], f"{entry} does not differ from v1"


def test_coverage_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The numbers for the report: how many of the import paths in scope lead to something."""
    sections = (V1["classes"], V1["functions"])
    paths = [path for section in sections for facts in section.values() for path in facts["paths"]]
    missing = [path for path in paths if not _leads_somewhere(path) or _comes_later(path)]
    later = sum(
        _comes_later(f"{module}.{name}") for module, facts in V1["modules"].items() for name in facts["names"]
    )
    with capsys.disabled():
        print(
            f"\nv1 import paths: covered {len(paths) - len(missing)} / in scope {len(paths)}; {later} come later"
        )
    assert not missing, f"missing: {', '.join(missing)}"


@pytest.mark.parametrize("module", sorted(V1["modules"]))
def test_module(module: str) -> None:
    """Each public name of v1's module leads somewhere or says that it comes later; constants have v1's values."""
    facts = V1["modules"][module]
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        if _NOT_HERE not in str(error):
            raise
        return
    unknown = [name for name in facts["names"] if not _leads_somewhere(f"{module}.{name}")]
    assert not unknown, f"{module} has not, and does not say so: {', '.join(unknown)}"
    for name, text in facts["constants"].items():
        if name in vars(found) and not text.startswith("<"):
            assert getattr(found, name) == ast.literal_eval(text), f"{module}.{name}"


def _found(path: str) -> Any:
    """What a path leads to: None for nothing. A name that comes later is given with a warning that says so."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=f".*{_NOT_HERE}", category=UserWarning)
        try:
            return _load(path)
        except (ImportError, AttributeError):
            return None


def _comes_later(path: str) -> bool:
    """The path leads to a placeholder, or into a module that says it comes later."""
    found = _found(path)
    if found is not None:
        return type(found).__name__ == "_NotHere"
    try:
        importlib.import_module(path.rpartition(".")[0])
    except ImportError as error:
        return _NOT_HERE in str(error)
    return False


def _leads_somewhere(path: str) -> bool:
    return _found(path) is not None
