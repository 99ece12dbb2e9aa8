"""The secrets in documents of assets: sealed when they come in, kept when a document comes back without its own.

Whoever gets a document over HTTP gets it without its secret (`server.discretion`), and may put it back changed. The
secret is kept then, but only as long as it goes where it went before: to another address credentials are never sent
because somebody edited the address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from lazulite.api.home_secrets import sealing_key
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.errors import InvalidRequest
from lazulite.model.sealed import is_sealed, seal

#: The fields of a document that say to whom its secret is shown.
_ADDRESS: Mapping[AssetKind, tuple[str, ...]] = {
    AssetKind.DATASTORE: (
        "type", "container_name", "account_name", "protocol", "endpoint", "auth", "options",
    ),
    AssetKind.COMPUTE: ("type", "backend", "extra"),
    AssetKind.SECRET: ("name",),
}  # fmt: skip
#: What is secret, by its name among the credentials.
_CREDENTIALS = frozenset(
    {"account_key", "sas_token", "client_secret", "access_key_id", "secret_access_key", "session_token", "token",
     "password", "kerberos_keytab", "kerberos_password"}
)  # fmt: skip
#: An option of a database's URL that is one.
_SECRET_OPTION = re.compile(r"(passw(or)?d|pwd|secret|token)\s*=", re.IGNORECASE)
#: Ways of a datastore to prove who we are that need no secret.
_WITHOUT = ("", "managed_identity", "environment", "anonymous")


def brings_one(asset: Asset) -> bool:
    """Whether the document of the asset comes with a secret of its own, in plain text."""
    text = _text(asset)
    return bool(text) and not is_sealed(text)


def require_hidden(asset: Asset) -> None:
    """Refuse a secret that is something else than text, before anybody repeats it in a message, and credentials in the
    parts of a datastore's document that everybody may see.

    Raises:
        InvalidRequest: there are such.
    """
    _text(asset)
    if asset.kind is not AssetKind.DATASTORE:
        return
    options = asset.document.get("options")
    given = options if isinstance(options, Mapping) else {}
    open_ones = sorted(_CREDENTIALS.intersection(given))
    if _holds_more_than_an_address(str(asset.document.get("endpoint", ""))):
        open_ones.append("endpoint")
    if _has_password(str(given.get("url", ""))):
        open_ones.append("url")
    if open_ones:
        raise InvalidRequest(
            f"The datastore '{asset.name}' holds credentials where everybody can read them ({', '.join(open_ones)}). "
            "Expected them in secret.",
            name=asset.name,
        )


def _holds_more_than_an_address(endpoint: str) -> bool:
    return any(sign in endpoint for sign in "?@#")


def _has_password(url: str) -> bool:
    try:
        found = urlsplit(url)
        return found.password is not None or bool(_SECRET_OPTION.search(unquote_plus(found.query)))
    except ValueError:
        return True  # what nobody can read may hold one


def sealed(location: str, asset: Asset) -> Asset:
    """Return the asset with its secret sealed by the key of the home `location`.

    Raises:
        InvalidRequest: the secret is no JSON object of texts; or it is sealed already, and by that not the caller's.
    """
    text = _text(asset)
    if not text:
        return _with(asset, "") if asset.kind in _ADDRESS else asset
    if is_sealed(text):
        raise _foreign(asset)
    found = _entries(asset, text)
    return _with(asset, seal(sealing_key(location), json.dumps(found)) if found else "")


def kept(asset: Asset, earlier: Asset) -> Asset:
    """Return an asset that came without a plain secret, as it takes the place of `earlier`: with its secret, if that goes
    where it went.

    Raises:
        InvalidRequest: it goes elsewhere, and needs one; or what came is sealed and not that secret.
    """
    recorded, text = _text(earlier), _text(asset)
    if asset.kind not in _ADDRESS:
        return asset
    if text and text != recorded:
        raise _foreign(asset)
    if not recorded or _address(asset) == _address(earlier):
        return _with(asset, recorded)
    if asset.kind is AssetKind.DATASTORE and asset.document.get("auth", "") in _WITHOUT:
        return _with(asset, "")
    raise InvalidRequest(
        f"The {asset.kind.value} '{asset.name}' would lead to another address than before, and came without credentials. "
        "They are not sent to a new address unasked: give them again.",
        kind=asset.kind.value,
        name=asset.name,
    )


def require_one(asset: Asset) -> None:
    """Refuse a datastore whose way to prove who we are needs a secret, and a key vault's entry, without one.

    Raises:
        InvalidRequest: it has none.
    """
    auth = asset.document.get("auth", "")
    needs = asset.kind is AssetKind.SECRET or (asset.kind is AssetKind.DATASTORE and auth not in _WITHOUT)
    if needs and not _text(asset):
        what = f"credentials ({auth})" if asset.kind is AssetKind.DATASTORE else "a value"
        raise InvalidRequest(
            f"The {asset.kind.value} '{asset.name}' needs {what}, and none were given.", name=asset.name
        )


def _text(asset: Asset) -> str:
    text = asset.document.get("secret", "") if asset.kind in _ADDRESS else ""
    if not isinstance(text, str):
        raise InvalidRequest(
            f"secret of the {asset.kind.value} '{asset.name}' is no text. Expected JSON text."
        )
    return text


def _entries(asset: Asset, text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        # What was given is not repeated: it is a secret, however it is written.
        raise InvalidRequest(
            f"secret of the {asset.kind.value} '{asset.name}' cannot be read. Expected JSON text: an object of texts."
        ) from None
    return found


def _with(asset: Asset, text: str) -> Asset:
    return replace(asset, document={**asset.document, "secret": text})


def _address(asset: Asset) -> list[Any]:
    return [asset.document.get(name) or None for name in _ADDRESS[asset.kind]]


def _foreign(asset: Asset) -> InvalidRequest:
    return InvalidRequest(
        f"The credentials that came with the {asset.kind.value} '{asset.name}' are sealed, and not those that are recorded "
        "for it. Give them as they are.",
        kind=asset.kind.value,
        name=asset.name,
    )
