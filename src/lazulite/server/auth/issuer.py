"""An issuer of bearer tokens (OpenID Connect): whose tokens count, for whom they must be made, and what they allow.

It is written in the server's configuration:

    oidc:
      issuer: https://login.example.org/realms/team      # or `entra_tenant: <tenant id>`, for Microsoft Entra ID
      audience: lazulite
      grants:
        - {claim: groups, value: data-science, role: Contributor, workspace: churn}
        - {claim: email, value: ada@example.org, role: Owner}          # without `workspace`: everywhere
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.errors import InvalidRequest

#: What a signature may be made with: only where the key that checks it is public. A key that both sides know (HS256), or
#: none, is never accepted, whatever a token says.
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_DISCOVERY = "/.well-known/openid-configuration"
_ENTRA = "https://login.microsoftonline.com/{tenant}"
#: The issuer of Entra's older tokens, which a client may also get.
_ENTRA_OLD = "https://sts.windows.net/{tenant}/"
_OPTIONS = (
    "issuer",
    "entra_tenant",
    "audience",
    "discovery_url",
    "subject_claim",
    "name_claim",
    "algorithms",
    "leeway_seconds",
    "grants",
)


@dataclass(frozen=True)
class ClaimRule:
    """A token in which `claim` is `value`, or has it among its values, gives `role` in `workspace`."""

    claim: str
    value: str
    role: Role
    #: By id or name, or EVERYWHERE.
    workspace: str = EVERYWHERE


@dataclass(frozen=True)
class Issuer:
    """One issuer. `realm` is what its subjects are told apart from those of others by."""

    url: str
    audience: tuple[str, ...]
    discovery_url: str
    realm: str
    rules: tuple[ClaimRule, ...] = ()
    subject_claim: str = "sub"
    name_claims: tuple[str, ...] = ("preferred_username", "upn", "email", "name")
    algorithms: tuple[str, ...] = ASYMMETRIC
    leeway_seconds: int = 60


def issuers(options: Mapping[str, Any]) -> tuple[Issuer, ...]:
    """Return the issuers that the configuration's `oidc` names: none, one, or for Entra its two.

    Raises:
        InvalidRequest: an option is unknown, missing, or has a value it cannot have.
    """
    if not options:
        return ()
    unknown = sorted(set(options) - set(_OPTIONS))
    if unknown:
        raise InvalidRequest(f"oidc has an unknown option {unknown[0]!r}. There are {', '.join(_OPTIONS)}.")
    shared: dict[str, Any] = {
        "audience": _texts("audience", options.get("audience")),
        "rules": _rules(options.get("grants", ())),
        "algorithms": _algorithms(options.get("algorithms", ASYMMETRIC)),
        "leeway_seconds": _seconds(options.get("leeway_seconds", 60)),
    }
    if not shared["audience"]:
        raise InvalidRequest("oidc lacks 'audience': without it a token made for any other program would do.")
    if "name_claim" in options:
        shared["name_claims"] = _texts("name_claim", options["name_claim"])
    if "entra_tenant" in options:
        return _entra(str(options["entra_tenant"]), {"subject_claim": "oid", **shared, **_subject(options)})
    url = options.get("issuer")
    if not isinstance(url, str) or not url:
        raise InvalidRequest("oidc lacks 'issuer' (or 'entra_tenant'): the URL that tokens carry as iss.")
    discovery = str(options.get("discovery_url") or url.rstrip("/") + _DISCOVERY)
    for address in (url, discovery):
        check_address(address)
    return (Issuer(url=url, discovery_url=discovery, realm=url, **shared, **_subject(options)),)


def check_address(url: str) -> None:
    """Refuse an address whose answers anybody on the way could change.

    Raises:
        InvalidRequest: it is not https, nor on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_here(parts.hostname or ""):
        return
    raise InvalidRequest(f"{url!r} is no safe address of an issuer. Expected https://…")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _entra(tenant: str, shared: dict[str, Any]) -> tuple[Issuer, ...]:
    if not tenant.replace("-", "").replace(".", "").isalnum() or tenant in (
        "common",
        "organizations",
        "consumers",
    ):
        raise InvalidRequest(
            f"entra_tenant is {tenant!r}. Expected the id of one tenant: whoever is in it is known here."
        )
    base, realm = _ENTRA.format(tenant=tenant), f"entra:{tenant}"
    return (
        Issuer(url=f"{base}/v2.0", discovery_url=f"{base}/v2.0{_DISCOVERY}", realm=realm, **shared),
        Issuer(url=_ENTRA_OLD.format(tenant=tenant), discovery_url=base + _DISCOVERY, realm=realm, **shared),
    )


def _subject(options: Mapping[str, Any]) -> dict[str, Any]:
    return {"subject_claim": str(options["subject_claim"])} if "subject_claim" in options else {}


def _rules(given: Any) -> tuple[ClaimRule, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidRequest(
            "oidc.grants is no list. Expected entries with claim, value, role and workspace."
        )
    return tuple(_rule(one) for one in given)


def _rule(given: Any) -> ClaimRule:
    names = {"claim", "value", "role", "workspace"}
    if not isinstance(given, Mapping) or not {"claim", "value", "role"} <= set(given) <= names:
        raise InvalidRequest(
            f"An entry of oidc.grants is {given!r}. Expected claim, value, role and workspace."
        )
    roles = {role.value.lower(): role for role in Role}
    role = roles.get(str(given["role"]).lower())
    if role is None:
        raise InvalidRequest(
            f"oidc.grants has a role {given['role']!r}. There are {', '.join(role.value for role in Role)}."
        )
    return ClaimRule(str(given["claim"]), str(given["value"]), role, str(given.get("workspace", EVERYWHERE)))


def _algorithms(given: Any) -> tuple[str, ...]:
    wanted = _texts("algorithms", given)
    for name in wanted:
        if name not in ASYMMETRIC:
            raise InvalidRequest(
                f"oidc.algorithms has {name!r}. Only those with a public key count: {', '.join(ASYMMETRIC)}."
            )
    return wanted


def _seconds(given: Any) -> int:
    try:
        seconds = int(given)
    except (TypeError, ValueError):
        seconds = -1
    if not 0 <= seconds <= 600:  # noqa: PLR2004 - ten minutes
        raise InvalidRequest(f"oidc.leeway_seconds is {given!r}. Expected 0 to 600.")
    return seconds


def _texts(name: str, given: Any) -> tuple[str, ...]:
    if given is None:
        return ()
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    if isinstance(given, Sequence) and all(isinstance(one, str) and one for one in given):
        return tuple(given)
    raise InvalidRequest(f"oidc.{name} is {given!r}. Expected text, or a list of texts.")
