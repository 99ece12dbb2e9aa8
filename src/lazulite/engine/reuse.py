"""Whether a step's work was done before: the key, the candidates, the check that their outputs still stand.

Everything the decision rests on is kept with it, so that `explain` can repeat it in words a year later. Steps are
decided many at a time: what the records know about all of them costs a few queries, not a few for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, Union

from lazulite.engine.jobs import input_place, parameter_values
from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.engine.resuming import Produced, Resumed, Taken, resumed_by
from lazulite.graph.explain import differences
from lazulite.graph.fingerprint import components
from lazulite.model.databases import is_database
from lazulite.model.plan import DataSource, PathParameter, Step, StepOutput
from lazulite.model.reuse import Difference, ReuseDecision, ReuseKey
from lazulite.model.run import OutputRecord, Submission
from lazulite.model.snapshot import Snapshot
from lazulite.model.values import ParameterValue
from lazulite.records.records import Records
from lazulite.records.reuse import Candidate, Earlier
from lazulite.storage.blobs import BlobStore
from lazulite.storage.remote.failures import StoreUnusable
from lazulite.storage.snapshots import load
from lazulite.storage.store import Store

#: How many earlier runs with the same key are looked at.
_CANDIDATES = 20
#: Among how many earlier runs of a step's name the nearest is looked for.
_EARLIER = 5
#: Outputs with more files than this are not even looked over where reading is to be left to others.
_FEW_FILES = 500

#: The version of what is in a database: nobody looks whether rows changed, as v1 did not. What is asked of it (the
#: query, the table) counts as part of the step's action.
UNLOOKED = "not looked at"

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """A decision, and with the verdict "reused" the run that is reused."""

    decision: ReuseDecision
    source: Candidate | None = None

    @property
    def outputs(self) -> tuple[OutputRecord, ...]:
        """What is taken over."""
        return self.source.outputs if self.source else ()


#: What becomes of one of many questions; the error is why the step cannot be decided.
Answer = Union[Found, Exception]


class _NeedsReading(Exception):
    """The answer lies in files, and the caller has no time to read them."""


def load_snapshot(home: Home, workspace: str, snapshot_id: str) -> Snapshot:
    """The list of a snapshot's files."""
    return load(snapshot_id, BlobStore(home.blobs(workspace)))


class Reuse:
    """Reuse decisions for the runs of one workspace. Reads only; used by the engine and by forecasts.

    Datastores are looked up once: an object serves one piece of work, and the next takes a new one.
    `snapshot_of` gives a snapshot by its id, if the caller keeps some; `is_hurried` is that of `Places`.
    """

    def __init__(
        self,
        home: Home,
        records: Records,
        workspace: str,
        snapshot_of: Callable[[str], Snapshot] | None = None,
        *,
        is_hurried: bool = False,
    ) -> None:
        self._home = home
        self._records = records
        self._workspace = workspace
        self._places = Places(home, records, workspace, is_hurried=is_hurried)
        self._unusable: dict[str, StoreUnusable] = {}
        self._snapshot_of = snapshot_of or (lambda snapshot_id: load_snapshot(home, workspace, snapshot_id))

    def decide(
        self,
        submission: Submission,
        steps: Sequence[Step],
        produced: Produced,
        run_id: str | None = None,
        *,
        resumed: Resumed | None = None,
        may_read: bool = True,
    ) -> dict[str, Answer]:
        """Decide, by node, for steps whose producers have all ended; `produced` holds their outputs.

        Steps of the run itself (`run_id`) are no candidates: whoever puts the same step into a pipeline three times
        wants three runs of it. Of several candidates one of the same name comes first, so that each of the three
        is reused for itself the next time.

        Args:
            resumed: What the run resumes: steps that completed there are taken over whatever their key says.
            may_read: Whether files may be read. If not, steps that cannot be decided without are missing in the
                answer.
        """
        values = parameter_values(submission.plan, submission.parameters)
        answers: dict[str, Answer] = {}
        keys: dict[str, ReuseKey] = {}
        for step in steps:
            _attempt(answers, keys, self._key, step, values, produced, may_read)
        steps = [step for step in steps if step.node in keys]
        anew = set(submission.anew)
        asked = {keys[step.node].digest for step in steps if step.allow_reuse and step.node not in anew}
        candidates: dict[str, tuple[Candidate, ...]] = {}
        if asked and not submission.regenerate_outputs:
            candidates = self._records.reuse_candidates(self._workspace, asked, run_id, _CANDIDATES)
        may_be_taken = [step for step in steps if step.node not in anew]
        taken = resumed.taken_over(may_be_taken, produced) if resumed else {}
        found: dict[str, Found | None] = {}
        for step in steps:
            key = keys[step.node]
            those = candidates.get(key.digest, ()) if step.allow_reuse and step.node not in anew else ()
            _attempt(answers, found, self._reused, step, key, taken.get(step.node), those, may_read)
        answers.update({node: one for node, one in found.items() if one is not None})
        to_run = [step for step in steps if step.node in found and found[step.node] is None]
        answers.update(self._to_run(to_run, keys, submission))
        return answers

    def resumed_by(self, submission: Submission) -> Resumed | None:
        """What a submission resumes."""
        return resumed_by(self._records, self._workspace, submission)

    def _key(
        self, step: Step, values: Mapping[str, ParameterValue], produced: Produced, may_read: bool
    ) -> ReuseKey:
        versions = {
            item.name: self._input_version(item.source, values, produced, may_read) for item in step.inputs
        }
        return ReuseKey(components(step, snapshot_of=self._snapshot_of, inputs=versions, parameters=values))

    def _input_version(
        self,
        source: DataSource | StepOutput | PathParameter,
        values: Mapping[str, ParameterValue],
        produced: Produced,
        may_read: bool,
    ) -> str:
        if isinstance(source, StepOutput):
            return produced[source.node, source.output].content
        if not may_read:
            raise _NeedsReading
        place = input_place(source, values, produced)
        if is_database(self._places.datastore(place.datastore)):
            return UNLOOKED
        return self._content(place.datastore, place.path)

    def _content(self, datastore: str, path: str) -> str:
        return self._asked(datastore, lambda store: store.version(path, self._home.cache).content)

    def _asked(self, datastore: str, ask: Callable[[Store], str]) -> str:
        """Ask a datastore, unless it did not answer before: twenty steps are not to wait for it one after the other."""
        if datastore in self._unusable:
            raise self._unusable[datastore]
        try:
            return ask(self._places.store(datastore))
        except StoreUnusable as error:
            self._unusable[datastore] = error
            raise

    def _reused(
        self,
        step: Step,
        key: ReuseKey,
        taken: Taken | None,
        candidates: Sequence[Candidate],
        may_read: bool,
    ) -> Found | None:
        """The step is reused, or would be if the outputs were still there; None: it has to be run for other reasons.

        `taken` is what it takes over from the run that is resumed.
        """
        if taken is not None and all(self._stands(output, may_read) for output in taken.source.outputs):
            differing = differences(key.components, taken.components) if taken.components else ()
            made = ReuseDecision("reused", "resumed", key.components, key.digest, taken.source.id, differing)
            return Found(made, taken.source)
        gone: Found | None = None
        for candidate in sorted(candidates, key=lambda other: other.name != step.name):
            altered = tuple(
                Difference(f"output {output.name}")
                for output in candidate.outputs
                if not self._stands(output, may_read)
            )
            if not altered:
                return Found(
                    ReuseDecision("reused", "same-key", key.components, key.digest, candidate.id), candidate
                )
            gone = gone or Found(
                ReuseDecision("run", "outputs-gone", key.components, key.digest, candidate.id, altered)
            )
        return gone

    def _stands(self, output: OutputRecord, may_read: bool) -> bool:
        """Whether an output is still what its step wrote: by names, sizes and times, else by content."""
        if not may_read and (output.files > _FEW_FILES or not self._places.is_folder(output.datastore)):
            raise _NeedsReading
        if is_database(self._places.datastore(output.datastore)):
            return True
        if self._asked(output.datastore, lambda store: store.stat_version(output.path)) == output.stat:
            return True
        if not may_read:
            raise _NeedsReading
        return self._content(output.datastore, output.path) == output.content

    def _to_run(
        self, steps: Sequence[Step], keys: Mapping[str, ReuseKey], submission: Submission
    ) -> dict[str, Found]:
        """Verdicts to run, each told against the nearest earlier run of a step of that name."""
        if not steps:
            return {}
        names = {step.name for step in steps}
        earlier = self._records.earlier_runs(self._workspace, names, _EARLIER)
        return {
            step.node: Found(_ran(keys[step.node], _why(step, submission), earlier.get(step.name, ())))
            for step in steps
        }


def _attempt(
    answers: dict[str, Answer],
    results: dict[str, T],
    ask: Callable[..., T],
    step: Step,
    *arguments: object,
) -> None:
    """Put down what `ask` says about the step, or why it cannot say it; nothing if it would have to read."""
    try:
        results[step.node] = ask(step, *arguments)
    except _NeedsReading:
        pass
    except Exception as error:  # noqa: BLE001 - one step's trouble is no other's
        answers[step.node] = error


def _why(step: Step, submission: Submission) -> str | None:
    """Why a step is run whatever was run before; None: for no such reason."""
    if submission.regenerate_outputs:
        return "forced"
    if step.node in submission.anew:
        return "asked"
    if step.allow_reuse:
        return None
    in_place = any(item.mode == "upload" for item in step.inputs)
    return "writes-in-place" if in_place else "not-allowed"


def _ran(key: ReuseKey, reason: str | None, earlier: Sequence[Earlier]) -> ReuseDecision:
    if not earlier:
        return ReuseDecision("run", reason or "first-run", key.components, key.digest)
    compared = [(one.id, differences(key.components, one.components)) for one in earlier]
    nearest, differing = min(compared, key=lambda pair: len(pair[1]))
    return ReuseDecision("run", reason or "key-differs", key.components, key.digest, nearest, differing)
