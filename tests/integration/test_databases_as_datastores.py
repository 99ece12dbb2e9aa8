"""A PostgreSQL database as a datastore: tried with the real server before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from azureml.core import Datastore, Workspace
from azureml.data.azure_postgre_sql_datastore import AzurePostgreSqlDatastore
from azureml.exceptions import UserErrorException


@pytest.mark.slow
def test_a_database_is_tried_before_it_is_recorded(home: Path, postgres_url: str) -> None:
    ws = Workspace.create("tables")
    found = urlsplit(postgres_url)
    assert found.hostname
    place: dict[str, Any] = {
        "server_name": found.hostname,
        "database_name": found.path.strip("/"),
        "user_id": found.username,
        "port_number": found.port,
    }

    def register(password: Any, database: str | None = None, enforce_ssl: bool = False) -> object:
        given = {**place, "database_name": database or place["database_name"]}
        return Datastore.register_azure_postgre_sql(
            ws, "lab", **given, user_password=password, enforce_ssl=enforce_ssl
        )

    with pytest.raises(UserErrorException, match="password authentication failed") as caught:
        register("a-wrong-password")
    assert "a-wrong-password" not in str(caught.value)
    with pytest.raises(UserErrorException, match=r"no_such_database.*does not exist"):
        register(found.password, "no_such_database")
    with pytest.raises(UserErrorException, match="SSL"):
        register(found.password, enforce_ssl=True)  # this server has no certificate
    assert "lab" not in ws.datastores
    register(found.password)
    lab: AzurePostgreSqlDatastore = Datastore.get(ws, "lab")
    assert (lab.server_name, lab.user_id, lab.user_password) == (
        found.hostname,
        found.username,
        found.password,
    )
