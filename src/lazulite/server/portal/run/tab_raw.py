"""The records of a run as they are."""

from __future__ import annotations

import json

from lazulite.model.codec import to_data
from lazulite.server.portal.run.subject import Subject


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    parts: dict[str, object] = {"run": subject.run}
    if subject.is_step:
        parts |= {
            "step": subject.step,
            "decision": subject.decision,
            "outputs": subject.record.outputs(subject.run),
        }
        if subject.decision and "environment variables" in subject.decision.components:
            # Their values may be secrets.
            kept = dict(subject.decision.components)
            kept["environment variables"] = sorted(kept["environment variables"])
            parts["decision"] = {**to_data(subject.decision), "components": kept}
    elif subject.record.submission:
        submission = to_data(subject.record.submission)
        submission["plan"] = f"{len(subject.record.plan.steps)} steps, each on the tab Raw of its own"
        parts["submission"] = submission
    texts = {
        name: json.dumps(
            _without_secrets(part if isinstance(part, dict) else to_data(part)), indent=2, ensure_ascii=False
        )
        for name, part in parts.items()
    }
    return {"raw": texts}


def _without_secrets(data: object) -> object:
    """The values of an environment's variables may be secrets; their names are not."""
    if isinstance(data, dict):
        return {
            key: sorted(value) if key == "variables" and isinstance(value, dict) else _without_secrets(value)
            for key, value in data.items()
        }
    return [_without_secrets(item) for item in data] if isinstance(data, list) else data
