"""What an engine tidies while it rests: deletions that were begun, runs that the workspace's rules let go, unused code.

On a thread of its own, at its first rest and then once an hour; it ends between two runs when the engine does.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timezone

from lazulite.engine import retention, unused_code
from lazulite.engine.deleting import Deleting
from lazulite.engine.layout import Home
from lazulite.model.access import AuditEntry
from lazulite.model.assets import Workspace
from lazulite.model.codec import to_data
from lazulite.model.deletion import Deletion
from lazulite.records.records import Records
from lazulite.storage.content_cache import ContentCache, limit_given

#: How long between two times, in seconds.
EVERY_SECONDS = 3600.0


class Housekeeping:
    """Made and used by the engine's loop."""

    def __init__(self, home: Home, records: Records, log: Callable[[str], None]) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._next = 0.0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def tidy(self) -> None:
        """Begin, if it is time and it is not under way."""
        if time.monotonic() < self._next or (self._thread is not None and self._thread.is_alive()):
            return
        self._next = time.monotonic() + EVERY_SECONDS
        self._thread = threading.Thread(target=self._work, daemon=True, name="housekeeping")
        self._thread.start()

    def close(self) -> None:
        """End soon."""
        self._stopped.set()

    def _work(self) -> None:
        self._trim_cache()
        for workspace in self._records.workspaces():
            if self._stopped.is_set():
                return
            try:
                self._tidy(workspace)
            except Exception:  # noqa: BLE001 - nothing that is tidied is worth an engine
                self._log(f"workspace {workspace.name} could not be tidied:\n{traceback.format_exc()}")

    def _trim_cache(self) -> None:
        """Keep copies of input files within their bounds."""
        freed = ContentCache(self._home.data_cache, limit_given()).trim()
        if freed:
            self._log(f"{freed:,} bytes of input files were removed from {self._home.data_cache}")

    def _tidy(self, workspace: Workspace) -> None:
        deletion = apply(self._home, self._records, workspace, self._stopped.is_set)
        if deletion.run_ids:
            self._log(
                f"workspace {workspace.name}: {len(deletion.run_ids)} run(s) deleted, {deletion.bytes:,} bytes freed"
            )
            self._records.add_audit(_entry(workspace, deletion))
        unused_code.discard(self._home, self._records, workspace.id)


def apply(
    home: Home,
    records: Records,
    workspace: Workspace,
    stopped: Callable[[], bool] = lambda: False,
    *,
    dry_run: bool = False,
) -> Deletion:
    """Delete the runs that the workspace's rules let go, and go on with what was marked before.

    Raises:
        InvalidRequest: the rules cannot be understood.
    """
    rules = retention.rules_of(workspace)
    gone: tuple[str, ...] = ()
    if rules:
        runs = records.top_runs(workspace.id)
        tags = records.tags_of([run.id for run in runs]) if any(rule.keep_tags for rule in rules) else {}
        gone = retention.expired(rules, runs, tags, datetime.now(timezone.utc))
    deleting = Deleting(home, records, workspace.id, stopped)
    if dry_run:
        return deleting.look(gone)
    if not gone and not records.doomed(workspace.id):
        return Deletion()
    return deleting.delete(gone)


def _entry(workspace: Workspace, deletion: Deletion) -> AuditEntry:
    return AuditEntry(
        0, datetime.now(timezone.utc), "engine", "apply_retention", workspace.id, data=to_data(deletion)
    )
