"""Who a workspace is: the part of v1's `Workspace` that answers from its record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lazulite.api.connect import default_location
from lazulite.sdk.exceptions import WorkspaceException, v1_errors
from lazulite.sdk.workspace_config import arm_id

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.assets import Workspace as Record


@dataclass(frozen=True)
class ServiceContext:
    """Who a workspace is, in the four words of v1, and where its system is."""

    subscription_id: str
    resource_group_name: str
    workspace_name: str
    workspace_id: str
    location: str


class Identity:
    """Name, place and record of a workspace. `_location` is where `_service` is, if not the default place."""

    _service: Service
    _record: Record
    _location: str | None

    def _fill(self, service: Service, record: Record, location: str | None) -> None:
        self._service = service
        self._record = record
        self._location = location

    def _fresh(self) -> Record:
        """The record as it is now: another process may have changed it."""
        with v1_errors(WorkspaceException):
            self._record = self._service.get_workspace(self._id)
        return self._record

    def _replace(self, **changes: Any) -> None:
        with v1_errors():
            self._record = self._service.update_workspace(replace(self._fresh(), **changes))

    @property
    def _id(self) -> str:
        return self._record.id

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.name

    @property
    def subscription_id(self) -> str:
        """The subscription it was created with, or "local"."""
        return self._record.subscription_id

    @property
    def resource_group(self) -> str:
        """The resource group it was created with, or "local"."""
        return self._record.resource_group

    @property
    def location(self) -> str:
        """The location it was created with, or "local"."""
        return self._record.location

    @property
    def sku(self) -> str:
        """v1's edition, as given to `create`."""
        return self._record.sku

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, as they are now."""
        return dict(self._fresh().tags)

    @property
    def settings(self) -> dict[str, str]:
        """Lazulite's own settings that were changed here; `update(settings=…)` changes them. (Beyond v1.)"""
        return dict(self._fresh().settings)

    @property
    def discovery_url(self) -> str:
        """Where the system is: the URL of a server, or `file://` and the home folder."""
        where = self._location or default_location()
        if "://" in where:
            return where
        from pathlib import Path

        return Path(where).absolute().as_uri()

    @property
    def service_context(self) -> ServiceContext:
        """Who the workspace is and where its system is (v1: what its REST clients are made from)."""
        return ServiceContext(
            self.subscription_id, self.resource_group, self.name, self._id, self.discovery_url
        )

    def get_details(self) -> dict[str, Any]:
        """Return what is known of the workspace, under v1's keys; None for what only Azure has."""
        record = self._fresh()
        created = record.created_at.isoformat() if record.created_at else None
        return {
            "id": arm_id(record.subscription_id, record.resource_group, record.name),
            "name": record.name,
            "location": record.location,
            "type": "Microsoft.MachineLearningServices/workspaces",
            "tags": dict(record.tags),
            "sku": record.sku,
            "workspaceid": record.id,
            "description": record.description,
            "friendlyName": record.friendly_name,
            "creationTime": created,
            "defaultDatastore": record.default_datastore,
            "discoveryUrl": self.discovery_url,
            "storageAccount": None,
            "keyVault": None,
            "applicationInsights": None,
            "containerRegistry": None,
            "identityType": None,
            "hbiWorkspace": False,
            "provisioningState": "Succeeded",
        }
