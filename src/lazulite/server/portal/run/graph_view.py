"""The graph of a run page: the plan's drawing with the state of each step in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lazulite.model import amounts
from lazulite.model.run import Run, RunStatus
from lazulite.server.portal import words
from lazulite.server.portal.run.drawing import HEIGHT, WIDTH, Box, Line, drawing
from lazulite.server.portal.run.folding import title
from lazulite.server.portal.run.record import RunRecord

#: What a box of several steps says of them: the first of these that one of them is.
_WORST = (
    RunStatus.FAILED,
    RunStatus.RUNNING,
    RunStatus.FINALIZING,
    RunStatus.PREPARING,
    RunStatus.CANCEL_REQUESTED,
    RunStatus.QUEUED,
    RunStatus.CANCELED,
    RunStatus.BYPASSED,
    RunStatus.NOT_STARTED,
    RunStatus.COMPLETED,
)
#: In a picture of more lines their names would cover it; pointing at a line still tells.
_MOST_NAMES = 40


@dataclass(frozen=True)
class Node:
    """A box as it is drawn: what it says, where it leads."""

    id: str
    x: float
    y: float
    name: str
    status: RunStatus
    words: str
    reused: int
    href: str
    is_chosen: bool
    run: Run | None
    count: int

    @property
    def label(self) -> str:
        """All it says, for those who do not see it."""
        reused = ", reused" if self.reused == self.count else f", {self.reused} reused" if self.reused else ""
        opens = ", opens these steps" if self.count > 1 else ""
        return f"{self.name}: {words.status_word(self.status)}, {self.words}{reused}{opens}"


@dataclass(frozen=True)
class Wire:
    """A line as it is drawn; `text` is short and stands on it, `title` is all it carries."""

    line: Line
    text: str
    title: str
    is_data: bool
    is_near: bool


@dataclass(frozen=True)
class GraphView:
    """The graph, ready for its template."""

    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    width: float
    height: float
    is_folded: bool
    box: tuple[int, int] = (WIDTH, HEIGHT)


#: From what is to change in the address of the page to the address.
Address = Callable[..., str]


def graph_view(record: RunRecord, chosen: str | None, opened: Sequence[str], address: Address) -> GraphView:
    """Return the graph of a run.

    Args:
        record: The run.
        chosen: The id of the step run that is chosen.
        opened: The groups that are drawn step by step.
        address: Makes the address of this page with something changed: `address(step=…)`, `address(open=…)`.
    """
    drawn = drawing(record.plan, frozenset(opened))
    by_node = {step.node: step for step in record.steps}
    nodes = tuple(_node(box, by_node, chosen, opened, address) for box in drawn.boxes)
    near = {node.id for node in nodes if node.is_chosen}
    sized = len(drawn.lines) <= _MOST_NAMES
    wires = tuple(_wire(line, record, by_node, near, sized) for line in drawn.lines)
    return GraphView(nodes, wires, drawn.width, drawn.height, any(node.count > 1 for node in nodes))


def _node(
    box: Box, by_node: dict[str | None, Run], chosen: str | None, opened: Sequence[str], address: Address
) -> Node:
    runs = [by_node[node] for node in box.group.members if node in by_node]
    reused = sum(bool(run.reused_run_id) for run in runs)
    if len(runs) == 1:
        (run,) = runs
        is_chosen = run.id == chosen
        href = address(step=run.id)
        return Node(box.id, box.x, box.y, run.name, run.status, _took(run), reused, href, is_chosen, run, 1)
    counts = Counter(run.status for run in runs)
    worst = next((status for status in _WORST if status in counts), RunStatus.NOT_STARTED)
    told = f"{counts[RunStatus.COMPLETED]} of {len(runs)} completed"
    if counts[RunStatus.FAILED]:
        told += f", {counts[RunStatus.FAILED]} failed"
    name = title(run.name for run in runs) if runs else box.id
    is_chosen = any(run.id == chosen for run in runs)
    href = address(open=[*opened, box.id])
    return Node(box.id, box.x, box.y, name, worst, told, reused, href, is_chosen, None, len(runs))


def _took(run: Run) -> str:
    """How long a step took, or takes by now."""
    if run.started_at is None:
        return "no time" if run.reused_run_id else words.NONE
    return words.duration(((run.ended_at or words.now()) - run.started_at).total_seconds())


def _wire(line: Line, record: RunRecord, by_node: dict[str | None, Run], near: set[str], sized: bool) -> Wire:
    told: list[str] = []
    for node, output in line.outputs:
        run = by_node.get(node)
        known = {one.name: one for one in record.outputs(run)} if sized and run else {}
        size = f" · {amounts.size(known[output].bytes)}" if output in known else ""
        told.append(f"{output}{size}")
    text = told[0] if len(told) == 1 else f"{len(told)} outputs" if told else ""
    return Wire(
        line,
        text if sized else "",
        ", ".join(told[:20]) or "waits for it, takes no data",
        bool(line.outputs),
        line.source in near or line.target in near,
    )
