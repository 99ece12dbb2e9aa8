"""Opening datastores whose records carry their secret in plain text, as only tests have them."""

from __future__ import annotations

import json

from lazulite.model.assets import Datastore
from lazulite.storage.datastores import open_store
from lazulite.storage.store import Store


def opened(record: Datastore) -> Store:
    return open_store(record, json.loads)
