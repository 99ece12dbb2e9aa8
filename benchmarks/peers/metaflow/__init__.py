"""Metaflow: a foreach over the steps of a level, or a generated flow with one `@step` per step for a chain.

Metaflow's graph is the text of a class, so a chain is a class with as many steps; parallel steps of one kind are its
`foreach`. It starts an interpreter per task and loads the flow in it; the task runs the script by `subprocess`.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.peer import PARALLEL, Layout, Peer

_HEAD = '''"""A chain, as Metaflow steps."""

from metaflow import FlowSpec, step

from running import run_step


class Pipeline(FlowSpec):
    @step
    def start(self):
        self.next(self.{first})

'''
_STEP = """    @step
    def {name}(self):
        run_step("{name}")
        self.next(self.{following})

"""
_TAIL = """    @step
    def end(self):
        pass


if __name__ == "__main__":
    Pipeline()
"""


def _write(layout: Layout) -> None:
    folder = Path(__file__).parent
    layout.take(folder / "running.py")
    if len(layout.graph.levels[0]) > 1:
        layout.take(folder / "flow.py")
        return
    names = [step.name for step in layout.graph.steps]
    steps = [
        _STEP.format(name=name, following=following)
        for name, following in zip(names, [*names[1:], "end"], strict=True)
    ]
    text = _HEAD.format(first=names[0]) + "".join(steps) + _TAIL
    (layout.folder / "flow.py").write_text(text, encoding="utf-8")


PEER = Peer(
    key="metaflow",
    title="Metaflow",
    idiom="a `foreach` (for the chain: a `@step` each) whose task runs the script by `subprocess`; `--max-workers 2`",
    write=_write,
    command=lambda layout: [
        *(layout.program("python"), "flow.py", "--quiet", "--no-pylint", "run"),
        *("--max-workers", str(PARALLEL), "--max-num-splits", "100000"),
    ],
    requirement="metaflow",
    program="metaflow",
    caches=False,
    variables=lambda folder: {
        "METAFLOW_DATASTORE_SYSROOT_LOCAL": str(folder),
        "METAFLOW_DEFAULT_DATASTORE": "local",
        "METAFLOW_DEFAULT_METADATA": "local",
        "METAFLOW_HOME": str(folder / "config"),
        "METAFLOW_USER": "benchmark",
        "METAFLOW_RUN_MODE": "local",
    },
)
