"""From the tree in which steps were listed to one list of drafts and the order that the tree asks for.

Steps that are needed and were not listed are pulled in beside the step that needs them, and count as members of its
item. Nothing here judges: cycles, missing producers and the like are found by `check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from lazulite.graph.drafts import Closure, Ordered, Parallel, Produced, StepDraft, Tree


@dataclass(frozen=True)
class Writer:
    """The step that writes some data, and what it calls them."""

    key: str
    output: str


@dataclass
class Arrangement:
    """Drafts in the order of their listing, each pulled-in one before the step that pulled it.

    `after` holds, by key, the keys that the tree's sequences put before a step; `producers`, by token, who writes it:
    one writer, if all is well.
    """

    drafts: list[StepDraft] = field(default_factory=list)
    after: dict[str, dict[str, None]] = field(default_factory=dict)
    producers: dict[str, list[Writer]] = field(default_factory=dict)

    def predecessors(self, draft: StepDraft) -> list[str]:
        """Keys of all that the step waits for and that is present, first its data, then run_after, then sequences."""
        found: dict[str, None] = {}
        for given in draft.inputs:
            if isinstance(given.source, Produced):
                found.update((writer.key, None) for writer in self.producers.get(given.source.token, ())[-1:])
        found.update(dict.fromkeys(key for key in draft.after if key in self.after))
        found.update(self.after[draft.key])
        return list(found)


def arrange(tree: Tree, closure: Closure) -> Arrangement:
    """Return the arrangement of `tree`; see the module's text."""
    arranger = _Arranger(tree, closure)
    arranger.place(tree)
    return arranger.result


@dataclass(frozen=True)
class _Ends:
    """The members of an item that nothing in it precedes, and those that nothing in it follows.

    Ordering the last ones of an item before the first ones of the next orders all of both, and keeps the number of
    edges small.
    """

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class _Arranger:
    def __init__(self, tree: Tree, closure: Closure) -> None:
        self.result = Arrangement()
        self._closure = closure
        self._listed = {draft.key for draft in _leaves(tree)}
        self._listed_tokens = {output.token for draft in _leaves(tree) for output in draft.outputs}

    def place(self, tree: Tree) -> _Ends:
        if isinstance(tree, StepDraft):
            members = self._with_needed(tree)
            return _Ends(members, members)
        ends = [self.place(item) for item in tree.items]
        ends = [end for end in ends if end.first]
        if not ends:
            return _Ends()
        if isinstance(tree, Parallel):
            return _Ends(
                tuple(key for end in ends for key in end.first),
                tuple(key for end in ends for key in end.last),
            )
        for before, behind in pairwise(ends):
            for key in behind.first:
                self.result.after[key].update(dict.fromkeys(before.last))
        return _Ends(ends[0].first, ends[-1].last)

    def _with_needed(self, draft: StepDraft) -> tuple[str, ...]:
        """Place the draft, behind everything unlisted that it needs; return the keys of all these."""
        members: list[str] = [draft.key]
        pending: list[tuple[StepDraft, bool]] = [(draft, False)]
        seen = {draft.key}
        while pending:
            current, is_ready = pending.pop()
            if is_ready:
                self._add(current)
                continue
            pending.append((current, True))
            for needed in reversed(list(self._unlisted(current))):
                if needed.key not in seen and needed.key not in self.result.after:
                    seen.add(needed.key)
                    members.append(needed.key)
                    pending.append((needed, False))
        return tuple(members)

    def _unlisted(self, draft: StepDraft) -> Iterator[StepDraft]:
        if not self._closure.resolve:
            return
        for given in draft.inputs:
            if isinstance(given.source, Produced) and given.source.token not in self._listed_tokens:
                producer = self._closure.producers.get(given.source.token)
                if producer is not None and producer.key not in self._listed:
                    yield producer
        for key in draft.after:
            if key not in self._listed and key in self._closure.predecessors:
                yield self._closure.predecessors[key]

    def _add(self, draft: StepDraft) -> None:
        if draft.key in self.result.after:
            return
        self.result.drafts.append(draft)
        self.result.after[draft.key] = {}
        for output in draft.outputs:
            self.result.producers.setdefault(output.token, []).append(Writer(draft.key, output.name))


def _leaves(tree: Tree) -> Iterator[StepDraft]:
    pending: list[Tree] = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, (Parallel, Ordered)):
            pending.extend(item.items)
        else:
            yield item
