"""Whether a step's work was done before: the key, the candidates, the check that their outputs still stand.

Everything the decision rests on is kept with it, so that `explain` can repeat it in words a year later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lazulite.engine.jobs import input_place, parameter_values
from lazulite.engine.layout import Home
from lazulite.engine.places import Places
from lazulite.graph.explain import differences
from lazulite.graph.fingerprint import components
from lazulite.model.plan import DataSource, Step, StepOutput
from lazulite.model.reuse import Difference, ReuseDecision, ReuseKey
from lazulite.model.run import OutputRecord, Run, Submission
from lazulite.model.snapshot import Snapshot
from lazulite.records.records import Records
from lazulite.storage.blobs import BlobStore
from lazulite.storage.snapshots import load
from lazulite.storage.versions import content_version, stat_version

#: How many earlier runs with the same key are looked at.
_CANDIDATES = 20


@dataclass(frozen=True)
class Found:
    """A decision, and with the verdict "reused" the run that is reused and its outputs."""

    decision: ReuseDecision
    source: Run | None = None
    outputs: tuple[OutputRecord, ...] = ()


class Reuse:
    """Reuse decisions for the runs of one workspace. Reads only; used by the engine and by forecasts."""

    def __init__(self, home: Home, records: Records, workspace: str) -> None:
        self._home = home
        self._records = records
        self._workspace = workspace
        self._places = Places(home, records, workspace)
        self._snapshots: dict[str, Snapshot] = {}

    def decide(
        self,
        submission: Submission,
        step: Step,
        produced: Mapping[tuple[str, str], OutputRecord],
        run_id: str = "",
    ) -> Found:
        """Decide for a step whose producers have all ended; `produced` holds their outputs.

        Steps of the run itself (`run_id`) are no candidates: whoever puts the same step into a pipeline three times
        wants three runs of it. Of several candidates one of the same name comes first, so that each of the three
        is reused for itself the next time.
        """
        key = self._key(submission, step, produced)
        if submission.regenerate_outputs:
            return Found(self._ran(step, key, "forced"))
        if not step.allow_reuse:
            in_place = any(item.mode == "upload" for item in step.inputs)
            return Found(self._ran(step, key, "writes-in-place" if in_place else "not-allowed"))
        gone: ReuseDecision | None = None
        candidates = self._records.reuse_candidates(self._workspace, key.digest, limit=_CANDIDATES)
        others = [candidate for candidate in candidates if candidate.root_id != run_id]
        for candidate in sorted(others, key=lambda other: other.name != step.name):
            outputs = self._records.outputs(self._workspace, candidate.id)
            altered = tuple(Difference(f"output {it.name}") for it in outputs if not self._stands(it))
            if not altered:
                decision = ReuseDecision("reused", "same-key", dict(key.components), key.digest, candidate.id)
                return Found(decision, candidate, outputs)
            gone = gone or ReuseDecision(
                "run", "outputs-gone", dict(key.components), key.digest, candidate.id, altered
            )
        return Found(gone or self._ran(step, key, None))

    def upstream_runs(self, step: Step) -> ReuseDecision:
        """The answer before submission for a step whose inputs will be written anew."""
        return ReuseDecision("unknown", "upstream-runs")

    def _key(
        self, submission: Submission, step: Step, produced: Mapping[tuple[str, str], OutputRecord]
    ) -> ReuseKey:
        values = parameter_values(submission.plan, submission.parameters)
        versions = {
            item.name: self._input_version(input_place(item.source, values, produced), item.source, produced)
            for item in step.inputs
        }
        return ReuseKey(
            components(
                step,
                snapshot_of=self._snapshot,
                inputs=versions,
                parameters=values,
            )
        )

    def _snapshot(self, snapshot_id: str) -> Snapshot:
        if snapshot_id not in self._snapshots:
            self._snapshots[snapshot_id] = load(snapshot_id, BlobStore(self._home.blobs(self._workspace)))
        return self._snapshots[snapshot_id]

    def _input_version(
        self, place: DataSource, source: object, produced: Mapping[tuple[str, str], OutputRecord]
    ) -> str:
        if isinstance(source, StepOutput):
            return produced[source.node, source.output].content
        return self._content(self._places.path(place.datastore, place.path))

    def _content(self, path: Path) -> str:
        return content_version(path, self._home.cache).content

    def _stands(self, output: OutputRecord) -> bool:
        """Whether an output is still what its step wrote: by names, sizes and times, else by content."""
        path = self._places.path(output.datastore, output.path)
        return stat_version(path) == output.stat or self._content(path) == output.content

    def _ran(self, step: Step, key: ReuseKey, reason: str | None) -> ReuseDecision:
        """A verdict to run, told against the nearest earlier run of a step of that name."""
        nearest: tuple[Run, ReuseDecision] | None = None
        fewest = 0
        for run, decision in self._records.recent_decisions(self._workspace, step.name):
            count = len(differences(key.components, decision.components))
            if nearest is None or count < fewest:
                nearest, fewest = (run, decision), count
        if nearest is None:
            return ReuseDecision("run", reason or "first-run", dict(key.components), key.digest)
        return ReuseDecision(
            "run",
            reason or "key-differs",
            dict(key.components),
            key.digest,
            nearest[0].id,
            differences(key.components, nearest[1].components),
        )


def forecast(
    decide: Callable[[Step, Mapping[tuple[str, str], OutputRecord]], Found],
    upstream: Callable[[Step], ReuseDecision],
    steps: Sequence[Step],
) -> dict[str, ReuseDecision]:
    """What would happen to each step, in plan order, if the run were submitted now."""
    produced: dict[tuple[str, str], OutputRecord] = {}
    decisions: dict[str, ReuseDecision] = {}
    for step in steps:
        sources = [item.source for item in step.inputs if isinstance(item.source, StepOutput)]
        if all((source.node, source.output) in produced for source in sources):
            found = decide(step, produced)
            decisions[step.node] = found.decision
            produced.update({(step.node, output.name): output for output in found.outputs})
        else:
            decisions[step.node] = upstream(step)
    return decisions
