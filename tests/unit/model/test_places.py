"""Where a datastore is, in words."""

from __future__ import annotations

import pytest

from lazulite.model.assets import Datastore
from lazulite.model.places import place_of


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (Datastore("a", folder="/data"), "/data"),
        (
            Datastore("a", "azure_blob", container_name="c", account_name="acc"),
            "https://acc.blob.core.windows.net/c",
        ),
        (
            Datastore(
                "a", "azure_file", container_name="c", account_name="acc", endpoint="core.chinacloudapi.cn"
            ),
            "https://acc.file.core.chinacloudapi.cn/c",
        ),
        (
            Datastore(
                "a",
                "azure_blob",
                container_name="c",
                account_name="acc",
                protocol="http",
                endpoint="127.0.0.1:10000",
            ),
            "http://127.0.0.1:10000/acc/c",
        ),
        (
            Datastore(
                "a", "adls_gen2", container_name="c", account_name="acc", endpoint="http://azurite:10000/acc"
            ),
            "http://azurite:10000/acc/c",
        ),
        (Datastore("a", "s3", container_name="bucket"), "s3://bucket"),
        (
            Datastore("a", "s3", container_name="bucket", endpoint="http://host:9000/"),
            "http://host:9000/bucket",
        ),
        (
            Datastore("a", "postgresql", account_name="db.example", options={"port": "5433"}),
            "postgresql://db.example:5433",
        ),
    ],
)
def test_a_place_is_the_address_that_is_asked(record: Datastore, place: str) -> None:
    assert place_of(record) == place
