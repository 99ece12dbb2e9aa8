"""Registered models: files with a name, a version and where they came from. v1: `azureml.core.model.Model`.

The files of a version are copied to `azureml/models/<name>/<version>/` on the workspace's default datastore, so that a
model stays whatever becomes of the run or the folder that it was registered from.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.assets import Model as Document
from lazulite.model.codec import to_data
from lazulite.sdk import model_files, model_lookup
from lazulite.sdk.exceptions import WebserviceException, v1_errors
from lazulite.sdk.model_deployment import Deployment
from lazulite.sdk.model_record import RegisteredVersion
from lazulite.sdk.workspace_lookup import checked_tags

if TYPE_CHECKING:
    from lazulite.model.run import Run as RunRecord
    from lazulite.sdk.workspace import Workspace

#: The folder below the current one in which `get_model_path` puts and finds models, as in v1.
MODELS_DIR = "azureml-models"
_Models = list["Model"]  # `list` is a method of the class below


class Framework:
    """Names of the frameworks that models are made with."""

    CUSTOM = "Custom"
    ONNX = "Onnx"
    PYTORCH = "PyTorch"
    SCIKITLEARN = "ScikitLearn"
    TENSORFLOW = "TensorFlow"


class Model(RegisteredVersion, Deployment):
    """One version of a registered model.

    Args:
        workspace: The workspace.
        name: The model's name; without `version` the newest version is meant.
        id: `name:version`, instead of both.
        tags: Only a version that has this tag (text), or these tags with these values (dict).
        properties: As `tags`, of properties.
        version: A version number.
        run_id: Only a version that was registered from this run.
        model_framework: Only a version of this framework.
        expand: Accepted and without effect.

    Raises:
        WebserviceException: there is no such model; the text starts with ModelNotFound.

    Example:
        `Model.register(ws, "outputs/model.pkl", "churn")`, later `Model(ws, "churn").download("models")`.
    """

    Framework: ClassVar[type[Framework]] = Framework

    def __init__(
        self,
        workspace: Workspace,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - v1's name
        tags: Any = None,
        properties: Any = None,
        version: int | None = None,
        run_id: str | None = None,
        model_framework: str | None = None,
        expand: bool = True,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"Model() got an unexpected keyword argument {next(iter(kwargs))!r}")
        if id is not None:
            name, version = model_lookup.parts_of(id)
        if not name:
            raise WebserviceException(
                "Neither name nor id is given. Give the model's name, or its id 'name:version'."
            )
        query = model_lookup.Query(name, version, tags, properties, run_id, model_framework)
        found = model_lookup.matching(workspace, query)
        if not found:
            raise WebserviceException(model_lookup.missing(workspace, query))
        self._fill(workspace, found[-1])

    @classmethod
    def _from_asset(cls, workspace: Workspace, asset: Asset) -> Model:
        model = cls.__new__(cls)
        model._fill(workspace, asset)  # noqa: SLF001 - made here
        return model

    def __repr__(self) -> str:
        return (
            f"Model(workspace={self.workspace!r}, name={self.name}, id={self.id}, version={self.version}, "
            f"tags={self.tags}, properties={self.properties})"
        )

    # --- registering ---

    @staticmethod
    def register(
        workspace: Workspace,
        model_path: str | os.PathLike[str],
        model_name: str,
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        description: str | None = None,
        datasets: Any = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        child_paths: Sequence[str] | None = None,
        sample_input_dataset: Any = None,
        sample_output_dataset: Any = None,
        resource_configuration: Any = None,
    ) -> Model:
        """Copy a file or folder into the workspace as the next version of a model.

        Args:
            model_path: The file or folder.
            model_name: Letters, digits, '.', '_' and '-'.
            tags: Words and values for people; they can change.
            properties: The same, but once there they never change.
            description: A text for people.
            model_framework: One of `Model.Framework`, or a word of your own.
            model_framework_version: Its version.
            child_paths: Of a folder: only these files and folders in it.

        Datasets and the resource configuration are accepted and without effect: nothing is deployed here.

        Raises:
            WebserviceException: `model_path` or a child path does not exist.
            UserErrorException: the name is not allowed, or a file could not be copied; nothing is registered then.
        """
        source = Path(model_path).expanduser()
        if not source.exists():
            raise WebserviceException(
                f"The model path {str(model_path)!r} does not exist (from {Path.cwd()})."
            )
        print(f"Registering model {model_name}")
        draft = Document(
            name=model_name,
            datastore="",
            path="",
            description=description,
            framework=model_framework,
            framework_version=model_framework_version,
            is_directory=source.is_dir(),
        )
        asset = Asset(
            AssetKind.MODEL,
            model_name,
            to_data(draft),
            tags=checked_tags(tags),
            properties=checked_tags(properties),
        )
        fill = model_files.uploading(model_files.chosen(source, child_paths))
        return Model._from_asset(
            workspace, model_files.stored(workspace, asset, source.absolute().name, fill)
        )

    @staticmethod
    def _register_from_run(
        workspace: Workspace,
        run_record: RunRecord,
        model_name: str,
        model_path: str | None = None,
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        framework: str | None = None,
        framework_version: str | None = None,
        description: str | None = None,
    ) -> Model:
        """Register files of a run: `model_path` is relative to its artifacts; the model's name without it.

        Raises:
            ModelPathNotFoundException: the run has no such file or folder; the message names those it has.
            UserErrorException: the name is not allowed.
        """
        source = model_files.in_run(workspace, run_record, model_path or model_name)
        draft = Document(
            name=model_name,
            datastore="",
            path="",
            run_id=run_record.id,
            experiment=run_record.experiment,
            description=description,
            framework=framework,
            framework_version=framework_version,
            is_directory=source.is_directory,
        )
        asset = Asset(
            AssetKind.MODEL,
            model_name,
            to_data(draft),
            tags=checked_tags(tags),
            properties=checked_tags(properties),
        )
        stored = model_files.stored(workspace, asset, source.name, model_files.copying(workspace, source))
        return Model._from_asset(workspace, stored)

    # --- finding ---

    @staticmethod
    def list(
        workspace: Workspace,
        name: str | None = None,
        tags: Any = None,
        properties: Any = None,
        run_id: str | None = None,
        latest: bool = False,
        dataset_id: str | None = None,
        expand: bool = True,
        page_count: int = 255,
        model_framework: str | None = None,
    ) -> _Models:
        """Return models, newest first.

        Args:
            name: Only versions of this one.
            tags: Only those that have this tag (text), or these tags with these values: a dict, or as in v1 a list of
                names and of [name, value] pairs.
            properties: As `tags`, of properties.
            run_id: Only those registered from this run.
            latest: Only the newest version of each.
            dataset_id: There are no datasets in this version: with it, the list is empty.
            expand: Accepted and without effect.
            page_count: Accepted and without effect: all are returned.
            model_framework: Only those of this framework.
        """
        if dataset_id is not None:
            return []
        query = model_lookup.Query(name, None, tags, properties, run_id, model_framework)
        found = model_lookup.matching(workspace, query)
        if latest:
            found = list({asset.name: asset for asset in found}.values())
        found.sort(key=lambda asset: (asset.created_at is not None, asset.created_at), reverse=True)
        return [Model._from_asset(workspace, asset) for asset in found]

    @staticmethod
    def get_model_path(
        model_name: str, version: int | None = None, _workspace: Workspace | None = None
    ) -> str:
        """Return the path of a model's file or folder on this machine.

        Inside a run (or with `_workspace`) the model is copied to `azureml-models/<name>/<version>/` below the current
        folder, once. Otherwise what is there already is returned.

        Args:
            version: A version number; the newest without it.

        Raises:
            ModelNotFoundException: outside a run, there is no such folder yet.
            WebserviceException: inside a run, the workspace has no such model.
        """
        workspace = _workspace or model_lookup.workspace_of_run()
        if workspace is None:
            return model_files.local_copy(MODELS_DIR, model_name, version)
        model = Model(workspace, model_name, version=version)
        folder = Path(MODELS_DIR) / model.name / str(model.version)
        present = folder / Path(model._document.path).name
        return str(present) if present.exists() else model.download(str(folder), exist_ok=True)

    def download(self, target_dir: str = ".", exist_ok: bool = False, exists_ok: bool | None = None) -> str:
        """Copy the model to a folder; return the path of the file or folder.

        Args:
            target_dir: The folder; it is made if needed.
            exist_ok: Replace what is there already.
            exists_ok: v1's older spelling of `exist_ok`.

        Raises:
            WebserviceException: the target exists and `exist_ok` is False, or the model's files are gone.
        """
        replaces = exist_ok if exists_ok is None else exists_ok
        return model_files.download(self.workspace, self._document, Path(target_dir), overwrite=replaces)

    def get_sas_urls(self) -> dict[str, str]:
        """Return file name to a `file://` URL for each file (v1: URLs of blobs)."""
        return model_files.urls(self.workspace, self._document)

    # --- changing ---

    def delete(self) -> None:
        """Delete this version and its files.

        Raises:
            WebserviceException: it does not exist any more.
        """
        with v1_errors(WebserviceException):
            self.workspace._service.delete_asset(  # noqa: SLF001 - the SDK's own seam
                self.workspace._id,  # noqa: SLF001
                AssetKind.MODEL,
                self.name,
                self.version,
            )
        model_files.remove(self.workspace, self._document)

    @staticmethod
    def deserialize(workspace: Workspace, model_payload: Mapping[str, Any]) -> Model:
        """Return the model that `serialize` made the dict of, as it is now.

        Raises:
            WebserviceException: the dict names no model, or the workspace does not have it.
        """
        if not isinstance(model_payload, Mapping) or not isinstance(model_payload.get("id"), str):
            raise WebserviceException(
                f"{model_payload!r} is no serialized model. Expected a dict with an 'id'."
            )
        return Model(workspace, id=model_payload["id"])
