"""Which Databricks a compute target means: the host given, that of the environment, or this machine's Spark.

A host `spark://…` is a Spark cluster that this machine drives: it has no token.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lazulite.model.assets import LOCAL_HOST, SPARK_HOST
from lazulite.sdk.exceptions import ComputeTargetException

ENV_HOST, ENV_TOKEN = "DATABRICKS_HOST", "DATABRICKS_TOKEN"
#: A cheap request that needs a token, and nothing but that.
_WHO_AM_I = "/api/2.0/preview/scim/v2/Me"
_SECONDS = 30
_MOVED, _FORBIDDEN, _REFUSED = range(300, 400), (401, 403), 400


@dataclass(frozen=True)
class Chosen:
    """The host, the token that opens it ("" on this machine), and why this one."""

    host: str
    token: str = field(repr=False)
    why: str

    @property
    def is_service(self) -> bool:
        """Whether it is a Databricks, and not a Spark of this machine or driven from it."""
        return self.host != LOCAL_HOST and not self.host.startswith(SPARK_HOST)

    @property
    def words(self) -> str:
        """The host for people."""
        return "this machine's Spark" if self.host == LOCAL_HOST else self.host


def chosen(host: str | None, access_token: str) -> Chosen:
    """Return which host is meant, by the rule: the one given; else `$DATABRICKS_HOST`; else this machine.

    `$DATABRICKS_TOKEN` takes the place of a token that is empty or a placeholder in angle brackets.

    Raises:
        ComputeTargetException: the host is no address, is not https, or has no token.
    """
    found = (host or os.environ.get(ENV_HOST) or LOCAL_HOST).strip().rstrip("/")
    if found == LOCAL_HOST:
        why = "asked for" if host else f"no host was given, and {ENV_HOST} is not set"
        return Chosen(LOCAL_HOST, "", why)
    if found.startswith(SPARK_HOST):
        return Chosen(found, "", "host=" if host else ENV_HOST)
    found = found if "://" in found else f"https://{found}"
    check_host(found)
    token = os.environ.get(ENV_TOKEN, "") if is_placeholder(access_token) else access_token
    if not token:
        raise ComputeTargetException(
            f"{found} needs an access token, and none was given. Give access_token=…, or set {ENV_TOKEN}."
        )
    return Chosen(found, token, "host=" if host else ENV_HOST)


def is_placeholder(token: str) -> bool:
    """Whether a token is none: empty, or such as `<databricks_access_token>`."""
    text = token.strip()
    return not text or (text.startswith("<") and text.endswith(">"))


def check_host(host: str) -> None:
    """Check that a token may be sent to a host: by https, or to this machine.

    Raises:
        ComputeTargetException: it may not.
    """
    try:
        parts = urlsplit(host)
        name = parts.hostname or ""
    except ValueError:
        parts, name = urlsplit(""), ""
    if parts.scheme not in ("https", "http") or not name or parts.path or parts.query or parts.username:
        raise ComputeTargetException(
            f"{host!r} is no host of Databricks. Expected its address, such as https://adb-123.4.azuredatabricks.net, or "
            "'local' for this machine's Spark."
        )
    if parts.scheme == "http" and not _is_loopback(name):
        raise ComputeTargetException(
            f"{host!r} is not encrypted: the access token would travel in plain text. Write https://."
        )


def check_token(host: str, token: str) -> None:
    """Ask the host who the token's owner is.

    Raises:
        ComputeTargetException: it does not accept the token, or cannot be reached.
    """
    import requests

    header = {"Authorization": f"Bearer {token}"}
    advice = "Or give skip_validation=True, to attach without asking."
    try:
        answer = requests.get(host + _WHO_AM_I, headers=header, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        raise ComputeTargetException(
            f"{host} could not be reached ({type(error).__name__}). Check the host and the network. {advice}"
        ) from error
    if answer.status_code in _FORBIDDEN:
        raise ComputeTargetException(
            f"{host} does not accept the access token ({answer.status_code}). Make a new one in Databricks (User "
            f"Settings, Developer). {advice}"
        )
    if answer.status_code in _MOVED or answer.status_code >= _REFUSED:
        raise ComputeTargetException(
            f"{host} answers as no Databricks workspace does ({answer.status_code} to {_WHO_AM_I}). Check the host. {advice}"
        )


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
