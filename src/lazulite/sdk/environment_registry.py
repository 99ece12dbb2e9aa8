"""Registered environments: versions, labels, and finding them again. v1: the environment service's part.

Each version is an asset whose document carries the version's text. Labels are tags of a version's asset.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.ids import checked
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.environment import Environment
    from lazulite.sdk.workspace import Workspace

_KIND = AssetKind.ENVIRONMENT
_LABEL = "label:"
_LATEST = "latest"
_WHEELS = "azureml/private_wheels"


def register(workspace: Workspace, environment: Environment) -> Environment:
    """Add an environment as a new version, or return the newest if that is the same already.

    Raises:
        UserErrorException: the name is not valid, or its `version` exists with other content.
    """
    document = _kept(_inlined(environment)._document())  # noqa: SLF001 - the SDK's own seam
    with v1_errors():
        name = checked("environment", environment.name)
        versions = workspace._service.list_assets(workspace._id, _KIND, name)  # noqa: SLF001
    same = _same(versions, document, environment.version)
    if same is not None:
        return _environment(same)
    document["version"] = environment.version or _next_version(versions)
    with v1_errors():
        added = workspace._service.put_asset(  # noqa: SLF001
            workspace._id,  # noqa: SLF001
            Asset(_KIND, name, document),
        )
    return _environment(added)


def find(workspace: Workspace, name: str, version: str | None, label: str | None) -> Environment:
    """Return a registered environment: that version, the one with that label, or the newest.

    Raises:
        UserErrorException: there is none, or both version and label are given.
    """
    if version is not None and label is not None:
        raise UserErrorException("Give either version or label, not both.")
    with v1_errors():
        versions = workspace._service.list_assets(workspace._id, _KIND, name)  # noqa: SLF001
    if not versions:
        raise UserErrorException(_unknown(workspace, name))
    if version is None and label in (None, _LATEST):
        return _environment(versions[-1])
    if version is not None:
        return _environment(_version(name, versions, str(version)))
    for asset in versions:
        if _LABEL + str(label) in asset.tags:
            return _environment(asset)
    labels = sorted(
        tag.removeprefix(_LABEL) for asset in versions for tag in asset.tags if tag.startswith(_LABEL)
    )
    raise UserErrorException(
        f"The environment {name!r} has no version labelled {label!r}. Labels: {', '.join([_LATEST, *labels])}."
    )


def newest(workspace: Workspace) -> dict[str, Environment]:
    """Return the newest version of each registered environment by name."""
    with v1_errors():
        assets = workspace._service.list_assets(workspace._id, _KIND)  # noqa: SLF001
    return {asset.name: _environment(asset) for asset in assets}


def label(workspace: Workspace, name: str, version: str, labels: list[str]) -> None:
    """Give labels to a version, taking each from the version that had it.

    Raises:
        UserErrorException: there is no such version, or a label is not text or is "latest".
    """
    if isinstance(labels, str) or not all(isinstance(item, str) and item.strip() for item in labels):
        raise UserErrorException(f"labels must be a list of texts, and {labels!r} was given.")
    if _LATEST in labels:
        raise UserErrorException("The label 'latest' is always the newest version's and cannot be given.")
    tags = {_LABEL + item: "" for item in labels}
    with v1_errors():
        versions = workspace._service.list_assets(workspace._id, _KIND, name)  # noqa: SLF001
    if not versions:
        raise UserErrorException(_unknown(workspace, name))
    chosen = _version(name, versions, str(version))
    for asset in versions:
        kept = {tag: value for tag, value in asset.tags.items() if tag not in tags}
        changed = {**kept, **tags} if asset.version == chosen.version else kept
        if changed != dict(asset.tags):
            with v1_errors():
                workspace._service.put_asset(workspace._id, replace(asset, tags=changed))  # noqa: SLF001


def add_wheel(workspace: Workspace, file: Path, *, exist_ok: bool) -> str:
    """Copy a wheel into the default datastore and return its path there.

    Raises:
        UserErrorException: it is not a wheel, or one of that name is there and `exist_ok` is False.
    """
    if file.suffix != ".whl" or not file.is_file():
        raise UserErrorException(
            f"{str(file)!r} is not a wheel: expected the path of a file that ends in .whl."
        )
    datastore = workspace.get_default_datastore()
    place = f"{_WHEELS}/{file.name}"
    with v1_errors():
        store = datastore._store()  # noqa: SLF001 - the SDK's own seam
        if not exist_ok and store.look_at(place) is not None:
            raise UserErrorException(
                f"The workspace has a wheel {file.name!r} already. Give exist_ok=True to replace it."
            )
        store.put(place, file, overwrite=True)
        return store.on_compute(place)


def _inlined(environment: Environment) -> Environment:
    """Return the environment with its packages in it where it names a file of this machine for them."""
    if not environment.python.conda_dependencies_file:
        return environment
    settled = environment.clone(environment.name)
    settled.version = environment.version
    settled.python.conda_dependencies = environment.python._effective()  # noqa: SLF001 - the SDK's own seam
    settled.python.conda_dependencies_file = None
    return settled


def _kept(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document without secrets, which no record may hold, and without what is not content."""
    import warnings

    registry = document["docker"]["baseImageRegistry"]
    packages = (document["r"] or {}).get("githubPackages") or []
    if registry.get("password") or any(package.get("authToken") for package in packages):
        warnings.warn(
            "The password or token in this environment is not kept when it is registered. "
            "Set it again on the environment you get.",
            UserWarning,
            stacklevel=4,
        )
    registry["password"] = None
    for package in packages:
        package["authToken"] = None
    document["assetId"] = None
    return document


def _same(versions: tuple[Asset, ...], document: dict[str, Any], version: str | None) -> Asset | None:
    """The version that this document is already, or None.

    Raises:
        UserErrorException: the document asks for a version that exists with other content.
    """
    if version is None:
        return versions[-1] if versions and _content(versions[-1].document) == _content(document) else None
    for asset in versions:
        if _text(asset) == version:
            if _content(asset.document) == _content(document):
                return asset
            raise UserErrorException(
                f"Version {version!r} of the environment {asset.name!r} is registered with other content. "
                "Set another version, or version = None for the next one."
            )
    return None


def _content(document: Any) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in ("version", "assetId")}


def _next_version(versions: tuple[Asset, ...]) -> str:
    numbers = [int(text) for text in map(_text, versions) if text.isdecimal()]
    return str(max([len(versions), *numbers]) + 1)


def _text(asset: Asset) -> str:
    return str(asset.document.get("version") or asset.version)


def _version(name: str, versions: tuple[Asset, ...], version: str) -> Asset:
    for asset in versions:
        if _text(asset) == version:
            return asset
    known = ", ".join(map(_text, versions))
    raise UserErrorException(f"The environment {name!r} has no version {version!r}. Versions: {known}.")


def _environment(asset: Asset) -> Environment:
    from lazulite.sdk.environment import Environment

    found = Environment._of_document(  # noqa: SLF001 - the SDK's own seam
        asset.document, f"the environment {asset.name!r}"
    )
    found.version = _text(asset)
    found.asset_id = asset.id
    return found


def _unknown(workspace: Workspace, name: str) -> str:
    names = sorted(newest(workspace))
    known = f"Registered are: {', '.join(names)}." if names else "None is registered in this workspace."
    if name.startswith("AzureML-"):
        return (
            f"There is no environment {name!r}: the curated environments of Azure ML are images in its cloud. {known} "
            "Register one under this name, with the packages the step needs, and this code runs unchanged."
        )
    return f"There is no environment {name!r}. {known}"
