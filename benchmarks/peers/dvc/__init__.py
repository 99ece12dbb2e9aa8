"""DVC: a stage per step in `dvc.yaml`, each with its command, dependencies and output.

Stages are written out one by one, as `dvc stage add` would; outputs are cached by content, which is what DVC is for. DVC
runs stages one after the other: it has no switch for more.
"""

from __future__ import annotations

import json
import shlex

from benchmarks.peers.peer import Layout, Peer


def _write(layout: Layout) -> None:
    stages = {
        step.name: {
            "cmd": shlex.join(layout.line_of(index)),
            "deps": ["step.py", *step.reads],
            "outs": [step.output],
        }
        for index, step in enumerate(layout.graph.steps)
    }
    # JSON is YAML.
    (layout.folder / "dvc.yaml").write_text(json.dumps({"stages": stages}, indent=1), encoding="utf-8")


PEER = Peer(
    key="dvc",
    title="DVC",
    idiom="a stage per step in `dvc.yaml`; `dvc repro`, which has no parallelism",
    write=_write,
    command=lambda layout: [layout.program("dvc"), "repro", "--quiet"],
    prepare=lambda layout: [layout.program("dvc"), "init", "--no-scm", "--quiet"],
    requirement="dvc",
    program="dvc",
    variables=lambda folder: {
        "DVC_NO_ANALYTICS": "1",
        "DVC_GLOBAL_CONFIG_DIR": str(folder / "config"),
        "DVC_SYSTEM_CONFIG_DIR": str(folder / "config"),
        "DVC_SITE_CACHE_DIR": str(folder / "cache"),
    },
)
