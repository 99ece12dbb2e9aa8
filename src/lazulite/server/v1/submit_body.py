"""What v1's clients send to start a published pipeline, read.

    {"ExperimentName": "My_Pipeline", "ParameterAssignments": {"pipeline_arg": 20}, "tags": {"by": "cron"}}

Names count whatever their case; those that mean nothing here are passed over and told in the answer, because published
clients send them. A value that cannot be used is an error that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lazulite.api.query import nearest
from lazulite.model.errors import InvalidRequest
from lazulite.model.publishing import StartRequest
from lazulite.model.values import DataPathValue, ParameterValue
from lazulite.server.v1.call import checked_object

#: Names that v1 knew and that change nothing here.
_WITHOUT_EFFECT = frozenset({"runtype", "enablenotification", "enableemailnotification", "computetarget"})


@dataclass(frozen=True)
class Submission:
    """A request, and the names in it that mean nothing."""

    request: StartRequest
    ignored: tuple[str, ...]


def read_submission(body: Any, **target: str | None) -> Submission:
    """Return what a submit's JSON says. `target` names what it starts: `pipeline`, or `endpoint` and `version`.

    Raises:
        InvalidRequest: it lacks ExperimentName, or a value has another type than it must; the message names it.
    """
    given = checked_object(body)
    found: dict[str, Any] = {}
    ignored: list[str] = []
    for name, value in given.items():
        place = _PLACES.get(name.lower())
        if place is None:
            if name.lower() not in _WITHOUT_EFFECT:
                ignored.append(name)
        elif value is not None:
            field, read = place
            said = read(name, value)
            found[field] = {**found.get(field, {}), **said} if isinstance(said, dict) else said
    if "experiment" not in found:
        known = {name for name in given if name.lower() not in _PLACES}
        hint = nearest("ExperimentName", known) if known else ""
        raise InvalidRequest(
            f"The body lacks 'ExperimentName', the experiment that the run belongs to.{hint}",
            name="ExperimentName",
        )
    found.setdefault("run_source", "API")
    return Submission(StartRequest(**{**found, **target}), tuple(ignored))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "text", value)
    return value


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise _wrong(name, "true or false", value)


def _texts(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(name, "an object of texts", value)
    return {key: _tag(f"{name}.{key}", item) for key, item in value.items()}


def _tag(name: str, value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise _wrong(name, "text", value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _assignments(name: str, value: Any) -> dict[str, ParameterValue]:
    if not isinstance(value, dict):
        raise _wrong(name, "an object: parameter name to value", value)
    for key, item in value.items():
        if isinstance(item, (dict, list)):
            raise _wrong(f"{name}.{key}", "text, a number, true, false or null", item)
    return value


def _data_paths(name: str, value: Any) -> dict[str, ParameterValue]:
    if not isinstance(value, dict):
        raise _wrong(name, "an object: parameter name to data path", value)
    return {key: _data_path(f"{name}.{key}", item) for key, item in value.items()}


def _data_path(name: str, value: Any) -> DataPathValue:
    parts = {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else {}
    datastore, path = parts.get("datastorename"), parts.get("relativepath") or ""
    if not isinstance(datastore, str) or not isinstance(path, str):
        raise _wrong(name, '{"DataStoreName": text, "RelativePath": text}', value)
    return DataPathValue(datastore, path)


def _no_datasets(name: str, value: Any) -> Mapping[str, ParameterValue]:
    if value:
        raise InvalidRequest(
            f"{name} cannot be used: this version has no dataset parameters. Give a data path in "
            "DataPathAssignments.",
            name=name,
        )
    return {}


def _wrong(name: str, expected: str, value: Any) -> InvalidRequest:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else shown[:80] + "…"  # noqa: PLR2004 - a line
    return InvalidRequest(f"{name} is {shown}. Expected {expected}.", name=name)


_PLACES: Mapping[str, tuple[str, Callable[[str, Any], Any]]] = {
    "experimentname": ("experiment", _text),
    "parameterassignments": ("parameters", _assignments),
    "datapathassignments": ("parameters", _data_paths),
    "datasetdefinitionvalueassignments": ("parameters", _no_datasets),
    "tags": ("tags", _texts),
    "steptags": ("step_tags", _texts),
    "properties": ("properties", _texts),
    "description": ("description", _text),
    "displayname": ("display_name", _text),
    "continuerunonstepfailure": ("continue_on_step_failure", _flag),
    "regenerateoutputs": ("regenerate_outputs", _flag),
    "runsource": ("run_source", _text),
    "scheduleid": ("schedule_id", _text),
    "parentrunid": ("parent_run_id", _text),
}
