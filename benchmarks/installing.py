"""Peers' installations: each in a virtual environment of its own, kept in a cache folder outside the repository.

A peer that cannot be installed is a result too: `Missing` says why, and the report shows it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Peer

CACHE_VARIABLE = "LAZULITE_BENCHMARK_CACHE"
_READY = ".ready"
_SECONDS = 300.0


@dataclass(frozen=True)
class Installed:
    """A peer that is there. `programs`: the folder of its own programs; None for programs of the system."""

    programs: Path | None
    version: str


class Missing(Exception):
    """A peer is not there; the text says why."""


def cache_folder() -> Path:
    """Return where peers are kept: LAZULITE_BENCHMARK_CACHE, else the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "lazulite-benchmarks"


def install(peer: Peer, cache: Path) -> Installed:
    """Return where a peer is, installing it first if it is not there.

    Raises:
        Missing: it cannot be had; the text is the reason.
    """
    if not peer.requirement:
        if shutil.which(peer.program) is None:
            raise Missing(f"`{peer.program}` is not on this machine")
        return Installed(None, _system_version(peer.program))
    place = cache / f"{peer.key}-py{sys.version_info.major}.{sys.version_info.minor}"
    ready = place / _READY
    if not ready.exists() or ready.read_text(encoding="utf-8").split() != _requirements(peer):
        _install(peer, place)
    return Installed(place / "bin", _package_version(peer, place))


def _install(peer: Peer, place: Path) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if uv is None:
        raise Missing("uv, which installs it, is not on this machine")
    place.parent.mkdir(parents=True, exist_ok=True)
    _call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)])
    _call([uv, "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), *_requirements(peer)])
    # Byte code of all of it, so that the first run of a tool is no slower than its second.
    _call(
        [str(place / "bin" / "python"), "-m", "compileall", "-q", "-j", "0", str(place / "lib")], check=False
    )
    (place / _READY).write_text("\n".join(_requirements(peer)), encoding="utf-8")


def _requirements(peer: Peer) -> list[str]:
    return [peer.requirement, *peer.also]


def _call(command: list[str], *, check: bool = True) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"its installation failed: {error}") from error
    if check and done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise Missing(f"its installation failed: {last[:160]}")


def _package_version(peer: Peer, place: Path) -> str:
    code = f"import importlib.metadata as m; print(m.version({peer.requirement!r}))"
    done = subprocess.run(
        [str(place / "bin" / "python"), "-c", code], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _system_version(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = (done.stdout.splitlines() or [""])[0].split()
    return next((word.strip("()") for word in words if word[:1].isdigit()), "")
