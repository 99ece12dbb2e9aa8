"""A pipeline being worked on, kept in the workspace. v1: `azureml.pipeline.core.PipelineDraft`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.publishing import PipelineDraft as Record
from lazulite.model.publishing import Publication
from lazulite.model.run import Submission
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.pipeline_errors import value_errors
from lazulite.sdk.pipeline_submission import announce_run, flag, parameter_values, user
from lazulite.sdk.publishing.pipeline_draft_record import PipelineDraftRecord

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.pipeline_graph import Graph
    from lazulite.sdk.pipeline_run import PipelineRun
    from lazulite.sdk.publishing.pipeline_draft_source import Source
    from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
    from lazulite.sdk.workspace import Workspace

_Drafts = list["PipelineDraft"]  # `list` is a method of the class below


class PipelineDraft(PipelineDraftRecord):
    """A draft: a plan with its code, values and experiment, to be changed, run and published from.

    `PipelineDraft.create` and `.get` return one; nobody needs the constructor.

    Args:
        workspace: The workspace.
        id: Its id.
        name: Its name.
        description: What it is for.
        experiment_name: Where its runs go.
        tags: Its tags, also those of its runs.
        properties: Its properties.
        graph_draft_id: The digest of its plan.
        parent_pipeline_id: The published pipeline it was made from.
        parent_pipeline_run_id: The run it was made from.
        parent_step_run_ids: v1's; always empty here.
        parent_pipeline_draft_id: The draft it was made from.
        last_submitted_pipeline_run_id: Its newest run.
    """

    # --- what it is ---

    def get_graph(self, _workflow_provider: Any = None) -> Graph:
        """Return its graph, to look at."""
        from lazulite.sdk.pipeline_graph import graph_of_plan

        with v1_errors():
            plan = self._service.get_plan(self._place, self._record.graph)
        return graph_of_plan(self._workspace, plan, self.name)

    def save(self, path: str | None = None, _workflow_provider: Any = None) -> NoReturn:
        """Write it as YAML. Not in this version.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException("Pipelines as YAML come with a later version. `get_graph()` shows it.")

    # --- making and finding ---

    @staticmethod
    def create(
        workspace: Workspace,
        pipeline: Any,
        name: str | None = None,
        description: str | None = None,
        experiment_name: str | None = None,
        pipeline_parameters: Mapping[str, Any] | None = None,
        continue_on_step_failure: bool | None = None,
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> PipelineDraft:
        """Create a draft from a Pipeline, a PublishedPipeline, a PipelineRun or another PipelineDraft.

        Args:
            workspace: The workspace.
            pipeline: What it is made from, with the code as it is now.
            name: Its name; without it that of what it is made from, or "Draft".
            description: What it is for.
            experiment_name: Where its runs go; without it that of the run or draft, or the name.
            pipeline_parameters: Values by name.
            continue_on_step_failure: When a step fails, still run all that do not depend on it.
            tags: Tags of the draft and of its runs.
            properties: Properties of the draft.

        Raises:
            UserErrorException: a value cannot be used (also a ValueError).
        """
        from lazulite.sdk.publishing.pipeline_draft_source import source_of
        from lazulite.sdk.workspace_lookup import checked_tags

        source = source_of(workspace, pipeline)
        chosen = name or source.name or "Draft"
        draft = PipelineDraft(
            workspace,
            ids.new_id(),
            chosen,
            description if description is not None else source.description,
            _checked_experiment(experiment_name or source.experiment or "drafts"),
            checked_tags(tags),
            checked_tags(properties),
        )
        draft._record = replace(draft._record, **source.parents)
        draft._take(source, pipeline_parameters, continue_on_step_failure)
        draft._keep(overwrite=False)
        return draft

    @staticmethod
    def get(
        workspace: Workspace,
        id: str,  # noqa: A002 - v1's name
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> PipelineDraft:
        """Return the draft with that id.

        Raises:
            UserErrorException: there is none (also a ValueError).
        """
        with value_errors():
            asset = workspace._service.get_asset(workspace._id, AssetKind.PIPELINE_DRAFT, id)  # noqa: SLF001
        return _of(workspace, asset)

    @staticmethod
    def list(
        workspace: Workspace, tags: Mapping[str, str] | None = None, _workflow_provider: Any = None
    ) -> _Drafts:
        """Return the drafts, the one changed last first; with `tags` only those that have these with these values."""
        with v1_errors():
            assets = workspace._service.list_assets(workspace._id, AssetKind.PIPELINE_DRAFT)  # noqa: SLF001
        newest_first = sorted(assets, key=attrgetter("updated_at"), reverse=True)
        drafts = [_of(workspace, asset) for asset in newest_first]
        return [one for one in drafts if (tags or {}).items() <= one.tags.items()]

    # --- changing it ---

    def update(
        self,
        pipeline: Any = None,
        name: str | None = None,
        description: str | None = None,
        experiment_name: str | None = None,
        tags: Mapping[str, str] | None = None,
        pipeline_parameters: Mapping[str, Any] | None = None,
        continue_on_step_failure: bool | None = None,
        _workflow_provider: Any = None,
    ) -> None:
        """Change what is given; all else stays. The parameters are those of `create`.

        Raises:
            UserErrorException: a value cannot be used (also a ValueError).
        """
        from lazulite.sdk.publishing.pipeline_draft_source import source_of
        from lazulite.sdk.workspace_lookup import checked_tags

        self._refresh()
        given: dict[str, Any] = {"name": name, "description": description}
        given["tags"] = None if tags is None else checked_tags(tags)
        given["experiment"] = None if experiment_name is None else _checked_experiment(experiment_name)
        self._record = replace(
            self._record, **{field: value for field, value in given.items() if value is not None}
        )
        source = source_of(self._workspace, self if pipeline is None else pipeline)
        self._take(source, pipeline_parameters, continue_on_step_failure)
        self._keep()

    def delete(self, _workflow_provider: Any = None) -> None:
        """Delete it. Its runs, and what was published from it, stay."""
        with value_errors():
            self._service.delete_asset(self._place, AssetKind.PIPELINE_DRAFT, self.id)

    # --- what it is for ---

    def submit_run(self, _workflow_provider: Any = None) -> PipelineRun:
        """Run it as it is, and return the run at once. `Experiment.submit(draft)` does the same.

        Raises:
            UserErrorException: it cannot run, for instance because a compute target was deleted.
        """
        from lazulite.sdk.publishing.published_start import experiment_for

        self._refresh()
        return self._submit(experiment_for(self._workspace, self._record.experiment))

    def _submit(
        self,
        experiment: Experiment,
        tags: Mapping[str, str] | None = None,
        pipeline_parameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> PipelineRun:
        """Submit to an experiment: what `Experiment.submit` calls."""
        from lazulite.sdk.pipeline_run import PipelineRun
        from lazulite.sdk.publishing.published_pipeline import refuse_other_workspace
        from lazulite.sdk.publishing.published_start import options

        refuse_other_workspace(experiment, self._workspace)
        record = self._record
        chosen = options(tags, **more)
        continues = chosen.pop("continue_on_step_failure")
        with value_errors():
            plan = self._service.get_plan(self._place, record.graph)
        values = {**record.parameters, **self._values(plan.parameters, pipeline_parameters)}
        chosen["tags"] = {**record.tags, **chosen["tags"]}
        submission = Submission(
            experiment.name,
            plan,
            values,
            properties=record.properties,
            description=record.description,
            continue_on_step_failure=bool(
                record.continue_on_step_failure if continues is None else continues
            ),
            interpreter=sys.executable,
            **chosen,
        )
        with value_errors():
            submitted = self._service.submit(self._place, submission)
        run = PipelineRun(experiment, submitted.id, _record=submitted)
        announce_run(run)
        self._refresh()
        self._record = replace(self._record, last_submitted_run_id=run.id)
        self._keep()
        return run

    def publish(self, _workflow_provider: Any = None) -> PublishedPipeline:
        """Publish it as it is, with its values as the defaults of the parameters; the draft stays.

        Raises:
            UserErrorException: it cannot run, for instance because a compute target was deleted (also a ValueError).
        """
        from lazulite.sdk.publishing.published_pipeline import published

        self._refresh()
        record = self._record
        with value_errors():
            plan = self._service.get_plan(self._place, record.graph)
        parameters = tuple(
            replace(one, default=record.parameters.get(one.name, one.default)) for one in plan.parameters
        )
        publication = Publication(
            replace(plan, parameters=parameters),
            record.name,
            record.description,
            continue_on_step_failure=record.continue_on_step_failure,
            published_by=user(),
            interpreter=record.interpreter,
        )
        return published(self._workspace, publication)

    # --- its record ---

    @property
    def _service(self) -> Any:
        return self._workspace._service  # noqa: SLF001 - the SDK's own seam

    @property
    def _place(self) -> str:
        return self._workspace._id  # noqa: SLF001

    def _take(
        self, source: Source, pipeline_parameters: Mapping[str, Any] | None, continues: bool | None
    ) -> None:
        """Take a plan with the values that fit it over, and what the caller says about both."""
        declared = {parameter.name for parameter in source.plan.parameters}
        kept = {name: value for name, value in self._record.parameters.items() if name in declared}
        values = self._values(source.plan.parameters, pipeline_parameters)
        with value_errors():
            graph = self._service.put_plan(self._place, source.plan)
        before = self._record.continue_on_step_failure
        self._record = replace(
            self._record,
            graph=graph,
            parameters={**source.parameters, **kept, **values},
            continue_on_step_failure=before
            if continues is None
            else flag("continue_on_step_failure", continues),
            interpreter=source.interpreter,
        )

    def _values(self, declared: Any, given: Mapping[str, Any] | None) -> dict[str, Any]:
        with v1_errors():
            datastores = [one.name for one in self._service.list_assets(self._place, AssetKind.DATASTORE)]
        return parameter_values(declared, given, datastores)

    def _refresh(self) -> None:
        self._record = PipelineDraft.get(self._workspace, self.id)._record  # noqa: SLF001 - our own class

    def _keep(self, *, overwrite: bool = True) -> None:
        record = self._record
        asset = Asset(AssetKind.PIPELINE_DRAFT, record.id, to_data(record), id=record.id, tags=record.tags)
        with value_errors():
            self._service.put_asset(self._place, asset, overwrite=overwrite)


def _checked_experiment(name: str) -> str:
    with value_errors():
        return ids.checked("experiment", name)


def _of(workspace: Workspace, asset: Asset) -> PipelineDraft:
    record = from_data(Record, asset.document)
    return PipelineDraft(workspace, record.id, _record=record)
