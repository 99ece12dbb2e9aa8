"""v1's routes about published pipelines, endpoints, drafts and schedules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.publishing import PublishedPipeline, PublishedStatus
from lazulite.server.v1.asset_entities import KINDS, pipeline_entity
from lazulite.server.v1.call import View

_Answer = Callable[[View], Any]


def listing(kind: AssetKind, what: str) -> _Answer:
    """The route that lists the assets of a kind: active ones, all with ?activeOnly=false."""

    def answer(view: View) -> list[dict[str, Any]]:
        everything = any(
            name.lower() == "activeonly" and text.lower() == "false" for name, text in view.query.items()
        )
        assets = view.service.list_assets(view.workspace.id, kind, archived=everything)
        shown = [KINDS[kind](asset, view.base) for asset in assets]
        return [one for one in shown if everything or one.get("EntityStatus", "Active") == "Active"]

    answer.__doc__ = f"The active {what}; all of them with ?activeOnly=false."
    return answer


def single(kind: AssetKind, what: str) -> _Answer:
    """The route that shows one asset of a kind."""

    def answer(view: View) -> dict[str, Any]:
        return KINDS[kind](_asset(view, kind), view.base)

    answer.__doc__ = f"One of the {what}."
    return answer


def parameters(view: View) -> list[dict[str, Any]]:
    """The parameters that a submit of this published pipeline may set: name, type and default. (Beyond v1.)"""
    shown: list[dict[str, Any]] = pipeline_entity(_pipeline(view), view.base)["Parameters"]
    return shown


def status(view: View) -> dict[str, Any]:
    """Whether a published pipeline can be started."""
    document = from_data(PublishedPipeline, _pipeline(view).document)
    return {"Id": document.id, "EntityStatus": document.status.value}


def set_status(view: View) -> dict[str, Any]:
    """Enable or disable a published pipeline: the JSON "Active" or "Disabled" as body."""
    body = view.body
    word = body.get("EntityStatus") if isinstance(body, dict) else body
    try:
        wanted = PublishedStatus(word)
    except ValueError as error:
        words = ", ".join(one.value for one in PublishedStatus)
        raise InvalidRequest(f"{word!r} is no status of a pipeline. Expected one of {words}.") from error
    asset = _pipeline(view)
    document = replace(from_data(PublishedPipeline, asset.document), status=wanted)
    view.service.put_asset(view.workspace.id, replace(asset, document=to_data(document)))
    return {"Id": document.id, "EntityStatus": wanted.value}


def _pipeline(view: View) -> Asset:
    return _asset(view, AssetKind.PUBLISHED_PIPELINE)


def _asset(view: View, kind: AssetKind) -> Asset:
    """The asset that the path names, by its id or its name."""
    wanted = view.named("id")
    if kind is AssetKind.PIPELINE_ENDPOINT:
        for asset in view.service.list_assets(view.workspace.id, kind, archived=True):
            if wanted in (asset.id, asset.name):
                return asset
        raise NotFound(f"There is no pipeline endpoint {wanted!r}.", kind=kind.value, name=wanted)
    return view.service.get_asset(view.workspace.id, kind, wanted)
