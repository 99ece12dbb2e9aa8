"""Reuse decisions on the loop's own thread where they are quick, on other threads where files have to be read.

Most steps read what other steps wrote, which the records know; a hop to another thread would cost more than the
decision. Hashing a large input would stop everything else, so it is left to the others.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial

from lazulite.engine.active import ActiveRun
from lazulite.engine.jobs import input_place, parameter_values
from lazulite.engine.layout import Home
from lazulite.engine.news import Decided
from lazulite.engine.places import Places
from lazulite.engine.readers import Readers
from lazulite.engine.reuse import Answer, Reuse, load_snapshot
from lazulite.model.errors import LazuliteError
from lazulite.model.plan import StepOutput
from lazulite.model.run import RunError
from lazulite.model.snapshot import Snapshot
from lazulite.records.records import Records

#: Threads that read inputs.
_READERS = 2
#: Threads that read for steps with data elsewhere: they mostly wait, and keep no other step waiting.
_FAR_READERS = 8
#: Decisions that need reading, made in one go over one view of the datastores.
_READ_TOGETHER = 20
#: Snapshots kept, for steps of which only some files count.
_SNAPSHOTS = 8


class Deciding:
    """Makes decisions. `say` takes those that come later; it may be called from any thread."""

    def __init__(
        self, home: Home, records: Records, log: Callable[[str], None], say: Callable[[Decided], None]
    ) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._say = say
        self._readers = Readers(_READERS, "reuse")
        self._far_readers = Readers(_FAR_READERS, "reuse elsewhere")
        self._snapshot = lru_cache(_SNAPSHOTS)(self._load_snapshot)

    def decide(self, active: ActiveRun, nodes: Sequence[str]) -> list[Decided]:
        """Decide at once what can be decided without reading files; of the others the news follow."""
        answers = self._answers(active, nodes, may_read=False)
        late = [node for node in nodes if node not in answers]
        far = self._elsewhere(active, late)
        near = [node for node in late if node not in far]
        for readers, those in ((self._far_readers, far), (self._readers, near)):
            for start in range(0, len(those), _READ_TOGETHER):
                readers.submit(partial(self._read, active, those[start : start + _READ_TOGETHER]))
        return [self._decided(active, node, answer) for node, answer in answers.items()]

    def close(self) -> None:
        """The engine ends; what is not decided yet, the next one decides."""
        self._readers.close()
        self._far_readers.close()

    def failure(self, what: str, error: Exception) -> RunError:
        """Why a step cannot go on, for its record; with details in the engine's log if it is not the user's doing."""
        if isinstance(error, LazuliteError):
            return RunError(error.code, error.message)
        details = "".join(traceback.format_exception(error))
        self._log(details)
        return RunError("EngineError", f"{what}: {error}", details)

    def _elsewhere(self, active: ActiveRun, nodes: Sequence[str]) -> list[str]:
        """Those of the nodes that cannot be decided without asking a datastore on another machine."""
        places = Places(self._home, self._records, active.workspace.id)
        values = parameter_values(active.submission.plan, active.submission.parameters)
        found = []
        for node in nodes:
            step = active.steps[node]
            names = {output.datastore for output in step.outputs}
            # What cannot be found is told when it is asked.
            with suppress(LazuliteError, TypeError):
                names |= {
                    input_place(item.source, values, active.produced).datastore
                    for item in step.inputs
                    if not isinstance(item.source, StepOutput)
                }
                if not all(places.is_folder(name) for name in names):
                    found.append(node)
        return found

    def _answers(self, active: ActiveRun, nodes: Sequence[str], *, may_read: bool) -> dict[str, Answer]:
        workspace = active.workspace.id
        reuse = Reuse(self._home, self._records, workspace, lambda one: self._snapshot(workspace, one))
        steps = [active.steps[node] for node in nodes]
        return reuse.decide(
            active.submission,
            steps,
            active.produced,
            active.run.id,
            resumed=active.resumed,
            may_read=may_read,
        )

    def _read(self, active: ActiveRun, nodes: Sequence[str]) -> None:
        try:
            answers = self._answers(active, nodes, may_read=True)
        except Exception as error:  # noqa: BLE001 - the steps fail with the reason, the engine lives
            answers = dict.fromkeys(nodes, error)
        for node, answer in answers.items():
            self._say(self._decided(active, node, answer))

    def _decided(self, active: ActiveRun, node: str, answer: Answer) -> Decided:
        if isinstance(answer, Exception):
            error = self.failure("The inputs could not be read", answer)
            return Decided(active.run.id, node, None, error)
        return Decided(active.run.id, node, answer)

    def _load_snapshot(self, workspace: str, snapshot_id: str) -> Snapshot:
        return load_snapshot(self._home, workspace, snapshot_id)
