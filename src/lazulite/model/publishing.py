"""Published pipelines, their endpoints, drafts, and what a caller sends to start one.

A published pipeline is frozen: `graph` is the sha256 digest of its plan's JSON text, which the workspace keeps beside
its code, and the plan names the code by content. Nothing that happens to the source folder changes either.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from lazulite.model.plan import Parameter, Plan
from lazulite.model.values import ParameterValue

#: Property of a run: JSON list of the parameters that its caller gave and its pipeline does not have.
IGNORED_PARAMETERS = "lazulite.ignored_parameters"
#: Properties of a run that a published pipeline, an endpoint or a schedule started (v1's names).
PIPELINE_ID = "azureml.pipelineid"
ENDPOINT_ID = "azureml.pipelineendpointid"
SCHEDULE_ID = "azureml.scheduleid"
#: Properties of a run that runs another one again, or goes on with it: the other's id.
RERUN_OF = "lazulite.rerun_of"
RESUMES = "lazulite.resumes"


class PublishedStatus(enum.Enum):
    """v1's words for whether a published pipeline or an endpoint can be called."""

    ACTIVE = "Active"
    DEPRECATED = "Deprecated"
    DISABLED = "Disabled"


@dataclass(frozen=True)
class PublishedPipeline:
    """The document of an asset of kind PUBLISHED_PIPELINE; the asset's name is its id, because names repeat."""

    id: str
    name: str
    graph: str
    description: str | None = None
    version: str | None = None
    status: PublishedStatus = PublishedStatus.ACTIVE
    continue_on_step_failure: bool | None = None
    step_names: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    #: The pipeline run it was published from, if any.
    source_run_id: str | None = None
    published_by: str = ""
    #: The publisher's interpreter; see `Submission.interpreter`.
    interpreter: str = ""


@dataclass(frozen=True)
class Publication:
    """Everything needed to publish a pipeline."""

    plan: Plan
    name: str
    description: str | None = None
    version: str | None = None
    continue_on_step_failure: bool | None = None
    source_run_id: str | None = None
    published_by: str = ""
    interpreter: str = ""


@dataclass(frozen=True)
class EndpointVersion:
    """One pipeline behind an endpoint. v1 counts versions as text from "0"."""

    version: str
    pipeline_id: str


@dataclass(frozen=True)
class PipelineEndpoint:
    """The document of an asset of kind PIPELINE_ENDPOINT. The asset's name is the endpoint's name, unique in its
    workspace; `id` is what its address holds."""

    id: str
    name: str
    description: str | None = None
    status: PublishedStatus = PublishedStatus.ACTIVE
    versions: tuple[EndpointVersion, ...] = ()
    default_version: str = "0"

    def pipeline_of(self, version: str | None = None) -> str | None:
        """The id of the pipeline behind a version (None: the default one); None if it has no such version."""
        wanted = self.default_version if version is None else version
        return next((one.pipeline_id for one in self.versions if one.version == wanted), None)


@dataclass(frozen=True)
class EndpointChange:
    """A change to an endpoint, all of it or nothing; None leaves a field as it is.

    `add` is the id of a published pipeline that becomes its next version, `as_default` makes that version the default one.
    `archive` gives the name free and disables it; to bring it back give a `name` and the status Active.
    """

    add: str | None = None
    as_default: bool = False
    default_version: str | None = None
    name: str | None = None
    description: str | None = None
    status: PublishedStatus | None = None
    archive: bool = False


@dataclass(frozen=True)
class PipelineDraft:
    """The document of an asset of kind PIPELINE_DRAFT; the asset's name is its id."""

    id: str
    name: str
    graph: str
    experiment: str
    description: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    continue_on_step_failure: bool | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    #: What it was made from: a published pipeline, a run or another draft.
    parent_pipeline_id: str | None = None
    parent_run_id: str | None = None
    parent_draft_id: str | None = None
    last_submitted_run_id: str | None = None
    #: The author's interpreter; see `Submission.interpreter`.
    interpreter: str = ""


@dataclass(frozen=True)
class StartRequest:
    """What a caller sends to start a published pipeline: itself by `pipeline`, or by `endpoint` (its id or name) and
    `version` (None: the endpoint's default).

    `parameters` may hold text for a parameter of any type, as v1's REST clients send it: it is converted to the type of
    the default, and refused by name where that fails. Names that the pipeline does not have are ignored, and said so in
    the run's property IGNORED_PARAMETERS, because published clients send them.
    """

    experiment: str
    pipeline: str = ""
    endpoint: str = ""
    version: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    step_tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    description: str | None = None
    display_name: str | None = None
    continue_on_step_failure: bool | None = None
    regenerate_outputs: bool = False
    parent_run_id: str | None = None
    schedule_id: str | None = None
    #: v1's word for who started it: SDK, API, Schedule.
    run_source: str = "SDK"
    submitted_by: str = ""
    #: The id that the run gets, if who asks chooses it: sent twice, it is one run.
    run_id: str | None = None
