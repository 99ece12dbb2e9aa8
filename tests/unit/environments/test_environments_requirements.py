"""Reading what a definition asks for, comparing it with an interpreter, and naming it by content."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.environments.key import environment_key
from lazulite.environments.probe import Distribution, Interpreter
from lazulite.environments.requirements import wanted
from lazulite.environments.satisfied import lacking
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.errors import EnvironmentFailed


def interpreter(**installed: str | Distribution) -> Interpreter:
    found = {
        name.replace("_", "-"): item if isinstance(item, Distribution) else Distribution(item)
        for name, item in installed.items()
    }
    markers = {
        "python_version": "3.11",
        "python_full_version": "3.11.7",
        "sys_platform": "linux",
        "os_name": "posix",
    }
    return Interpreter("/python", "3.11.7", markers, found)


def lacks(*pip: str, **installed: str | Distribution) -> tuple[str, ...]:
    return lacking(wanted(EnvironmentSpec(pip=pip)), interpreter(**installed))


def asked(*pip: str) -> list[str]:
    return [line.text for line in wanted(EnvironmentSpec(pip=pip)).requirements]


# --- reading ---


def test_comments_blank_lines_and_continuations_are_read_as_pip_reads_them():
    assert asked("# all", "", "numpy==1.2  # why", "six \\", "  >=1") == ["numpy==1.2", "six    >=1"]


@pytest.mark.parametrize(
    "name", ["azureml-defaults", "azureml-sdk[notebooks]~=1.61", "AzureML_Core==1", "azureml", "lazulite>=9"]
)
def test_lazulite_stands_in_for_azureml(name: str):
    assert asked(name, "six") == ["six"]


def test_options_may_stand_among_the_requirements():
    found = wanted(EnvironmentSpec(pip=("--pre", "six"), pip_options=("-i https://a",)))

    assert [line.text for line in found.requirements] == ["six"]
    assert [option.name for option in found.options] == ["--index-url", "--pre"]


def test_requirement_files_are_unrolled_and_their_paths_anchored(tmp_path: Path):
    (tmp_path / "own.whl").write_bytes(b"")
    (tmp_path / "base.txt").write_text("-r more.txt\n./own.whl\n-c limits.txt\n")
    (tmp_path / "more.txt").write_text("six\n")
    (tmp_path / "limits.txt").write_text("six<2\n")

    found = wanted(EnvironmentSpec(pip=(f"-r {tmp_path}/base.txt",)))

    assert [line.text for line in found.requirements] == ["six", str(tmp_path / "own.whl")]
    assert [str(constraint) for constraint in found.constraints] == ["six<2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("numpy=1.2", "numpy==1.2"),
        ("numpy >= >= 1", "is not a pip requirement"),
        ("-r requirements.txt", "relative path"),
        ("./own.whl", "relative path"),
        ("/nowhere/own.whl", "does not exist"),
        ("--target /etc six", "--target"),
        ("-r /nowhere.txt", "does not exist"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str, said: str):
    with pytest.raises(EnvironmentFailed) as caught:
        asked(line)

    assert said in caught.value.message


def test_a_file_that_includes_itself_is_refused(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text(f"-r {file}\n")

    with pytest.raises(EnvironmentFailed, match="includes itself"):
        asked(f"-r {file}")


# --- satisfied or not ---


def test_nothing_asked_is_satisfied():
    assert lacks() == ()


@pytest.mark.parametrize(
    ("requirement", "version"),
    [
        ("Six", "1.0"),
        ("six>=1,<2", "1.5"),
        ("six==1.*", "1.5.1"),
        ("six>=2.0rc1", "2.0rc2"),
        ("six>=1", "2.0.dev1"),
        ("nothing; python_version<'3'", "1"),
        ("six>=1; sys_platform=='linux'", "1"),
    ],
)
def test_satisfied(requirement: str, version: str):
    assert lacks(requirement, six=version) == ()


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("seven", "seven is not installed"),
        ("six>=2", "six>=2 is asked for and 1.0 is installed"),
        ("git+https://token@host/six.git", "git+https://***@host/six.git is always installed anew"),
        ("six @ https://host/six.whl", "always installed anew"),
        ("six==1.0 --hash=sha256:aa", "certain hash"),
        ("seven; python_version>='3'", "seven is not installed"),
    ],
)
def test_not_satisfied(requirement: str, said: str):
    (phrase,) = lacks(requirement, six="1.0")

    assert said in phrase


def test_an_extra_asks_for_what_the_distribution_says_it_needs():
    big = Distribution("1", ("small>=2; extra == 'more'", "absent; extra == 'other'", "always"))

    assert lacks("big[more]", big=big, small="2") == ()
    assert lacks("big[more]", big=big, small="1") == (
        "small>=2 is asked for and 1 is installed (for big[more])",
    )
    assert lacks("big[other]", big=big) == ("absent is not installed (for big[other])",)


def test_extras_that_ask_for_each_other_come_to_an_end():
    big = Distribution("1", ("big[b]; extra == 'a'", "big[a]; extra == 'b'", "gone; extra == 'b'"))

    assert lacks("big[a]", big=big) == ("gone is not installed (for big[b]) (for big[a])",)


def test_a_constraint_counts_for_what_is_installed(tmp_path: Path):
    (tmp_path / "c.txt").write_text("six<1\nabsent<1\n")

    assert lacks(f"-c {tmp_path}/c.txt", six="1.0") == ("six<1 is asked for and 1.0 is installed",)


# --- the key ---


def key(**given: object) -> str:
    return environment_key(EnvironmentSpec(**given), "3.11.7")  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.permutations(["numpy==1.2", "six", "Pandas[excel]>=1,<2", "a; python_version<'4'"]))
def test_the_order_of_requirements_does_not_matter(lines: list[str]):
    assert key(pip=tuple(lines)) == key(
        pip=("a;python_version < '4'", "SIX", "numpy == 1.2", "pandas[Excel]<2, >=1")
    )


def test_what_does_not_change_what_runs_is_not_in_the_key():
    plain = key(pip=("six",))

    assert key(pip=("six", "azureml-defaults"), name="other", version="3", variables={"A": "b"}) == plain
    assert key(conda=("six", "cudatoolkit"), channels=("x",), image="img") == plain
    assert environment_key(EnvironmentSpec(pip=("six",)), "3.11.2") == plain


def test_what_changes_what_runs_is():
    several = [
        key(pip=("six",)),
        key(pip=("six==1",)),
        key(pip=("six", "--pre")),
        key(pip=("six[a]",)),
        key(pip=("six==1 --hash=sha256:aa",)),
        key(pip=("six @ https://host/six.whl",)),
        key(user_managed=True),
        environment_key(EnvironmentSpec(pip=("six",)), "3.12.0"),
    ]

    assert len(set(several)) == len(several)


def test_local_files_count_by_content_not_by_path(tmp_path: Path):
    for folder, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "own.whl").write_bytes(content)
    a, b, c = (key(pip=(str(tmp_path / folder / "own.whl"),)) for folder in "abc")

    assert a == b
    assert a != c


def test_a_local_project_counts_by_content_without_what_building_leaves(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("")
    before = key(pip=(f"-e {tmp_path}",))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("")
    assert key(pip=(f"-e {tmp_path}",)) == before

    (tmp_path / "more.py").write_text("")
    assert key(pip=(f"-e {tmp_path}",)) != before
