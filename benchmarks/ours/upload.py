"""Uploading a folder to the workspace's datastore. usage: upload.py FOLDER TARGET ANSWER_JSON"""

import json
import sys
import time
from pathlib import Path

from azureml.core import Workspace
from azureml.data.azure_storage_datastore import AzureBlobDatastore


def main(folder: str, target: str, answer: str) -> None:
    """Upload; write seconds."""
    datastore = Workspace.create("benchmark", exist_ok=True).get_default_datastore()
    if not isinstance(datastore, AzureBlobDatastore):
        raise SystemExit("The default datastore is not the one that was expected.")
    started = time.perf_counter()
    datastore.upload(folder, target_path=target, overwrite=True, show_progress=False)
    Path(answer).write_text(json.dumps({"seconds": time.perf_counter() - started}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
