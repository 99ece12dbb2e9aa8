"""The operations of `Service` as an HTTP API: one table, from which the server's routes, the client's requests and the
OpenAPI document are made.

A row says method, path and who may call. What a call takes and gives is read from the type hints of the method in
`Service`, by four rules:

- a parameter that the path names in braces stands there;
- a `BinaryIO` parameter is the raw body of the request; a `BinaryIO` result the raw body of the response;
- of POST, PUT and PATCH, the first other positional parameter is the JSON body;
- all others are the query. A dataclass is spread over it, one field each; a tuple repeats its name; of a mapping each
  entry is `field.key=value`.

JSON is what `model.codec` makes of the dataclasses.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

from lazulite.api.service import Service
from lazulite.model.access import Role

#: Below which path the operations stand; the number goes up if an old client could misread an answer.
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Taken:
    """One parameter of an operation: where it stands (path, query, body or stream) and what it is."""

    name: str
    place: str
    kind: Any
    default: Any = inspect.Parameter.empty

    @property
    def is_required(self) -> bool:
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Operation:
    """One row. `role` is what the caller needs in the workspace; None: any known caller (the answer is cut to what they
    may see); `system` operations need it everywhere."""

    name: str
    method: str
    path: str
    role: Role | None
    system: bool = False

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return typing.get_type_hints(getattr(Service, self.name))

    @cached_property
    def takes(self) -> tuple[Taken, ...]:
        """Its parameters, in the order of the method's signature."""
        named = set(re.findall(r"{(\w+)}", self.path))
        parameters = list(inspect.signature(getattr(Service, self.name)).parameters.values())[1:]
        found: list[Taken] = []
        for one in parameters:
            kind = _concrete(self._hints[one.name])
            has_body = any(taken.place in ("body", "stream") for taken in found)
            if one.name in named:
                place = "path"
            elif kind is BinaryIO:
                place = "stream"
            elif (
                self.method in ("POST", "PUT", "PATCH")
                and one.kind is not inspect.Parameter.KEYWORD_ONLY
                and not has_body
                and BinaryIO not in self._hints.values()
            ):
                place = "body"
            else:
                place = "query"
            found.append(Taken(one.name, place, kind, one.default))
        return tuple(found)

    @cached_property
    def gives(self) -> Any:
        """The type of its result; `BinaryIO` for raw bytes, None for nothing."""
        kind = self._hints["return"]
        return None if kind is type(None) else kind

    @property
    def changes(self) -> bool:
        """Whether it changes anything: such calls are audited."""
        return self.method != "GET" and self.name not in _ONLY_ASK

    @property
    def words(self) -> str:
        """What it does, in the words of `Service`."""
        return inspect.cleandoc(getattr(Service, self.name).__doc__ or "")


def _concrete(kind: Any) -> Any:
    """`kind`, or instead of any sequence a tuple, which the codec can read."""
    origin = typing.get_origin(kind)
    is_sequence = isinstance(origin, type) and issubclass(origin, Iterable) and inspect.isabstract(origin)
    if is_sequence and not issubclass(origin, Mapping):
        return tuple.__class_getitem__((typing.get_args(kind)[0], ...))
    return kind


#: What a face asks of its own side; no requests.
NOT_REMOTE = frozenset({"address", "credentials", "stop_server", "page", "backup", "restore"})

#: Questions too long for a URL.
_ONLY_ASK = frozenset({"missing_blobs", "forecast", "count_steps", "latest_metrics"})

_W = "/workspaces/{workspace}"
_R = _W + "/runs/{run_id}"
_D = _W + "/datastores/{datastore}"
_S = _W + "/schedules/{schedule}"
_READER, _CONTRIBUTOR, _OWNER = Role.READER, Role.CONTRIBUTOR, Role.OWNER

OPERATIONS: tuple[Operation, ...] = (
    # --- workspaces ---
    Operation("create_workspace", "POST", "/workspaces", _OWNER, system=True),
    Operation("list_workspaces", "GET", "/workspaces", None),
    Operation("get_workspace", "GET", _W, _READER),
    Operation("update_workspace", "PUT", "/workspaces", _OWNER),
    Operation("delete_workspace", "DELETE", _W, _OWNER),
    # --- assets ---
    Operation("put_asset", "PUT", _W + "/assets", _CONTRIBUTOR),
    Operation("get_asset", "GET", _W + "/assets/{kind}/{name}", _READER),
    Operation("list_assets", "GET", _W + "/assets/{kind}", _READER),
    Operation("delete_asset", "DELETE", _W + "/assets/{kind}/{name}", _CONTRIBUTOR),
    Operation("check_datastore", "POST", _W + "/datastore-checks", _CONTRIBUTOR),
    # POST, so that it stands in the log of changes who read it.
    Operation("read_secret", "POST", _W + "/secrets/{name}/value", _CONTRIBUTOR),
    # --- code ---
    Operation("missing_blobs", "POST", _W + "/missing-blobs", _CONTRIBUTOR),
    Operation("put_blob", "PUT", _W + "/blobs/{digest}", _CONTRIBUTOR),
    Operation("open_blob", "GET", _W + "/blobs/{digest}", _READER),
    Operation("put_snapshot", "POST", _W + "/snapshots", _CONTRIBUTOR),
    Operation("get_snapshot", "GET", _W + "/snapshots/{snapshot_id}", _READER),
    # --- runs ---
    Operation("submit", "POST", _W + "/runs", _CONTRIBUTOR),
    Operation("forecast", "POST", _W + "/forecast", _READER),
    Operation("create_run", "POST", _W + "/interactive-runs", _CONTRIBUTOR),
    Operation("get_run", "GET", _R, _READER),
    Operation("list_runs", "GET", _W + "/runs", _READER),
    Operation("count_runs", "GET", _W + "/run-counts", _READER),
    Operation("count_steps", "POST", _W + "/step-counts", _READER),
    Operation("update_run", "PATCH", _R, _CONTRIBUTOR),
    Operation("cancel_run", "POST", _R + "/cancel", _CONTRIBUTOR),
    Operation("get_submission", "GET", _R + "/submission", _READER),
    Operation("get_decision", "GET", _R + "/decision", _READER),
    Operation("get_outputs", "GET", _R + "/outputs", _READER),
    Operation("get_events", "GET", _R + "/events", _READER),
    # --- metrics ---
    Operation("add_metrics", "POST", _R + "/metrics", _CONTRIBUTOR),
    Operation("get_metrics", "GET", _R + "/metrics", _READER),
    Operation("latest_metrics", "POST", _W + "/latest-metrics", _READER),
    # --- publishing ---
    Operation("put_plan", "PUT", _W + "/plans", _CONTRIBUTOR),
    Operation("get_plan", "GET", _W + "/plans/{graph}", _READER),
    Operation("publish", "POST", _W + "/pipelines", _CONTRIBUTOR),
    Operation("start_published", "POST", _W + "/published-runs", _CONTRIBUTOR),
    Operation("rerun", "POST", _R + "/rerun", _CONTRIBUTOR),
    Operation("create_endpoint", "POST", _W + "/endpoints", _CONTRIBUTOR),
    Operation("get_endpoint", "GET", _W + "/endpoints/{endpoint}", _READER),
    Operation("change_endpoint", "PATCH", _W + "/endpoints/{endpoint}", _CONTRIBUTOR),
    # --- schedules ---
    Operation("get_schedule_state", "GET", _S + "/state", _READER),
    Operation("list_schedule_checks", "GET", _S + "/checks", _READER),
    Operation("run_schedule", "POST", _S + "/run", _CONTRIBUTOR),
    # --- files ---
    Operation("list_files", "GET", _D + "/files", _READER),
    Operation("list_folder", "GET", _D + "/folder", _READER),
    Operation("look_at", "GET", _D + "/entry", _READER),
    Operation("open_file", "GET", _D + "/file", _READER),
    Operation("put_file", "PUT", _D + "/file", _CONTRIBUTOR),
    Operation("copy_files", "POST", _D + "/copy", _CONTRIBUTOR),
    Operation("remove_file", "DELETE", _D + "/file", _CONTRIBUTOR),
    # --- deleting ---
    Operation("delete_runs", "POST", _W + "/deleted-runs", _OWNER),
    Operation("delete_experiment", "DELETE", _W + "/experiments/{name}", _OWNER),
    Operation("apply_retention", "POST", _W + "/retention", _OWNER),
    # --- the machinery ---
    Operation("get_nodes", "GET", _W + "/computes/{compute}/nodes", _READER),
    Operation("engine_status", "GET", "/engine", None),
    Operation("start_engine", "POST", "/engine/start", _OWNER, system=True),
    Operation("stop_engine", "POST", "/engine/stop", _OWNER, system=True),
)
