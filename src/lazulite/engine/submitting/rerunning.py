"""From a run and what is to be different to the submission that runs it again."""

from __future__ import annotations

from dataclasses import replace

from lazulite.engine.submitting.conversion import converted
from lazulite.engine.submitting.starting import usable
from lazulite.engine.submitting.submissions import check_parameters
from lazulite.graph.labels import listed, nearest
from lazulite.model.errors import InvalidRequest
from lazulite.model.plan import Plan
from lazulite.model.publishing import ENDPOINT_ID, PIPELINE_ID, RERUN_OF
from lazulite.model.run import Rerun, Submission
from lazulite.records.records import Records


def submission_of(records: Records, workspace: str, run_id: str, how: Rerun) -> Submission:
    """Return what runs a pipeline run again. It is not checked against the workspace yet.

    Raises:
        NotFound: the run does not exist, or is no pipeline run.
        InvalidRequest: a parameter or the step to begin with does not exist, or a value does not fit.
    """
    earlier = records.submission(workspace, run_id)
    check_parameters(earlier.plan.parameters, dict.fromkeys(how.parameters))
    values, _ = converted(earlier.plan.parameters, how.parameters)
    resumes = how.resume or how.from_node is not None
    kept = {
        name: earlier.run_properties[name]
        for name in (PIPELINE_ID, ENDPOINT_ID)
        if name in earlier.run_properties
    }
    moved = how.experiment is not None and how.experiment != earlier.experiment
    return replace(
        earlier,
        experiment=how.experiment or earlier.experiment,
        parameters={**earlier.parameters, **values},
        run_properties={**kept, RERUN_OF: run_id},
        display_name=how.display_name or earlier.display_name,
        regenerate_outputs=how.regenerate_outputs,
        parent_run_id=None if moved else earlier.parent_run_id,
        resumes=run_id if resumes else None,
        anew=_from(earlier.plan, how.from_node) if how.from_node is not None else (),
        interpreter=usable(earlier.interpreter),
        submitted_by=how.submitted_by,
        run_id=how.run_id,
    )


def _from(plan: Plan, named: str) -> tuple[str, ...]:
    """The nodes of a step and of all that come after it, in plan order."""
    first = _node(plan, named)
    found: set[str] = {first}
    for step in plan.steps:  # in an order in which each comes after all it depends on
        if step.depends_on & found:
            found.add(step.node)
    return tuple(step.node for step in plan.steps if step.node in found)


def _node(plan: Plan, named: str) -> str:
    if any(step.node == named for step in plan.steps):
        return named
    of_name = [step.node for step in plan.steps if step.name == named]
    if len(of_name) == 1:
        return of_name[0]
    if of_name:
        raise InvalidRequest(
            f"{len(of_name)} steps are named '{named}'. Say which by its node id: {listed(of_name)}.",
            step=named,
        )
    names = sorted({step.name for step in plan.steps})
    raise InvalidRequest(
        f"The pipeline has no step '{named}'.{nearest(named, names)} It has: {listed(names)}.", step=named
    )
