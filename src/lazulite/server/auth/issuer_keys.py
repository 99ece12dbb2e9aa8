"""The public keys of an issuer, fetched from where it publishes them, and fetched again when it uses a new one.

An issuer changes its keys now and then and signs with one we have not seen. Then they are fetched again, but not more
often than every half minute: whoever sends made-up tokens must not make us call the issuer.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidRequest, LazuliteError, ServiceUnavailable
from lazulite.server.auth.issuer import Issuer, check_address

if TYPE_CHECKING:
    from jwt import PyJWK

_log = logging.getLogger(__name__)
#: Seconds: how long keys are used, used although they cannot be fetched again, and how often fetching is tried.
FRESH, STALE, AGAIN = 3600.0, 24 * 3600.0, 30.0
_TIMEOUT = (3.05, 5.0)
_LARGEST = 1 << 20
_MOST_KEYS = 100
_SHORTEST_RSA = 2048


class IssuerKeys:
    """The keys of one issuer; for several threads. `clock` tells seconds."""

    def __init__(self, issuer: Issuer, clock: Any = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched = self._tried = -STALE * 2
        self._lock = threading.Lock()

    def key(self, number: str | None) -> PyJWK | None:
        """Return the key with that number (`kid`); without a number the only one there is. None: there is none.

        Raises:
            ServiceUnavailable: the issuer cannot be asked, and no keys are known.
        """
        with self._lock:
            if self._clock() - self._fetched > FRESH or (number is not None and number not in self._keys):
                self._fetch()
            if number is None:
                return next(iter(self._keys.values())) if len(self._keys) == 1 else None
            return self._keys.get(number)

    def _fetch(self) -> None:
        now = self._clock()
        if now - self._tried > AGAIN:
            self._tried = now
            try:
                self._keys = self._published()
                self._fetched = now
            except LazuliteError as error:
                _log.warning("keys of %s: %s", self._issuer.url, error)
        if now - self._fetched > STALE:
            self._keys = {}
            raise ServiceUnavailable(
                f"The issuer {self._issuer.url} cannot be asked for its keys. Try again later."
            )

    def _published(self) -> dict[str, PyJWK]:
        about = _json(self._issuer.discovery_url)
        if about.get("issuer") != self._issuer.url:
            raise InvalidRequest(f"{self._issuer.discovery_url} is about the issuer {about.get('issuer')!r}.")
        address = about.get("jwks_uri")
        if not isinstance(address, str):
            raise InvalidRequest(f"{self._issuer.discovery_url} does not say where the keys are.")
        check_address(address)
        listed = _json(address).get("keys")
        if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
            raise InvalidRequest(f"{address} holds no list of keys.")
        found: dict[str, PyJWK] = {}
        for place, one in enumerate(listed):
            key = _usable(one)
            if key is not None:
                found[key.key_id or f"#{place}"] = key
        return found


def _usable(data: Any) -> PyJWK | None:
    """A key that signatures are checked with; None if it is for something else, of a kind we do not know, or weak."""
    import jwt

    if (
        not isinstance(data, dict)
        or data.get("use", "sig") != "sig"
        or data.get("kty") not in ("RSA", "EC", "OKP")
    ):
        return None
    try:
        key = jwt.PyJWK.from_dict(data)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if data["kty"] == "RSA" and getattr(key.key, "key_size", 0) < _SHORTEST_RSA:
        return None
    return key


def _json(url: str) -> dict[str, Any]:
    """The object that stands at an address; of bounded size, and without following it elsewhere."""
    import requests

    try:
        with requests.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                raise ServiceUnavailable(f"{url} answers with {answer.status_code}.")
            text = b""
            for piece in answer.iter_content(1 << 16):
                text += piece
                if len(text) > _LARGEST:
                    raise InvalidRequest(f"{url} answers with more than {_LARGEST} bytes.")
        data = json.loads(text)
    except requests.RequestException as error:
        raise ServiceUnavailable(f"{url} does not answer: {type(error).__name__}.") from error
    except ValueError as error:
        raise InvalidRequest(f"{url} does not answer with JSON.") from error
    if not isinstance(data, dict):
        raise InvalidRequest(f"{url} does not answer with an object.")
    return data
