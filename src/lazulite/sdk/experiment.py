"""The experiment: the name under which runs are kept together. v1: `azureml.core.Experiment`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.assets import Experiment as Document
from lazulite.model.codec import to_data
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.run import RunQuery
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.experiment_record import ExperimentRecord
from lazulite.sdk.submit_keywords import known_keywords

if TYPE_CHECKING:
    from lazulite.sdk.run import Run
    from lazulite.sdk.workspace import Workspace

_Experiments = list["Experiment"]  # `list` is a method of the class below


class ViewType:
    """Which experiments `Experiment.list` returns."""

    ActiveOnly = "ActiveOnly"
    All = "All"
    ArchivedOnly = "ArchivedOnly"


class Experiment(ExperimentRecord):
    """A named group of runs. Constructing one creates it, if the workspace does not have it yet.

    Args:
        workspace: The workspace.
        name: 1 to 255 letters, digits, '_' and '-', starting with a letter or digit.

    The parameters with a leading underscore are v1's own private ones.

    Raises:
        UserErrorException: the name is not allowed, or `workspace` is not a Workspace.

    Example:
        `run = Experiment(ws, "compare-models").submit(pipeline)`
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        _skip_name_validation: bool = False,
        _id: str | None = None,
        _archived_time: datetime | None = None,
        _create_in_cloud: bool = True,
        _experiment_dto: Asset | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"Experiment() got an unexpected keyword argument {next(iter(kwargs))!r}")
        self._workspace = _checked_workspace(workspace)
        self._name = name
        if _experiment_dto is not None:
            self._asset = _experiment_dto
            return
        with v1_errors():
            ids.checked("experiment", name)
            self._asset = self._made()

    def _made(self) -> Asset:
        service, place = self._workspace._service, self._workspace._id  # noqa: SLF001 - the SDK's own seam
        with contextlib.suppress(NotFound):
            return service.get_asset(place, AssetKind.EXPERIMENT, self._name)
        new = Asset(AssetKind.EXPERIMENT, self._name, to_data(Document(self._name)))
        try:
            return service.put_asset(place, new, overwrite=False)
        except Conflict:  # another process was faster
            return service.get_asset(place, AssetKind.EXPERIMENT, self._name)

    # --- finding ---

    @staticmethod
    def list(
        workspace: Workspace,
        experiment_name: str | None = None,
        view_type: str = ViewType.ActiveOnly,
        tags: Any = None,
    ) -> _Experiments:
        """Return the workspace's experiments as a list, by name.

        Args:
            experiment_name: Only the one with this name.
            view_type: Active ones (the default), archived ones, or all; see `ViewType`.
            tags: Only those that have this tag (text), or these tags with these values (dict).

        Raises:
            UserErrorException: `view_type` is none of the three.
        """
        from lazulite.sdk.run_queries import filters

        if view_type not in (ViewType.ActiveOnly, ViewType.All, ViewType.ArchivedOnly):
            raise UserErrorException(
                f"view_type is {view_type!r}. Expected 'ActiveOnly', 'ArchivedOnly' or 'All'."
            )
        place = _checked_workspace(workspace)
        with v1_errors():
            assets = place._service.list_assets(  # noqa: SLF001
                place._id,  # noqa: SLF001
                AssetKind.EXPERIMENT,
                experiment_name,
                archived=view_type != ViewType.ActiveOnly,
            )
        fields = filters(None, tags, None, None) or {}
        return [
            Experiment(place, asset.name, _experiment_dto=asset)
            for asset in assets
            if (view_type != ViewType.ArchivedOnly or asset.archived_at)
            and all(
                key in asset.tags and value in (None, asset.tags[key])
                for key, value in fields["tags"].items()
            )
        ]

    @staticmethod
    def from_directory(path: str | os.PathLike[str], auth: Any = None) -> Experiment:
        """Return the experiment named like the folder, in the workspace that the folder's config.json names.

        Raises:
            UserErrorException: the folder has no configuration, or its name cannot be an experiment's.
        """
        from pathlib import Path

        from lazulite.sdk.workspace import Workspace

        return Experiment(Workspace.from_config(path), Path(path).absolute().name)

    @staticmethod
    def delete(workspace: Workspace, experiment_id: str, *, with_runs: bool = False) -> None:
        """Delete an experiment that has no runs; beyond v1, `with_runs` deletes its runs too, as `run.delete()`.

        Raises:
            UserErrorException: there is none with that id, or it has runs that are not to be deleted, or that are active.
        """
        found = [one for one in Experiment.list(workspace, view_type=ViewType.All) if one.id == experiment_id]
        if not found:
            raise UserErrorException(
                f"Workspace {workspace.name!r} has no experiment with id {experiment_id!r}."
            )
        name, place = found[0].name, workspace
        with v1_errors():
            if with_runs:
                place._service.delete_experiment(place._id, name)  # noqa: SLF001
                return
            if place._service.list_runs(place._id, RunQuery(experiment=name, limit=1)):  # noqa: SLF001
                raise UserErrorException(
                    f"Experiment {name!r} has runs, and is not deleted. archive() hides it; with_runs=True deletes them."
                )
            place._service.delete_asset(place._id, AssetKind.EXPERIMENT, name)  # noqa: SLF001

    def get_runs(
        self,
        type: str | None = None,  # noqa: A002 - v1's name
        tags: Any = None,
        properties: Any = None,
        include_children: bool = False,
    ) -> Iterator[Run]:
        """Return the experiment's runs, newest first, each as the class that fits it.

        Args:
            type: Only runs of this type: azureml.PipelineRun, azureml.StepRun or azureml.interactiverun.
            tags: Only runs that have this tag (text), or these tags with these values (dict).
            properties: As `tags`, of properties.
            include_children: Also runs that belong to another one, such as the steps of a pipeline.
        """
        from lazulite.sdk.run import run_of
        from lazulite.sdk.run_queries import filters, pages

        fields = filters(type, tags, properties, None)
        if fields is None:
            return
        query = RunQuery(**fields, experiment=self._name, top_level=not include_children)
        for record in pages(self._workspace._service, self._workspace._id, query):  # noqa: SLF001
            yield run_of(self._workspace, record)

    # --- running ---

    def submit(self, config: Any, tags: Mapping[str, str] | None = None, **kwargs: Any) -> Any:
        """Submit something that runs, and return its run at once.

        Args:
            config: A Pipeline, PublishedPipeline, PipelineEndpoint or PipelineDraft (v1 also took other configurations).
            tags: Tags of the run.
            **kwargs: continue_on_step_failure, regenerate_outputs, pipeline_parameters, parent_run_id; of a Pipeline resume,
                of a PipelineEndpoint pipeline_version; see their `submit`. Others are ignored, as v1 did, with a warning
                that names the nearest one.

        Raises:
            UserErrorException: `config` cannot be submitted, the experiment is archived, or a value is wrong;
                nothing was submitted then.
        """
        handler = getattr(config, "_submit", None)
        if handler is None:
            raise UserErrorException(
                f"{type(config).__name__} cannot be submitted. Expected a Pipeline, as Pipeline(workspace, steps=[…]) "
                f"makes it.{_as_a_step(config)}"
            )
        self._refuse_archived()
        further: tuple[str, ...] = getattr(config, "_submit_keywords", ())
        return handler(experiment=self, tags=tags, **known_keywords(kwargs, further))

    def start_logging(self, *args: Any, **kwargs: Any) -> Run:
        """Start a run that this process drives itself, and return it.

        Args:
            outputs: A folder; what is in it when the run is completed is not taken by itself, use `upload_folder`.
            snapshot_directory: Accepted; the folder's git properties are recorded with the run.
            display_name: A name for people.

        Raises:
            UserErrorException: the experiment is archived.
            TypeError: an unknown keyword.

        Example:
            `run = experiment.start_logging(); run.log("loss", 0.1); run.complete()`
        """
        from lazulite.sdk.interactive_run import started

        self._refuse_archived()
        return started(self, args, kwargs)

    def _refuse_archived(self) -> None:
        self.refresh()
        if self._asset.archived_at is not None:
            raise UserErrorException(
                f"Experiment {self._name!r} is archived. Call reactivate() before new runs."
            )


def _as_a_step(config: Any) -> str:
    """How a pipeline runs what v1 also took by itself."""
    if not hasattr(config, "run_config"):
        return ""
    return (
        f" A {type(config).__name__} by itself comes with a later version. Until then make a step of it: "
        "PythonScriptStep(config.script, arguments=config.arguments, runconfig=config.run_config, "
        "source_directory=config.source_directory)."
    )


def _checked_workspace(workspace: Workspace) -> Workspace:
    if not hasattr(workspace, "_service"):
        raise UserErrorException(
            f"workspace is {workspace!r}. Expected a Workspace, such as Workspace.get(name)."
        )
    return workspace
