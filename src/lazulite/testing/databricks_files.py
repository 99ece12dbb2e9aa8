"""The files of a loopback Databricks: DBFS, Volumes (both trees of one dict) and the workspace."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Mapping
from typing import Any

from lazulite.testing.databricks_refusals import Refused

_BLOCK = 1 << 20  # bytes that one block may hold, at most
_READ = 1 << 20
_NOTEBOOK = "# Databricks notebook source"
_ENDINGS = (".ipynb", ".py", ".sql", ".scala", ".r")


def _missing(path: str) -> Refused:
    return Refused(404, "RESOURCE_DOES_NOT_EXIST", f"No file or directory exists on path {path}.")


class Dbfs:
    """`/dbfs/*` and `/fs/*`: files by their absolute path, such as /azureml/a.py or /Volumes/main/data/a.py."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._times: dict[str, int] = {}
        self._clock = itertools.count(1)
        self._open: dict[int, tuple[str, bytearray]] = {}
        self._lock = threading.Lock()
        self._handles = 0

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST create."""
        path = _absolute(body["path"])
        if path in self.files and not body.get("overwrite"):
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"A file or directory already exists at {path}.")
        with self._lock:
            self._handles += 1
            self._open[self._handles] = (path, bytearray())
            return {"handle": self._handles}

    def add_block(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST add-block."""
        data = base64.b64decode(body["data"])
        if len(data) > _BLOCK:
            raise Refused(400, "MAX_BLOCK_SIZE_EXCEEDED", "A block has at most 1 MB.")
        self._handle(body)[1].extend(data)
        return {}

    def close(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST close: only now the file is there."""
        path, data = self._handle(body)
        with self._lock:
            del self._open[int(body["handle"])]
            self.files[path] = bytes(data)
            self._times[path] = next(self._clock)
        return {}

    def put(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST put: a small file at once."""
        path, data = _absolute(body["path"]), base64.b64decode(body.get("contents", ""))
        if len(data) > _BLOCK:
            raise Refused(400, "MAX_BLOCK_SIZE_EXCEEDED", "put takes at most 1 MB.")
        if path in self.files and not body.get("overwrite"):
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"A file or directory already exists at {path}.")
        self.files[path] = data
        self._times[path] = next(self._clock)
        return {}

    def move(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST move: one file."""
        source, target = _absolute(body["source_path"]), _absolute(body["destination_path"])
        if source not in self.files:
            raise _missing(source)
        if target in self.files or self._below(target):
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"A file or directory already exists at {target}.")
        with self._lock:
            self.files[target] = self.files.pop(source)
            self._times[target] = self._times.pop(source)
        return {}

    def read(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET read."""
        path = _absolute(query["path"])
        if path not in self.files:
            raise _missing(path)
        start = int(query.get("offset", 0))
        data = self.files[path][start : start + min(_READ, int(query.get("length", _READ)))]
        return {"bytes_read": len(data), "data": base64.b64encode(data).decode("ascii")}

    def status(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET get-status."""
        path = _absolute(query["path"])
        if path in self.files:
            return self._info(path)
        if not self._below(path):
            raise _missing(path)
        return {"path": path, "is_dir": True, "file_size": 0, "modification_time": 0}

    def list_folder(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET list: one folder."""
        path = _absolute(query["path"])
        if path in self.files:
            return {"files": [self._info(path)]}
        below = self._below(path)
        if not below and path != "/":
            raise _missing(path)
        prefix = path.rstrip("/") + "/"
        folders = sorted({one[len(prefix) :].partition("/")[0] for one in below if "/" in one[len(prefix) :]})
        found = [self._info(one) for one in sorted(below) if "/" not in one[len(prefix) :]]
        found += [{"path": f"{prefix}{one}", "is_dir": True, "file_size": 0} for one in folders]
        return {"files": found}

    def delete(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST delete."""
        path = _absolute(body["path"])
        below = self._below(path)
        if below and not body.get("recursive"):
            raise Refused(400, "IO_ERROR", f"{path} is a folder that is not empty.")
        for one in (path, *below):
            self.files.pop(one, None)
        return {}

    def _info(self, path: str) -> dict[str, Any]:
        when = self._times.get(path, 0)
        return {"path": path, "is_dir": False, "file_size": len(self.files[path]), "modification_time": when}

    def _handle(self, body: Mapping[str, Any]) -> tuple[str, bytearray]:
        try:
            return self._open[int(body["handle"])]
        except KeyError:
            raise Refused(
                404, "RESOURCE_DOES_NOT_EXIST", f"No open stream with handle {body['handle']}."
            ) from None

    def _below(self, path: str) -> list[str]:
        return [one for one in tuple(self.files) if one.startswith(path.rstrip("/") + "/")]


class WorkspaceFiles:
    """`/workspace/*`: what is imported, by its path; a notebook without the ending of its file."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, path: str, content: bytes, kind: str, *, overwrite: bool) -> dict[str, Any]:
        """POST import."""
        name = path
        if kind == "AUTO" and (path.endswith(".ipynb") or content.startswith(_NOTEBOOK.encode())):
            name = next((path[: -len(end)] for end in _ENDINGS if path.endswith(end)), path)
        if name in self.objects and not overwrite:
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"{name} already exists.")
        self.objects[name] = content
        return {}

    def delete(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST delete."""
        path = str(body["path"])
        found = [one for one in self.objects if one == path or one.startswith(f"{path}/")]
        if not found:
            raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"Path ({path}) doesn't exist.")
        for one in found:
            del self.objects[one]
        return {}

    def status(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET get-status."""
        path = query["path"]
        if path not in self.objects:
            raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"Path ({path}) doesn't exist.")
        return {"path": path, "object_type": "NOTEBOOK"}


def _absolute(path: str) -> str:
    plain = path.removeprefix("dbfs:")
    if not plain.startswith("/"):
        raise Refused(400, "INVALID_PARAMETER_VALUE", f"Path must be absolute: {path}")
    return plain
