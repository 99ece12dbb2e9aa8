"""What an environment definition asks to be installed, read and checked line by line before anything is started.

Lines are sorted into requirements, options and constraints. `azureml-*` and `lazulite` are left out: Lazulite itself
stands in for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from lazulite.environments import conda, options
from lazulite.environments.masking import masked
from lazulite.environments.options import Option
from lazulite.model.environment import EnvironmentSpec
from lazulite.model.errors import EnvironmentFailed

_COMMENT = re.compile(r"(^|\s)#.*$")
_HASH = re.compile(r"\s+--(hash|config-settings|global-option)[=\s].*$")
_FILE = re.compile(
    r"(?P<option>-r|--requirement|-c|--constraint|-e|--editable)(?:\s+|=|(?<=^-\w))\s*(?P<path>.+)"
)
_ADDRESS = re.compile(r"(?:[A-Za-z0-9+.-]+://|file:|git\+|hg\+|svn\+|bzr\+)")
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2")
_OWN = re.compile(r"azureml(-.*)?|lazulite(-.*)?")


@dataclass(frozen=True)
class Line:
    """One requirement as it is handed to the installer; `parsed` is None for paths and bare URLs."""

    text: str
    parsed: Requirement | None = None
    #: The file or folder of this machine that the line names, if it does.
    path: Path | None = None


@dataclass(frozen=True)
class Wanted:
    """Everything a definition asks for, in the order written, conda packages first."""

    requirements: tuple[Line, ...]
    constraints: tuple[Requirement, ...] = ()
    options: tuple[Option, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """The requirements on one line, for messages; credentials masked."""
        return masked(", ".join(line.text for line in self.requirements)) or "no packages"


def wanted(spec: EnvironmentSpec) -> Wanted:
    """Return what `spec` asks to be installed.

    Raises:
        EnvironmentFailed: a line is neither a requirement nor an option that is passed on, or names a file that
            does not exist.
    """
    converted = conda.to_pypi(spec.conda)
    lines: list[Line] = []
    constraints: list[Requirement] = []
    chosen: list[Option] = []
    for text in spec.pip_options:
        chosen += options.parse(text)
    for text, constrains in _unrolled((*converted.requirements, *spec.pip), base=None, seen=()):
        if constrains:
            constraints.append(_requirement(text))
        elif text.startswith("-") and not text.startswith(("-e", "--editable")):
            chosen += options.parse(text)
        else:
            line = _line(text)
            if not (line.parsed and is_own(line.parsed.name)):
                lines.append(line)
    return Wanted(tuple(lines), tuple(constraints), tuple(chosen), converted.notes)


def is_own(name: str) -> bool:
    """Tell whether Lazulite itself stands in for the distribution `name`."""
    return _OWN.fullmatch(canonicalize_name(name)) is not None


def _unrolled(lines: Iterable[str], base: Path | None, seen: tuple[Path, ...]) -> Iterator[tuple[str, bool]]:
    """Yield the lines without comments, those of `-r` and `-c` files in their place, and whether each constrains."""
    for line in _joined(lines):
        text = _COMMENT.sub("", line).strip()
        if not text:
            continue
        match = _FILE.fullmatch(text)
        if match is None or match["option"] in ("-e", "--editable"):
            yield _anchored(text, match["path"] if match else text, base), False
            continue
        path = _existing(match["path"], base, text)
        if path in seen:
            raise EnvironmentFailed(f"The requirements file {path} includes itself.")
        nested = _unrolled(_read(path), path.parent, (*seen, path))
        if match["option"] in ("-c", "--constraint"):
            yield from ((inner, True) for inner, _ in nested)
        else:
            yield from nested


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Join lines that end in a backslash with the next one, as pip does."""
    held = ""
    for line in lines:
        text = line.rstrip()
        if text.endswith("\\"):
            held += text[:-1] + " "
        else:
            yield held + text
            held = ""
    if held:
        yield held


def _read(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFailed(f"The requirements file {path} cannot be read: {error}.") from error


def _anchored(text: str, target: str, base: Path | None) -> str:
    """Return the line with a relative local path made absolute, where the file it stands in is known."""
    target = target.strip()
    if base is None or not is_local(target) or Path(target).is_absolute():
        return text
    return text.replace(target, str((base / target).resolve()))


def is_local(target: str) -> bool:
    """Tell whether a requirement is a path of this machine rather than a name or an address."""
    if _ADDRESS.match(target):
        return target.startswith("file:")
    return target.startswith((".", "/")) or ("@" not in target and target.lower().endswith(_ARCHIVES))


def _existing(target: str, base: Path | None, line: str) -> Path:
    path = Path(target.strip().removeprefix("file://").partition("[")[0])
    if not path.is_absolute():
        if base is None:
            raise EnvironmentFailed(
                f"{masked(line)!r} names a file by a relative path, and steps run in other folders. Give an absolute "
                "path, or read the file with Environment.from_pip_requirements(name, file_path)."
            )
        path = base / path
    if not path.exists():
        raise EnvironmentFailed(f"{masked(line)!r}: {path} does not exist on this machine.")
    return path


def _line(text: str) -> Line:
    editable = _FILE.fullmatch(text)
    target = editable["path"].strip() if editable else _HASH.sub("", text)
    if is_local(target):
        return Line(text, path=_existing(target, None, text))
    if editable or _ADDRESS.match(target):
        return Line(text)
    parsed = _requirement(target)
    local = parsed.url is not None and parsed.url.startswith("file:")
    return Line(text, parsed=parsed, path=_existing(parsed.url or "", None, text) if local else None)


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(_HASH.sub("", text))
    except InvalidRequirement as error:
        hint = ""
        if re.fullmatch(r"[\w.-]+=[^=].*", text):
            hint = f" In pip's syntax it is {text.replace('=', '==', 1)!r}."
        raise EnvironmentFailed(
            f"{masked(text)!r} is not a pip requirement: {str(error).splitlines()[0]}.{hint}",
            requirement=masked(text),
        ) from error
