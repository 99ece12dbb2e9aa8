"""What every kind of run stands on: its identity, its record, and where changes to it go.

From outside a job, changes go to the service. Inside a job (`run_context`) the same methods write to the job's outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.run import Metric, RunError, RunKind, RunPatch, RunStatus
from lazulite.model.run import Run as Record
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.run_arguments import checked_id, checked_text, checked_texts, refuse_unknown, trace

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.deletion import Deletion
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.workspace import Workspace


class RunCore:
    """Identity, record and changes of a run."""

    def __init__(
        self, experiment: Experiment | None, run_id: str, outputs: Any = None, **kwargs: Any
    ) -> None:
        record: Record | None = kwargs.pop("_record", None)
        self._place: Workspace | None = kwargs.pop("_place", None)
        refuse_unknown(type(self).__name__, kwargs)
        self._experiment = experiment
        # Inside a job the id comes from the worker, and checking it would cost an import.
        self._id = run_id if experiment is None else checked_id(run_id)
        self._known: Record | None = record
        if experiment is not None and record is None:
            found = self._fetch()
            if found.experiment != experiment.name:
                raise UserErrorException(
                    f"Run {run_id} belongs to experiment {found.experiment!r}, not to {experiment.name!r}. "
                    "Use Run.get(workspace, run_id), which finds it by itself."
                )

    # --- where it is ---

    @property
    def experiment(self) -> Experiment:
        """The experiment that the run belongs to."""
        if self._experiment is None:
            from lazulite.model.assets import AssetKind
            from lazulite.sdk.experiment import Experiment as ExperimentClass

            name = self._facts().experiment
            with v1_errors():
                asset = self._service.get_asset(self._workspace_id, AssetKind.EXPERIMENT, name)
            self._experiment = ExperimentClass(self._workspace, name, _experiment_dto=asset)
        return self._experiment

    @property
    def _workspace(self) -> Workspace:
        if self._place is None:
            self._place = self._found_workspace()
        return self._place

    def _found_workspace(self) -> Workspace:
        if self._experiment is None:
            raise UserErrorException(
                f"Run {self._id} was made without an experiment. Use Run.get(workspace, run_id)."
            )
        return self._experiment.workspace

    @property
    def _service(self) -> Service:
        return self._workspace._service  # noqa: SLF001 - the SDK's own seam

    @property
    def _workspace_id(self) -> str:
        return self._workspace._id  # noqa: SLF001 - the SDK's own seam

    def _fetch(self) -> Record:
        """The record as it is now."""
        with v1_errors():
            self._known = self._service.get_run(self._workspace_id, self._id)
        return self._known

    def _facts(self) -> Record:
        """The record as last seen: for what never changes."""
        return self._known or self._fetch()

    def _change(self, patch: RunPatch) -> None:
        with v1_errors():
            self._known = self._service.update_run(self._workspace_id, self._id, patch)

    def _keep_metric(self, metric: Metric) -> None:
        self._service.add_metrics(self._workspace_id, self._id, [metric])

    def _recorded_metrics(self, name: str | None) -> tuple[Metric, ...]:
        with v1_errors():
            return self._service.get_metrics(self._workspace_id, self._id, name)

    # --- identity ---

    @property
    def id(self) -> str:
        """The run's id, a GUID."""
        return self._id

    @property
    def identity(self) -> str:
        """A word for logs (v1: of its own log lines)."""
        return f"{type(self).__name__}#{self._id}"

    @property
    def name(self) -> str:
        """Of a step run the step's name, of a pipeline run its description or else the experiment's name."""
        record = self._facts()
        return record.name or record.display_name or record.id

    @property
    def number(self) -> int:
        """Counts the runs of the experiment, from 1; children of a run are not counted."""
        return self._facts().number

    @property
    def type(self) -> str:
        """v1's word for the kind of run: azureml.PipelineRun, azureml.StepRun, azureml.interactiverun."""
        return self._facts().kind.value

    @property
    def display_name(self) -> str:
        """A name for people. Can be set; it has no influence on reuse."""
        record = self._fetch()
        return record.display_name or record.name or record.id

    @display_name.setter
    def display_name(self, value: str) -> None:
        self._change(RunPatch(display_name=checked_text("display_name", value)))

    @property
    def description(self) -> str | None:
        """A text for people. Can be set."""
        return self._fetch().description

    @description.setter
    def description(self, value: str) -> None:
        self._change(RunPatch(description=checked_text("description", value)))

    # --- status ---

    @property
    def status(self) -> str:
        """Where the run stands, in v1's run-history words: NotStarted, Queued, Running, Completed, Failed …

        `PipelineRun.get_status()` and `StepRun.get_status()` use v1's other words (Finished for Completed);
        `is_finished` needs neither.
        """
        return self._fetch().status.history_word

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended, however it ended. (Beyond v1.)"""
        return self._fetch().status.is_terminal

    def get_status(self) -> str:
        """Return where the run stands, in the words of `status`."""
        return self.status

    def start(self) -> None:
        """Mark an interactive run as Running."""
        self._set_status(RunStatus.RUNNING)

    def complete(self, _set_status: bool = True) -> None:
        """Mark an interactive run as Completed. A submitted run completes by its script's exit code 0."""
        if _set_status:
            self._set_status(RunStatus.COMPLETED)

    def fail(
        self, error_details: Any = None, error_code: str | None = None, _set_status: bool = True
    ) -> None:
        """Mark an interactive run as Failed.

        Args:
            error_details: An exception or a text: why.
            error_code: A short word for the sort of failure.
        """
        if _set_status:
            message = "" if error_details is None else str(error_details) or type(error_details).__name__
            details = trace(error_details) if isinstance(error_details, BaseException) else ""
            self._set_status(RunStatus.FAILED, RunError(error_code or "UserError", message, details))

    def cancel(self) -> None:
        """Ask for the run, and all it started, to be cancelled. A run that has ended stays as it is."""
        if self._facts().kind is RunKind.INTERACTIVE:
            if not self._fetch().status.is_terminal:
                self._change(RunPatch(status=RunStatus.CANCELED))
            return
        with v1_errors():
            self._service.cancel_run(self._workspace_id, self._id)

    def delete(self, *, dry_run: bool = False) -> Deletion:
        """Delete the run with its steps and children, metrics, logs, files and outputs. There is no way back. (Beyond v1.)

        What a run that stays has reused is kept until nothing needs it.

        Args:
            dry_run: Only say what would go.

        Returns:
            What went: `run_ids`, `bytes` and `files` freed, and in `kept` what stays, with the reason.

        Raises:
            UserErrorException: it has not ended, or it is a step run, which goes with its pipeline run.
        """
        with v1_errors():
            return self._service.delete_runs(self._workspace_id, (self._id,), dry_run=dry_run)

    def _set_status(self, status: RunStatus, error: RunError | None = None) -> None:
        record = self._facts()
        if record.kind is not RunKind.INTERACTIVE:
            raise UserErrorException(
                f"Run {self._id} ({record.kind.value}) was submitted: its status follows from what it does. "
                "Only a run that your own process drives can be started, completed or failed by hand."
            )
        self._change(RunPatch(status=status, error=error))

    # --- tags and properties ---

    @property
    def tags(self) -> dict[str, str]:
        """The run's tags, as they are now."""
        return dict(self._fetch().tags)

    @property
    def properties(self) -> dict[str, str]:
        """The run's properties, as they are now. Once added, a property never changes."""
        return dict(self._fetch().properties)

    def get_tags(self) -> dict[str, str]:
        """Return the run's tags."""
        return self.tags

    def get_properties(self) -> dict[str, str]:
        """Return the run's properties."""
        return self.properties

    def tag(self, key: str, value: str | None = None) -> None:
        """Set one tag; without a value it is a mere mark."""
        self._change(RunPatch(set_tags=checked_texts("tag", {key: value})))

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set several tags; others stay as they are."""
        self._change(RunPatch(set_tags=checked_texts("tag", tags)))

    def remove_tags(self, tags: Any) -> dict[str, str]:
        """Remove a tag, or several, by name; return those that are left. Names the run does not have are ignored."""
        names = (tags,) if isinstance(tags, str) else tuple(tags)
        self._change(RunPatch(remove_tags=names))
        return self.tags

    def add_properties(self, properties: Mapping[str, str]) -> None:
        """Add properties.

        Raises:
            UserErrorException: one of them exists already with another value.
        """
        self._change(RunPatch(add_properties=checked_texts("property", properties)))

    def flush(self, timeout_seconds: float = 300) -> None:
        """Wait until everything logged is kept. It is kept when the logging call returns, so this returns at once."""

    def clean(self) -> list[str]:
        """Return the files that were removed from the compute: none, because a job removes its own folder (v1)."""
        return []
