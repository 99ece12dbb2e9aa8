"""A run, as v1's `azureml.core.Run`: what was submitted, how it stands, what it logged and left behind.

    Run                      here
    ├── PipelineRun          pipeline_run
    ├── StepRun              step_run
    ├── ScriptRun            script_run
    └── _SubmittedRun        run_context: the run of the process that asks
    _OfflineRun              offline_run: no run at all, but a script cannot tell

The methods come by theme: `run_core` identity, status and tags; `metric_logging`; `run_files`; `run_family` parent
and children; `run_lookup` finding runs; here what is left: metrics, details, waiting, models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from lazulite.model.run import Run as Record
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.metric_logging import MetricLogging
from lazulite.sdk.run_family import RunFamily
from lazulite.sdk.run_files import RunFileMethods
from lazulite.sdk.run_lookup import RunLookup, get_run, run_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from lazulite.sdk.model import Model

__all__ = ["Run", "get_run", "run_of"]

#: v1's states in which a run has not ended (`azureml.core.run.RUNNING_STATES`, `POST_PROCESSING_STATES`).
RUNNING_STATES = [
    "NotStarted", "Queued", "Preparing", "Provisioning", "Starting", "Running", "Unapproved", "NotResponding",
    "Pausing", "Paused",
]  # fmt: skip
POST_PROCESSING_STATES = ["CancelRequested", "Finalizing"]
OUTPUTS_DIR = "./outputs"
RUN_ORIGIN = "ExperimentRun"
BASE_RUN_SOURCE = "azureml.runsource"
SDK_TARGET = "sdk"


class Run(RunFileMethods, RunFamily, RunLookup, MetricLogging):
    """A run of an experiment. v1: `azureml.core.Run`.

    Args:
        experiment: The experiment it belongs to.
        run_id: Its id.
        outputs: v1: a folder tracked by an interactive run; upload it with `upload_folder`.

    Raises:
        UserErrorException: there is no such run, or it belongs to another experiment.

    Example:
        `run = Run.get_context()` in a step's script; `Run.get(workspace, run_id)` anywhere else.
    """

    DELIM = "#"
    RUN_PATH = "/runs/{0}"

    # --- what it logged ---

    def get_metrics(
        self,
        name: str | None = None,
        recursive: bool = False,
        run_type: str | None = None,
        populate: bool = False,
    ) -> dict[str, Any]:
        """Return the metrics, by name: one value, a list where several were logged, a dict of columns for tables.

        A reused step shows the metrics of the run it reuses.

        Args:
            name: Only this metric.
            recursive: Those of the children too: a dict of run id to such a dict.
            run_type: With `recursive`: only children of this type.
            populate: Replace the addresses of chart files by what stands in them.
        """
        own = self._metrics(name, populate)
        if not recursive:
            return own
        found = {self.id: own} if own else {}
        for child in self.get_children(recursive=True, type=run_type):
            metrics = child._metrics(name, populate)  # noqa: SLF001 - the same class
            if metrics:
                found[child.id] = metrics
        return found

    def _metrics(self, name: str | None, populate: bool) -> dict[str, Any]:
        from lazulite.sdk import metrics

        folded = metrics.fold(self._recorded_metrics(name))
        return {key: self._populated(value) for key, value in folded.items()} if populate else folded

    def _populated(self, value: Any) -> Any:
        import json

        from lazulite.sdk.metrics import file_of

        file = file_of(value)
        return json.loads(self._files().text(file)) if file and file.endswith(".json") else value

    # --- details and waiting ---

    def get_details(self) -> dict[str, Any]:
        """Return all about the run as v1's dict: runId, target, status, startTimeUtc, endTimeUtc, properties, tags,
        runDefinition (of a step), logFiles (name to a file URL), error (if it failed), submittedBy."""
        from lazulite.sdk.run_details import details

        return details(self._service, self._workspace_id, self._fetch())

    def get_details_with_logs(self) -> dict[str, Any]:
        """Return `get_details()` with the text of each log file in place of its URL."""
        found = self.get_details()
        files = self._files()
        found["logFiles"] = {name: files.text(name) for name in found["logFiles"]}
        return found

    def get_detailed_status(self) -> dict[str, Any]:
        """Return the status and, where there is something to say about it, why: {"status", "details"}."""
        record = self._fetch()
        return {
            "status": record.status.history_word,
            "details": [record.error.message] if record.error else [],
        }

    def wait_for_completion(
        self, show_output: bool = False, wait_post_processing: bool = False, raise_on_error: bool = True
    ) -> dict[str, Any]:
        """Wait until the run has ended and return `get_details()`.

        Args:
            show_output: Print what the run prints.
            wait_post_processing: v1: also wait for the upload of outputs; that is always waited for.
            raise_on_error: Raise if it failed.

        Raises:
            ActivityFailedException: it failed; the message is the JSON of its error.
            ExperimentExecutionException: waiting was interrupted from the keyboard. The run goes on.
        """
        from lazulite.sdk.watching import wait_for_run

        wait_for_run(self, show_output)
        found = self.get_details()
        if raise_on_error and "error" in found:
            from lazulite.sdk.run_details import failure

            raise failure(found["error"])
        return found

    # --- with run: ---

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exit_type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exit_type is None:
            self.complete()
        else:
            self.fail(error_details=value)

    # --- models and secrets ---

    def register_model(
        self,
        model_name: str,
        model_path: str | None = None,
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        description: str | None = None,
        datasets: Any = None,
        sample_input_dataset: Any = None,
        sample_output_dataset: Any = None,
        resource_configuration: Any = None,
        **kwargs: Any,
    ) -> Model:
        """Register files of the run as a model.

        Args:
            model_name: The model's name; if it exists, this is its next version.
            model_path: A file or folder among the run's files, such as "outputs/model.pkl"; by default `model_name`.
            tags: Tags of the model.
            properties: Properties of the model; they can never be changed.
            model_framework: For example `Model.Framework.SCIKITLEARN`.
            model_framework_version: For example "1.4".
            description: A text for people.
            datasets: v1: data sets to show with the model; accepted, and not kept in this version.
            sample_input_dataset: As `datasets`.
            sample_output_dataset: As `datasets`.
            resource_configuration: v1: resources for serving; has no meaning here.

        Raises:
            ModelPathNotFoundException: the run has no such file.
        """
        from lazulite.sdk.model import Model

        return Model._register_from_run(  # noqa: SLF001 - the SDK's own seam
            self._workspace, self._with_files(), model_name, model_path, tags, properties, model_framework,
            model_framework_version, description,
        )  # fmt: skip

    def _with_files(self) -> Record:
        """The record, with the place of the files that the run shows."""
        from dataclasses import replace

        from lazulite.api.origin import origin_of

        record = self._fetch()
        with v1_errors():
            origin = origin_of(self._service, self._workspace_id, record)
        return replace(
            record, artifact_datastore=origin.artifact_datastore, artifact_path=origin.artifact_path
        )

    def get_secret(self, name: str) -> str | None:
        """Return a secret of the workspace; see `Keyvault` for where secrets are.

        Raises:
            UserErrorException: there is no such secret.
        """
        secret: str | None = self._workspace.get_default_keyvault().get_secret(name)
        return secret

    def get_secrets(self, secrets: Sequence[str]) -> dict[str, str | None]:
        """Return several secrets by name."""
        found: dict[str, str | None] = self._workspace.get_default_keyvault().get_secrets(secrets)
        return found

    # --- shown ---

    def __repr__(self) -> str:
        record = self._facts()
        return (
            f"{type(self).__name__.lstrip('_')}(Experiment: {record.experiment},\nId: {record.id},\n"
            f"Type: {record.kind.value},\nStatus: {self._fetch().status.history_word})"
        )

    def _repr_html_(self) -> str:
        import html

        record = self._fetch()
        cells = {
            "Experiment": record.experiment, "Id": record.id, "Type": record.kind.value,
            "Status": record.status.history_word,
        }  # fmt: skip
        head = "".join(f"<th>{name}</th>" for name in (*cells, "Page"))
        row = "".join(f"<td>{html.escape(value)}</td>" for value in cells.values())
        link = f'<a href="{html.escape(self.get_portal_url())}" target="_blank" rel="noopener">open</a>'
        return f"<table><tr>{head}</tr><tr>{row}<td>{link}</td></tr></table>"
