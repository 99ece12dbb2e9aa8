"""What a notebook writes while it runs: shown in the step's log at once, and kept with its cell.

Secrets that the notebook was given are blotted out in both.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_SHORTEST = 4  # characters of a secret; a shorter one would blot out half of every text
_BLOT = "[REDACTED]"
#: So many characters that a cell writes are kept with it; the step's log has all of them.
_MOST = 1 << 20


class Secrets:
    """Values that must not be seen."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, value: str) -> None:
        """Keep a value from being shown from now on."""
        if len(value) >= _SHORTEST:
            self._values.add(value)

    def without(self, text: str) -> str:
        """Return the text with every secret blotted out."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, _BLOT)
        return text


class Recording:
    """The outputs of the cell that runs, in Jupyter's form."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.outputs: list[dict[str, Any]] = []
        self._written = 0

    def begin(self) -> list[dict[str, Any]]:
        """Begin a cell's outputs; the list fills while it runs."""
        self.outputs = []
        self._written = 0
        return self.outputs

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within this block what is written to stdout and stderr is recorded as well as shown."""
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Tee("stdout", before[0], self), Tee("stderr", before[1], self)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before

    def stream(self, name: str, text: str) -> None:
        """Add what was written to a stream."""
        if self._written > _MOST:
            return
        self._written += len(text)
        if self._written > _MOST:
            text = f"{text[: _MOST - self._written]}\n… The rest is in the step's log.\n"
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last.get("name") == name:
            last["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def show(self, bundle: dict[str, Any]) -> None:
        """Add something shown, by MIME type; its text goes to the log as well."""
        shown = {
            kind: self.secrets.without(content) if isinstance(content, str) else content
            for kind, content in bundle.items()
        }
        self.outputs.append({"output_type": "display_data", "data": shown, "metadata": {}})
        if "text/plain" in shown:
            print(shown["text/plain"], file=sys.__stdout__, flush=True)

    def error(self, name: str, value: str, trace: str) -> None:
        """Add the exception that ended the cell."""
        clean = self.secrets.without
        self.outputs.append(
            {
                "output_type": "error",
                "ename": name,
                "evalue": clean(value),
                "traceback": clean(trace).splitlines(),
            }
        )


class Tee(io.TextIOBase):
    """A stream of the log that the recording listens to."""

    def __init__(self, name: str, stream: TextIO, recording: Recording) -> None:
        self._name = name
        self._stream = stream
        self._recording = recording

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    def write(self, text: str) -> int:
        clean = self._recording.secrets.without(text)
        self._stream.write(clean)
        self._stream.flush()
        self._recording.stream(self._name, clean)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True
