"""Spark's progress as lines of the step's log: now and then, and only where it goes on for a while."""

from __future__ import annotations

import sys
import threading
from typing import Any

_FIRST_SECONDS, _SECONDS = 2.0, 5.0


class Progress:
    """A thread that tells how far the stages of a SparkContext are, between `start` and `stop`."""

    def __init__(self, context: Any) -> None:
        self._tracker = context.statusTracker()
        self._stopped = threading.Event()
        self._told = ""
        self._thread = threading.Thread(target=self._run, name="spark progress", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        wait = _FIRST_SECONDS
        while not self._stopped.wait(wait):
            wait = _SECONDS
            try:
                line = self._line()
            except Exception:  # noqa: BLE001 - the JVM is gone: others tell it
                return
            if line and line != self._told:
                self._told = line
                print(line, file=sys.__stdout__, flush=True)

    def _line(self) -> str:
        found = [self._tracker.getStageInfo(stage) for stage in sorted(self._tracker.getActiveStageIds())]
        stages = [
            f"stage {info.stageId} ({info.name.split(' at ')[0]}): {info.numCompletedTasks} of {info.numTasks} tasks"
            for info in found
            if info is not None
        ]
        return f"Spark: {'; '.join(stages)}" if stages else ""
