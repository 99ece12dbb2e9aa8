from __future__ import annotations

from typing import Any

from tests.unit.portal_run.sample import plan, step

from lazulite.server.portal.run.drawing import HEIGHT, WIDTH, drawing
from lazulite.server.portal.run.folding import folded, title


def sweep(count: int = 50) -> list[Any]:
    trainings = [step(f"train-{n}", "prepare") for n in range(count)]
    return [step("prepare"), *trainings, step("compare", *(one.node for one in trainings))]


def test_lines_carry_the_data_and_the_order() -> None:
    drawn = drawing(plan(step("a"), step("b", "a"), step("c", after=("b",))))
    assert [(line.source, line.target, line.outputs) for line in drawn.lines] == [
        ("a", "b", (("a", "out"),)),
        ("b", "c", ()),
    ]
    boxes = {box.id: box for box in drawn.boxes}
    line = drawn.lines[0]
    assert line.path.startswith(f"M{boxes['a'].x + WIDTH / 2:.1f} {boxes['a'].y + HEIGHT:.1f}")
    assert line.path.endswith(f"{boxes['b'].x + WIDTH / 2:.1f} {boxes['b'].y:.1f}")
    assert boxes["a"].y < boxes["b"].y < boxes["c"].y < drawn.height


def test_a_wide_sweep_is_one_box_until_it_is_opened() -> None:
    steps = plan(*sweep())
    groups = folded(steps)
    assert [(group.kind, len(group.members)) for group in groups] == [("step", 1), ("side", 50), ("step", 1)]
    drawn = drawing(steps)
    assert [(line.source, line.target, len(line.outputs)) for line in drawn.lines] == [
        ("prepare", "train-0", 1),
        ("train-0", "compare", 50),
    ]
    assert len(folded(steps, {"train-0"})) == 52
    assert len(folded(steps, {"all"})) == 52


def test_a_long_chain_is_one_box() -> None:
    steps = [step("s0")] + [step(f"s{n}", f"s{n - 1}") for n in range(1, 40)]
    groups = folded(plan(*steps))
    assert [(group.kind, len(group.members)) for group in groups] == [("step", 1), ("chain", 38), ("step", 1)]


def test_a_small_pipeline_is_drawn_whole() -> None:
    assert len(folded(plan(*sweep(20)))) == 22


def test_unconnected_steps_are_not_taken_for_a_sweep() -> None:
    assert len(folded(plan(*(step(f"s{n}") for n in range(40))))) == 40


def test_titles() -> None:
    assert title(["train-1", "train-12"]) == "2 × train"
    assert title(["a", "b", "c"]) == "a and 2 more"
