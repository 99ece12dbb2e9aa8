"""Lazulite's stores."""

from __future__ import annotations

import json
from pathlib import Path

# As the others, it imports what it needs before the clock starts.
import azure.storage.blob  # noqa: F401

import lazulite.storage.remote.receiving
import lazulite.storage.remote.sending  # noqa: F401
from benchmarks.transfers.measuring import files_of, measured
from lazulite.model.assets import Datastore
from lazulite.storage.datastores import open_store
from lazulite.storage.store import Store


def main() -> None:
    """Measure."""
    measured(store_at, {"up": upload, "down": download})


def store_at(place: str) -> Store:
    """The store at a folder, or at `URL KEY CONTAINER`."""
    if "://" not in place:
        return open_store(Datastore("bench", folder=place))
    url, key, container = place.split()
    record = Datastore(
        "bench",
        type="azure_blob",
        account_name=url.rpartition("/")[2],
        container_name=container,
        endpoint=url,
        auth="account_key",
        secret=json.dumps({"account_key": key}),
    )
    return open_store(record, json.loads)


def upload(folder: Path, store: Store) -> None:
    """Send the files of a folder."""
    store.upload([(file, f"in/{file.name}") for file in files_of(folder)])


def download(folder: Path, store: Store) -> None:
    """Bring all files to a folder."""
    store.download("in/", folder)


if __name__ == "__main__":
    main()
