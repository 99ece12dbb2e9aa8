"""The workspace: a folder of one's own machine (or a server) behind v1's `azureml.core.Workspace`.

No account and no network: where v1 asks for a subscription and a resource group, both have a local default, and only
tell workspaces of the same name apart. Values given once are kept, so that the same code and the same `config.json`
find the same workspace again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model import ids
from lazulite.model.assets import Workspace as Record
from lazulite.sdk import workspace_config, workspace_lookup
from lazulite.sdk.compute.amlcompute import AmlCompute
from lazulite.sdk.exceptions import UserErrorException, WorkspaceException, v1_errors
from lazulite.sdk.workspace_cloud import CloudMembers
from lazulite.sdk.workspace_config import WorkspaceConfig
from lazulite.sdk.workspace_contents import Contents

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.sdk.compute.amlcompute_definition import AmlComputeProvisioningConfiguration

_ByName = dict[str, list["Workspace"]]  # `list` is a method of the class below


class Workspace(Contents, CloudMembers):
    """A workspace: datastores, compute targets, experiments, models and runs that belong together.

    Args:
        subscription_id: As given to `create`; "local" if nothing was given there.
        resource_group: As given to `create`; "local" if nothing was given there.
        workspace_name: Its name.
        auth: Says to a team's server who you are; without it the token in LAZULITE_TOKEN, or that of `lazulite login`. A
            system on this machine asks nobody.

    The other parameters are v1's own private ones, accepted and without effect.

    Raises:
        WorkspaceException: there is no such workspace; the message names those that exist.

    Example:
        `ws = Workspace.create("first")`, later `ws = Workspace.get("first")` or `ws = Workspace.from_config()`.

    v1: `azureml.core.Workspace`.
    """

    DEFAULT_CPU_CLUSTER_NAME: ClassVar[str] = "cpu-cluster"
    DEFAULT_GPU_CLUSTER_NAME: ClassVar[str] = "gpu-cluster"
    DEFAULT_CPU_CLUSTER_CONFIGURATION: ClassVar[AmlComputeProvisioningConfiguration] = (
        AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", min_nodes=0, max_nodes=2)
    )
    DEFAULT_GPU_CLUSTER_CONFIGURATION: ClassVar[AmlComputeProvisioningConfiguration] = (
        AmlCompute.provisioning_configuration(vm_size="STANDARD_NC6", min_nodes=0, max_nodes=2)
    )

    def __init__(
        self,
        subscription_id: str,
        resource_group: str,
        workspace_name: str,
        auth: Any = None,
        _location: str | None = None,
        _disable_service_check: bool = False,
        _workspace_id: str | None = None,
        sku: str = "basic",
        tags: Mapping[str, str] | None = None,
        _cloud: str = "AzureCloud",
    ) -> None:
        service = workspace_lookup.connected(None, auth)
        self._fill(
            service, workspace_lookup.find(service, workspace_name, subscription_id, resource_group), None
        )

    @classmethod
    def _from_record(cls, service: Service, record: Record, location: str | None = None) -> Workspace:
        """Return the workspace that `record` is, without asking again.

        `location` is where `service` is, if it is not the default place.
        """
        workspace = cls.__new__(cls)
        workspace._fill(service, record, location)  # noqa: SLF001 - made here
        return workspace

    def __repr__(self) -> str:
        return (
            f"Workspace.create(name={self.name!r}, subscription_id={self.subscription_id!r}, "
            f"resource_group={self.resource_group!r})"
        )

    # --- making and finding ---

    @staticmethod
    def create(
        name: str,
        auth: Any = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        location: str | None = None,
        create_resource_group: bool = True,
        sku: str = "basic",
        tags: Mapping[str, str] | None = None,
        friendly_name: str | None = None,
        storage_account: str | None = None,
        key_vault: str | None = None,
        app_insights: str | None = None,
        container_registry: str | None = None,
        adb_workspace: str | None = None,
        primary_user_assigned_identity: str | None = None,
        cmk_keyvault: str | None = None,
        resource_cmk_uri: str | None = None,
        hbi_workspace: bool = False,
        default_cpu_compute_target: AmlComputeProvisioningConfiguration | None = None,
        default_gpu_compute_target: AmlComputeProvisioningConfiguration | None = None,
        private_endpoint_config: Any = None,
        private_endpoint_auto_approval: bool = True,
        exist_ok: bool = False,
        show_output: bool = True,
        user_assigned_identity_for_cmk_encryption: str | None = None,
        system_datastores_auth_mode: str = "accessKey",
        v1_legacy_mode: bool | None = None,
    ) -> Workspace:
        """Create a workspace with its two datastores, `workspaceblobstore` (the default) and `workspacefilestore`.

        Args:
            name: 3 to 33 letters, digits, '_' and '-', starting with a letter or digit.
            subscription_id: A word that, with `resource_group`, tells workspaces of one name apart.
            resource_group: As `subscription_id`.
            location: A word for people; nothing is moved anywhere.
            sku: v1's edition: kept, and shown by `sku`.
            tags: Words and values for people.
            friendly_name: A name for people.
            default_cpu_compute_target: Also create a cluster `cpu-cluster` with this configuration.
            default_gpu_compute_target: Also create a cluster `gpu-cluster` with this configuration.
            exist_ok: Return the existing workspace, as it is, instead of raising.
            show_output: Print what is done.

        All other parameters name Azure resources; they are accepted and without effect.

        Raises:
            UserErrorException: a name or value is not allowed.
            WorkspaceException: it exists already, and `exist_ok` is False.
        """
        del create_resource_group, private_endpoint_config
        with v1_errors():
            ids.checked("workspace", name)
        wanted = Record(
            id="",
            name=name,
            subscription_id=workspace_lookup.part("subscription_id", subscription_id),
            resource_group=workspace_lookup.part("resource_group", resource_group),
            location=location or workspace_lookup.LOCAL,
            friendly_name=friendly_name or name,
            sku=sku,
            tags=workspace_lookup.checked_tags(tags),
        )
        service = workspace_lookup.connected(None, auth)
        record = workspace_lookup.make(service, wanted, exist_ok=exist_ok, show_output=show_output)
        workspace = Workspace._from_record(service, record)
        for cluster, definition in (
            (Workspace.DEFAULT_CPU_CLUSTER_NAME, default_cpu_compute_target),
            (Workspace.DEFAULT_GPU_CLUSTER_NAME, default_gpu_compute_target),
        ):
            if definition is not None:
                AmlCompute.create(workspace, cluster, definition)
        return workspace

    @staticmethod
    def get(
        name: str,
        auth: Any = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        location: str | None = None,
        cloud: str = "AzureCloud",
        id: str | None = None,  # noqa: A002 - v1's name
    ) -> Workspace:
        """Return an existing workspace by name.

        Args:
            name: Its name.
            subscription_id: Needed only where several have the name.
            resource_group: As `subscription_id`.
            id: Its id, which must agree with the name.

        Raises:
            WorkspaceException: there is none, or more than one; the message names them.
        """
        service = workspace_lookup.connected(None, auth)
        return Workspace._from_record(
            service, workspace_lookup.find(service, name, subscription_id, resource_group, id)
        )

    @staticmethod
    def list(
        subscription_id: str | None = None, auth: Any = None, resource_group: str | None = None
    ) -> _ByName:
        """Return the workspaces by name; several may have one name.

        Args:
            subscription_id: Only those with this one; without it all of this machine.
            resource_group: Only those with this one.
        """
        service = workspace_lookup.connected(None, auth)
        found: _ByName = {}
        with v1_errors(WorkspaceException):
            records = service.list_workspaces(None, subscription_id, resource_group)
        for record in records:
            found.setdefault(record.name, []).append(Workspace._from_record(service, record))
        return found

    @staticmethod
    def from_config(
        path: str | os.PathLike[str] | None = None,
        auth: Any = None,
        _logger: Any = None,
        _file_name: str | None = None,
    ) -> Workspace:
        """Return the workspace that a `config.json` names.

        Args:
            path: The file, or the folder where the search starts (the current one without it). As in v1, for each
                of `.azureml`, `aml_config` and no folder, all parents are searched for config.json, project.json.

        A file downloaded from Azure names a workspace that this machine does not know yet: it is **created**, with
        a printed notice, so that v1 projects run as they are. With the key `"service_url"` the workspace is looked
        for at that server or in that home folder (relative to the file).

        Raises:
            UserErrorException: no file, or one that cannot be understood; the message names file and line.
        """
        file = workspace_config.find_config(path, _file_name)
        config = workspace_config.read_config(file)
        service = workspace_lookup.connected(config.service_url, auth)
        keys = (config.subscription_id, config.resource_group, config.workspace_name)
        with v1_errors():
            found = service.list_workspaces(config.workspace_name, *keys[:2])
            ids.checked("workspace", config.workspace_name)
        if found:
            return Workspace._from_record(service, found[0], config.service_url)
        print(
            f"Workspace {config.workspace_name!r}, named by {file}, does not exist "
            f"{'on this machine' if service.is_local else f'at {service.address()}'} yet: creating it."
        )
        parts = [workspace_lookup.part("the Scope", key) for key in keys[:2]]
        wanted = Record("", config.workspace_name, parts[0], parts[1])
        record = workspace_lookup.make(service, wanted, exist_ok=True, show_output=False)
        return Workspace._from_record(service, record, config.service_url)

    @staticmethod
    def setup() -> Workspace:
        """Return the workspace of `from_config()`, or else one called `lazulite`, created if needed."""
        try:
            return Workspace.from_config()
        except UserErrorException:
            return Workspace.create("lazulite", exist_ok=True)

    def write_config(self, path: str | os.PathLike[str] | None = None, file_name: str | None = None) -> None:
        """Write the file that `from_config` reads: `<path>/.azureml/config.json`.

        Args:
            path: A folder; the current one without it. Where it has a folder `aml_config`, that is used, as in v1.
            file_name: Another name than config.json.

        Raises:
            UserErrorException: the name is not a file name, or the file cannot be written.
        """
        config = WorkspaceConfig(self.subscription_id, self.resource_group, self.name, self._location)
        workspace_config.write_config(config, path, file_name)

    def delete(self, delete_dependent_resources: bool = False, no_wait: bool = False) -> None:
        """Delete the workspace with all its runs, datastores' own folders and definitions. There is no way back.

        Folders that were registered as datastores, and are not the workspace's own, stay as they are.

        Args:
            delete_dependent_resources: Accepted; a workspace's own folders always go with it.
            no_wait: Accepted; it is done when the call returns.

        Raises:
            WorkspaceException: one of its runs is still active.
        """
        with v1_errors(WorkspaceException):
            self._service.delete_workspace(self._id)

    def update(
        self,
        friendly_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        image_build_compute: str | None = None,
        service_managed_resources_settings: Any = None,
        primary_user_assigned_identity: str | None = None,
        allow_public_access_when_behind_vnet: bool | None = None,
        v1_legacy_mode: bool | None = None,
        *,
        settings: Mapping[str, str | None] | None = None,
    ) -> dict[str, Any]:
        """Change names for people and tags; None leaves one as it is. Returns the new `get_details()`.

        Beyond v1, `settings` changes some of Lazulite's own by name, such as `{"schedules.missed": "run-once"}`; None puts
        one back to its default. The other parameters name Azure settings; they are accepted and without effect.

        Raises:
            UserErrorException: there is no such setting, or it cannot be that.
        """
        changes: dict[str, Any] = {"friendly_name": friendly_name, "description": description}
        changes["tags"] = None if tags is None else workspace_lookup.checked_tags(tags)
        if settings is not None:
            wanted = {**self._fresh().settings, **settings}
            changes["settings"] = {name: value for name, value in wanted.items() if value is not None}
        given = {name: value for name, value in changes.items() if value is not None}
        self._replace(**given)
        return self.get_details()
