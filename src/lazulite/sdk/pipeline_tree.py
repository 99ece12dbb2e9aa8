"""From the steps a user listed to drafts: the tree of the listing, and what its steps need besides.

Any iterable is a list of steps beside each other, a StepSequence is an order, data stand for the step that writes
them. Each step object becomes one draft, however often it is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lazulite.graph.drafts import Closure, Ordered, Parallel, StepDraft, Tree
from lazulite.sdk.ports import Producible
from lazulite.sdk.steps.base import Author, PipelineStep
from lazulite.sdk.steps.sequence import StepSequence

_EXPECTED = "Expected steps, lists of steps, a StepSequence, or PipelineData that a step writes."


class PipelineTree:
    """The drafts of a pipeline.

    Args:
        steps: As given to `Pipeline`.
        author: What the pipeline gives its steps.
        resolve: Whether steps that listed ones need are pulled in.

    Raises:
        ValueError: something listed is no step.
    """

    def __init__(self, steps: Any, author: Author, *, resolve: bool) -> None:
        self._author = author
        self._drafts: dict[str, StepDraft] = {}
        #: By key, every step that was met.
        self.steps: dict[str, PipelineStep] = {}
        self.tree = self._tree(steps)
        self.closure = self._closure(resolve=resolve)

    def _tree(self, item: Any) -> Tree:
        if isinstance(item, PipelineStep):
            return self._draft(item)
        if isinstance(item, Producible):
            if item._producer is None:  # noqa: SLF001 - the SDK's own seam
                raise ValueError(
                    f"The steps list {item!r}, and no step writes it. List it in the outputs of a step first."
                )
            return self._draft(item._producer)  # noqa: SLF001
        if isinstance(item, StepSequence):
            return Ordered(tuple(self._tree(one) for one in item))
        if isinstance(item, (str, bytes, Mapping)) or not isinstance(item, Iterable):
            raise ValueError(f"The steps of a pipeline include {item!r}. {_EXPECTED}")  # noqa: TRY004 - as v1
        return Parallel(tuple(self._tree(one) for one in item))

    def _draft(self, step: PipelineStep) -> StepDraft:
        key = step._key  # noqa: SLF001 - the SDK's own seam
        if key not in self._drafts:
            self.steps[key] = step
            self._drafts[key] = step._draft(self._author)  # noqa: SLF001
        return self._drafts[key]

    def _closure(self, *, resolve: bool) -> Closure:
        producers: dict[str, StepDraft] = {}
        predecessors: dict[str, StepDraft] = {}
        pending = list(self.steps.values())
        seen = set(self.steps)
        while pending:
            step = pending.pop()
            needed: list[PipelineStep] = []
            for data in step._taken():  # noqa: SLF001
                if data._producer is not None:  # noqa: SLF001
                    producers[data._token] = self._draft(data._producer)  # noqa: SLF001
                    needed.append(data._producer)  # noqa: SLF001
            for earlier in step.run_after_steps:
                predecessors[earlier._key] = self._draft(earlier)  # noqa: SLF001
                needed.append(earlier)
            for one in needed:
                if one._key not in seen:  # noqa: SLF001
                    seen.add(one._key)  # noqa: SLF001
                    pending.append(one)
        return Closure(producers, predecessors, resolve)
