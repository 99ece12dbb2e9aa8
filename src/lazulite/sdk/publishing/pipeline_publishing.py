"""From a pipeline to a published one, and where its service answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, ClassVar

from lazulite.model.publishing import Publication
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.pipeline_submission import user

if TYPE_CHECKING:
    from lazulite.model.plan import Plan
    from lazulite.sdk.publishing.published_pipeline import PublishedPipeline
    from lazulite.sdk.workspace import Workspace


class PipelinePublishing:
    """Members of `Pipeline` that publish it."""

    #: What `Experiment.submit` takes for a pipeline besides what it takes for everything.
    _submit_keywords: ClassVar = ("resume",)
    _workspace: Workspace
    _description: str | None

    def _with_code(self) -> Plan:
        raise NotImplementedError

    def _warn_of_current_directory(self, depth: int) -> None:
        raise NotImplementedError

    def publish(
        self,
        name: str | None = None,
        description: str | None = None,
        version: str | None = None,
        continue_on_step_failure: bool | None = None,
        *,
        supersede: bool = False,
    ) -> PublishedPipeline:
        """Publish it: freeze it for ever under an address that any program can call, and return what was published.

        Plan and code are kept by content. What happens to the source folders afterwards changes nothing.

        Args:
            name: Its name; without it the pipeline's description. Several published pipelines may have one name.
            description: What it is for.
            version: A version, for people and for `PublishedPipeline.get(ws, name=…, version=…)`.
            continue_on_step_failure: When a step fails, still run all that do not depend on it, if the caller does not
                say otherwise.
            supersede: Mark older published pipelines of that name as deprecated: they can still be called, and are no
                longer listed as active. (Beyond v1.)

        Raises:
            UserErrorException: the name cannot be used, or a source directory cannot be read.

        Example:
            `published = pipeline.publish("train", "Trains the model", "1.0")`, then
            `requests.post(published.endpoint, headers=auth.get_authentication_header(), json={"ExperimentName": "nightly"})`
        """
        from lazulite.sdk.publishing.published_pipeline import published

        self._warn_of_current_directory(3)
        with v1_errors():
            plan = self._with_code()
        publication = Publication(
            plan,
            name or self._description or "Pipeline",
            description,
            version,
            continue_on_step_failure,
            published_by=user(),
            interpreter=sys.executable,
        )
        return published(self._workspace, publication, supersede=supersede)

    def service_endpoint(self) -> str:
        """Return the address of the service that runs it."""
        from lazulite.sdk.service_address import address_of

        return address_of(self._workspace)
