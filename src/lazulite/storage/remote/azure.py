"""Containers of Azure Blob Storage, and file systems of Data Lake Storage Gen2, which are containers, too.

`obstore` moves the bytes. Microsoft's own `azure-storage-blob` does what that cannot: it commits the blocks of a large
blob only if none is there yet, and lists the digests that the service keeps.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from lazulite.model.assets import Datastore
from lazulite.model.errors import Conflict
from lazulite.model.files import FileInfo
from lazulite.model.places import service_url
from lazulite.storage.remote import azure_access, azure_errors, pieces
from lazulite.storage.remote.base import RETRY_SECONDS
from lazulite.storage.remote.failures import StoreUnusable, Unreachable, missing_library
from lazulite.storage.remote.objects import CLIENT, NO_RETRY, ObjectStore, new_mark
from lazulite.storage.remote.retrying import Patience, attempt

_MOST_BLOCKS = 50_000
#: How the names of our blocks begin; after it comes the sha256 of the block.
_BLOCK_NAME = b"lazulite"
_LISTS_AT_ONCE = 8
_SCOPE = "https://storage.azure.com/.default"


class AzureContainer(ObjectStore):
    """The blobs of one container.

    Args:
        record: The datastore's record: `container_name`, `account_name`, `protocol`, `endpoint`, `auth`, and of
            `options` tenant_id, client_id, authority_url, prefix, retry_seconds.
        secret: account_key, sas_token or client_secret.

    Raises:
        InvalidRequest: something is missing in the record, or a library is not installed.
        StoreUnusable: the SAS has ended.
    """

    def __init__(self, record: Datastore, secret: Mapping[str, Any]) -> None:
        try:
            from obstore.store import AzureStore
        except ImportError as error:
            raise missing_library(f"Datastore '{record.name}'", "azure", error) from error
        self._record = record
        self._url = service_url(record, "blob")
        self._proof = azure_access.proof(record, secret)
        self._prefix = record.options.get("prefix", "").strip("/")
        objects = AzureStore(
            record.container_name,
            prefix=self._prefix or None,
            account_name=record.account_name,
            endpoint=self._url,
            use_emulator=False,
            client_options={**CLIENT, "allow_http": self._url.startswith("http://")},
            retry_config=NO_RETRY,
            **_told(self._proof),
        )
        where = f"container '{record.container_name}' on {self._url}"
        super().__init__(
            record.name, objects, where, float(record.options.get("retry_seconds", RETRY_SECONDS))
        )
        # An account with real folders sorts by these; one that is registered as a blob container may be such all the same.
        self.ordered = record.type == "azure_blob"
        self._client: Any = None
        self._making = threading.Lock()

    def uri(self, path: str) -> str:
        inner = self._full(self.plain(path))
        record = self._record
        if self._url.startswith("http://"):
            return f"{self._url}/{record.container_name}/{inner}"
        host = self._url.partition("://")[2]
        if record.type == "adls_gen2":
            return f"abfss://{record.container_name}@{host.replace('.blob.', '.dfs.', 1)}/{inner}"
        return f"wasbs://{record.container_name}@{host}/{inner}"

    def denied(self, code: str) -> StoreUnusable:
        return azure_access.denied(self._record, self._where, code)

    # --- what Microsoft's library does ---

    def client(self) -> Any:
        """Return Microsoft's client for the container; made at first use."""
        with self._making:
            if self._client is None:
                try:
                    from azure.storage.blob import ContainerClient
                except ImportError as error:
                    raise missing_library(self.title, "azure", error) from error
                self._client = ContainerClient(
                    self._url,
                    self._record.container_name,
                    credential=self._proof.for_client(),
                    retry_total=0,
                    connection_timeout=5,
                    read_timeout=60,
                )
            return self._client

    def create_container(self) -> bool:
        """Create the container if it is not there; tell whether it was made.

        Raises:
            StoreUnusable: the account cannot be reached, or does not permit it.
        """
        with self._asking_client(""):
            try:
                self.client().create_container()
            except Conflict:
                return False
        return True

    @contextmanager
    def _asking_client(self, path: str) -> Iterator[None]:
        with azure_errors.asking(path, self.title, self._where, self.denied):
            yield

    def piece_size(self, size: int | None) -> int:
        return pieces.piece_size(size or 0, _MOST_BLOCKS)

    def put_pieces(
        self, path: str, parts: Iterable[bytes], size: int | None, patience: Patience, *, overwrite: bool
    ) -> FileInfo:
        blob = self.client().get_blob_client(self._full(path))
        upload = _Blocks(blob, parts)

        def send(block: tuple[int, bytes]) -> None:
            identifier = upload.identify(*block)

            def once() -> None:
                with self._asking_client(path):
                    blob.stage_block(identifier, block[1], length=len(block[1]))

            attempt(once, patience)

        pieces.in_threads(upload, send, pieces.PIECES_AT_ONCE, patience)
        mark = new_mark()
        tried = False

        def commit() -> FileInfo:
            nonlocal tried
            try:
                with self._asking_client(path):
                    return upload.commit(path, mark, overwrite=overwrite)
            except Conflict:
                if tried and (found := self.written_by(path, mark)) is not None:
                    return found
                raise
            except Unreachable:
                tried = True
                raise

        return attempt(commit, patience)

    def contents(self, infos: Sequence[FileInfo], folder: str) -> Mapping[str, str]:
        """As the base; a blob of which the service tells a digest is told by that: written again the same, it is the same.

        That is the MD5 that the service makes of a blob sent in one request; and of one in blocks of ours, their names.
        """
        known = {info.path: info.etag for info in infos}
        if not infos:
            return known
        patience = Patience(self.retry_seconds)
        known |= attempt(lambda: self._md5s(known, infos, folder), patience)
        large = [info.path for info in infos if info.size > pieces.SMALL and known[info.path] == info.etag]
        lists: dict[str, str] = {}

        def look(path: str) -> None:
            if names := attempt(lambda: self._block_names(path), patience):
                lists[path] = names

        pieces.in_threads(large, look, min(len(large), _LISTS_AT_ONCE), patience)
        return known | lists

    def _md5s(self, etags: Mapping[str, str], infos: Sequence[FileInfo], folder: str) -> dict[str, str]:
        start = f"{self._full(folder)}/" if folder or self._prefix else None
        if len(infos) == 1:
            start = self._full(infos[0].path)
        cut = len(self._prefix) + 1 if self._prefix else 0
        with self._asking_client(folder):
            return {
                blob.name[cut:]: bytes(blob.content_settings.content_md5).hex()
                for blob in self.client().list_blobs(name_starts_with=start)
                if etags.get(blob.name[cut:]) == blob.etag.strip('"') and blob.content_settings.content_md5
            }

    def _block_names(self, path: str) -> str:
        """One text of the names of a blob's blocks, if they tell their content; else ""."""
        with self._asking_client(path):
            committed, _ = self.client().get_blob_client(self._full(path)).get_block_list("committed")
        names = [base64.b64decode(block.id) for block in committed]
        if not names or not all(name.startswith(_BLOCK_NAME) for name in names):
            return ""
        return hashlib.sha256(b"".join(names)).hexdigest()

    def _full(self, path: str) -> str:
        return "/".join(part for part in (self._prefix, path) if part)


class _Blocks:
    """The blocks of a blob that is being written, numbered as they are drawn.

    Each has the digest of its content as name. So the list of names, which the service keeps with the blob, tells the
    content of the whole; and blocks of somebody who writes the same blob at the same time cannot be taken for ours.
    """

    def __init__(self, blob: Any, parts: Iterable[bytes]) -> None:
        self._blob = blob
        self._parts = iter(parts)
        self._names: dict[int, str] = {}
        self._size = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for number, part in enumerate(self._parts):
            self._size += len(part)
            yield number, part

    def identify(self, number: int, part: bytes) -> str:
        """Give a block its name, and return that."""
        name = base64.b64encode(_BLOCK_NAME + hashlib.sha256(part).digest()).decode()
        self._names[number] = name
        return name

    def commit(self, path: str, mark: Mapping[str, str], *, overwrite: bool) -> FileInfo:
        """Make the blob out of its blocks, if it is not there yet or may be replaced."""
        from azure.storage.blob import BlobBlock, ContentSettings

        done = self._blob.commit_block_list(
            [BlobBlock(self._names[number]) for number in sorted(self._names)],
            content_settings=ContentSettings(content_type="application/octet-stream"),
            metadata=dict(mark),
            **({} if overwrite else {"if_none_match": "*"}),
        )
        moment = done["last_modified"]
        return FileInfo(path, self._size, int(moment.timestamp()) * 10**9, done["etag"].strip('"'))


def _told(proof: azure_access.Proof) -> dict[str, Any]:
    """How obstore is told the proof, so that nothing in this process's environment overrules it."""
    if proof.key:
        return {"account_key": proof.key, "credential_type": "access_key"}
    if proof.sas:
        return {"sas_key": proof.sas, "credential_type": "sas_token"}
    if proof.tokens is None:
        return {"skip_signature": True}

    def token() -> dict[str, Any]:
        found = proof.tokens.get_token(_SCOPE)
        return {"token": found.token, "expires_at": datetime.fromtimestamp(found.expires_on, timezone.utc)}

    return {"credential_provider": token}
