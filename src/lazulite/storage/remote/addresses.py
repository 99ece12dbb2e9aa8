"""Whether a datastore's record can be an address at all, before a library is given it: some end the process over less."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest, PathEscapes
from lazulite.storage.paths import relative

#: What containers, shares, buckets and accounts are called; a bucket may be named by its ARN.
_NAME = re.compile(r"[A-Za-z0-9$_.:/-]{1,255}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: What no address holds.
_FOREIGN = re.compile(r"[^\x21-\x7e]|[\"<>\\^`{|}]")
_WITH_CONTAINER = frozenset({"azure_blob", "adls_gen2", "azure_file", "s3"})


def require_address(record: Datastore) -> None:
    """Return if the parts of a record can be the address of a store on another machine.

    Raises:
        InvalidRequest: a part cannot; the message names it.
    """
    if record.type in _WITH_CONTAINER and not _NAME.fullmatch(record.container_name):
        raise _wrong(
            record, "container_name", record.container_name, "the name of a container, share or bucket"
        )
    if record.account_name and not _NAME.fullmatch(record.account_name):
        raise _wrong(record, "account_name", record.account_name, "the name of an account")
    if record.protocol not in ("", "http", "https"):
        raise _wrong(record, "protocol", record.protocol, "https or http")
    if not _is_endpoint(record.endpoint.strip()):
        raise _wrong(record, "endpoint", record.endpoint, "a host, host:port, or URL of http or https")
    region = record.options.get("region", "")
    if region and not _NAME.fullmatch(region):
        raise _wrong(record, "region", region, "a region such as eu-west-1")
    _require_prefix(record)
    _require_seconds(record)


def _is_endpoint(endpoint: str) -> bool:
    if not endpoint:
        return True
    if _FOREIGN.search(endpoint):
        return False
    try:
        found = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
        port = found.port
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname) and port != 0


def _require_prefix(record: Datastore) -> None:
    prefix = record.options.get("prefix", "")
    try:
        relative(prefix.strip("/"), what=f"prefix of datastore '{record.name}'")
    except PathEscapes as error:
        raise InvalidRequest(error.message) from error
    if _CONTROL.search(prefix):
        raise _wrong(record, "prefix", prefix, "a folder")


def _require_seconds(record: Datastore) -> None:
    given = record.options.get("retry_seconds", "0")
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise _wrong(record, "retry_seconds", given, "a number of seconds")


def _wrong(record: Datastore, what: str, value: str, expected: str) -> InvalidRequest:
    return InvalidRequest(
        f"{what} of datastore '{record.name}' is {value!r}. Expected {expected}. Register it again.",
        datastore=record.name,
    )
