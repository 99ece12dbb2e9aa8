"""The form that starts a published pipeline: a field for each of its parameters, by the type of the default."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request

from lazulite.model.assets import Workspace
from lazulite.model.plan import Parameter
from lazulite.model.publishing import StartRequest
from lazulite.model.values import DataPathValue, ParameterValue
from lazulite.server.portal import links
from lazulite.server.portal.routing import Visit
from lazulite.server.v1.prefixes import PREFIXES, SCOPE

#: Before a parameter's name, so that it cannot be mistaken for a field of the form's own.
_PREFIX = "parameter:"
_KINDS = {bool: "bool", int: "int", float: "float", DataPathValue: "data path", str: "text"}
#: What a run started here is told to come from (v1's word for its own pages).
RUN_SOURCE = "Designer"


@dataclass(frozen=True)
class FormField:
    """A field: the parameter's name, the kind of input it needs, and what stands in it at first."""

    name: str
    kind: str
    value: str
    datastore: str = ""

    @property
    def key(self) -> str:
        """The name of the input."""
        return _PREFIX + self.name


def fields_of(parameters: Sequence[Parameter]) -> list[FormField]:
    """Return a field for each parameter."""
    return [_field(parameter) for parameter in parameters]


def _field(parameter: Parameter) -> FormField:
    default = parameter.default
    if isinstance(default, DataPathValue):
        return FormField(parameter.name, "data path", default.path, default.datastore)
    kind = _KINDS.get(type(default), "text")
    text = "" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
    return FormField(parameter.name, kind, text)


def start_request(visit: Visit, parameters: Sequence[Parameter], experiment: str) -> StartRequest:
    """Return what the filled form asks for, but for what is to be started. The service converts texts to types, and
    refuses by name what it cannot convert."""
    given: dict[str, ParameterValue] = {}
    for field in fields_of(parameters):
        if field.key not in visit.fields:
            continue
        text = visit.fields[field.key][-1]  # of a box that is checked: after the hidden "false"
        if field.kind == "data path":
            given[field.name] = DataPathValue(visit.filled(f"{field.key}:datastore"), text.strip())
        elif text != field.value:
            given[field.name] = text
    return StartRequest(
        experiment=visit.filled("experiment") or experiment,
        parameters=given,
        tags=_tags(visit.filled("tags")),
        display_name=visit.filled("display_name") or None,
        regenerate_outputs=bool(visit.filled("regenerate_outputs")),
        run_source=RUN_SOURCE,
    )


def _tags(text: str) -> dict[str, str]:
    """`name=value, name` → tags."""
    pairs = (piece.strip().partition("=") for piece in text.split(",") if piece.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def suggested_experiment(name: str) -> str:
    """An experiment's name made of a pipeline's, which may hold anything."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:100] or "published"


#: Puts into a shell's $TOKEN what the Python snippet sends: a home's token, or that of a login.
EXPORT = (
    "export TOKEN=$(python -c 'from azureml.core.authentication import InteractiveLoginAuthentication as Login; "
    'print(Login().get_authentication_header()["Authorization"][7:])\')'
)


@dataclass(frozen=True)
class Snippets:
    """How a program starts the same, ready to be copied."""

    address: str
    curl: str
    python: str
    shell: str = EXPORT


def snippets(
    request: Request, workspace: Workspace, route: str, parameters: Sequence[Parameter], name: str
) -> Snippets:
    """Return the snippets for `route`, such as `PipelineSubmit/<id>`."""
    scope = SCOPE.format(
        subscription=quote(workspace.subscription_id, safe=""),
        group=quote(workspace.resource_group, safe=""),
        workspace=quote(workspace.name, safe=""),
    )
    address = f"{links.base(request)}{PREFIXES[0]}{scope}/PipelineRuns/{route}"
    body: Mapping[str, object] = {
        "ExperimentName": suggested_experiment(name),
        "ParameterAssignments": {
            one.name: one.default for one in parameters if not isinstance(one.default, DataPathValue)
        },
    }
    text = json.dumps(body, indent=2)
    shell = text.replace("'", "'\\''")
    curl = (
        f'curl -X POST "{address}" \\\n  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n'
        f"  -d '{shell}'"
    )
    python = (
        "import requests\n"
        "from azureml.core.authentication import InteractiveLoginAuthentication\n\n"
        "headers = InteractiveLoginAuthentication().get_authentication_header()\n"
        f'response = requests.post(\n    "{address}",\n    headers=headers,\n    json={_python(body)},\n)\n'
        'print(response.json()["Id"])'
    )
    return Snippets(address, curl, python)


def _python(body: Mapping[str, object]) -> str:
    return repr(body)
