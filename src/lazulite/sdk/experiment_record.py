"""An experiment as its record says, and the changes its owner may make: tags and archiving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.workspace_lookup import checked_tags

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class ExperimentRecord:
    """Name, tags and archiving of an experiment."""

    DELIM = "#"

    _workspace: Workspace
    _name: str
    _asset: Asset

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name},\nWorkspace: {self.workspace.name})"

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        import html

        address = html.escape(self.get_portal_url())
        cells = (
            html.escape(self.name),
            html.escape(self.workspace.name),
            f'<a href="{address}">{address}</a>',
        )
        heads = "".join(f"<th>{head}</th>" for head in ("Name", "Workspace", "Report Page"))
        return f"<table><tr>{heads}</tr><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table>"

    @property
    def workspace(self) -> Workspace:
        """The workspace it belongs to."""
        return self._workspace

    @property
    def workspace_object(self) -> Workspace:
        """As `workspace` (v1's older name)."""
        return self._workspace

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def id(self) -> str:
        """Its id."""
        return self._asset.id

    @property
    def archived_time(self) -> datetime | None:
        """When it was archived; None if it is active."""
        return self._asset.archived_at

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, as last read (`refresh` reads again)."""
        return dict(self._asset.tags)

    @classmethod
    def get_docs_url(cls) -> str:
        """Return where v1's documentation of the class is."""
        return "https://docs.microsoft.com/python/api/azureml-core/azureml.core.experiment.Experiment"

    def get_portal_url(self) -> str:
        """Return a URL that opens the experiment: its page in the portal (with `LAZULITE_SERVER=off`, the folder of the
        runs' files)."""
        from lazulite.sdk.artifacts import RunFiles
        from lazulite.sdk.portal import experiment_url

        page = experiment_url(self._workspace._service, self._workspace._id, self.name)  # noqa: SLF001 - as below
        if page:
            return page
        store = self._workspace.get_default_datastore()._store()  # noqa: SLF001 - the SDK's own seam
        return RunFiles(store, "azureml/ExperimentRun").url()

    # --- changing it ---

    def tag(self, key: str, value: str | None = None) -> None:
        """Set one tag; without a value it is a mere mark."""
        self.set_tags({key: "" if value is None else value})

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set several tags; others stay as they are."""
        self.refresh()
        self._store(replace(self._asset, tags={**self._asset.tags, **checked_tags(tags)}))

    def remove_tags(self, tags: Any) -> dict[str, str]:
        """Remove a tag, or several, by name; return those that are left."""
        names = {tags} if isinstance(tags, str) else set(tags)
        self.refresh()
        left = {key: value for key, value in self._asset.tags.items() if key not in names}
        self._store(replace(self._asset, tags=left))
        return self.tags

    def archive(self) -> None:
        """Hide it from lists. Its runs stay; new runs are refused until `reactivate`."""
        self._store(replace(self._asset, archived_at=datetime.now(timezone.utc)))

    def reactivate(self, new_name: str | None = None) -> None:
        """Undo `archive`.

        Raises:
            UserErrorException: `new_name` is given; v1 has not supported it for long.
        """
        if new_name is not None:
            raise UserErrorException("An experiment cannot be renamed. Call reactivate() without new_name.")
        self._store(replace(self._asset, archived_at=None))

    def refresh(self) -> None:
        """Read tags and archiving again."""
        place = self._workspace
        with v1_errors():
            self._asset = place._service.get_asset(place._id, AssetKind.EXPERIMENT, self._name)  # noqa: SLF001

    def _store(self, asset: Asset) -> None:
        place = self._workspace
        with v1_errors():
            self._asset = place._service.put_asset(place._id, asset)  # noqa: SLF001
