"""Real builds with uv and with pip, from the package index this machine uses. Left out where there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lazulite.environments.pip_settings import variables_for_uv
from lazulite.environments.resolve import Resolved, resolve
from lazulite.environments.running import find_uv
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.errors import EnvironmentFailed

pytestmark = pytest.mark.slow

SIX = EnvironmentSpec(name="tiny", pip=("azureml-defaults", "six==1.16.0"))


@pytest.fixture(scope="module", autouse=True)
def _index() -> None:
    """Skip where no package index answers; whether it does is asked of the installers, not of a host."""
    uv = find_uv(sys.executable)
    if uv is None:
        return
    asked = subprocess.run(
        (uv, "pip", "compile", "--no-header", "-"),
        input="six==1.16.0",
        env={**os.environ, **variables_for_uv(os.environ)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if asked.returncode != 0:
        pytest.skip(f"no package index answers on this machine: {asked.stderr.strip()[-300:]}")


def build(home: Path, spec: EnvironmentSpec = SIX, lines: list[str] | None = None) -> Resolved:
    return resolve(spec, sys.executable, home, (lines if lines is not None else []).append)


def python(found: Resolved, code: str) -> str:
    done = subprocess.run((found.interpreter, "-c", code), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def only_environment(home: Path) -> Path:
    (folder,) = (path for path in (home / "environments").iterdir() if path.is_dir())
    return folder


def test_an_environment_is_built_once_and_has_what_was_asked_and_lazulite(tmp_path: Path):
    lines: list[str] = []
    found = build(tmp_path, lines=lines)

    assert found.how == "built"
    assert any("six" in line and "1.16.0" in line for line in lines)
    assert python(found, "import six; print(six.__version__)") == "1.16.0"
    assert python(found, "import lazulite.model.run, sqlalchemy; print(lazulite.__version__)")
    assert only_environment(tmp_path).stat().st_mode & 0o077 == 0

    lines.clear()
    again = build(tmp_path, EnvironmentSpec(name="same", conda=("six==1.16.0",)), lines)
    assert (again.how, again.interpreter, lines) == ("cached", found.interpreter, [])


def test_an_impossible_requirement_fails_in_the_resolvers_words(tmp_path: Path):
    lines: list[str] = []
    with pytest.raises(EnvironmentFailed) as caught:
        build(tmp_path, EnvironmentSpec(name="tiny", pip=("six==99.0",)), lines)

    assert caught.value.message.startswith("six==99.0 (environment 'tiny', Python ")
    assert "no version of six==99.0" in caught.value.message
    assert any("no version of six==99.0" in line for line in lines)
    assert not [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]


def test_the_users_pins_win_over_what_lazulite_needs(tmp_path: Path):
    found = build(tmp_path, EnvironmentSpec(pip=("click==7.0",)))

    assert "click>=8" in found.notes[0]
    assert "Run.get_context()" in found.notes[0]
    assert python(found, "import click, sqlalchemy; print(click.__version__)") == "7.0"


def test_without_uv_venv_and_pip_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LAZULITE_UV", "")
    found = build(tmp_path, EnvironmentSpec(pip=("six==1.16.0",)))

    assert (found.how, python(found, "import six; print(six.__version__)")) == ("built", "1.16.0")


def test_two_processes_make_one_build(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path\n"
        "from lazulite.environments.resolve import resolve\n"
        "from lazulite.model.environment import EnvironmentSpec\n"
        "found = resolve(EnvironmentSpec(pip=('six==1.16.0',)), sys.executable, Path(sys.argv[1]), lambda _: None)\n"
        "print(found.how, found.interpreter)\n"
    )

    def one(_: int) -> list[str]:
        return subprocess.run(
            (sys.executable, "-c", code, str(tmp_path)), stdout=subprocess.PIPE, text=True, check=True
        ).stdout.split()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(one, range(2))

    assert sorted((first[0], second[0])) == ["built", "cached"]
    assert first[1] == second[1]


def test_a_killed_build_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    uv = find_uv(sys.executable)
    if not uv:
        pytest.skip("uv is not installed")
    slow = tmp_path / "slow-uv"
    slow.write_text(
        f'#!/bin/sh\nif [ "$1" = pip ]; then : > {tmp_path}/installing; sleep 600; fi\nexec {uv} "$@"\n'
    )
    slow.chmod(0o755)
    code = (
        "import sys; from pathlib import Path\n"
        "from lazulite.environments.resolve import resolve\n"
        "from lazulite.model.environment import EnvironmentSpec\n"
        "spec = EnvironmentSpec(pip=('azureml-defaults', 'six==1.16.0'))\n"
        "resolve(spec, sys.executable, Path(sys.argv[1]), lambda _: None)\n"
    )
    home = tmp_path / "home"
    builder = subprocess.Popen(
        (sys.executable, "-c", code, str(home)),
        env={**os.environ, "LAZULITE_UV": str(slow)},
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "installing").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(builder.pid, signal.SIGKILL)
        builder.wait()
    half = only_environment(home)
    assert (half / "venv" / "bin" / "python").exists()

    found = build(home)

    assert found.how == "built"
    assert Path(found.interpreter).is_relative_to(half)
    assert python(found, "import six; print(six.__version__)") == "1.16.0"


def test_an_environment_whose_interpreter_is_gone_is_built_again(tmp_path: Path):
    found = build(tmp_path)
    Path(found.interpreter).unlink()

    assert build(tmp_path).how == "built"
