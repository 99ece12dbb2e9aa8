"""What every implementation of `api.Service` must do with secrets, as tests: a part of `service_contract`, whose fixtures
it uses. They need the `cryptography` library."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore, Secret
from lazulite.model.codec import dumps, from_data, to_data
from lazulite.model.sealed import is_sealed

#: Credentials that nobody must see again.
CANARY = "canary-9a41"
_STORE = Datastore(
    "raw",
    type="azure_blob",
    container_name="raw",
    account_name="account",
    endpoint="core.windows.net",
    auth="account_key",
    secret=json.dumps({"account_key": CANARY}),
)


def _asset(record: Datastore | ComputeTarget | Secret) -> Asset:
    kinds = {
        Datastore: AssetKind.DATASTORE,
        ComputeTarget: AssetKind.COMPUTE,
        Secret: AssetKind.SECRET,
    }
    return Asset(kinds[type(record)], record.name, to_data(record))


class SecretsContract:
    """Sealing, keeping and giving out."""

    def test_credentials_are_kept_sealed_and_shown_to_nobody(self, service: Service, workspace: str) -> None:
        target = ComputeTarget("bricks", type="Databricks", secret=json.dumps({"token": CANARY}))
        for record in (_STORE, target):
            asset = _asset(record)
            seen = [service.put_asset(workspace, asset), service.get_asset(workspace, asset.kind, asset.name)]
            seen += service.list_assets(workspace, asset.kind)
            assert CANARY not in dumps(seen)
            secret = service.get_asset(workspace, asset.kind, asset.name).document["secret"]
            if service.is_local:
                assert is_sealed(secret)
                assert CANARY in service.credentials(secret).values()
            else:
                assert secret == ""
                with pytest.raises(errors.InvalidRequest):
                    service.credentials(secret)

    def test_a_document_that_comes_back_keeps_its_credentials_unless_they_would_go_elsewhere(
        self, service: Service, workspace: str
    ) -> None:
        service.put_asset(workspace, _asset(_STORE))
        seen = service.get_asset(workspace, AssetKind.DATASTORE, "raw")
        service.put_asset(workspace, replace(seen, tags={"owner": "me"}))
        again = service.get_asset(workspace, AssetKind.DATASTORE, "raw")
        assert again.tags == {"owner": "me"}
        assert again.document["secret"] == seen.document["secret"]
        for change in ({"endpoint": "elsewhere.example"}, {"account_name": "another"}, {"type": "s3"}):
            moved = replace(_STORE, secret="", **change)  # type: ignore[arg-type]
            with pytest.raises(errors.InvalidRequest, match="give them again"):
                service.put_asset(workspace, _asset(moved))
        service.put_asset(workspace, _asset(replace(_STORE, secret="", auth="anonymous")))
        assert service.get_asset(workspace, AssetKind.DATASTORE, "raw").document["secret"] == ""

    def test_credentials_that_cannot_be_are_refused_and_not_repeated(
        self, service: Service, workspace: str
    ) -> None:
        given: tuple[Any, ...] = (
            "",
            "{}",
            "no json " + CANARY,
            '{"account_key": 7}',
            f'["{CANARY}"]',
            "lzs1.foreign" + CANARY,
            {"account_key": CANARY},
        )
        asset = _asset(_STORE)
        for secret in given:
            wrong = replace(asset, document={**asset.document, "secret": secret})
            for call in (service.put_asset, service.check_datastore):
                with pytest.raises(errors.InvalidRequest) as caught:
                    call(workspace, wrong)
                assert CANARY not in str(caught.value), secret
                assert CANARY not in str(caught.value.details), secret
        with pytest.raises(errors.NotFound):
            service.get_asset(workspace, AssetKind.DATASTORE, "raw")

    def test_credentials_in_the_open_are_refused_and_not_repeated(
        self, service: Service, workspace: str
    ) -> None:
        for change in (
            {"options": {"account_key": CANARY}},
            {"options": {"url": f"postgresql://me:{CANARY}@host/name"}},
            {"options": {"url": f"postgresql://me@host/name?password={CANARY}"}},
            {"endpoint": f"https://host/account?sig={CANARY}"},
        ):
            asset = _asset(replace(_STORE, **change))
            with pytest.raises(errors.InvalidRequest, match="Expected them in secret") as caught:
                service.put_asset(workspace, asset)
            assert CANARY not in str(caught.value)

    def test_a_secret_of_the_key_vault_is_set_read_listed_and_deleted(
        self, service: Service, workspace: str, other: str
    ) -> None:
        service.put_asset(
            workspace, _asset(Secret("db-password", "text/plain", json.dumps({"value": CANARY})))
        )
        assert service.read_secret(workspace, "db-password") == CANARY
        listed = service.list_assets(workspace, AssetKind.SECRET)
        assert [(one.name, from_data(Secret, one.document).content_type) for one in listed] == [
            ("db-password", "text/plain")
        ]
        assert CANARY not in dumps(listed)
        with pytest.raises(errors.NotFound):
            service.read_secret(other, "db-password")
        service.delete_asset(workspace, AssetKind.SECRET, "db-password")
        with pytest.raises(errors.NotFound):
            service.read_secret(workspace, "db-password")

    def test_bad_names_of_secrets_are_refused(self, service: Service, workspace: str) -> None:
        for name in ("", "a/b", "a_b", "x" * 128):
            with pytest.raises(errors.InvalidName):
                service.put_asset(workspace, _asset(Secret(name, secret=json.dumps({"value": "x"}))))

    def test_a_datastore_that_cannot_be_reached_is_told_before_it_is_recorded(
        self, service: Service, workspace: str
    ) -> None:
        gone = Datastore("gone", folder="/nowhere/at/all")
        with pytest.raises(errors.LazuliteError):
            service.check_datastore(workspace, _asset(gone))
        with pytest.raises(errors.NotFound):
            service.get_asset(workspace, AssetKind.DATASTORE, "gone")
        here = service.get_asset(workspace, AssetKind.DATASTORE, "workspaceblobstore")
        service.check_datastore(workspace, here)
