"""The settings of a workspace: which there are, and what each may be."""

from __future__ import annotations

from collections.abc import Mapping

from lazulite.engine import retention
from lazulite.graph.labels import listed, nearest
from lazulite.model.deletion import RETENTION_SETTING
from lazulite.model.errors import InvalidRequest
from lazulite.model.schedule import MISSED_CHOICES, MISSED_SETTING

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "reuse.scope": ("directory", "script"),
    MISSED_SETTING: MISSED_CHOICES,
}


def check(new: Mapping[str, str], old: Mapping[str, str]) -> None:
    """Check the settings that are another than before.

    Raises:
        InvalidRequest: there is no such setting, or it cannot be that.
    """
    known = [*_CHOICES, RETENTION_SETTING]
    for name, value in new.items():
        if old.get(name) == value:
            continue  # one of a version that knows more stays as it is
        if name not in known:
            raise InvalidRequest(
                f"There is no setting '{name}'.{nearest(name, known)} There are: {listed(known)}.",
                setting=name,
            )
        if name in _CHOICES and value not in _CHOICES[name]:
            raise InvalidRequest(
                f"The setting {name} is {value!r}. Expected {listed(_CHOICES[name])}.", setting=name
            )
    retention.read(new.get(RETENTION_SETTING, ""))
