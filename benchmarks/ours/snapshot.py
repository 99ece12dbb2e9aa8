"""How long handing a source folder over takes, as a submission does it, in a process that has done nothing before.

usage: snapshot.py FOLDER ANSWER_JSON
"""

import json
import os
import sys
import time
from pathlib import Path

from lazulite.api.connect import connect
from lazulite.service.local import LocalService
from lazulite.storage.snapshots import scan


def main(folder: str, answer: str) -> None:
    """Scan the folder, hand over what the service does not have; write seconds."""
    service = connect(os.environ["LAZULITE_HOME"])
    if not isinstance(service, LocalService):
        raise SystemExit("LAZULITE_HOME must be a folder.")
    workspace = service.list_workspaces("benchmark")[0].id
    started = time.perf_counter()
    found = scan(Path(folder), service.cache_folder)
    scanned = time.perf_counter()
    for digest in service.missing_blobs(workspace, found.sources):
        with found.sources[digest].open("rb") as content:
            service.put_blob(workspace, digest, content)
    service.put_snapshot(workspace, found.snapshot)
    done = time.perf_counter()
    taken = {"scan": scanned - started, "whole": done - started, "files": len(found.snapshot.files)}
    Path(answer).write_text(json.dumps(taken), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
