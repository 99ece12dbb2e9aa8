"""Which file of this machine a path of an AdlaStep's script means, and which datastore is the account's."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest, LazuliteError, NotFound
from lazulite.worker.tasks.usql.accounts import store_of
from lazulite.worker.tasks.usql.places import Places

LAKE = Datastore("lake", face="AzureDataLake", folder="/data/lake", account_name="Contoso")
LOGS = Datastore("logs", face="AzureBlob", folder="/data/logs", account_name="acct", container_name="logs")
FAR = Datastore("far", type="azure_blob", face="AzureBlob", account_name="acct", container_name="far")


def places(tmp_path: Path, store: Datastore = LAKE) -> Places:
    outputs = {"file": str(tmp_path / "file"), "folder": str(tmp_path / "folder")}
    return Places("contoso", store, [LAKE, LOGS, FAR], {"raw": str(tmp_path / "raw")}, outputs)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("adl://contoso.azuredatalakestore.net/a%20b/{*}.csv", "/data/lake/a b/{*}.csv"),
        ("ADL://Contoso.azuredatalakestore.net/a.csv", "/data/lake/a.csv"),
        ("wasb://logs@acct.blob.core.windows.net/a.csv", "/data/logs/a.csv"),
        ("abfss://logs@acct.dfs.core.windows.net/a.csv", "/data/logs/a.csv"),
    ],
)
def test_an_address_leads_into_the_datastore_that_has_it(tmp_path: Path, path: str, expected: str) -> None:
    assert places(tmp_path).resolve(path) == Path(expected)


@pytest.mark.parametrize(
    ("path", "error", "told"),
    [
        (
            "wasb://other@acct.blob.core.windows.net/a",
            NotFound,
            "no datastore of the workspace has the address",
        ),
        ("wasb://far@acct.blob.core.windows.net/a", InvalidRequest, "'far', and that is not a folder"),
        ("adl://contoso.azuredatalakestore.net/../b", LazuliteError, "leads out of the datastore 'lake'"),
    ],
)
def test_what_is_in_no_store_is_refused(
    tmp_path: Path, path: str, error: type[LazuliteError], told: str
) -> None:
    with pytest.raises(error, match=told):
        places(tmp_path).resolve(path)


def test_inputs_and_outputs_are_where_the_step_has_them_and_the_rest_is_in_the_store(tmp_path: Path) -> None:
    found = places(tmp_path)
    raw = str(tmp_path / "raw")
    assert found.resolve(f"{raw}/{{*}}.csv") == Path(raw, "{*}.csv")
    for elsewhere in ("/a.csv", f"{raw}/../secret.csv", f"{raw}2/a.csv"):
        assert found.resolve(elsewhere) is None
    assert found.output_of(f"{tmp_path}/folder/a.csv") == "folder"
    assert found.output_of("/a.csv") == "/a.csv"


def test_a_store_elsewhere_has_no_paths_of_its_own_and_the_step_still_has_its_data(tmp_path: Path) -> None:
    found = places(tmp_path, FAR)
    assert found.resolve(str(tmp_path / "raw")) == tmp_path / "raw"
    with pytest.raises(InvalidRequest, match="Make the data an input or output"):
        found.resolve("/a.csv")


def test_an_output_that_the_script_writes_as_a_file_gives_way(tmp_path: Path) -> None:
    found = places(tmp_path)
    for name in ("file", "folder"):
        (tmp_path / name).mkdir()
    found.resolve(str(tmp_path / "file"))
    found.resolve(str(tmp_path / "folder" / "a.csv"))
    assert [place.name for place in tmp_path.iterdir()] == ["folder"]


def test_the_accounts_store_is_the_data_lake_of_its_name_else_the_default_datastore() -> None:
    assert store_of("contoso", [LOGS, LAKE], "logs") is LAKE
    assert store_of("fabrikam", [LOGS, LAKE], "logs") is LOGS
    with pytest.raises(NotFound, match="no datastore 'gone'"):
        store_of("fabrikam", [LAKE], "gone")
