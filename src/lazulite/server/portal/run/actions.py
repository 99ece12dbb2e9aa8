"""What can be done with a run: each is a form that posts, asks for the role, and leads to the page of what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from lazulite.api.operations import OPERATIONS, PREFIX
from lazulite.model.codec import dumps
from lazulite.model.errors import InvalidRequest, LazuliteError
from lazulite.model.plan import Parameter
from lazulite.model.publishing import Publication
from lazulite.model.run import Rerun, Run, RunKind, RunPatch
from lazulite.model.values import DataPathValue, ParameterValue, as_text
from lazulite.server.portal import flash, links
from lazulite.server.portal.pages import page
from lazulite.server.portal.routing import Visit, acting, reading
from lazulite.server.portal.run.record import RunRecord, loaded

_RUN = "/workspaces/{workspace}/runs/{run_id}"
_FIELD = "p."


@dataclass(frozen=True)
class Field:
    """A parameter as a field of a form: `kind` is bool, int, float, path or text."""

    name: str
    kind: str
    value: str
    default: str


def routes() -> list[BaseRoute]:
    """The forms and their targets."""
    return [
        acting(_RUN + "/cancel", cancel),
        reading(_RUN + "/rerun", rerun_form),
        acting(_RUN + "/rerun", rerun),
        reading(_RUN + "/publish", publish_form),
        acting(_RUN + "/publish", publish),
        acting(_RUN + "/describe", describe),
        acting(_RUN + "/tags", tag),
    ]


def cancel(visit: Visit) -> Response:
    """Ask for the end of a run, or of one step."""
    run = _run(visit)
    if run.status.is_terminal:
        return flash.redirect(_page_of(run), f"It had ended before: {run.status.value}.", "warn")
    visit.service.cancel_run(run.workspace, run.id)
    what = f"step {run.name}" if run.kind is RunKind.STEP else "the run"
    return flash.redirect(_page_of(run), f"Asked for the cancellation of {what}.")


def rerun_form(visit: Visit) -> Response:
    """The form that runs a pipeline run again."""
    record = _pipeline(visit)
    return page(
        visit.request,
        "run/rerun.html",
        record=record,
        run=record.run,
        fields=fields(record.plan.parameters, record.values),
        first=record.found(visit.asked("step")) if visit.asked("step") else None,
        mode=visit.asked("mode"),
        call=rest_call(visit, record.run),
    )


def rerun(visit: Visit) -> Response:
    """Run it again as the form says; leads to the new run."""
    record = _pipeline(visit)
    how = rerun_of(visit.fields, record)
    try:
        new = visit.service.rerun(
            record.run.workspace, record.run.id, _by(how, visit.viewer.name, visit.filled("display_name"))
        )
    except LazuliteError as error:
        back = links.at(record.run.workspace, "runs", record.run.id, "rerun")
        return flash.redirect(back, error.message, "bad")
    return flash.redirect(_page_of(new), f"This run was started from run {record.run.id[:8]}.")


def rerun_of(filled: Mapping[str, list[str]], record: RunRecord) -> Rerun:
    """Return what a filled form asks for; only parameters that were changed are named.

    Raises:
        InvalidRequest: the mode is none of ours.
    """

    def one(name: str) -> str:
        return (filled.get(name) or [""])[0]

    mode = one("mode") or "again"
    if mode not in ("again", "resume", "anew", "from"):
        raise InvalidRequest(f"{mode!r} is no way to run again. Expected again, resume, anew or from.")
    changed: dict[str, ParameterValue] = {}
    for field in fields(record.plan.parameters, record.values):
        if _FIELD + field.name in filled and one(_FIELD + field.name) != field.value:
            changed[field.name] = one(_FIELD + field.name)
    step = record.found(one("step")) if mode == "from" else None
    if mode == "from" and step is None:
        raise InvalidRequest("Choose the step from which to run again.")
    return Rerun(
        parameters=changed,
        resume=mode == "resume",
        regenerate_outputs=mode == "anew",
        from_node=step.node if step else None,
    )


def fields(parameters: tuple[Parameter, ...], values: Mapping[str, ParameterValue]) -> list[Field]:
    """Return the parameters of a pipeline as fields, with the values they have now."""
    found = []
    for one in parameters:
        value = values.get(one.name, one.default)
        shown = "" if value is None else as_text(value)
        found.append(
            Field(one.name, _kind(one.default), shown, "" if one.default is None else as_text(one.default))
        )
    return found


def _kind(default: ParameterValue) -> str:
    if isinstance(default, DataPathValue):
        return "path"
    return type(default).__name__ if isinstance(default, (bool, int, float)) else "text"


def publish_form(visit: Visit) -> Response:
    """The form that publishes the pipeline of a run."""
    record = _pipeline(visit)
    return page(visit.request, "run/publish.html", record=record, run=record.run)


def publish(visit: Visit) -> Response:
    """Publish the pipeline of a run."""
    record = _pipeline(visit)
    run, submission = record.run, record.submission
    if not visit.filled("name"):
        back = links.at(run.workspace, "runs", run.id, "publish")
        return flash.redirect(back, "A published pipeline needs a name.", "bad")
    made = visit.service.publish(
        run.workspace,
        Publication(
            record.plan,
            visit.filled("name"),
            visit.filled("description") or record.plan.description,
            visit.filled("version") or None,
            submission.continue_on_step_failure if submission else None,
            source_run_id=run.id,
            published_by=visit.viewer.name,
            interpreter=submission.interpreter if submission else "",
        ),
    )
    return flash.redirect(links.at(run.workspace, "pipelines", made.id), f"Published as {made.name}.")


def describe(visit: Visit) -> Response:
    """Change a run's name for people and its description."""
    run = _run(visit)
    patch = RunPatch(display_name=visit.filled("display_name"), description=visit.filled("description"))
    visit.service.update_run(run.workspace, run.id, patch)
    return flash.redirect(_page_of(run), "Changed.")


def tag(visit: Visit) -> Response:
    """Set a tag, or remove one."""
    run = _run(visit)
    name = visit.filled("name")
    if visit.filled("remove"):
        visit.service.update_run(run.workspace, run.id, RunPatch(remove_tags=(visit.filled("remove"),)))
        return flash.redirect(_page_of(run), f"Removed the tag {visit.filled('remove')}.")
    if not name:
        return flash.redirect(_page_of(run), "A tag needs a name.", "bad")
    visit.service.update_run(run.workspace, run.id, RunPatch(set_tags={name: visit.filled("value")}))
    return flash.redirect(_page_of(run), f"Tagged with {name}.")


def rest_call(visit: Visit, run: Run) -> str:
    """The command line that starts the same run over HTTP."""
    path = next(one.path for one in OPERATIONS if one.name == "rerun")
    path = path.replace("{workspace}", run.workspace).replace("{run_id}", run.id)
    body = dumps({"parameters": {}})
    return (
        f"curl -X POST '{links.base(visit.request)}{PREFIX}{path}' \\\n"
        f"  -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n  -d '{body}'"
    )


def _by(how: Rerun, who: str, name: str) -> Rerun:
    return Rerun(
        how.parameters,
        how.resume,
        how.regenerate_outputs,
        how.from_node,
        display_name=name or None,
        submitted_by=who,
    )


def _run(visit: Visit) -> Run:
    return visit.service.get_run(visit.workspace.id, visit.part("run_id"))


def _pipeline(visit: Visit) -> RunRecord:
    run = _run(visit)
    if run.kind is not RunKind.PIPELINE:
        raise InvalidRequest(f"Run {run.id} is no pipeline run, so it cannot be run again from here.")
    return loaded(visit, run)


def _page_of(run: Run) -> str:
    if run.kind is RunKind.STEP:
        return links.at(run.workspace, "runs", run.root_id, step=run.id)
    return links.at(run.workspace, "runs", run.id)
