"""What the magics of a cell do: SQL, a shell, packages, files."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidRequest

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from lazulite.worker.tasks.spark.dbutils import Files
    from lazulite.worker.tasks.spark.recording import Recording

_PIP_FILES = ("-r", "--requirement")
_PIP_INDEXES = ("-i", "--index-url", "--extra-index-url")
_PIP_IGNORED = ("-q", "--quiet", "-U", "--upgrade", "--no-cache-dir")
_WIDGET = re.compile(r"\$\{([\w.-]+)\}|(?<![\w$])\$([A-Za-z]\w*)")
_MARKER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")
_GET_ARGUMENT = re.compile(r"""getArgument\(\s*["']([^"']+)["']\s*(?:,\s*["'][^"']*["']\s*)?\)""")
_GIVEN = re.compile(r"""\$([\w.-]+)\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S+)""")


def run_sql(spark: SparkSession, text: str, widgets: Mapping[str, str]) -> DataFrame | None:
    """Run the statements of a cell; return the last one's result.

    Widgets stand in it as `:name` (a value), or in the older ways as `${name}`, `$name` and `getArgument("name")`.
    """
    result = None
    for statement in statements(text):
        filled = _filled(statement, widgets)
        names = {name for name in _MARKER.findall(_blanked(filled)) if name in widgets}
        markers = {name: widgets[name] for name in sorted(names)}
        result = spark.sql(filled, args=markers) if markers else spark.sql(filled)
    return result


def statements(text: str) -> Iterator[str]:
    """Yield the statements of SQL text: what stands between semicolons that are in no text or comment."""
    blank = _blanked(text)
    start = 0
    for at in [*(at for at, sign in enumerate(blank) if sign == ";"), len(text)]:
        if blank[start:at].strip():
            yield text[start:at].strip()
        start = at + 1


def run_arguments(arguments: str) -> tuple[str, dict[str, str]]:
    """Return the notebook and the widgets of a %run: `./other $name="value"`.

    Raises:
        InvalidRequest: it names no notebook.
    """
    found = re.match(r"""\s*("[^"]+"|'[^']+'|\S+)(.*)$""", arguments)
    if not found:
        raise InvalidRequest("%run names no notebook. Expected %run ./other.")
    values = {name: _unquoted(value) for name, value in _GIVEN.findall(found[2])}
    return _unquoted(found[1]), values


def run_shell(text: str) -> None:
    """Run a cell's shell commands; what they write is shown.

    Raises:
        CalledProcessError: the last command failed.
    """
    process = subprocess.Popen(
        ["/bin/sh", "-c", text],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process:
        for line in process.stdout or ():
            print(line, end="")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "sh")


def run_pip(arguments: str, install: Callable[[Sequence[str], Sequence[str]], object]) -> None:
    """Run `%pip install …`: packages, `-r FILE`, addresses of indexes.

    Args:
        arguments: What stands behind %pip.
        install: Takes the packages, and the addresses of indexes besides the usual one.

    Raises:
        InvalidRequest: it is another command, or has another option.
        OSError: a file of requirements cannot be read.
    """
    words = iter(shlex.split(arguments))
    if next(words, "") != "install":
        raise InvalidRequest(f"%pip {arguments} does not run here. Expected %pip install PACKAGE….")
    packages: list[str] = []
    indexes: list[str] = []
    for word in words:
        option, _, value = word.partition("=") if word.startswith("-") else (word, "", "")
        if option in _PIP_FILES:
            lines = Path(value or next(words, "")).read_text(encoding="utf-8").splitlines()
            packages += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        elif option in _PIP_INDEXES:
            indexes.append(value or next(words, ""))
        elif not word.startswith("-"):
            packages.append(word)
        elif word not in _PIP_IGNORED:
            raise InvalidRequest(
                f"%pip install {word} does not run here. Expected packages, -r FILE or --index-url."
            )
    install(packages, indexes)


def run_fs(arguments: str, files: Files, recording: Recording) -> None:
    """Run `%fs ls /mnt`: a function of `dbutils.fs` with texts as its arguments."""
    words = shlex.split(arguments)
    function = getattr(files, words[0], None) if words and not words[0].startswith("_") else None
    if function is None:
        raise InvalidRequest(
            f"%fs {arguments} does not run here. Expected a function of dbutils.fs: %fs ls /mnt."
        )
    result: Any = function(*words[1:])
    if result is not None:
        told = "\n".join(map(str, result)) if isinstance(result, list) else str(result)
        recording.show({"text/plain": told})


def _filled(text: str, widgets: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return widgets.get(name, found[0])

    text = _GET_ARGUMENT.sub(
        lambda found: f"'{widgets[found[1]]}'" if found[1] in widgets else found[0], text
    )
    return _WIDGET.sub(value, text)


def _blanked(text: str) -> str:
    """The text, with what is in quotes or comments replaced by spaces."""
    pattern = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|/\*.*?\*/"""
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
