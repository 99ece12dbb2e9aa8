"""Authentication: every class of v1 can be made, and the local token is private and one per home."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from azureml.core.authentication import (
    ArmTokenAuthentication,
    Audience,
    AzureCliAuthentication,
    AzureMLTokenAuthentication,
    InteractiveLoginAuthentication,
    MsiAuthentication,
    ServicePrincipalAuthentication,
    TokenAuthentication,
)
from azureml.exceptions import AuthenticationException, UserErrorException


def test_one_token_for_all(home: Path) -> None:
    made = [
        InteractiveLoginAuthentication(force=True, tenant_id="t"),
        AzureCliAuthentication(),
        MsiAuthentication(identity_config={}),
        ServicePrincipalAuthentication("t", "i", "p"),
    ]
    headers = [one.get_authentication_header() for one in made]
    assert all(header == headers[0] for header in headers)
    token = headers[0]["Authorization"].removeprefix("Bearer ")
    assert len(token) >= 40
    assert made[0].get_token("any-scope").token == token
    file = home / "token"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip() == token
    assert [one.name for one in home.iterdir()] == ["token"]


def test_simultaneous_first_uses_agree(home: Path) -> None:
    seen: list[str] = []
    auth = InteractiveLoginAuthentication()
    threads = [threading.Thread(target=lambda: seen.append(auth.get_token().token)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_another_process_sees_the_same(home: Path) -> None:
    token = InteractiveLoginAuthentication().get_token().token
    code = "from azureml.core.authentication import MsiAuthentication; print(MsiAuthentication().get_token().token)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == token


def test_token_that_others_can_read_is_refused(home: Path) -> None:
    InteractiveLoginAuthentication().get_token()
    (home / "token").chmod(0o644)
    with pytest.raises(AuthenticationException, match=r"Other users can read .*chmod 600"):
        InteractiveLoginAuthentication().get_authentication_header()
    (home / "token").chmod(0o600)
    (home / "token").write_text("")
    with pytest.raises(AuthenticationException, match="is empty"):
        InteractiveLoginAuthentication().get_authentication_header()


def test_server_gives_no_token_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZULITE_URL", "https://host")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    with pytest.raises(AuthenticationException, match="no token for https://host"):
        AzureCliAuthentication().get_token()


def test_own_tokens() -> None:
    arm = ArmTokenAuthentication("one")
    assert arm.get_authentication_header() == {"Authorization": "Bearer one"}
    arm.update_arm_access_token("two")
    assert arm.get_token().token == "two"
    with pytest.raises(UserErrorException, match="access token is empty"):
        ArmTokenAuthentication("")
    asked = TokenAuthentication(lambda audience: f"for-{audience.value}")
    assert asked.get_token(Audience.ARM) == "for-ARM"
    assert asked.get_authentication_header() == {"Authorization": "Bearer for-AZUREML"}
    with pytest.raises(UserErrorException, match="Expected a function"):
        TokenAuthentication("token")  # type: ignore[arg-type]
    run = AzureMLTokenAuthentication.create("a", None, "h", "s", "g", "w", "e", "r")
    run.set_token("b", 5)
    assert (run.token, run.expiry_time) == ("b", 5)
    assert run.get_authentication_header() == {"Authorization": "Bearer b"}


def test_service_principal_is_checked_and_not_kept() -> None:
    with pytest.raises(
        AuthenticationException, match="needs service_principal_id, service_principal_password"
    ):
        ServicePrincipalAuthentication("t", "", "")
    auth = ServicePrincipalAuthentication("t", "i", "very-secret")
    assert "very-secret" not in repr(vars(auth))


def test_session(home: Path) -> None:
    class Session:
        def __init__(self) -> None:
            self.headers: dict[str, str] = {}

    session = ArmTokenAuthentication("one").signed_session(Session())
    assert session.headers == {"Authorization": "Bearer one"}
