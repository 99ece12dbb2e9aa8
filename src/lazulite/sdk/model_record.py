"""One version of a registered model as its record says, and the changes its owner may make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.assets import Model as Document
from lazulite.model.codec import from_data
from lazulite.sdk.exceptions import UserErrorException, WebserviceException, v1_errors
from lazulite.sdk.workspace_lookup import checked_tags

if TYPE_CHECKING:
    from lazulite.sdk.run import Run
    from lazulite.sdk.workspace import Workspace


class RegisteredVersion:
    """Name, version, tags, properties and origin of a model."""

    def _fill(self, workspace: Workspace, asset: Asset) -> None:
        with v1_errors():
            document = from_data(Document, asset.document)
        self.workspace = workspace
        self._asset = asset
        self._document = document
        self.name = asset.name
        self.version = asset.version
        self.id = f"{asset.name}:{asset.version}"
        self.tags = dict(asset.tags)
        self.properties = dict(asset.properties)
        self.description = document.description
        self.created_time = asset.created_at
        self.run_id = document.run_id
        self.experiment_name = document.experiment
        self.model_framework = document.framework
        self.model_framework_version = document.framework_version
        self.url = f"aml://datastores/{document.datastore}/{document.path}"
        self.mime_type = "application/x-python"
        self.unpack = document.is_directory
        self.datasets: dict[str, Any] = {}
        # What v1 kept and nothing here fills.
        self.created_by = self.parent_id = self.sample_input_dataset = self.sample_output_dataset = None
        self.resource_configuration = None
        self.derived_model_ids: Sequence[str] = ()

    @property
    def run(self) -> Run | None:
        """The run that the model was registered from; None if it was registered from files."""
        return self.workspace.get_run(self.run_id) if self.run_id else None

    def update(
        self,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        sample_input_dataset: Any = None,
        sample_output_dataset: Any = None,
        resource_configuration: Any = None,
    ) -> None:
        """Replace tags and description; None leaves one as it is. The other parameters are without effect."""
        asset = self._fresh()
        if tags is not None:
            asset = replace(asset, tags=checked_tags(tags))
        if description is not None:
            asset = replace(asset, document={**asset.document, "description": description})
        self._store(asset)

    def add_tags(self, tags: Mapping[str, str]) -> None:
        """Set several tags; others stay as they are."""
        self.update_tags_properties(add_tags=tags)

    def remove_tags(self, tags: Sequence[str]) -> None:
        """Remove tags by name. Names the model does not have are ignored."""
        self.update_tags_properties(remove_tags=tags)

    def add_properties(self, properties: Mapping[str, str]) -> None:
        """Add properties.

        Raises:
            UserErrorException: one of them exists already with another value.
        """
        self.update_tags_properties(add_properties=properties)

    def update_tags_properties(
        self,
        add_tags: Mapping[str, str] | None = None,
        remove_tags: Sequence[str] | None = None,
        add_properties: Mapping[str, str] | None = None,
    ) -> None:
        """Do all three in one step.

        Raises:
            UserErrorException: a property exists already with another value; nothing is changed then.
        """
        asset = self._fresh()
        added = checked_tags(add_properties)
        for key, value in added.items():
            if asset.properties.get(key, value) != value:
                raise UserErrorException(
                    f"Property {key!r} of model {self.id} is set already. Properties never change."
                )
        removed = {remove_tags} if isinstance(remove_tags, str) else set(remove_tags or ())
        tags = {key: value for key, value in asset.tags.items() if key not in removed}
        self._store(
            replace(asset, tags={**tags, **checked_tags(add_tags)}, properties={**asset.properties, **added})
        )

    def _fresh(self) -> Asset:
        with v1_errors(WebserviceException):
            return self.workspace._service.get_asset(  # noqa: SLF001
                self.workspace._id,  # noqa: SLF001
                AssetKind.MODEL,
                self.name,
                self.version,
            )

    def _store(self, asset: Asset) -> None:
        with v1_errors():
            kept = self.workspace._service.put_asset(self.workspace._id, asset)  # noqa: SLF001
        self._fill(self.workspace, kept)

    def serialize(self) -> dict[str, Any]:
        """Return the model as a dict that `json.dumps` takes."""
        return {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "tags": dict(self.tags),
            "properties": dict(self.properties),
            "createdTime": self.created_time.isoformat() if self.created_time else None,
            "framework": self.model_framework,
            "frameworkVersion": self.model_framework_version,
            "experimentName": self.experiment_name,
            "runId": self.run_id,
            "mimeType": self.mime_type,
            "unpack": self.unpack,
            "url": self.url,
        }
