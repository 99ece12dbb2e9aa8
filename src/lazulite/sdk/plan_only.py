"""`LAZULITE_PLAN_ONLY`: user code that submits pipelines submits nothing, and shows what would run instead.

`lazulite plan SCRIPT` sets it, so that a script need not be changed to be asked what it would do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from lazulite.sdk.pipeline_forecast import PipelineForecast, PlannedStep

ENV_PLAN_ONLY = "LAZULITE_PLAN_ONLY"
#: Where the plan is written as JSON, besides being printed.
ENV_PLAN_FILE = "LAZULITE_PLAN_FILE"


def is_asked() -> bool:
    """Whether this process is to show plans instead of submitting."""
    return os.environ.get(ENV_PLAN_ONLY, "") not in ("", "0")


def show_and_end(forecast: PipelineForecast) -> NoReturn:
    """Print what would be done, and end the script: there is no run that it could go on with.

    Raises:
        SystemExit: always, with code 0.
    """
    import json

    file = os.environ.get(ENV_PLAN_FILE)
    if file:
        text = json.dumps({"steps": [_document(step) for step in forecast]}, indent=2, ensure_ascii=False)
        Path(file).write_text(text, encoding="utf-8")
    print(forecast)
    print(f"\nNothing was submitted, because {ENV_PLAN_ONLY} is set. The script ends here.", flush=True)
    raise SystemExit(0)


def _document(step: PlannedStep) -> dict[str, Any]:
    from lazulite.model.codec import to_data

    decision = step.decision
    return {
        "name": step.name,
        "node": step.node,
        "verdict": step.verdict,
        "reason": decision.reason,
        "earlier_run_id": decision.candidate,
        "differences": to_data(decision.differences),
        "components": to_data(decision.components),
        "text": "\n".join(step.why),
    }
