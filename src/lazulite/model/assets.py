"""Named documents of a workspace: datastores, compute targets, environments, models, experiments, published pipelines,
their endpoints and drafts, schedules, secrets of its key vault.

All kinds share one set of operations (`api.Service.put_asset`, `get_asset`, `list_assets`, `delete_asset`); a kind
is a word and the dataclass of its document.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lazulite.model.publishing import PipelineDraft, PipelineEndpoint, PublishedPipeline
from lazulite.model.schedule import Schedule

#: The host of a compute target that stands for a service whose work this machine does.
LOCAL_HOST = "local"
#: How the address of a Spark cluster of one's own begins: this machine drives it.
SPARK_HOST = "spark://"


class AssetKind(enum.Enum):
    """Kinds of asset. Environments and models keep every version; of the others the newest replaces the last."""

    DATASTORE = "datastore"
    COMPUTE = "compute"
    EXPERIMENT = "experiment"
    ENVIRONMENT = "environment"
    MODEL = "model"
    PUBLISHED_PIPELINE = "published_pipeline"
    PIPELINE_ENDPOINT = "pipeline_endpoint"
    PIPELINE_DRAFT = "pipeline_draft"
    SCHEDULE = "schedule"
    SECRET = "secret"  # noqa: S105 - a word

    @property
    def is_versioned(self) -> bool:
        return self in (AssetKind.ENVIRONMENT, AssetKind.MODEL)


@dataclass(frozen=True)
class Asset:
    """A named, possibly versioned document. `document` is the JSON form of the kind's dataclass."""

    kind: AssetKind
    name: str
    document: Mapping[str, Any]
    id: str = ""
    version: int = 1
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    archived_at: datetime | None = None


@dataclass(frozen=True)
class Workspace:
    """A workspace. `settings` holds choices such as `reuse.scope` ("directory" or "script")."""

    id: str
    name: str
    subscription_id: str
    resource_group: str
    location: str = "local"
    friendly_name: str | None = None
    description: str | None = None
    sku: str = "basic"
    default_datastore: str = "workspaceblobstore"
    tags: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None


@dataclass(frozen=True)
class Datastore:
    """Where bytes are. `type` chooses the code that reads and writes; `face` is the v1 type it shows (AzureBlob,
    AzureFile). A relative `folder` is below the home folder; the service hands it out absolute.

    Types: folder; azure_blob, azure_file, adls_gen2, s3, dbfs (files behind an address); hdfs (files that only Spark
    reads); sql, postgresql, mysql (tables: no files).

    What `auth` says, and what then stands in `secret` (and in `options`):

        account_key         account_key
        sas                 sas_token
        service_principal   client_secret (tenant_id, client_id, authority_url)
        access_key          access_key_id, secret_access_key, session_token (region)
        token               token
        password            password (user; of HDFS: kerberos_keytab or kerberos_password)
        managed_identity, environment, anonymous: nothing
    """

    name: str
    type: str = "folder"
    face: str = "AzureBlob"
    folder: str = ""
    #: Container, share, file system or bucket; of tables the database.
    container_name: str = ""
    #: Storage account; of tables the host; of HDFS the name node.
    account_name: str = ""
    #: https or http, and what follows the account's name (`core.windows.net`) or a whole URL.
    protocol: str = ""
    endpoint: str = ""
    #: How to prove who we are, one of the words above.
    auth: str = ""
    #: What else the type needs and is no secret: region, port, user, url (of any SQL database), tenant_id, client_id …
    options: Mapping[str, str] = field(default_factory=dict)
    #: Credentials, as JSON text: plain on its way to the service, sealed (`model.sealed`) everywhere else, and given
    #: to nobody over HTTP.
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class ComputeTarget:
    """A compute target. `type` is v1's word (AmlCompute, local); `backend` the `lazulite.compute` entry point."""

    name: str
    type: str = "AmlCompute"
    backend: str = "processes"
    vm_size: str = ""
    vm_priority: str = "dedicated"
    min_nodes: int = 0
    max_nodes: int = 1
    idle_seconds_before_scaledown: float = 1800.0
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    provisioning_state: str = "Succeeded"
    created_at: datetime | None = None
    modified_at: datetime | None = None
    #: What v1 kept with a cluster and has no meaning on one's own machine, as the user gave it (never secrets).
    extra: Mapping[str, Any] = field(default_factory=dict)
    #: Credentials of an outside service, as `Datastore.secret`.
    secret: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The address of the service that does the work; "local" for this machine."""
        return str(self.extra.get("host") or LOCAL_HOST)

    @property
    def is_elsewhere(self) -> bool:
        """Whether a service does the work, on data that it reaches itself."""
        return self.host != LOCAL_HOST and not self.host.startswith(SPARK_HOST)


class NodeState(enum.Enum):
    """State of one worker node, in v1's words."""

    PREPARING = "preparing"
    IDLE = "idle"
    RUNNING = "running"
    LEAVING = "leaving"
    UNUSABLE = "unusable"
    PREEMPTED = "preempted"


@dataclass(frozen=True)
class Node:
    """A worker node of a compute target, as last seen. `job` is the job it runs."""

    id: str
    compute: str
    state: NodeState
    since: datetime
    pid: int | None = None
    job: str | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class Experiment:
    """An experiment's document: nothing but its name yet; tags and archiving are fields of every asset."""

    name: str


@dataclass(frozen=True)
class Model:
    """A registered model: files below `path` on `datastore`, and where they came from."""

    name: str
    datastore: str
    path: str
    run_id: str | None = None
    experiment: str | None = None
    description: str | None = None
    framework: str | None = None
    framework_version: str | None = None
    is_directory: bool = False


@dataclass(frozen=True)
class Secret:
    """A secret of the workspace's key vault. `secret` is as `Datastore.secret`, with the one entry `value`."""

    name: str
    content_type: str | None = None
    secret: str = field(default="", repr=False)


#: The dataclass of each kind's document; an environment's is the JSON form of the SDK's `Environment`.
DOCUMENTS: Mapping[AssetKind, type] = {
    AssetKind.DATASTORE: Datastore,
    AssetKind.COMPUTE: ComputeTarget,
    AssetKind.EXPERIMENT: Experiment,
    AssetKind.MODEL: Model,
    AssetKind.PUBLISHED_PIPELINE: PublishedPipeline,
    AssetKind.PIPELINE_ENDPOINT: PipelineEndpoint,
    AssetKind.PIPELINE_DRAFT: PipelineDraft,
    AssetKind.SCHEDULE: Schedule,
    AssetKind.SECRET: Secret,
}
