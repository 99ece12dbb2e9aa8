"""Parent and children of a run. v1: the family methods of `azureml.core.Run`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.run_core import RunCore

if TYPE_CHECKING:
    from lazulite.sdk.run import Run


class RunFamily(RunCore):
    """What a run offers about its relatives."""

    @property
    def parent(self) -> Run | None:
        """The run that this one belongs to; None at the top."""
        parent_id = self._facts().parent_id
        return None if parent_id is None else self._sibling(parent_id)

    def _sibling(self, run_id: str) -> Run:
        with v1_errors():
            record = self._service.get_run(self._workspace_id, run_id)
        from lazulite.sdk.run_lookup import run_of

        return run_of(self._workspace, record, self._experiment)

    def get_children(
        self,
        recursive: bool = False,
        tags: Any = None,
        properties: Any = None,
        type: str | None = None,  # noqa: A002 - v1's name
        status: str | None = None,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Run]:
        """Yield the children, newest first.

        Args:
            recursive: Their children too.
            tags: Only those with this tag: a name, or a dict of names and values.
            properties: The same for properties.
            type: Only those of this type, for example "azureml.StepRun".
            status: Only those with this status.
        """
        from lazulite.model.run import RunQuery
        from lazulite.sdk.run_lookup import run_of
        from lazulite.sdk.run_queries import descendants, filters, pages

        fields = filters(type, tags, properties, status)
        if fields is None:
            return
        if recursive:
            found = descendants(self._service, self._workspace_id, self._facts(), fields)
        else:
            found = pages(self._service, self._workspace_id, RunQuery(parent_id=self.id, **fields))
        for record in found:
            yield run_of(self._workspace, record, self._experiment)

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: Any = None) -> Run:
        """Start a child that your own process drives: log to it, then `complete()` it (or use it in a `with`).

        Args:
            name: A name for people.
            run_id: An id of your own; a GUID by default.
            outputs: v1: a folder tracked by the run; upload it with `upload_folder`.
        """
        from lazulite.sdk.run_children import start_child

        return start_child(self, name, run_id)

    def create_children(
        self, count: int | None = None, tag_key: str | None = None, tag_values: Sequence[str] | None = None
    ) -> list[Run]:
        """Start several children: `count` of them, or one for each of `tag_values`, tagged with it under `tag_key`.

        Raises:
            UserErrorException: neither or both are given, or a tag without values.
        """
        from lazulite.sdk.run_children import start_children

        return start_children(self, count, tag_key, tag_values)

    def submit_child(self, config: Any, tags: Mapping[str, str] | None = None, **kwargs: Any) -> Run:
        """Submit `config` (a pipeline, say) as a child of this run, to the same experiment."""
        submitted: Run = self.experiment.submit(config, tags=tags, parent_run_id=self.id, **kwargs)
        return submitted
