"""From an id, an experiment or a compute target to runs, each as the class it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.run import Run as Record
from lazulite.sdk.exceptions import v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.run import Run
    from lazulite.sdk.workspace import Workspace


class RunLookup:
    """The static look-ups of `Run`."""

    _type_providers: ClassVar[dict[str, Callable[..., Run]]] = {}

    @classmethod
    def get_context(
        cls, allow_offline: bool = True, used_for_context_manager: bool = False, **kwargs: Any
    ) -> Any:
        """Return the run of this process: of the step whose script it is, else an offline run that only prints.

        Args:
            allow_offline: False: raise where there is no run.
            used_for_context_manager: v1: for use in a `with`; the same run either way.

        Raises:
            RunEnvironmentException: there is no run, and `allow_offline` is False.
        """
        from lazulite.sdk.run_context import get_context

        return get_context(allow_offline)

    @classmethod
    def get_submitted_run(cls, **kwargs: Any) -> Any:
        """Return `get_context(allow_offline=False)`. v1 deprecated it in favour of that."""
        return cls.get_context(allow_offline=False)

    @staticmethod
    def get(workspace: Workspace, run_id: str) -> Any:
        """Return the run with that id, as the class it is (PipelineRun, StepRun, …).

        Raises:
            UserErrorException: the workspace has no such run.
        """
        from lazulite.sdk.run_arguments import checked_id

        with v1_errors():
            record = workspace._service.get_run(workspace._id, checked_id(run_id))  # noqa: SLF001
        return run_of(workspace, record)

    @staticmethod
    def list(
        experiment: Experiment,
        type: str | None = None,  # noqa: A002 - v1's name
        tags: Any = None,
        properties: Any = None,
        status: str | None = None,
        include_children: bool = False,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Run]:
        """Yield the runs of an experiment, newest first; the filters are those of `get_children`.

        Args:
            include_children: Also runs that have a parent.
        """
        from lazulite.model.run import RunQuery
        from lazulite.sdk.run_queries import filters, pages

        fields = filters(type, tags, properties, status)
        if fields is None:
            return
        workspace = experiment.workspace
        query = RunQuery(experiment=experiment.name, top_level=not include_children, **fields)
        for record in pages(workspace._service, workspace._id, query):  # noqa: SLF001 - the SDK's own seam
            yield run_of(workspace, record, experiment)

    @staticmethod
    def list_by_compute(
        compute: Any,
        type: str | None = None,  # noqa: A002 - v1's name
        tags: Any = None,
        properties: Any = None,
        status: str | None = None,
    ) -> Iterator[Run]:
        """Yield the runs that ran on a compute target, newest first; the filters are those of `get_children`."""
        from lazulite.model.run import RunQuery
        from lazulite.sdk.run_queries import filters, pages

        fields = filters(type, tags, properties, status)
        if fields is None:
            return
        workspace = compute.workspace
        for record in pages(workspace._service, workspace._id, RunQuery(target=compute.name, **fields)):  # noqa: SLF001
            yield run_of(workspace, record)

    @staticmethod
    def add_type_provider(runtype: str, run_factory: Callable[..., Run]) -> None:
        """Have runs of a type made by `run_factory(experiment, record)`. The types of Lazulite itself always come
        as their own classes, so registering those (a known remedy of v1) does no harm and is not needed."""
        RunLookup._type_providers[runtype] = run_factory

    @classmethod
    def get_docs_url(cls) -> str:
        """Return where v1's class is described."""
        return f"https://learn.microsoft.com/python/api/azureml-core/azureml.core.{cls.__name__}"


def run_of(workspace: Workspace, record: Record, experiment: Experiment | None = None) -> Run:
    """Return the run of a record as the class it is: always StepRun for a step, PipelineRun for a pipeline.

    Args:
        workspace: The workspace the record is of.
        record: The run's record.
        experiment: The experiment it belongs to, where one is at hand; it is looked up on first use otherwise.
    """
    from lazulite.model.run import RunKind

    known: Any = experiment if experiment is not None and experiment.name == record.experiment else None
    if record.kind is RunKind.PIPELINE:
        from lazulite.sdk.pipeline_run import PipelineRun

        return PipelineRun(known, record.id, _record=record, _place=workspace)
    if record.kind is RunKind.STEP:
        from lazulite.sdk.step_run import StepRun

        return StepRun(
            known, record.id, record.parent_id or "", record.node or "", _record=record, _place=workspace
        )
    from lazulite.sdk.run import Run as RunClass

    run = RunClass(known, record.id, _record=record, _place=workspace)
    factory = RunLookup._type_providers.get(record.kind.value)  # noqa: SLF001 - the class's own registry
    return factory(run.experiment, record) if factory else run


def get_run(experiment: Experiment, run_id: str, rehydrate: bool = True, clean_up: bool = True) -> Run:
    """Return a run of the experiment, as the class it is. v1: `azureml.core.get_run`.

    Args:
        experiment: The experiment it belongs to.
        run_id: Its id.
        rehydrate: False: as a plain `Run`.
        clean_up: v1: forget kept objects; has no meaning here.

    Raises:
        UserErrorException: the experiment has no such run.
    """
    from lazulite.sdk.run import Run as RunClass

    del clean_up
    run = RunClass(experiment, run_id)
    return run_of(experiment.workspace, run._facts(), experiment) if rehydrate else run  # noqa: SLF001
