"""What axe-core, the field's own checker, says about a page. It comes from the npm registry, once per machine."""

from __future__ import annotations

import subprocess
import tarfile
from functools import cache
from pathlib import Path

import platformdirs
import pytest
from playwright.sync_api import Page

_VERSION = "4.10.3"


@cache
def _axe() -> str:
    folder = Path(platformdirs.user_cache_dir("lazulite-tests"))
    script = folder / f"axe-{_VERSION}.js"
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(
                ["npm", "pack", "--silent", f"axe-core@{_VERSION}"],
                cwd=folder,
                check=True,
                capture_output=True,
                timeout=60,
            )
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"axe-core cannot be fetched from the npm registry: {error}")
        with tarfile.open(folder / f"axe-core-{_VERSION}.tgz") as archive:
            source = archive.extractfile("package/axe.min.js")
            assert source is not None
            part = script.with_suffix(".part")
            part.write_bytes(source.read())
            part.replace(script)
    return script.read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """Return the serious and critical violations on a page: the rule, and where."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
