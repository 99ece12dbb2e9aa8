"""Microsoft's client, `azure-storage-blob`: its calls for each file, in threads, with parallel pieces of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from azure.storage.blob import ContainerClient

from benchmarks.transfers.measuring import files_of, measured

#: Of small files so many at a time; more was no faster.
_THREADS = 16
#: Of a large one so many pieces at a time.
_PIECES = 8


def main() -> None:
    """Measure."""
    measured(client_for, {"up": upload, "down": download})


def client_for(place: str) -> ContainerClient:
    """The client for `URL KEY CONTAINER`."""
    url, key, container = place.split()
    return ContainerClient(url, container, credential=key)


def upload(folder: Path, client: ContainerClient) -> None:
    """Send the files of a folder."""

    def send(file: Path) -> None:
        with file.open("rb") as stream:
            client.upload_blob(f"in/{file.name}", stream, length=file.stat().st_size, max_concurrency=_PIECES)

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(send, files_of(folder)))


def download(folder: Path, client: ContainerClient) -> None:
    """Bring all files to a folder."""
    (folder / "in").mkdir()

    def fetch(name: str) -> None:
        with (folder / name).open("wb") as stream:
            client.download_blob(name, max_concurrency=_PIECES).readinto(stream)

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(fetch, client.list_blob_names(name_starts_with="in/")))


if __name__ == "__main__":
    main()
