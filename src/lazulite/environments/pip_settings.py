"""What pip is told by its configuration files and variables, for uv, which reads neither.

A company that serves its packages from its own index says so in pip.conf; an environment that ignored that would ask
the wrong place for the wrong package.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from pathlib import Path

#: pip's name -> uv's variable. uv's own variables win, because whoever set them meant uv.
_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
}
_ALIASES = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}


def variables_for_uv(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that tell uv what pip's configuration says.

    Args:
        environ: Our environment variables.
    """
    told: dict[str, str] = {}
    for path in _files(environ):
        told |= _read(path)
    for name in _NAMES:
        value = environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            told[name] = value
    found = {
        _NAMES[name]: " ".join(value.split())
        for name, value in told.items()
        if _NAMES[name] not in environ and _ALIASES.get(_NAMES[name], "") not in environ
    }
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    if "UV_INDEX" in found and "UV_INDEX_STRATEGY" not in environ:
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # pip's rule: the best version of all indexes
    return found


def _files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """pip's configuration files, weakest first."""
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return ()
    home = Path(environ.get("HOME") or "~").expanduser()
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
    if sys.platform == "darwin":
        files.append(home / "Library" / "Application Support" / "pip" / "pip.conf")
    files.append(Path(sys.prefix) / "pip.conf")
    return (*files, Path(chosen)) if chosen else tuple(files)


def _read(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}  # pip itself will say so to whoever runs pip
    found: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            items = {name.lower().replace("_", "-"): value for name, value in parser.items(section)}
            found |= {name: value for name, value in items.items() if name in _NAMES and value.strip()}
    return found
