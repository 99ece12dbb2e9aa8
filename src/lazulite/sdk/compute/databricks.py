"""A Databricks workspace as a compute target. v1: `azureml.core.compute.DatabricksCompute`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from lazulite.model.assets import ComputeTarget as Record
from lazulite.sdk.compute.attached import (
    AttachedOnlyCompute,
    PlacedAttachConfiguration,
    record_of,
    refuse_old_attach,
)
from lazulite.sdk.compute.databricks_host import check_token, chosen
from lazulite.sdk.exceptions import ComputeTargetException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_KIND = "Databricks"
_UPLOAD_PATHS = ("dbfs:/", "/Volumes/", "/Workspace/")


class DatabricksAttachConfiguration(PlacedAttachConfiguration):
    """Which Databricks workspace is meant, and the token that opens it.

    Raises:
        ComputeTargetException: not exactly one of (resource_group, workspace_name) and resource_id is given, and no
            host either; or `upload_path` is no such place.
    """

    _TYPE: ClassVar[str] = _KIND
    _PROVIDER: ClassVar[str] = "Microsoft.Databricks/workspaces"
    _NAME: ClassVar[str] = "workspace_name"

    workspace_name: str | None

    def __init__(
        self,
        resource_group: str | None = None,
        workspace_name: str | None = None,
        resource_id: str | None = None,
        access_token: str = "",
        host: str | None = None,
        upload_path: str | None = None,
        *,
        skip_validation: bool = False,
    ) -> None:
        self.access_token = access_token
        self.host = host
        self.upload_path = upload_path
        self.skip_validation = skip_validation
        super().__init__(resource_group, workspace_name, resource_id)

    def validate_configuration(self) -> None:
        """Check which names are given; with a host none is needed.

        Raises:
            ComputeTargetException: they contradict each other, or one is missing.
        """
        if not self.host or self.resource_id or any(self._names().values()):
            super().validate_configuration()
        if self.upload_path is not None and not self.upload_path.startswith(_UPLOAD_PATHS):
            raise ComputeTargetException(
                f"upload_path is {self.upload_path!r}. Expected a folder of DBFS (dbfs:/…), of a Volume (/Volumes/…) or of "
                "the Databricks workspace (/Workspace/…)."
            )

    def _record(self, name: str) -> Record:
        found = chosen(self.host, self.access_token or "")
        if found.is_service and not self.skip_validation:
            check_token(found.host, found.token)
        print(f"Compute target {name!r}: steps run at {found.words} ({found.why}).")
        facts = {
            **self._names(),
            "resource_id": self.resource_id,
            "host": found.host,
            "upload_path": self.upload_path,
        }
        # An empty document, not no document: Spark here needs no secret, and an earlier host's is to be forgotten.
        secret = {"access_token": found.token} if found.is_service else {}
        return replace(record_of(self._TYPE, name, facts), secret=json.dumps(secret))


class DatabricksCompute(AttachedOnlyCompute):
    """A Databricks workspace as a compute target: DatabricksSteps run there, or on this machine's Spark.

    Args:
        workspace: The workspace.
        name: The target's name.

    Raises:
        ComputeTargetException: there is none of that name; the text starts with ComputeTargetNotFound.
    """

    _TYPE: ClassVar[str] = _KIND

    @staticmethod
    def attach_configuration(
        resource_group: str | None = None,
        workspace_name: str | None = None,
        resource_id: str | None = None,
        access_token: str = "",
        host: str | None = None,
        upload_path: str | None = None,
        *,
        skip_validation: bool = False,
    ) -> DatabricksAttachConfiguration:
        """Return the configuration for `ComputeTarget.attach`.

        Where the steps run is decided when the target is attached, and one line says it: at `host`, if one is given;
        else at the one that the environment variable DATABRICKS_HOST names; else on this machine's Spark. v1 asked
        Azure for the host.

        Args:
            resource_group: The Databricks workspace's resource group, together with `workspace_name`. Recorded, and
                not needed if `host` is given.
            workspace_name: Its name.
            resource_id: Its id, instead of the other two.
            access_token: A token of its user or service principal. It is kept encrypted, and sent nowhere else. If it
                is empty or a placeholder in angle brackets, DATABRICKS_TOKEN is used.
            host: Its address, such as https://adb-123.4.azuredatabricks.net; "local": this machine's Spark;
                spark://host:port: a Spark cluster that this machine drives.
            upload_path: Where the source directories of scripts are copied to: a folder of DBFS (dbfs:/azureml if not
                given), of a Volume (/Volumes/…) or of the workspace (/Workspace/…).
            skip_validation: Do not ask the host whether it accepts the token.

        Raises:
            ComputeTargetException: the names contradict each other, or one is missing; or `upload_path` is no such
                place. `ComputeTarget.attach` raises it if the host is no https address, has no token, does not accept
                it, or cannot be reached.

        Example:
            `DatabricksCompute.attach_configuration(host="https://adb-123.4.azuredatabricks.net",
            access_token=os.environ["TOKEN"])`
        """
        return DatabricksAttachConfiguration(
            resource_group,
            workspace_name,
            resource_id,
            access_token,
            host,
            upload_path,
            skip_validation=skip_validation,
        )

    @staticmethod
    def attach(workspace: Workspace, name: str, resource_id: str, access_token: str) -> NoReturn:  # type: ignore[override]
        """Refused, as in v1: use `ComputeTarget.attach`.

        Raises:
            ComputeTargetException: always.
        """
        refuse_old_attach("DatabricksCompute")

    def get_credentials(self) -> dict[str, Any]:
        """Return the access token, as v1 does; only on the machine that keeps it.

        Raises:
            ComputeTargetException: there is none (the steps run on this machine), or a server keeps it.
        """
        service = self.workspace._service  # noqa: SLF001 - the SDK's own seam
        if not service.is_local:
            raise ComputeTargetException(
                f"The server keeps the access token of {self.name!r} to itself. Take it from where you have it."
            )
        with v1_errors(ComputeTargetException):
            token = service.credentials(self._record.secret).get("access_token")
        if token is None:
            raise ComputeTargetException(f"{self.name!r} has no access token: its steps run on this machine.")
        return {"computeType": _KIND, "databricksAccessToken": token}
