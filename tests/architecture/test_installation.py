"""What happens where Microsoft's packages lie in the same folder as ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import azureml
import lazulite
from lazulite.sdk.installation import mixed_distributions, refuse_mixture


def _install(site: Path, name: str, *files: str) -> None:
    info = site / f"{name}-1.61.0.dist-info"
    info.mkdir(parents=True)
    lines = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD"]
    (info / "RECORD").write_text("".join(f"{line},sha256=x,1\n" for line in lines), encoding="utf-8")


def test_nothing_is_mixed_in_a_clean_folder(tmp_path: Path) -> None:
    assert mixed_distributions(str(tmp_path)) == ()
    assert mixed_distributions(str(tmp_path / "absent")) == ()


def test_all_that_must_go_is_named(tmp_path: Path) -> None:
    _install(tmp_path, "azureml_core", "azureml/core/__init__.py")
    _install(tmp_path, "azureml_pipeline_core", "azureml/pipeline/core/__init__.py")
    _install(tmp_path, "azureml_sdk")
    _install(tmp_path, "azureml_inference_server_http", "azureml_inference_server_http/__init__.py")
    _install(tmp_path, "lazulite", "azureml/__init__.py")
    assert mixed_distributions(str(tmp_path)) == ("azureml-core", "azureml-pipeline-core", "azureml-sdk")


def test_packages_that_share_no_folder_are_left_alone(tmp_path: Path) -> None:
    _install(tmp_path, "azureml_inference_server_http", "azureml_inference_server_http/__init__.py")
    _install(tmp_path, "azureml_sdk")
    refuse_mixture(str(tmp_path / "azureml"))


def test_first_import_tells_the_commands(tmp_path: Path) -> None:
    for package in (azureml, lazulite):
        source = Path(package.__path__[0])
        shutil.copytree(source, tmp_path / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    _install(tmp_path, "azureml_core", "azureml/core/__init__.py")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nimport azureml.core"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{sys.executable} -m pip uninstall -y azureml-core\n" in done.stderr
    assert f"{sys.executable} -m pip install --force-reinstall --no-deps lazulite" in done.stderr
