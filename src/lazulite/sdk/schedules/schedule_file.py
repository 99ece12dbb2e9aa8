"""Schedules written as YAML: v1's `Schedule.load_yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lazulite.sdk.pipeline_errors import PipelineBuildError
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence


def load(filename: str) -> dict[str, Any]:
    """Return what a file says about a schedule, by the names of `Schedule.create`'s parameters.

    Raises:
        PipelineBuildError: the file cannot be read, is not YAML, or does not describe a schedule.
    """
    import yaml

    try:
        text = Path(filename).read_text(encoding="utf-8")
        document = yaml.safe_load(text)
    except OSError as error:
        raise PipelineBuildError(
            f"The schedule's file {filename} cannot be read: {error.strerror}."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PipelineBuildError(f"The schedule's file {filename} is not YAML: {error}") from error
    found = document.get("Schedule") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        raise PipelineBuildError(
            f"{filename} describes no schedule. Expected a mapping below the key 'Schedule'."
        )
    described = {str(name): value for name, value in found.items()}
    if described.get("recurrence") is not None:
        try:
            described["recurrence"] = ScheduleRecurrence(**described["recurrence"])
        except TypeError as error:
            raise PipelineBuildError(f"The recurrence in {filename} cannot be understood: {error}") from error
    return described
