"""What is known of a published pipeline: the properties of v1's `PublishedPipeline`."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from lazulite.model.publishing import PublishedPipeline as Record
from lazulite.model.publishing import PublishedStatus

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class PublishedPipelineRecord:
    """A published pipeline as it was when it was last looked at. See `PublishedPipeline` for the parameters."""

    def __init__(
        self,
        name: str,
        graph_id: str,
        description: str | None,
        version: str | None,
        published_pipeline_id: str,
        status: str,
        endpoint: str | None,
        total_run_steps: int,
        workspace: Workspace,
        continue_on_step_failure: bool | None = None,
        _pipeline_provider: Any = None,
        _record: Record | None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"PublishedPipeline() got an unexpected keyword argument {next(iter(kwargs))!r}")
        self.workspace = workspace
        self._endpoint = endpoint
        self._total_run_steps = total_run_steps
        self._record = _record or Record(
            published_pipeline_id,
            name,
            graph_id,
            description,
            version,
            PublishedStatus(status),
            continue_on_step_failure,
        )

    # --- what it is ---

    @property
    def name(self) -> str:
        """Its name; others may have it too."""
        return self._record.name

    @property
    def id(self) -> str:
        """Its id."""
        return self._record.id

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self._record.description

    @property
    def version(self) -> str | None:
        """Its version, as its publisher counts."""
        return self._record.version

    @property
    def graph_id(self) -> str:
        """The digest of its plan: the same for the same pipeline with the same code."""
        return self._record.graph

    @property
    def status(self) -> str:
        """Active, Deprecated (can be called, is not listed as active) or Disabled (cannot be called)."""
        return self._record.status.value

    @property
    def total_run_steps(self) -> int:
        """How many steps it has."""
        return len(self._record.step_names) or self._total_run_steps

    @property
    def continue_on_step_failure(self) -> bool | None:
        """What a run does when a step fails, if its caller does not say."""
        return self._record.continue_on_step_failure

    @property
    def parameters(self) -> dict[str, Any]:
        """The default values of its parameters by name. (Beyond v1.)"""
        return {parameter.name: parameter.default for parameter in self._record.parameters}

    # --- for people ---

    def __str__(self) -> str:
        version = f", version {self.version}" if self.version else ""
        return f"PublishedPipeline(Name: {self.name}, Id: {self.id}, Status: {self.status}{version})"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        cells = "".join(f"<td>{html.escape(text)}</td>" for text in (self.name, self.id, self.status))
        return f"<table><tr><th>Name</th><th>Id</th><th>Status</th></tr><tr>{cells}</tr></table>"
