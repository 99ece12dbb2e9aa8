"""The clusters and the secrets of a loopback Databricks."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from lazulite.testing.databricks_refusals import Refused


class Clusters:
    """`/clusters/*` and `/libraries/*`: each cluster is in a state; starting and restarting take one look."""

    def __init__(self) -> None:
        #: By id: PENDING, RUNNING, RESTARTING, TERMINATED …
        self.states: dict[str, str] = {}
        #: By id, the libraries on it, as the service writes them.
        self.installed: dict[str, list[Mapping[str, Any]]] = {}
        self.spark_version = "15.4.x-scala2.12"

    def get(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET clusters/get."""
        cluster = self._known(query)
        now = self.states[cluster]
        if now in ("PENDING", "RESTARTING"):
            self.states[cluster] = "RUNNING"
        return {"cluster_id": cluster, "state": now, "spark_version": self.spark_version}

    def start(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST clusters/start."""
        cluster = self._known(body)
        if self.states[cluster] != "TERMINATED":
            raise Refused(400, "INVALID_STATE", f"Cluster {cluster} is in unexpected state.")
        self.states[cluster] = "PENDING"
        return {}

    def restart(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST clusters/restart."""
        cluster = self._known(body)
        if self.states[cluster] != "RUNNING":
            raise Refused(400, "INVALID_STATE", f"Cluster {cluster} is not running.")
        self.states[cluster] = "RESTARTING"
        return {}

    def libraries(self, query: Mapping[str, str]) -> dict[str, Any]:
        """GET libraries/cluster-status."""
        cluster = self._known(query)
        found = [
            {"library": one, "status": "INSTALLED", "is_library_for_all_clusters": False}
            for one in self.installed.get(cluster, [])
        ]
        return {"cluster_id": cluster, "library_statuses": found}

    def install(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST libraries/install."""
        self.installed.setdefault(self._known(body), []).extend(body["libraries"])
        return {}

    def uninstall(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST libraries/uninstall: gone after the restart that must follow."""
        here = self.installed.get(self._known(body), [])
        here[:] = [one for one in here if one not in body["libraries"]]
        return {}

    def _known(self, given: Mapping[str, Any]) -> str:
        cluster = str(given.get("cluster_id"))
        if cluster not in self.states:
            raise Refused(400, "INVALID_PARAMETER_VALUE", f"Cluster {cluster} does not exist")
        return cluster


class Secrets:
    """`/secrets/*`: by scope, by key."""

    def __init__(self) -> None:
        self.scopes: dict[str, dict[str, str]] = {}
        #: Whether scopes may be made without naming "users", as on the premium tier.
        self.is_premium = True

    def create_scope(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST scopes/create."""
        scope = body["scope"]
        if scope in self.scopes:
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", f"Scope {scope} already exists!")
        if not self.is_premium and body.get("initial_manage_principal") != "users":
            raise Refused(
                400,
                "BAD_REQUEST",
                "Premium Tier is disabled in this workspace. Secret scopes can only be created with "
                'initial_manage_principal "users".',
            )
        self.scopes[scope] = {}
        return {}

    def list_scopes(self, _: Mapping[str, str]) -> dict[str, Any]:
        """GET scopes/list."""
        return {"scopes": [{"name": name, "backend_type": "DATABRICKS"} for name in self.scopes]}

    def put(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST put."""
        text = body.get("string_value") or base64.b64decode(body.get("bytes_value", "")).decode()
        self._scope(body)[body["key"]] = text
        return {}

    def delete(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST delete."""
        if self._scope(body).pop(body["key"], None) is None:
            raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"Secret {body['key']} does not exist.")
        return {}

    def _scope(self, body: Mapping[str, Any]) -> dict[str, str]:
        try:
            return self.scopes[body["scope"]]
        except KeyError:
            raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"Scope {body['scope']} does not exist!") from None
