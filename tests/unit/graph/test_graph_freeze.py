"""From drafts to a plan: order, closure, node ids."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.graph.drafts import (
    Closure,
    InputDraft,
    Known,
    Ordered,
    OutputDraft,
    Parallel,
    Produced,
    StepDraft,
    Tree,
)
from lazulite.graph.freeze import freeze, freeze_with_nodes
from lazulite.graph.order import cycle, topological
from lazulite.model.errors import InvalidPlan
from lazulite.model.plan import DataSource, Plan, RunScript, StepOutput

KNOWN = Known(
    computes=frozenset({"cpu"}),
    datastores=frozenset({"store"}),
    default_datastore="store",
    default_source_directory="/code",
)


def step(name: str, *, takes: str = "", writes: str = "", after: str = "", key: str = "") -> StepDraft:
    """A draft; each letter of `takes` and `writes` is one piece of data, each word of `after` a key."""
    return StepDraft(
        key=key or name,
        name=name,
        step_type="PythonScriptStep",
        action=RunScript(f"{name}.py"),
        inputs=tuple(InputDraft(data, Produced(data, data)) for data in takes),
        outputs=tuple(OutputDraft(data, data) for data in writes),
        compute="cpu",
        after=tuple(after.split()),
    )


def names(plan: Plan) -> list[str]:
    return [s.name for s in plan.steps]


def waits(plan: Plan) -> dict[str, set[str]]:
    by_node = {s.node: s.name for s in plan.steps}
    return {s.name: {by_node[node] for node in s.depends_on} for s in plan.steps}


def test_a_list_orders_nothing_and_keeps_the_listing():
    plan = freeze(Parallel((step("c"), Parallel((step("a"), step("b"))))), known=KNOWN)
    assert names(plan) == ["c", "a", "b"]
    assert waits(plan) == {"a": set(), "b": set(), "c": set()}


def test_data_orders_and_resolves_to_the_producer():
    plan = freeze(Parallel((step("train", takes="d"), step("prep", writes="d"))), known=KNOWN)
    assert names(plan) == ["prep", "train"]
    train = plan.steps[1]
    assert train.inputs[0].source == StepOutput(plan.steps[0].node, "d")
    assert train.after == ()  # the data order it already
    assert plan.steps[0].outputs[0].datastore == "store"
    assert plan.steps[0].source_directory == "/code"


def test_the_same_object_twice_is_one_node_and_the_same_name_twice_are_two():
    one = step("same")
    plan = freeze(Parallel((one, one, step("same", key="other"))), known=KNOWN)
    assert names(plan) == ["same", "same"]
    assert len({s.node for s in plan.steps}) == 2


def test_sequence_waits_for_every_node_of_the_item_before():
    plan = freeze(
        Ordered((step("a"), Parallel((step("b"), step("c"))), Ordered((step("d"), step("e"))), step("f"))),
        known=KNOWN,
    )
    assert waits(plan) == {
        "a": set(),
        "b": {"a"},
        "c": {"a"},
        "d": {"b", "c"},
        "e": {"d"},
        "f": {"e"},
    }


def test_sequence_does_not_order_its_siblings():
    plan = freeze(Parallel((Ordered((step("a"), step("b"))), step("c"))), known=KNOWN)
    assert waits(plan)["c"] == set()


def test_empty_items_do_not_break_a_sequence():
    plan = freeze(Ordered((step("a"), Parallel(), Ordered(), step("b"))), known=KNOWN)
    assert waits(plan)["b"] == {"a"}


def test_nothing_listed_is_a_plan_of_nothing():
    assert freeze(Parallel(), known=KNOWN).steps == ()


def test_closure_pulls_in_producers_and_predecessors_recursively():
    raw, prep, clean = step("raw", writes="r"), step("prep", takes="r", writes="d"), step("clean")
    train = step("train", takes="d", after="clean")
    closure = Closure({"r": raw, "d": prep}, {"clean": clean})
    plan = freeze(train, closure, KNOWN)
    assert waits(plan) == {"raw": set(), "prep": {"raw"}, "clean": set(), "train": {"prep", "clean"}}


def test_pulled_in_steps_are_members_of_the_item_that_pulled_them():
    prep = step("prep", writes="d")
    plan = freeze(Ordered((step("first"), step("train", takes="d"))), Closure({"d": prep}), KNOWN)
    assert waits(plan) == {"first": set(), "prep": {"first"}, "train": {"prep", "first"}}


def test_a_listed_step_is_not_pulled_a_second_time():
    prep = step("prep", writes="d")
    plan = freeze(Ordered((prep, step("train", takes="d"))), Closure({"d": prep}), KNOWN)
    assert waits(plan) == {"prep": set(), "train": {"prep"}}


def test_a_listed_writer_is_preferred_to_one_that_was_made_later():
    old, new = step("prep", writes="d", key="old"), step("prep", writes="d", key="new")
    plan = freeze(Parallel((old, step("train", takes="d"))), Closure({"d": new}), KNOWN)
    assert names(plan) == ["prep", "train"]


def test_a_deep_closure_needs_no_recursion():
    chain = [step("s0", writes="0")]
    producers = {"t0": replace(chain[0], outputs=(OutputDraft("t0", "d"),))}
    for number in range(1, 3000):
        producers[f"t{number}"] = StepDraft(
            key=f"s{number}",
            name=f"s{number}",
            step_type="PythonScriptStep",
            action=RunScript("s.py"),
            inputs=(InputDraft("i", Produced(f"t{number - 1}", "d")),),
            outputs=(OutputDraft(f"t{number}", "o"),),
            compute="cpu",
        )
    last = step("last")
    last = replace(last, inputs=(InputDraft("i", Produced("t2999", "d")),))
    assert len(freeze(last, Closure(producers), KNOWN).steps) == 3001


def test_node_ids_are_the_same_in_every_build_and_are_eight_hex_digits():
    tree = Parallel((step("a", writes="x"), step("b", takes="x")))
    one, two = freeze_with_nodes(tree, known=KNOWN), freeze_with_nodes(tree, known=KNOWN)
    assert one == two
    assert all(len(node) == 8 and int(node, 16) >= 0 for node in one.nodes.values())
    assert one.nodes["b"] == one.plan.steps[1].node


def test_a_step_that_writes_in_place_of_an_input_is_never_reused():
    draft = replace(step("a"), inputs=(InputDraft("x", DataSource("store", "x"), "upload"),))
    assert freeze(draft, known=KNOWN).steps[0].allow_reuse is False


def test_ten_thousand_steps_freeze_in_well_under_a_second():
    drafts = tuple(
        StepDraft(
            key=f"k{n}",
            name=f"step {n}",
            step_type="PythonScriptStep",
            action=RunScript("s.py"),
            inputs=(InputDraft("i", Produced(f"t{n - 1}", "i")),) if n % 100 else (),
            outputs=(OutputDraft(f"t{n}", "o"),),
            compute="cpu",
        )
        for n in range(10_000)
    )
    began = time.process_time()
    plan = freeze(Parallel(drafts), known=KNOWN)
    assert len(plan.steps) == 10_000
    assert time.process_time() - began < 5.0  # of a machine that does much else; benchmarks measure


# --- random graphs -----------------------------------------------------------------------------------------


@st.composite
def trees(draw: st.DrawFn) -> tuple[Tree, dict[str, set[str]]]:
    """A tree of up to 12 steps whose data dependencies point backwards, and those dependencies."""
    count = draw(st.integers(1, 12))
    drafts, needs = [], {}
    for n in range(count):
        taken = sorted(draw(st.sets(st.integers(0, n - 1), max_size=3))) if n else []
        needs[f"s{n}"] = {f"s{m}" for m in taken}
        drafts.append(
            StepDraft(
                key=f"s{n}",
                name=f"s{n}",
                step_type="PythonScriptStep",
                action=RunScript("s.py"),
                inputs=tuple(InputDraft(f"i{m}", Produced(f"t{m}", "d")) for m in taken),
                outputs=(OutputDraft(f"t{n}", "o"),),
                compute="cpu",
            )
        )
    items: list[Tree] = list(drafts)
    while len(items) > 1 and draw(st.booleans()):
        start = draw(st.integers(0, len(items) - 2))
        end = draw(st.integers(start + 1, len(items)))
        kind = Ordered if draw(st.booleans()) else Parallel
        items[start:end] = [kind(tuple(items[start:end]))]
    return Parallel(tuple(items)), needs


def expected_order(tree: Tree) -> tuple[list[str], set[tuple[str, str]]]:
    """The members of a tree, and all pairs (before, behind) that its sequences ask for, the long way round."""
    if isinstance(tree, StepDraft):
        return [tree.key], set()
    parts = [expected_order(item) for item in tree.items]
    pairs = {pair for _, inner in parts for pair in inner}
    if isinstance(tree, Ordered):
        for k, (members, _) in enumerate(parts):
            pairs |= {(a, b) for earlier, _ in parts[:k] for a in earlier for b in members}
    return [key for members, _ in parts for key in members], pairs


def reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    pending = [start]
    while pending:
        for key in edges[pending.pop()] - found:
            found.add(key)
            pending.append(key)
    return found


@given(trees())
@settings(deadline=None, max_examples=200)
def test_any_plan_honours_all_data_and_all_sequences(case):
    tree, needs = case
    plan = freeze(tree, known=KNOWN)
    position = {name: index for index, name in enumerate(names(plan))}
    edges = waits(plan)
    _, pairs = expected_order(tree)
    for name, wanted in needs.items():
        assert wanted <= edges[name]
    for before, behind in pairs:
        assert before in reachable(edges, behind)
    assert all(position[b] < position[a] for a in edges for b in edges[a])
    allowed = pairs | {(b, a) for a, wanted in needs.items() for b in wanted}
    assert {(b, a) for a in edges for b in edges[a]} <= allowed  # and nothing more


@given(
    st.integers(1, 8).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    )
)
@settings(deadline=None, max_examples=300)
def test_a_cycle_is_found_exactly_where_no_order_exists(case):
    count, edges = case
    graph = {str(n): [str(a) for a, b in sorted(edges) if b == n] for n in range(count)}
    found = cycle(graph)
    assert bool(found) == (len(topological(graph)) < count)
    for before, behind in zip(found, [*found[1:], *found[:1]], strict=True):
        assert before in graph[behind]
    assert len(set(found)) == len(found)


@given(trees())
@settings(deadline=None, max_examples=50)
def test_freezing_is_a_function_of_the_tree(case):
    assert freeze_with_nodes(case[0], known=KNOWN) == freeze_with_nodes(case[0], known=KNOWN)


def test_all_problems_are_reported_at_once():
    drafts = (
        replace(step("a"), compute=None),
        replace(step("b", takes="x"), problems=("Script b.py is gone.",)),
    )
    with pytest.raises(InvalidPlan) as caught:
        freeze(Parallel(drafts), known=KNOWN)
    assert len(caught.value.problems) == 3
    assert caught.value.message.startswith("The pipeline has 3 errors:\n- Step 'a' has no compute target.")
