"""Sends on what runs left in their spools: files of their artifacts, and with them their code, to datastores elsewhere.

The disk says what is to be done, so nothing is lost whoever dies when: a run's folder stays in its spool until the run
has ended, every file of it is on the datastore, and none has changed since. An outage only means that this takes longer.

While a run goes on, small files that changed are sent every quarter of a minute, so that others who look at the
datastore see its logs; large ones when their writer has ended.
"""

from __future__ import annotations

import io
import os
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.engine.sending_code import send_once
from lazulite.engine.spools import is_anything_spooled, spools
from lazulite.model.errors import LazuliteError, NotFound, TransferFailed
from lazulite.records.records import Records
from lazulite.storage.files import is_temporary
from lazulite.storage.remote.failures import StoreUnusable
from lazulite.storage.spool import RUNS, SpooledStore, leave, mend, run_folders
from lazulite.storage.store import Store

#: How often files of runs that go on are sent, and what an outage held up is tried again, in seconds.
EVERY_SECONDS = 15.0
#: After each time, it rests at least this many times as long as that took.
_BUSY = 4.0
#: The largest file that is sent while its run may still append to it, in bytes.
_LIVE_BYTES = 4 << 20
#: After so many refusals of a run's files the engine does not stay for them; the next one tries them again.
_TRIES = 3

#: Size and modification time of a file when it was sent.
_Stamp = tuple[int, int]


class Sending:
    """Made and used by the engine's loop; the work is done on a thread of its own.

    Args:
        is_active: Whether the engine still has the pipeline run of an id in hand, and may write to its log.
    """

    def __init__(
        self, home: Home, records: Records, log: Callable[[str], None], is_active: Callable[[str], bool]
    ) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._is_active = is_active
        self._sent: dict[str, _Stamp] = {}
        self._settled: dict[
            Path, str
        ] = {}  # folders that are all sent, and the pipeline run that each waits for
        self._troubles: dict[str, str] = {}
        self._orphans: set[str] = set()  # datastores that are not registered any more: nobody waits for them
        # How often each run's folder was refused for reasons of its own, such as the name of a file.
        self._refused: Counter[Path] = Counter()
        self._news = threading.Event()
        self._halt = threading.Event()
        self._stopped = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        for _, _, spool in spools(home):
            mend(spool)
        self._left = self._is_anything_left()

    @property
    def is_needed(self) -> bool:
        """Whether something waits for its datastore: the engine lives until it is there."""
        return self._left

    def notice(self) -> None:
        """Something may have to be sent: a job or a run with a spool has ended, or has begun."""
        self._news.set()
        with self._starting:
            self._left = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="sending")
                self._thread.start()

    def take_up(self) -> None:
        """Begin with what an engine before us left, if it left anything."""
        if self._left:
            self.notice()

    def close(self) -> None:
        """End soon; the next engine goes on."""
        self._stopped = True
        self._halt.set()
        self._news.set()

    def _work(self) -> None:
        while not self._stopped:
            self._news.clear()
            began = time.monotonic()
            try:
                self.send()
            except Exception:  # noqa: BLE001 - the next time it may go well; nothing is lost meanwhile
                self._log(f"nothing could be sent on:\n{traceback.format_exc()}")
            with self._starting:
                if not self._left and not self._news.is_set():
                    self._thread = None
                    return
            # With thousands of folders, looking through them for each job that ends would be all that is done.
            self._halt.wait(_BUSY * (time.monotonic() - began))
            self._news.wait(EVERY_SECONDS)

    def send(self) -> None:
        """Send what there is to send, once."""
        for workspace, datastore, spool in spools(self._home):
            key = f"{workspace}/{datastore}"
            try:
                store = _behind(
                    Places(self._home, self._records, workspace, is_hurried=True).store(datastore)
                )
                for run_id, folder in run_folders(spool):
                    if self._stopped:
                        return
                    self._try_run(workspace, run_id, folder, store)
                self._orphans.discard(key)
                self._tell(key, "")
            except NotFound:
                self._orphans.add(key)
                self._tell(key, f"it is not registered any more; its files stay in {spool}")
            except LazuliteError as error:
                self._tell(key, error.message)
            except Exception:  # noqa: BLE001 - one datastore's trouble is no other's
                self._tell(key, traceback.format_exc())
        self._left = self._is_anything_left()

    def _is_anything_left(self) -> bool:
        given_up = {folder for folder, times in self._refused.items() if times >= _TRIES}
        return is_anything_spooled(self._home, self._orphans, given_up)

    def _try_run(self, workspace: str, run_id: str, folder: Path, store: Store) -> None:
        """Send a run's files; if some are refused, the others are sent, and other runs are not held up."""
        trouble = ""
        try:
            self._send_run(workspace, run_id, folder, store)
            self._refused.pop(folder, None)
        except StoreUnusable:
            raise
        except (LazuliteError, OSError) as error:
            self._refused[folder] += 1
            trouble = f"run {run_id} stays in {folder}: {error}"
        self._tell(f"{workspace}/{store.name}, run {run_id}", trouble)

    def _tell(self, datastore: str, trouble: str) -> None:
        """Put trouble into the log, once."""
        if self._troubles.get(datastore, "") != trouble:
            self._troubles[datastore] = trouble
            self._log(f"sending on to datastore {datastore}: {trouble or 'it works again'}")

    def _send_run(self, workspace: str, run_id: str, folder: Path, store: Store) -> None:
        if folder in self._settled and self._is_active(self._settled[folder]):
            return
        is_over, root = self._state(workspace, run_id)
        files = dict(_files(folder))
        changed = {path: stamp for path, stamp in files.items() if self._sent.get(path) != stamp}
        place = f"{RUNS}/{folder.name}"
        if is_over:
            pairs = [(Path(path), f"{place}/{Path(path).relative_to(folder).as_posix()}") for path in changed]
            if pairs:
                self._send_all(pairs, changed, store)
            self._sent.update(changed)
        else:
            for path, stamp in changed.items():
                if stamp[0] <= _LIVE_BYTES:
                    self._send_live(Path(path), f"{place}/{Path(path).relative_to(folder).as_posix()}", store)
                    self._sent[path] = stamp
        if is_over and self._is_active(root):
            self._settled[folder] = root
        elif is_over:
            self._settled.pop(folder, None)
            self._send_code(workspace, run_id, store)
            self._leave(folder, files)

    def _send_all(
        self, pairs: Sequence[tuple[Path, str]], stamps: Mapping[str, _Stamp], store: Store
    ) -> None:
        try:
            store.upload(pairs, overwrite=True)
        except TransferFailed as error:
            self._sent.update({path: stamp for path, stamp in stamps.items() if path not in error.failures})
            raise

    def _send_code(self, workspace: str, run_id: str, store: Store) -> None:
        """Copy the code of a pipeline run to where its artifacts are."""
        try:
            plan = self._records.submission(workspace, run_id).plan
        except NotFound:  # it is no pipeline run, or deleted
            return
        for snapshot in sorted({step.snapshot for step in plan.steps}):
            with suppress(NotFound):
                send_once(self._home, workspace, snapshot, store)

    def _send_live(self, file: Path, path: str, store: Store) -> None:
        """Send what a file holds now: it may grow while it is sent."""
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return
        store.put(path, io.BytesIO(data), overwrite=True)

    def _leave(self, folder: Path, sent: dict[str, _Stamp]) -> None:
        """Take a run's folder out of the spool, unless something was written to it meanwhile."""
        known = {Path(path).relative_to(folder): stamp for path, stamp in sent.items()}
        if leave(folder, lambda at: {Path(one).relative_to(at): stamp for one, stamp in _files(at)} == known):
            for path in sent:
                self._sent.pop(path, None)
            self._remove_empty(folder.parent)

    def _remove_empty(self, folder: Path) -> None:
        """Remove the folders of a spool in which nothing is left."""
        while folder.name != "spool":
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _state(self, workspace: str, run_id: str) -> tuple[bool, str]:
        """Whether nobody writes to the run's files any more, but for the engine to those of a run it has in hand; and
        the pipeline run that it belongs to."""
        try:
            run = self._records.run(workspace, run_id)
        except NotFound:  # deleted, or of records that were restored
            return True, run_id
        return run.status.is_terminal, run.root_id or run.id


def _behind(store: Store) -> Store:
    return store.store if isinstance(store, SpooledStore) else store


def _files(folder: Path) -> Iterator[tuple[str, _Stamp]]:
    for place, _, names in os.walk(folder):
        for name in names:
            if not is_temporary(name):
                path = f"{place}/{name}"
                try:
                    status = os.stat(path)  # noqa: PTH116
                except FileNotFoundError:
                    continue
                yield path, (status.st_size, status.st_mtime_ns)
