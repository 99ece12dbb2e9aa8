"""axe-core, the accessibility checker, from the npm registry (MPL-2.0; used by tests only, never shipped).

It is fetched once into a cache folder of the user's, by npm, in a version that is pinned here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

VERSION = "4.14.1"
#: What counts: barriers that keep somebody from using a page.
_GRAVE = ("serious", "critical")


@cache
def script() -> str:
    """The program's text."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lazulite-tests"
    file = folder / f"axe-core-{VERSION}.js"
    if not file.exists():
        _fetch(file)
    return file.read_text(encoding="utf-8")


def _fetch(file: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("axe-core comes from npm, and there is no npm on this machine")
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        packing = ["npm", "pack", "--silent", f"axe-core@{VERSION}"]
        told = subprocess.run(packing, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if told.returncode:
            pytest.skip(f"npm cannot fetch axe-core: {told.stderr[-300:]}")
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            source = archive.extractfile("package/axe.min.js")
            assert source is not None
            made = Path(folder) / "axe.js"
            made.write_bytes(source.read())
        made.replace(file)


def barriers(page: Any) -> list[str]:
    """Return what axe finds on a page that is serious or critical: the rule, what it says, and where."""
    page.evaluate(script())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{one['id']} ({one['impact']}): {one['help']}\n    "
        + "\n    ".join(f"{node['target'][0]}  {node['html'][:160]}" for node in one["nodes"][:4])
        for one in found
        if one["impact"] in _GRAVE
    ]
