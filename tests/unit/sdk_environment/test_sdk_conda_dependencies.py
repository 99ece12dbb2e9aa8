"""CondaDependencies: what it holds, what it refuses, what it writes and reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.sdk.conda_dependencies import PYTHON_DEFAULT_VERSION, CondaDependencies
from lazulite.sdk.environment import Environment
from lazulite.sdk.exceptions import UserErrorException


def pin(packages: CondaDependencies) -> str | None:
    environment = Environment("x")
    environment.python.conda_dependencies = packages
    return environment._spec().python


# --- what is in it ---


def test_the_defaults_are_those_of_v1():
    found = CondaDependencies()

    assert found.as_dict() == {
        "name": "project_environment",
        "dependencies": ["python=3.10.18", {"pip": ["azureml-defaults"]}],
        "channels": ["anaconda", "conda-forge"],
    }
    assert found.get_python_version() == PYTHON_DEFAULT_VERSION
    assert (found.conda_packages, found.pip_packages) == (["python=3.10.18"], ["azureml-defaults"])


def test_create_takes_what_is_given():
    found = CondaDependencies.create(
        pip_packages=["numpy==1.2", "azureml-sdk"],
        conda_packages=["scikit-learn=1.4"],
        python_version="3.8",
        pip_indexurl="https://host/simple",
        pin_sdk_version=False,
    )

    assert found.pip_packages == ["numpy==1.2", "azureml-sdk"]
    assert found.conda_packages == ["python=3.8", "scikit-learn=1.4"]
    assert found.pip_options == ["--index-url https://host/simple"]


def test_created_dependencies_share_nothing_with_the_lists_given():
    given = ["six"]
    found = CondaDependencies.create(pip_packages=given)
    found.add_pip_package("numpy")

    assert given == ["six"]


@pytest.mark.parametrize("name", ["pip_packages", "conda_packages"])
def test_a_text_in_place_of_a_list_is_refused(name: str):
    with pytest.raises(UserErrorException, match=f"{name} must be a list"):
        CondaDependencies.create(**{name: "numpy"})  # type: ignore[arg-type]


# --- changing it ---


def test_a_pip_package_of_the_same_name_is_replaced():
    packages = CondaDependencies.create(pip_packages=["numpy"])
    packages.add_pip_package("Numpy[x]>=2")
    packages.add_pip_package("git+https://host/a.git")
    packages.add_pip_package("git+https://host/b.git")

    assert packages.pip_packages == ["Numpy[x]>=2", "git+https://host/a.git", "git+https://host/b.git"]
    packages.remove_pip_package("numpy")
    packages.remove_pip_package("nowhere")
    assert packages.pip_packages == ["git+https://host/a.git", "git+https://host/b.git"]


def test_packages_may_be_removed_while_going_through_them():
    packages = CondaDependencies.create(pip_packages=["a", "b", "c"])
    for package in packages.pip_packages:
        packages.remove_pip_package(package)

    assert packages.pip_packages == []


def test_a_conda_package_of_the_same_name_is_replaced():
    packages = CondaDependencies()
    packages.add_conda_package("scipy=1.2")
    packages.add_conda_package("conda-forge::SciPy>=1.3")

    assert packages.conda_packages == ["python=3.10.18", "conda-forge::SciPy>=1.3"]
    packages.remove_conda_package("scipy")
    assert packages.conda_packages == ["python=3.10.18"]


def test_python_can_be_set_and_not_removed():
    packages = CondaDependencies()
    packages.add_conda_package("python=3.9")
    assert (packages.get_python_version(), pin(packages)) == ("3.9", "3.9")
    packages.set_python_version("3.11")
    assert packages.conda_packages == ["python=3.11"]
    with pytest.raises(UserErrorException, match="set_python_version"):
        packages.remove_conda_package("python")


@pytest.mark.parametrize("bad", ["three", "", None, "3.8|3.9"])
def test_a_python_version_that_cannot_be_read_is_refused(bad: str):
    with pytest.raises(UserErrorException):
        CondaDependencies().set_python_version(bad)


def test_options_replace_those_of_the_same_name():
    packages = CondaDependencies()
    packages.set_pip_option("--pre")
    packages.set_pip_option("--extra-index-url https://a")
    packages.set_pip_option("--extra-index-url=https://b")
    packages.set_pip_index_url("https://i")
    packages.set_pip_index_url("--index-url https://j")

    assert packages.pip_options == ["--pre", "--extra-index-url=https://b", "--index-url https://j"]
    packages.remove_pip_option("--pre")
    packages.remove_pip_option("--nothing")
    assert packages.pip_options == ["--extra-index-url=https://b", "--index-url https://j"]
    with pytest.raises(UserErrorException, match="'pre' is not a pip option"):
        packages.set_pip_option("pre")


def test_channels_are_kept_once():
    packages = CondaDependencies()
    packages.add_channel("x")
    packages.add_channel("x")
    packages.remove_channel("anaconda")
    packages.remove_channel("nowhere")

    assert packages.conda_channels == ["conda-forge", "x"]


def test_requirements_of_one_name_are_merged():
    merge = CondaDependencies.merge_requirements

    assert merge(["tensorflow==1", "tensorflow==2"]) == ["tensorflow==1,==2"]
    assert merge(["a", "a>1", "A>1", "b[x]>1", "-e foo"]) == ["a>1", "b[x]>1", "-e foo"]


def test_the_packages_v1_had_methods_for():
    packages = CondaDependencies.create(pip_packages=[])
    packages.add_tensorflow_pip_package()
    packages.add_tensorflow_conda_package(core_type="gpu", version="2.1")
    packages.add_cntk_package("gpu")

    assert packages.pip_packages == ["tensorflow==2.2.0", "cntk-gpu==2.7"]
    assert packages.conda_packages[1:] == ["tensorflow-gpu=2.1"]
    with pytest.raises(UserErrorException, match="'cpu' or 'gpu'"):
        packages.add_cntk_package("tpu")


@pytest.mark.parametrize("bad", [3, None, "", "  "])
def test_what_is_no_text_is_refused(bad: str):
    packages = CondaDependencies()
    for method in (packages.add_pip_package, packages.add_conda_package, packages.add_channel):
        with pytest.raises(UserErrorException, match="non-empty text"):
            method(bad)


# --- the Python pin ---


def test_only_a_version_that_was_asked_for_is_a_pin(tmp_path: Path):
    explicit = tmp_path / "a.yml"
    explicit.write_text("dependencies:\n- python=3.10.18\n")

    assert pin(CondaDependencies()) is None
    assert pin(CondaDependencies.create()) is None
    assert pin(CondaDependencies.create(python_version=None)) is None
    assert pin(CondaDependencies.create(python_version="3.8.13")) == "3.8.13"
    assert pin(CondaDependencies(explicit)) == "3.10.18"
    packages = CondaDependencies()
    packages.set_python_version("3.10.18")
    assert pin(packages) == "3.10.18"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("python>=3.8,<3.11", ">=3.8,<3.11"),
        ("python==3.8=h1", "3.8"),
        ("python 3.8", "3.8"),
        ("python", None),
    ],
)
def test_a_pin_in_each_way_of_writing_it(written: str, expected: str | None):
    packages = CondaDependencies()
    packages.add_conda_package(written)

    assert pin(packages) == expected


def test_whether_the_version_was_asked_for_survives_a_file(tmp_path: Path):
    for name, packages in (
        ("default", CondaDependencies()),
        ("asked", CondaDependencies.create(python_version="3.9")),
    ):
        packages.save(tmp_path / name)
        again = CondaDependencies(tmp_path / name)
        assert again.as_dict() == packages.as_dict()
        assert pin(again) == pin(packages)


# --- files ---


def test_saving_to_a_project_gives_the_relative_path(tmp_path: Path):
    assert CondaDependencies().save_to_file(tmp_path) == ".azureml/auto_conda_dependencies.yml"
    assert CondaDependencies().save_to_file(tmp_path, "sub/own.yml") == "sub/own.yml"
    assert CondaDependencies(tmp_path / "sub" / "own.yml").as_dict() == CondaDependencies().as_dict()


def test_saving_without_a_place_or_to_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(UserErrorException, match="give the path"):
        CondaDependencies().save()
    with pytest.raises(UserErrorException, match="is a folder"):
        CondaDependencies().save(tmp_path)


def test_save_writes_back_to_the_file_read(tmp_path: Path):
    file = tmp_path / "a.yml"
    file.write_text("dependencies: [numpy]\n")
    packages = CondaDependencies(file)
    packages.add_conda_package("scipy")
    packages.save()

    assert CondaDependencies(file).conda_packages == ["numpy", "scipy"]


def test_files_a_specification_refers_to_are_looked_up_beside_it(tmp_path: Path):
    (tmp_path / "more.txt").write_text("six\n-e ./own\n")
    (tmp_path / "a.yml").write_text(
        "dependencies:\n- numpy\n- pip:\n  - -r more.txt\n  - ./b.whl\n  - pandas\n"
    )

    assert CondaDependencies(tmp_path / "a.yml").pip_packages == [
        "six",
        f"-e {tmp_path}/own",
        f"{tmp_path}/b.whl",
        "pandas",
    ]


def test_a_file_that_does_not_exist_is_said_to(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"nope\.yml"):
        CondaDependencies(tmp_path / "nope.yml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "cannot be read"),
        ("- a\n", "expected a mapping"),
        ("", "expected a mapping"),
        ("dependencies: a\n", "'dependencies' must be a list"),
        ("channels: abc\n", "'channels' must be a list"),
        ("dependencies:\n- numpy: 3\n", "is no dependency"),
        ("dependencies:\n- pip: numpy\n", "is no dependency"),
        ("foo: 1\n", "unknown key 'foo'"),
        ("dependencies:\n- pip:\n  - -r nope.txt\n", "there is no file"),
    ],
)
def test_a_file_that_is_no_specification_is_named_with_the_reason(tmp_path: Path, text: str, said: str):
    file = tmp_path / "bad.yml"
    file.write_text(text)

    with pytest.raises(UserErrorException) as caught:
        CondaDependencies(file)

    assert said in caught.value.message
    assert "nope.txt" in said or str(file) in caught.value.message or "there is no file" in said
