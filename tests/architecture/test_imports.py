"""What importing `azureml` costs and says: nothing heavy is loaded, and every package offers what its table promises."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import azureml

HEAVY = (
    "sqlalchemy",
    "yaml",
    "pandas",
    "numpy",
    "packaging",
    "rich",
    "click",
    "asyncio",
    "http.client",
    "psutil",
    "importlib.metadata",
)
ROOT = Path(azureml.__path__[0])
FILES = {
    ".".join(
        ("azureml", *(part for part in file.relative_to(ROOT).with_suffix("").parts if part != "__init__"))
    ): file
    for file in sorted(ROOT.rglob("*.py"))
}
#: Packages whose names are found on first use.
LAZY = [name for name, file in FILES.items() if "lazily(" in file.read_text(encoding="utf-8")]


def _loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_importing_the_packages_loads_nothing_heavy() -> None:
    assert not _loaded_after("import azureml.core, azureml.pipeline.steps").intersection(HEAVY)


def test_importing_the_usual_names_loads_nothing_heavy() -> None:
    code = (
        "from azureml.core import Workspace, Experiment, Datastore, Run, Environment, Model\n"
        "from azureml.core.compute import AmlCompute, ComputeTarget\n"
        "from azureml.core.runconfig import RunConfiguration\n"
        "from azureml.data.data_reference import DataReference\n"
        "from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter\n"
        "from azureml.pipeline.steps import PythonScriptStep, CommandStep"
    )
    assert not _loaded_after(code).intersection(HEAVY)


@pytest.mark.parametrize("name", FILES)
def test_module_offers_what_it_lists(name: str) -> None:
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", [])
    assert len(set(listed)) == len(listed)
    for one in listed:
        assert getattr(module, one) is not None
        assert one in dir(module)


def _imports_for_type_checkers(module: str) -> dict[str, str]:
    tree = ast.parse(FILES[module].read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module not in ("typing", "lazulite.sdk.reexports")
        for alias in node.names
        if alias.asname
    }


@pytest.mark.parametrize("name", LAZY)
def test_lazy_table_agrees_with_what_type_checkers_see(name: str) -> None:
    """Each name stands twice in a lazy package: in the imports for type checkers, and in the table."""
    module = importlib.import_module(name)
    promised = _imports_for_type_checkers(name)
    assert set(promised) == set(module.__all__)
    for one, source in promised.items():
        assert getattr(module, one) is getattr(importlib.import_module(source), one)


def test_star_import() -> None:
    space: dict[str, object] = {}
    exec("from azureml.core import *", space)
    assert space["Workspace"] is importlib.import_module("azureml.core").Workspace


def test_submodule_as_attribute_in_a_fresh_interpreter() -> None:
    code = "import azureml.core; print(azureml.core.compute.ComputeTarget.__name__, azureml.core.VERSION)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ComputeTarget", "1.61.0"]


def test_name_of_v1_that_is_not_here_says_so() -> None:
    """Importing it is a warning, because much code imports what it never uses; using it is an error."""
    code = """
import warnings
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    from azureml.core import Dataset
    from azureml.core.model import InferenceConfig
print([(str(one.message), one.filename) for one in told])
assert not isinstance(3, Dataset)
for use in (lambda: Dataset.get_by_name(None, "x"), lambda: Dataset.Tabular, lambda: InferenceConfig()):
    try:
        use()
    except Exception as error:
        print(type(error).__name__, error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    warned, *failed = done.stdout.splitlines()
    assert (
        "azureml.core.Dataset of Azure ML SDK v1 is not in this version of Lazulite. Using it will fail."
        in warned
    )
    assert warned.count("'<string>'") == 2
    assert [line.split()[0] for line in failed] == ["UserErrorException"] * 3
    assert all("is not in this version" in line for line in failed)


@pytest.mark.parametrize("name", ["azureml.core.dataset", "azureml.train.hyperdrive", "azureml.opendatasets"])
def test_module_of_v1_that_is_not_here_says_so(name: str) -> None:
    with pytest.raises(
        ModuleNotFoundError, match=r"azureml\..* of Azure ML SDK v1 is not in this version of Lazulite"
    ):
        importlib.import_module(name)


def test_module_that_never_was_is_an_ordinary_mistake() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'azureml\.core\.datasets'"):
        importlib.import_module("azureml.core.datasets")


def test_no_module_is_both_here_and_listed_as_absent() -> None:
    assert not set(FILES) & set(azureml.ABSENT)


def test_name_that_never_was_is_an_ordinary_mistake() -> None:
    core = importlib.import_module("azureml.core")
    assert not hasattr(core, "Workspaces")
    with pytest.raises(ImportError, match="cannot import name 'Workspaces'"):
        exec("from azureml.core import Workspaces", {})
