"""The build tools make and ninja: a rule per step, its command the script, its inputs the files of the steps before."""

from __future__ import annotations

import shlex

from benchmarks.peers.peer import PARALLEL, Layout, Peer


def _makefile(layout: Layout) -> None:
    lines = ["all: " + " ".join(step.output for step in layout.graph.ends)]
    for index, step in enumerate(layout.graph.steps):
        # The script is a prerequisite: that is how make knows that a changed script makes its step stale.
        lines += [
            f"{step.output}: step.py {' '.join(step.reads)}".rstrip(),
            f"\t{shlex.join(layout.line_of(index))}",
        ]
    (layout.folder / "Makefile").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _ninja_file(layout: Layout) -> None:
    lines = ["rule step", f"  command = {shlex.quote(layout.python)} step.py 0 $out $reads"]
    for step in layout.graph.steps:
        lines.append(f"build {step.output}: step {' '.join(step.reads)} | step.py")
        lines.append(f"  reads = {' '.join(step.reads)}")
    (layout.folder / "build.ninja").write_text("\n".join(lines) + "\n", encoding="utf-8")


MAKE = Peer(
    key="make",
    title="make -j2",
    idiom="a Makefile with a rule per step; by modification times",
    write=_makefile,
    command=lambda _: ["make", f"-j{PARALLEL}"],
    program="make",
)
NINJA = Peer(
    key="ninja",
    title="ninja -j2",
    idiom="a `build.ninja` with a build statement per step; by modification times and command lines",
    write=_ninja_file,
    command=lambda _: ["ninja", f"-j{PARALLEL}"],
    program="ninja",
)
