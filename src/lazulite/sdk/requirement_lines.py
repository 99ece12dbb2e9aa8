"""Lines of pip requirement files, made independent of the folder they were written in.

A step's environment is resolved later and elsewhere, so what a line refers to is looked up where the user wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lazulite.sdk.exceptions import UserErrorException

_COMMENT = re.compile(r"(^|\s)#.*$")
_FILE = re.compile(r"(?P<option>-r|--requirement|-c|--constraint|-e|--editable)(?:\s+|=)\s*(?P<path>\S.*)")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2")


def read(path: Path) -> list[str]:
    """Return the lines of a requirements file, those of the files it includes in their place.

    Raises:
        FileNotFoundError: there is no such file.
        UserErrorException: it cannot be read, or includes a file that does not exist.
    """
    return _read(path, (path.resolve(),))


def anchored(lines: Iterable[str], base: Path) -> list[str]:
    """Return the lines with included files unrolled, and paths relative to `base` made absolute.

    Raises:
        UserErrorException: an included file does not exist.
    """
    return list(_anchored(lines, base, ()))


def name_of(line: str) -> str | None:
    """Return the normalised name of what a requirement asks for; None for an option, address or path."""
    if _is_path(line) or re.match(r"(-|[\w+]+://|\w+\+)", line):
        return None
    match = _NAME.match(line)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else None


def _read(path: Path, seen: tuple[Path, ...]) -> list[str]:
    if not path.exists():
        raise FileNotFoundError(f"The requirements file {str(path)!r} does not exist.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserErrorException(f"The requirements file {str(path)!r} cannot be read: {error}.") from error
    return list(_anchored(re.sub(r"\\\n", " ", text).splitlines(), path.parent, seen))


def _anchored(lines: Iterable[str], base: Path, seen: tuple[Path, ...]) -> Iterator[str]:
    for line in lines:
        text = _COMMENT.sub("", line).strip()
        match = _FILE.fullmatch(text)
        if match and match["option"] in ("-r", "--requirement"):
            yield from _included((base / match["path"]).resolve(), text, seen)
        elif match and (match["option"] in ("-c", "--constraint") or _is_path(match["path"])):
            yield f"{match['option']} {(base / match['path']).resolve()}"
        elif text:
            yield str((base / text).resolve()) if _is_path(text) else text


def _included(path: Path, line: str, seen: tuple[Path, ...]) -> Iterator[str]:
    if path in seen:
        raise UserErrorException(f"The requirements file {path} includes itself.")
    if not path.is_file():
        raise UserErrorException(f"{line!r}: there is no file {path}.")
    yield from _read(path, (*seen, path))


def _is_path(text: str) -> bool:
    if "://" in text:
        return False
    return text.startswith((".", "/")) or ("@" not in text and text.lower().endswith(_ARCHIVES))
