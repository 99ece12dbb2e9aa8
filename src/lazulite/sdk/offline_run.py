"""The run of a script that no run started: everything works, and metrics are printed.

v1's offline run lacked `experiment`, `parent` and `input_datasets`, so that scripts could not be tried by hand; this
one has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from lazulite.model.run import Metric
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.metric_logging import MetricLogging

if TYPE_CHECKING:
    from typing_extensions import Self

    from lazulite.sdk.input_datasets import InputDatasets, OutputDatasets
    from lazulite.sdk.workspace import Workspace


class OfflineExperiment:
    """The experiment of a run outside of any: a name, and the workspace that config.json names."""

    name = "offline"
    id = "offline"

    @property
    def workspace(self) -> Workspace:
        """The workspace of the config.json found from the current folder upwards.

        Raises:
            UserErrorException: there is none.
        """
        from lazulite.sdk.workspace import Workspace as WorkspaceClass

        return WorkspaceClass.from_config()

    def __repr__(self) -> str:
        return "Experiment(Name: offline)"


class _OfflineRun(MetricLogging):
    """The run that `Run.get_context()` returns outside of a job. v1: `azureml.core.run._OfflineRun`.

    Metrics are printed and remembered for `get_metrics()`; tags and properties are remembered; files stay where they
    are. Everything is forgotten when the process ends.
    """

    def __init__(self, parent: _OfflineRun | None = None) -> None:
        import uuid

        self._id = f"OfflineRun_{uuid.uuid4()}"
        self._logged: list[Metric] = []
        self._files: dict[str, str] = {}
        self._is_parent = parent is not None
        self._parent: _OfflineRun | None = None
        self.experiment = OfflineExperiment()
        self.tags: dict[str, str] = {}
        self.properties: dict[str, str] = {}
        self.display_name = self._id
        self.description: str | None = None
        self.status = "Running"
        self.type = "OfflineRun"
        self.number = 0

    # --- identity ---

    @property
    def id(self) -> str:
        """An id that begins with "OfflineRun_"."""
        return self._id

    @property
    def name(self) -> str:
        """As `id`."""
        return self._id

    @property
    def parent(self) -> _OfflineRun | None:
        """A stand-in, so that `run.parent.cancel()` can be tried; it has no parent itself."""
        if self._parent is None and not self._is_parent:
            self._parent = _OfflineRun(parent=self)
        return self._parent

    @property
    def input_datasets(self) -> InputDatasets:
        """The data sets that environment variables name; see `InputDatasets`."""
        from lazulite.sdk.input_datasets import InputDatasets as Inputs

        return Inputs()

    @property
    def output_datasets(self) -> OutputDatasets:
        """The output places that environment variables name."""
        from lazulite.sdk.input_datasets import OutputDatasets as Outputs

        return Outputs()

    def get_status(self) -> str:
        """Return "Running", or what complete, fail or cancel made of it."""
        return self.status

    def get_details(self) -> dict[str, Any]:
        """Return the few details there are."""
        return {
            "runId": self.id,
            "status": self.status,
            "tags": dict(self.tags),
            "properties": dict(self.properties),
        }

    def get_portal_url(self) -> str:
        """Return the empty string: there is nothing to open."""
        return ""

    # --- metrics and files ---

    def _keep_metric(self, metric: Metric) -> None:
        self._logged.append(metric)
        print(f"Attempted to log {metric.kind} metric {metric.name}:\n{_shown(metric.value)}", flush=True)

    def _keep_file(self, name: str, source: Path | bytes) -> None:
        self._files[name] = str(source) if isinstance(source, Path) else f"{len(source)} bytes"

    def get_metrics(
        self,
        name: str | None = None,
        recursive: bool = False,
        run_type: str | None = None,
        populate: bool = False,
    ) -> dict[str, Any]:
        """Return what was logged, in the shapes of `Run.get_metrics`."""
        from lazulite.sdk.metrics import fold

        return fold(metric for metric in self._logged if name in (None, metric.name))

    def upload_file(self, name: str, path_or_stream: Any, datastore_name: str | None = None) -> None:
        """Check that the file is there and the name can be used; nothing is copied.

        Raises:
            UserErrorException: there is no such file, or the name leads out of a run's folder.
        """
        from lazulite.sdk.artifacts import checked_file_name
        from lazulite.sdk.run_files import checked_source

        source = checked_source(path_or_stream)
        self._files[checked_file_name(name)] = str(source) if isinstance(source, Path) else "a stream"
        print(f"Attempted to upload file {name}", flush=True)

    def upload_files(self, names: Sequence[str], paths: Sequence[Any], *args: Any, **kwargs: Any) -> None:
        """Check as `upload_file` does.

        Raises:
            TypeError: `names` and `paths` differ in length.
        """
        if len(names) != len(paths):
            raise TypeError(
                f"upload_files() got {len(names)} names for {len(paths)} paths. Expected one for each."
            )
        for name, path in zip(names, paths, strict=True):
            self.upload_file(name, path)

    def upload_folder(self, name: str, path: Any, datastore_name: str | None = None) -> None:
        """Check that the folder is there; nothing is copied.

        Raises:
            UserErrorException: there is no such folder.
        """
        if not Path(path).is_dir():
            raise UserErrorException(f"There is no folder {str(path)!r} to upload.")
        print(f"Attempted to upload folder {path} as {name}", flush=True)

    def get_file_names(self) -> list[str]:
        """Return the names under which files were offered."""
        return sorted(self._files)

    def register_model(self, model_name: str, model_path: str | None = None, **kwargs: Any) -> None:
        """Say that nothing is registered: an offline run has no files to make a model of."""
        print(f"Attempted to register model {model_name} from {model_path or model_name}", flush=True)

    # --- tags and properties ---

    def tag(self, key: str, value: str | None = None) -> None:
        """Remember a tag."""
        self.tags[key] = "" if value is None else str(value)

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Remember tags."""
        self.tags.update({key: str(value) for key, value in tags.items()})

    def get_tags(self) -> dict[str, str]:
        """Return the tags."""
        return dict(self.tags)

    def remove_tags(self, tags: Any) -> dict[str, str]:
        """Forget tags; return those that are left."""
        for name in [tags] if isinstance(tags, str) else tags:
            self.tags.pop(name, None)
        return dict(self.tags)

    def add_properties(self, properties: Mapping[str, str]) -> None:
        """Remember properties."""
        self.properties.update({key: str(value) for key, value in properties.items()})

    def get_properties(self) -> dict[str, str]:
        """Return the properties."""
        return dict(self.properties)

    # --- life ---

    def start(self) -> None:
        """Mark it as Running."""
        self.status = "Running"

    def complete(self, _set_status: bool = True) -> None:
        """Mark it as Completed."""
        self.status = "Completed"

    def fail(
        self, error_details: Any = None, error_code: str | None = None, _set_status: bool = True
    ) -> None:
        """Mark it as Failed and print why."""
        self.status = "Failed"
        print(f"Attempted to fail the run: {error_details}", flush=True)

    def cancel(self) -> None:
        """Mark it as Canceled. The script goes on: there is nothing that could stop it."""
        self.status = "Canceled"
        print(f"Attempted to cancel {'the pipeline run' if self._is_parent else 'the run'}", flush=True)

    def child_run(
        self, name: str | None = None, run_id: str | None = None, outputs: Any = None
    ) -> _OfflineRun:
        """Return another offline run."""
        child = _OfflineRun(parent=self)
        child._parent = self
        return child

    def create_children(
        self, count: int | None = None, tag_key: str | None = None, tag_values: Sequence[str] | None = None
    ) -> list[_OfflineRun]:
        """Return that many other offline runs, with their tags.

        Raises:
            UserErrorException: the arguments do not say how many.
        """
        from lazulite.sdk.run_children import tags_of_children

        children = []
        for tags in tags_of_children(count, tag_key, tag_values):
            children.append(self.child_run())
            children[-1].set_tags(tags)
        return children

    def get_children(self, *args: Any, **kwargs: Any) -> Iterator[_OfflineRun]:
        """Yield nothing."""
        return iter(())

    def flush(self, timeout_seconds: float = 300) -> None:
        """Return at once."""

    def get_secret(self, name: str) -> str | None:
        """Return a secret of the workspace that config.json names.

        Raises:
            UserErrorException: there is no workspace, or no such secret.
        """
        secret: str | None = self.experiment.workspace.get_default_keyvault().get_secret(name)
        return secret

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
            self.fail(value)

    def __repr__(self) -> str:
        return f"OfflineRun(Id: {self.id},\nStatus: {self.status})"


def _shown(value: object) -> str:
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
