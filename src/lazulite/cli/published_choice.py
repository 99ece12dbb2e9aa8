"""Which published pipeline a PIPELINE argument means: an id, a beginning of one, or a name."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lazulite.cli.run_choice import SHORT

if TYPE_CHECKING:
    from lazulite.cli.place import Place
    from lazulite.model.assets import Asset
    from lazulite.model.publishing import PublishedPipeline

Command = TypeVar("Command", bound=Callable[..., Any])
_MANY = 5


def pipeline_argument(command: Command) -> Command:
    """Give a command the argument PIPELINE, as `pipeline`."""
    return click.argument("pipeline", metavar="PIPELINE")(command)


def published(here: Place) -> list[tuple[Asset, PublishedPipeline]]:
    """Return the published pipelines of a workspace, the last published first."""
    from lazulite.model.assets import AssetKind
    from lazulite.model.codec import from_data
    from lazulite.model.publishing import PublishedPipeline

    assets = here.service.list_assets(here.id, AssetKind.PUBLISHED_PIPELINE)
    newest_first = sorted(assets, key=attrgetter("created_at"), reverse=True)
    return [(asset, from_data(PublishedPipeline, asset.document)) for asset in newest_first]


def choose_pipeline(here: Place, named: str, version: str | None = None) -> tuple[Asset, PublishedPipeline]:
    """Return the published pipeline that `named` means.

    Args:
        here: The workspace.
        named: An id, a beginning of one that fits one pipeline only, or a name: the last published of that name, of
            those that are not disabled if there are such.
        version: Only one of this version.

    Raises:
        NotFound: there is none.
        Usage: several ids begin so.
    """
    from lazulite.cli.failures import Usage
    from lazulite.graph.labels import listed, nearest
    from lazulite.model.errors import NotFound
    from lazulite.model.publishing import PublishedStatus

    everything = [one for one in published(here) if version in (None, one[1].version)]
    by_name = [one for one in everything if one[1].name == named]
    if by_name:
        return next((one for one in by_name if one[1].status is not PublishedStatus.DISABLED), by_name[0])
    by_id = [one for one in everything if one[1].id.startswith(named)]
    if len(by_id) == 1:
        return by_id[0]
    if by_id:
        shown = ", ".join(f"{one.id} ({one.name})" for _, one in by_id[:_MANY])
        raise Usage(f"'{named}' fits {len(by_id)} published pipelines; say more of the id: {shown}.")
    names = sorted({one.name for _, one in everything})
    of_version = "" if version is None else f" of version '{version}'"
    raise NotFound(
        f"Workspace '{here.record.name}' has no published pipeline '{named}'{of_version}.{nearest(named, names)} It has: "
        f"{listed(names)}."
    )


def short(pipeline_id: str) -> str:
    """An id as tables show it."""
    return pipeline_id[:SHORT]
