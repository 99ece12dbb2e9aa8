"""`Run.get_context()`: the run of the process that asks.

Inside a job, everything the script says goes to the job's outbox and to the folder of the run's files: no service, no
database, no network; a script that logs never waits. Only what must be *read* (metrics of earlier tries, the parent's
tags, the workspace) asks the service, at first use. Outside of a job there is an offline run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from lazulite.model.outbox import ENV_ARTIFACTS, ENV_OUTBOX, CancelAsked, MetricLogged, RunPatched
from lazulite.model.run import Metric, RunPatch
from lazulite.model.run import Run as Record
from lazulite.sdk.exceptions import RunEnvironmentException, UserErrorException, v1_errors
from lazulite.sdk.metric_logging import tell
from lazulite.sdk.outbox import Outbox, combined
from lazulite.sdk.run import Run
from lazulite.sdk.run_core import RunCore

if TYPE_CHECKING:
    from lazulite.sdk.artifacts import RunFiles
    from lazulite.sdk.input_datasets import InputDatasets, OutputDatasets
    from lazulite.sdk.model import Model
    from lazulite.sdk.workspace import Workspace

_RUN_ID = "AZUREML_RUN_ID"
_ROOT_RUN_ID = "AZUREML_ROOT_RUN_ID"
_WORKSPACE_ID = "AZUREML_WORKSPACE_ID"


def get_context(allow_offline: bool = True) -> Any:
    """Return the run of this process, or an offline run if it belongs to none.

    Raises:
        RunEnvironmentException: it belongs to none, and `allow_offline` is False.
    """
    run_id, outbox = os.environ.get(_RUN_ID), os.environ.get(ENV_OUTBOX)
    if run_id and outbox:
        return _SubmittedRun(None, run_id)
    if not allow_offline:
        missing = [name for name in (_RUN_ID, ENV_OUTBOX) if not os.environ.get(name)]
        raise RunEnvironmentException(
            f"This process belongs to no run: {' and '.join(missing)} not set. Submit the script as a step, or call "
            "get_context() without allow_offline=False."
        )
    from lazulite.sdk.offline_run import _OfflineRun

    return _OfflineRun()


@cache
def _outbox_at(path: str) -> Outbox:
    return Outbox(path)


class InJob(RunCore):
    """A run seen from inside a job: changes go to the outbox, and what is read contains them at once."""

    def _outbox(self) -> Outbox:
        path = os.environ.get(ENV_OUTBOX)
        if not path:
            raise RunEnvironmentException(
                f"{ENV_OUTBOX} is not set any more: the run of this process cannot be reached."
            )
        return _outbox_at(path)

    def _found_workspace(self) -> Workspace:
        from lazulite.api.connect import connect
        from lazulite.sdk.workspace import Workspace as WorkspaceClass

        with v1_errors():
            service = connect()
            record = service.get_workspace(os.environ.get(_WORKSPACE_ID, ""))
        return WorkspaceClass._from_record(service, record)  # noqa: SLF001 - the SDK's own seam

    def _fetch(self) -> Record:
        self._known = self._outbox().patched(super()._fetch())
        return self._known

    def _change(self, patch: RunPatch) -> None:
        try:
            self._outbox().append(RunPatched(self.id, patch))
        except Exception as error:  # noqa: BLE001 - a script must not fail because a tag could not be kept
            tell("a change of the run", error)

    def _keep_metric(self, metric: Metric) -> None:
        self._outbox().append(MetricLogged(self.id, metric))

    def _recorded_metrics(self, name: str | None) -> tuple[Metric, ...]:
        logged = tuple(metric for metric in self._outbox().metrics(self.id) if name in (None, metric.name))
        return combined(super()._recorded_metrics(name), logged)

    def add_properties(self, properties: Mapping[str, str]) -> None:
        """Add properties.

        Raises:
            UserErrorException: one of them was added already with another value.
        """
        known: dict[str, str] = {}
        for patch in self._outbox().patches(self.id):
            known = {**patch.add_properties, **known}
        for key, value in properties.items():
            if known.get(key, str(value)) != str(value):
                raise UserErrorException(
                    f"The run has a property {key!r} already, with value {known[key]!r}. Properties never change; "
                    "use a tag for what does."
                )
        super().add_properties(properties)

    def cancel(self) -> None:
        """Ask for the run to be cancelled. The script goes on until it is told to stop."""
        try:
            self._outbox().append(CancelAsked(self.id))
        except OSError as error:
            tell("the wish to cancel", error)


class _SubmittedRun(InJob, Run):
    """The run of this process, a step of a pipeline. v1: `azureml.core.run._SubmittedRun`."""

    @property
    def parent(self) -> Run | None:
        """The pipeline run. `run.parent.cancel()` ends the whole pipeline."""
        root = os.environ.get(_ROOT_RUN_ID)
        if not root or root == self.id:
            return super().parent
        from lazulite.sdk.job_parent import JobParent

        return JobParent(None, root)  # type: ignore[arg-type]  # its experiment is found on first use

    @property
    def input_datasets(self) -> InputDatasets:
        """The data sets that the step was given, by name."""
        from lazulite.sdk.input_datasets import InputDatasets as Inputs

        return Inputs()

    @property
    def output_datasets(self) -> OutputDatasets:
        """The places where the step writes its output data sets, by name."""
        from lazulite.sdk.input_datasets import OutputDatasets as Outputs

        return Outputs()

    def _files(self) -> RunFiles:
        folder = os.environ.get(ENV_ARTIFACTS)
        if not folder:
            return super()._files()
        from lazulite.sdk.artifacts import RunFiles as Files
        from lazulite.sdk.local_files import LocalFiles
        from lazulite.storage.folders import FolderStore

        store = FolderStore(Path(folder))
        store.create()
        return Files(LocalFiles(store), "")

    def _check_datastore(self, name: str | None) -> None:
        if name is not None:
            super()._check_datastore(name)

    def register_model(
        self, model_name: str, model_path: str | None = None, *args: Any, **kwargs: Any
    ) -> Model:
        """Register files of the run as a model; see `Run.register_model`.

        What the script wrote below `./outputs` becomes the run's only when the script ends; what the model is made of
        is uploaded now, so that a script can register the model it just saved.
        """
        wanted = model_path or model_name
        here = Path(wanted)
        if PurePosixPath(wanted).parts[:1] == ("outputs",) and here.exists():
            if here.is_dir():
                self.upload_folder(wanted, here)
            else:
                self.upload_file(wanted, here)
        return super().register_model(model_name, model_path, *args, **kwargs)

    def start(self) -> None:
        """Nothing: the run started with this process (v1)."""

    def complete(self, _set_status: bool = True) -> None:
        """Nothing: the run completes when the script ends with exit code 0 (v1)."""

    def fail(
        self, error_details: Any = None, error_code: str | None = None, _set_status: bool = True
    ) -> None:
        """Print why. The run fails when the script ends with another exit code than 0, such as by an exception."""
        print(f"The script said that it failed: {error_details}", flush=True)
