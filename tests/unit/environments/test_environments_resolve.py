"""Resolving without building: the interpreter at hand, managed by the user, or not to be had."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lazulite.environments import interpreters, running
from lazulite.environments.locking import exclusive
from lazulite.environments.probe import probe
from lazulite.environments.resolve import resolve
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.errors import EnvironmentFailed

pytestmark = pytest.mark.slow

HERE = ".".join(str(part) for part in sys.version_info[:2])


def quiet(line: str) -> None:
    raise AssertionError(f"nothing was to be logged, and this was: {line}")


def resolved(tmp_path: Path, interpreter: str = sys.executable, **given: object):
    return resolve(EnvironmentSpec(**given), interpreter, tmp_path, quiet)  # type: ignore[arg-type]


def test_the_interpreter_at_hand_will_do(tmp_path: Path):
    found = resolved(tmp_path, pip=("azureml-defaults", "click>=1", "packaging"), python=HERE)

    assert (found.interpreter, found.how, found.notes) == (sys.executable, "current", ())
    assert not (tmp_path / "environments").exists()


def test_an_image_is_noted_and_the_python_part_resolved(tmp_path: Path):
    found = resolved(tmp_path, pip=("click",), image="img:1", dockerfile="FROM x")

    assert found.how == "current"
    assert "'img:1'" in found.notes[0]
    assert "runs no containers" in found.notes[0]


def test_what_is_for_conda_only_is_noted(tmp_path: Path):
    assert "cudatoolkit=11" in resolved(tmp_path, conda=("cudatoolkit=11",)).notes[0]


def test_the_users_own_interpreter_is_taken_unchecked(tmp_path: Path):
    assert resolved(tmp_path, user_managed=True, pip=("nowhere==1",)).how == "user-managed"
    found = resolved(
        tmp_path, user_managed=True, interpreter_path=sys.executable, interpreter="/nowhere/python"
    )
    assert found.interpreter == sys.executable


@pytest.mark.parametrize("path", ["/nowhere/python", "no-such-program-anywhere"])
def test_an_interpreter_that_does_not_exist_is_named(tmp_path: Path, path: str):
    with pytest.raises(EnvironmentFailed, match=path):
        resolved(tmp_path, user_managed=True, interpreter_path=path)


def test_a_program_that_is_no_python_is_named(tmp_path: Path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho I am something else >&2\n")
    fake.chmod(0o755)

    with pytest.raises(EnvironmentFailed, match="I am something else"):
        resolved(tmp_path, user_managed=True, interpreter_path=str(fake))


def test_a_pin_that_cannot_be_met_names_it_and_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LAZULITE_UV", "")
    with pytest.raises(EnvironmentFailed) as caught:
        resolved(tmp_path, python="3.2")

    assert caught.value.message.startswith("Python 3.2 is asked for and this machine has: ")
    assert ".".join(str(part) for part in sys.version_info[:3]) in caught.value.message


def test_uvs_words_are_given_when_it_cannot_get_a_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake = tmp_path / "uv"
    fake.write_text("#!/bin/sh\necho no download found for $4\nexit 2\n")
    fake.chmod(0o755)
    monkeypatch.setenv("LAZULITE_UV", str(fake))
    lines: list[str] = []

    with pytest.raises(EnvironmentFailed, match=r"no download found for 3\.2"):
        resolve(EnvironmentSpec(python="3.2"), sys.executable, tmp_path, lines.append)

    assert "no download found for 3.2" in lines


@pytest.mark.parametrize(
    ("text", "fits", "not_fits"),
    [
        ("3.8", "3.8.18", "3.9.1"),
        ("3.8.13", "3.8.18", "3.9.1"),
        ("=3.8", "3.8.1", "3.10.1"),
        ("==3.8.13", "3.8.1", "3.10.1"),
        ("3.8.*", "3.8.1", "3.10.1"),
        ("3", "3.12.1", "2.7.1"),
        (">=3.9, <3.11", "3.10.13", "3.11.0"),
    ],
)
def test_a_pin_counts_to_the_minor_version(text: str, fits: str, not_fits: str):
    pin = interpreters.read_pin(text)

    assert pin.fits(fits)
    assert not pin.fits(not_fits)


def test_a_pin_that_cannot_be_read_is_named():
    with pytest.raises(EnvironmentFailed, match="'three'"):
        interpreters.read_pin("three")


def test_an_answer_is_kept_until_a_folder_of_the_interpreter_changes(tmp_path: Path):
    packages = tmp_path / "packages"
    asked = tmp_path / "asked"
    packages.mkdir()
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho >> {asked}\nPYTHONPATH={packages} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    cache = tmp_path / "cache"
    assert probe(str(python), cache) == probe(str(python), cache)
    assert len(asked.read_text()) == 1

    (packages / "fresh-2.5.dist-info").mkdir()
    (packages / "fresh-2.5.dist-info" / "METADATA").write_text("Name: fresh\nVersion: 2.5\n")
    os.utime(packages, ns=(1, 1))

    assert probe(str(python), cache).installed["fresh"].version == "2.5"
    assert len(asked.read_text()) == 2


def test_a_damaged_cache_is_asked_anew(tmp_path: Path):
    before = probe(sys.executable, tmp_path)
    for file in tmp_path.iterdir():
        file.write_text("{")

    assert probe(sys.executable, tmp_path) == before


def test_lines_are_streamed_masked_and_kept(tmp_path: Path):
    lines: list[str] = []
    ended = running.run(
        ("sh", "-c", "echo https://user:secret@host; echo last >&2; exit 3"), lines.append, tmp_path
    )

    assert ended.status == 3
    assert lines[1:] == ["https://***@host", "last"] == ended.words.splitlines()
    assert "secret" not in lines[0]


def test_a_program_that_cannot_be_started_is_an_end_too(tmp_path: Path):
    ended = running.run(("/nowhere/uv",), lambda _: None, tmp_path)

    assert ended.status == 127
    assert "/nowhere/uv" in ended.words


def test_the_lock_outlives_its_holder_as_long_as_a_program_that_inherited_it(tmp_path: Path):
    lock = tmp_path / "lock"
    with exclusive(lock, quiet) as descriptor:
        child = subprocess.Popen(("sleep", "60"), pass_fds=(descriptor,))
        os.close(os.dup(descriptor))
    with exclusive(lock, quiet):
        pass  # let go explicitly, although the child still has the descriptor
    child.kill()
    child.wait()

    holder = (
        "import sys, os, subprocess\nfrom pathlib import Path\n"
        "from lazulite.environments.locking import exclusive\n"
        "with exclusive(Path(sys.argv[1]), print) as d:\n"
        "    child = subprocess.Popen(('sleep', '60'), pass_fds=(d,), stdout=subprocess.DEVNULL)\n"
        "    print(child.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", holder, str(lock)), stdout=subprocess.PIPE, text=True, check=False
    )
    said: list[str] = []

    def end_child(line: str) -> None:
        said.append(line)
        os.kill(int(done.stdout), 9)

    with exclusive(lock, end_child):
        assert said == ["Another job is building this environment. Waiting for it."]
