"""Buckets of Amazon S3 and of the many servers that speak its protocol."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from lazulite.model.assets import Datastore
from lazulite.model.errors import InvalidRequest, StorageError
from lazulite.model.files import FileInfo
from lazulite.storage import files
from lazulite.storage.remote.azure_access import needed
from lazulite.storage.remote.base import RETRY_SECONDS
from lazulite.storage.remote.failures import StoreUnusable, missing_library, unreachable
from lazulite.storage.remote.objects import CLIENT, CODE, NO_RETRY, ObjectStore
from lazulite.storage.remote.retrying import Patience, attempt

if TYPE_CHECKING:
    from obstore.store import RetryConfig

_DEFAULT_REGION = "us-east-1"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_SECONDS_TO_CREATE = 60
#: A part has 5 MB at least, and there are 10,000 at most.
_PART, _MOST_PARTS, _PARTS_AT_ONCE = 8 << 20, 10_000, 5
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_VENDOR = Path("/sys/devices/virtual/dmi/id/sys_vendor")


class S3Bucket(ObjectStore):
    """The objects of one bucket.

    Args:
        record: The datastore's record: `container_name` is the bucket; `endpoint` a server's host and port or URL (""
            is Amazon), with `protocol`; `auth` is access_key, environment or anonymous; of `options` region, prefix,
            virtual_hosted ("true": the bucket's name is part of the host's), retry_seconds.
        secret: access_key_id, secret_access_key and, of a session, session_token.

    Raises:
        InvalidRequest: something is missing in the record, or the library is not installed.
    """

    def __init__(self, record: Datastore, secret: Mapping[str, Any]) -> None:
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise missing_library(f"Datastore '{record.name}'", "s3", error) from error
        self._record = record
        self._prefix = record.options.get("prefix", "").strip("/")
        region = record.options.get("region") or _DEFAULT_REGION
        url = _server(record, region)
        retry_seconds = float(record.options.get("retry_seconds", RETRY_SECONDS))
        settings: dict[str, Any] = {
            "prefix": self._prefix or None,
            "endpoint": url,
            "region": region,
            "virtual_hosted_style_request": record.options.get("virtual_hosted", "") == "true",
            "copy_if_not_exists": "multipart",
            "client_options": {**CLIENT, "allow_http": url.startswith("http://")},
            **_proof(record, secret),
        }
        patient: RetryConfig = {
            "max_retries": 1000,
            "retry_timeout": timedelta(seconds=retry_seconds),
            "backoff": {
                "init_backoff": timedelta(milliseconds=200),
                "max_backoff": timedelta(seconds=4),
                "base": 2,
            },
        }
        where = f"bucket '{record.container_name}' on {url}"
        super().__init__(
            record.name,
            S3Store(record.container_name, retry_config=NO_RETRY, **settings),
            where,
            retry_seconds,
        )
        self.ordered = self.begins_anywhere = not record.endpoint  # Amazon's own is
        self._bucket = S3Store(record.container_name, retry_config=NO_RETRY, **{**settings, "prefix": None})
        self._region = region
        #: For files in pieces, whose pieces only the library can send again.
        self._patient = S3Store(record.container_name, retry_config=patient, **settings)

    def uri(self, path: str) -> str:
        inner = "/".join(part for part in (self._prefix, self.plain(path)) if part)
        return f"s3://{self._record.container_name}/{inner}"

    def denied(self, code: str) -> StoreUnusable:
        said = f" ({code})" if code else ""
        return StoreUnusable(
            f"Datastore '{self.name}' was refused by {self._where}{said}: the keys are wrong, or do not permit this. "
            "Register it again with an access key id and a secret access key that are accepted.",
            datastore=self.name,
            code=code,
        )

    def piece_size(self, size: int | None) -> int:
        return max(_PART, -(-(size or 0) // _MOST_PARTS))

    def create_container(self) -> bool:
        """Create the bucket if it is not there; tell whether it was made.

        Raises:
            StoreUnusable: the server cannot be reached, or does not permit it.
            StorageError: the server answered something else.
        """
        import obstore

        with self.asking(""):
            try:
                address = obstore.sign(self._bucket, "PUT", "", timedelta(minutes=5))
            except RuntimeError:  # nothing to sign with
                raise self.denied("") from None
        return self._create(Request(address, self._where_to_put(), method="PUT"))  # noqa: S310 - as the record says

    def _where_to_put(self) -> bytes | None:
        """What tells Amazon where a bucket shall be; of its first region it wants nothing to be told."""
        if self._record.endpoint or self._region == _DEFAULT_REGION:
            return None
        place = f"<LocationConstraint>{self._region}</LocationConstraint>"
        return f'<CreateBucketConfiguration xmlns="{_NAMESPACE}">{place}</CreateBucketConfiguration>'.encode()

    def _create(self, request: Request) -> bool:
        try:
            with urlopen(request, timeout=_SECONDS_TO_CREATE):  # noqa: S310
                return True
        except HTTPError as error:
            with error:
                code = next(iter(CODE.findall(error.read().decode("utf-8", "replace"))), "")
            if error.code == HTTPStatus.CONFLICT:  # it is there; whether it is ours, the next request shows
                return False
            if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                raise self.denied(code) from None
            raise StorageError(
                f"The {self._where} of {self.title} was not created: the server answered {error.code} {code}".rstrip()
                + "."
            ) from None  # its text holds a signed address
        except OSError:
            raise unreachable(self.title, self._where) from None

    def put_pieces(
        self, path: str, parts: Iterable[bytes], size: int | None, patience: Patience, *, overwrite: bool
    ) -> FileInfo:
        import obstore

        # A file in pieces cannot be refused because one is there: what is complete is then copied, on the server.
        place = path if overwrite else "/".join([*path.split("/")[:-1], files.temporary_name()])
        drawn = _Drawn(parts)
        with drawn.telling(), self.asking(path):
            obstore.put(
                self._patient,
                place,
                drawn,
                use_multipart=True,
                chunk_size=self.piece_size(size),
                max_concurrency=_PARTS_AT_ONCE,
            )
            if not overwrite:
                try:
                    obstore.copy(self._patient, place, path, overwrite=False)
                finally:
                    obstore.delete(self._patient, place)
        return attempt(lambda: self.find(path), patience)


class _Drawn:
    """Pieces that the library draws: what is raised by their source is no answer of the server."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._broken: BaseException | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except StopIteration:
            raise
        except BaseException as error:
            self._broken = error
            raise

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Raise what the source raised, whatever was made of it on the way."""
        try:
            yield
        except BaseException:
            if self._broken is not None:
                raise self._broken from None
            raise


def _server(record: Datastore, region: str) -> str:
    endpoint = record.endpoint.strip().rstrip("/")
    if not endpoint:
        return f"https://s3.{region}.amazonaws.com"
    return endpoint if "://" in endpoint else f"{record.protocol or 'https'}://{endpoint}"


def _proof(record: Datastore, secret: Mapping[str, Any]) -> dict[str, Any]:
    if record.auth == "anonymous":
        return {"skip_signature": True}
    if record.auth == "environment":
        # The library looks for these itself, and on Amazon's machines for their role.
        return (
            {}
            if any(os.environ.get(name) for name in _VARIABLES) or _on_amazon()
            else {"skip_signature": True}
        )
    if record.auth not in {"access_key", "account_key"}:
        raise InvalidRequest(
            f"Datastore '{record.name}' has auth {record.auth!r}. Expected access_key, environment or anonymous.",
            auth=record.auth,
        )
    keys = {
        "access_key_id": needed(record, secret, "access_key_id"),
        "secret_access_key": needed(record, secret, "secret_access_key"),
        "token": secret.get("session_token") or None,
        "expires_at": None,
    }
    # By a function, or a session token in this process's environment would be mixed in.
    return {"credential_provider": lambda: keys}


def _on_amazon() -> bool:
    try:
        return "Amazon" in _VENDOR.read_text()
    except OSError:
        return False
