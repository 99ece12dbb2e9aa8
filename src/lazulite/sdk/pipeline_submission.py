"""What submitting a pipeline adds to its plan: checked values, git's facts, and what is said to the user."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidPlan
from lazulite.sdk.parameter import checked_values
from lazulite.sdk.pipeline_errors import PipelineBuildError
from lazulite.sdk.steps.script_step import ScriptStep

if TYPE_CHECKING:
    from lazulite.model.plan import Parameter, Plan, Step
    from lazulite.model.run import Submission
    from lazulite.model.values import ParameterValue
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.steps.base import PipelineStep

#: Of longer pipelines only the number of steps is printed.
_STEPS_PRINTED = 50
#: Only so many source folders are asked for a git repository: all of a pipeline are in one, as a rule.
_FOLDERS_ASKED = 5


def parameter_values(
    declared: Iterable[Parameter], given: Any, datastores: Iterable[str]
) -> dict[str, ParameterValue]:
    """Return the submitted values as the plan holds them.

    Raises:
        PipelineBuildError: a name is unknown or a value has the wrong type; all are reported.
    """
    if given is not None and not isinstance(given, Mapping):
        raise PipelineBuildError(f"pipeline_parameters is {given!r}. Expected a dict of values by name.")
    values, problems = checked_values(declared, given, datastores)
    if problems:
        text = InvalidPlan(problems).message.replace("The pipeline has", "The parameters have", 1)
        raise PipelineBuildError(text if problems[1:] else problems[0], tuple(problems))
    return values


def ask_git(plan: Plan) -> Callable[[], dict[str, str]]:
    """Ask git about the code, of the first source folder that is in a repository, and return at once.

    What is returned gives the answer, and waits for it if need be: git reads the whole working tree, and the code can
    be handed over meanwhile.
    """
    from lazulite.sdk.provenance import git_properties

    folders = list(dict.fromkeys(step.source_directory for step in plan.steps if step.source_directory))
    answer: dict[str, str] = {}

    def ask() -> None:
        answer.update(next(filter(None, map(git_properties, folders[:_FOLDERS_ASKED])), {}))

    asking = threading.Thread(target=ask, name="lazulite-git", daemon=True)
    try:
        asking.start()
    except RuntimeError:  # an interpreter that is ending starts no threads
        ask()
        return lambda: answer

    def waited() -> dict[str, str]:
        asking.join()
        return answer

    return waited


def warn_of_current_directory(steps: Iterable[PipelineStep], depth: int) -> None:
    """Warn of steps whose code is the current directory because nobody named another.

    Args:
        depth: How many calls up the user's own line is.
    """
    names = [
        step.name
        for step in steps
        if isinstance(step, ScriptStep) and step._takes_current_directory  # noqa: SLF001 - the SDK's own seam
    ]
    if names:
        warnings.warn(
            f"No source_directory was given for {', '.join(map(repr, names[:5]))}: every file of the current "
            "directory is taken along. Pass source_directory= with the folder that holds the code.",
            UserWarning,
            stacklevel=depth + 1,
        )


def announce(submission: Submission, run: PipelineRun, notes: Iterable[str]) -> None:
    """Print the steps, notes on them, the run and the link that shows it, as v1 did."""
    steps = submission.plan.steps
    if len(steps) > _STEPS_PRINTED:
        lines = [f"Created {len(steps)} steps"]
    else:
        lines = [f"Created step {step.name} [{step.node}] ({_outlook(step, submission)})" for step in steps]
    lines += [f"Note: {note}" for note in notes]
    _say([*lines, *_about(run)])


def announce_run(run: PipelineRun) -> None:
    """Print the run and where its files are, as v1 did."""
    _say(_about(run))


def _about(run: PipelineRun) -> list[str]:
    from lazulite.sdk.portal import link_line

    return [f"Submitted PipelineRun {run.id}", link_line(run.get_portal_url())]


def _say(lines: Iterable[str]) -> None:
    # The run is on its way: that nobody can read this any more must not look like a failed submission.
    with contextlib.suppress(OSError, ValueError):
        print("\n".join(lines), flush=True)


def _outlook(step: Step, submission: Submission) -> str:
    if submission.regenerate_outputs or not step.allow_reuse:
        return "it will run"
    return "eligible for reuse: it runs if anything changed"


def flag(name: str, value: Any) -> bool:
    """Return a switch as a bool; None means it was not set.

    Raises:
        PipelineBuildError: it is neither True, False nor None.
    """
    if value not in (None, True, False):
        raise PipelineBuildError(f"{name} is {value!r}. Expected True or False.")
    return bool(value)


def resumed_id(run: Any) -> str | None:
    """Return the id of the run to resume, given itself or by its id; None if there is none.

    Raises:
        PipelineBuildError: it is neither.
    """
    from lazulite.sdk.run import Run

    if isinstance(run, Run):
        return run.id
    if run is None or (isinstance(run, str) and run):
        return run
    raise PipelineBuildError(f"resume is {run!r}. Expected a PipelineRun, or its id.")


def user() -> str:
    """Return the name of who submits; empty where the system knows none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
