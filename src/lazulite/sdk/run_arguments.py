"""What the methods of a run take, checked where it enters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lazulite.sdk.exceptions import UserErrorException, v1_errors


def checked_id(run_id: object) -> str:
    from lazulite.model import ids

    if not isinstance(run_id, str) or not run_id:
        raise UserErrorException(
            f"{run_id!r} is not a run id. Expected the text that `run.id` gives, or `lazulite runs list` shows."
        )
    with v1_errors():
        return ids.checked("run", run_id)


def refuse_unknown(owner: str, kwargs: Mapping[str, Any]) -> None:
    """v1 took private keywords (leading underscore) of its own; those are ignored, others are a mistake."""
    unknown = [name for name in kwargs if not name.startswith("_")]
    if unknown:
        import difflib

        near = difflib.get_close_matches(unknown[0], ("experiment", "run_id", "outputs"), 1)
        raise TypeError(
            f"{owner}() got an unexpected keyword argument {unknown[0]!r}"
            + (f". Did you mean {near[0]!r}?" if near else "")
        )


def checked_text(what: str, value: object) -> str:
    if not isinstance(value, str):
        raise UserErrorException(f"{what} of a run is text, and got {value!r}.")
    return value


def checked_texts(what: str, values: object) -> dict[str, str]:
    if not isinstance(values, Mapping):
        raise UserErrorException(f"Expected a dict of {what} names and values, and got {values!r}.")
    made: dict[str, str] = {}
    for key, value in values.items():
        if not isinstance(key, str) or not key:
            raise UserErrorException(
                f"{key!r} cannot be the name of a {what}. Expected text that is not empty."
            )
        made[key] = "" if value is None else str(value)
    return made


def trace(error: BaseException) -> str:
    import traceback

    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
