"""What is known of a draft: the properties of v1's `PipelineDraft`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.publishing import PipelineDraft as Record

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class PipelineDraftRecord:
    """A draft as it was when it was last looked at. See `PipelineDraft` for the parameters."""

    def __init__(
        self,
        workspace: Workspace,
        id: str,  # noqa: A002 - v1's name
        name: str | None = None,
        description: str | None = None,
        experiment_name: str | None = None,
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        graph_draft_id: str | None = None,
        parent_pipeline_id: str | None = None,
        parent_pipeline_run_id: str | None = None,
        parent_step_run_ids: Any = None,
        parent_pipeline_draft_id: str | None = None,
        last_submitted_pipeline_run_id: str | None = None,
        _pipeline_draft_provider: Any = None,
        _record: Record | None = None,
    ) -> None:
        self._workspace = workspace
        self._record = _record or Record(
            id,
            name or "",
            graph_draft_id or "",
            experiment_name or "",
            description,
            tags=tags or {},
            properties=properties or {},
            parent_pipeline_id=parent_pipeline_id,
            parent_run_id=parent_pipeline_run_id,
            parent_draft_id=parent_pipeline_draft_id,
            last_submitted_run_id=last_submitted_pipeline_run_id,
        )

    # --- what it is ---

    @property
    def id(self) -> str:
        """Its id."""
        return self._record.id

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.name

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self._record.description

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return dict(self._record.tags)

    @property
    def properties(self) -> dict[str, str]:
        """Its properties."""
        return dict(self._record.properties)

    @property
    def parent_pipeline_id(self) -> str | None:
        """The published pipeline it was made from."""
        return self._record.parent_pipeline_id

    @property
    def parent_pipeline_run_id(self) -> str | None:
        """The run it was made from."""
        return self._record.parent_run_id

    @property
    def parent_pipeline_draft_id(self) -> str | None:
        """The draft it was made from."""
        return self._record.parent_draft_id

    @property
    def parent_step_run_ids(self) -> list[str]:
        """v1: step runs it was made from; here there are none."""
        return []

    @property
    def last_submitted_pipeline_run_id(self) -> str | None:
        """Its newest run."""
        return self._record.last_submitted_run_id

    # --- for people ---

    def __str__(self) -> str:
        return f"PipelineDraft(Name: {self.name}, Id: {self.id}, Experiment: {self._record.experiment})"

    def __repr__(self) -> str:
        return str(self)
