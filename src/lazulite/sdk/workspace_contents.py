"""What is in a workspace: the part of v1's `Workspace` that leads to datastores, computes, experiments and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lazulite.model.assets import AssetKind
from lazulite.sdk.exceptions import UserErrorException, v1_errors
from lazulite.sdk.workspace_identity import Identity

if TYPE_CHECKING:
    from lazulite.sdk.compute.target import ComputeTarget
    from lazulite.sdk.datastore import AbstractDatastore
    from lazulite.sdk.environment import Environment
    from lazulite.sdk.experiment import Experiment
    from lazulite.sdk.keyvault import Keyvault
    from lazulite.sdk.model import Model
    from lazulite.sdk.run import Run
    from lazulite.sdk.workspace import Workspace


class Contents(Identity):
    """Everything by name. Each property asks again, so that what another process made is seen."""

    @property
    def datastores(self) -> dict[str, AbstractDatastore]:
        """The datastores by name."""
        from lazulite.model import codec
        from lazulite.model.assets import Datastore
        from lazulite.sdk.datastore import datastore_of

        with v1_errors():
            assets = self._service.list_assets(self._id, AssetKind.DATASTORE)
        return {
            asset.name: datastore_of(self._whole, codec.from_data(Datastore, asset.document))
            for asset in assets
        }

    @property
    def compute_targets(self) -> dict[str, ComputeTarget]:
        """The compute targets by name, each of its own class. This machine itself (`local`) is not among them."""
        from lazulite.sdk.compute.target import ComputeTarget

        return {target.name: target for target in ComputeTarget.list(self._whole)}

    @property
    def experiments(self) -> dict[str, Experiment]:
        """The experiments by name, without archived ones."""
        from lazulite.sdk.experiment import Experiment

        return {experiment.name: experiment for experiment in Experiment.list(self._whole)}

    @property
    def environments(self) -> dict[str, Environment]:
        """The registered environments by name, newest version of each."""
        from lazulite.sdk.environment import Environment

        return Environment.list(self._whole)

    @property
    def models(self) -> dict[str, Model]:
        """The registered models by name, newest version of each."""
        from lazulite.sdk.model import Model

        return {model.name: model for model in Model.list(self._whole, latest=True)}

    def get_default_datastore(self) -> AbstractDatastore:
        """Return the datastore that is used where none is named (`workspaceblobstore`, if nobody changed it)."""
        from lazulite.sdk.datastore import Datastore

        return cast("AbstractDatastore", Datastore.get(self._whole, self._fresh().default_datastore))

    def set_default_datastore(self, name: str) -> None:
        """Make the datastore `name` the one that is used where none is named.

        Raises:
            UserErrorException: there is no such datastore; the message names those that exist.
        """
        if not isinstance(name, str):
            raise UserErrorException(f"{name!r} is not the name of a datastore. Expected text.")
        self._replace(default_datastore=name.lower())

    def get_default_compute_target(self, type: str) -> ComputeTarget | None:  # noqa: A002 - v1's name
        """Return the cluster `cpu-cluster` or `gpu-cluster`; None if there is none.

        Args:
            type: "CPU" or "GPU".

        Raises:
            UserErrorException: `type` is neither.
        """
        if str(type).upper() not in ("CPU", "GPU"):
            raise UserErrorException(
                f"The type of a default compute target is {type!r}. Expected 'CPU' or 'GPU'."
            )
        return self.compute_targets.get(f"{str(type).lower()}-cluster")

    def get_default_keyvault(self) -> Keyvault:
        """Return the workspace's secrets (see `Keyvault`)."""
        from lazulite.sdk.keyvault import Keyvault

        return Keyvault(self._whole)

    def get_run(self, run_id: str) -> Run:
        """Return the run with that id, as the class that fits it (PipelineRun, StepRun, Run).

        Raises:
            UserErrorException: the workspace has no such run.
        """
        from lazulite.sdk.run import run_of

        with v1_errors():
            record = self._service.get_run(self._id, run_id)
        return run_of(self._whole, record)

    @property
    def _whole(self) -> Workspace:
        return cast("Workspace", self)
