"""The service as everything behind HTTP knows it: its documents come without their secrets.

The application has no other service (`make_app`), so that every answer, page and stream passes here, those that somebody
adds included. Sealed text is of no use without the home's key; it is left out all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn, cast

from lazulite.api.service import Service
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.errors import InvalidRequest


def discreet(service: Service) -> Service:
    """Return `service`, its assets without secrets."""
    return cast("Service", _Discreet(service))


class _Discreet:
    def __init__(self, service: Service) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    def put_asset(self, workspace: str, asset: Asset, *, overwrite: bool = True) -> Asset:
        return _without_secret(self._service.put_asset(workspace, asset, overwrite=overwrite))

    def get_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
        return _without_secret(self._service.get_asset(workspace, kind, name, version))

    def list_assets(
        self, workspace: str, kind: AssetKind, name: str | None = None, *, archived: bool = False
    ) -> tuple[Asset, ...]:
        return tuple(
            map(_without_secret, self._service.list_assets(workspace, kind, name, archived=archived))
        )

    def credentials(self, _sealed: str) -> NoReturn:
        raise InvalidRequest("The server keeps credentials to itself.")


def _without_secret(asset: Asset) -> Asset:
    if not asset.document.get("secret"):
        return asset
    return replace(asset, document={**asset.document, "secret": ""})
