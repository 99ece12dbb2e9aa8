"""Whose work it is, and what a caller may see of what concerns all: both are the server's word, not the caller's."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

from lazulite.api.service import EngineStatus
from lazulite.model.access import EVERYWHERE, Role
from lazulite.model.assets import Workspace
from lazulite.model.publishing import Publication
from lazulite.model.run import Submission
from lazulite.server.callers import Caller

T = TypeVar("T")
#: Fields that say who did it.
_SIGNATURES = ("submitted_by", "published_by")


def signed(body: T, caller: Caller) -> T:
    """`body` with the caller's name where it says who submits. The operator of a home signs as they like: only one person
    has its token. Steps run with the interpreter of the server: one that a caller names is of another machine."""
    if isinstance(body, (Submission, Publication)):
        body = cast("T", dataclasses.replace(body, interpreter=""))
    for name in _SIGNATURES:
        said = getattr(body, name, None)
        if said is not None and not (said and caller.is_operator):
            return cast("T", dataclasses.replace(cast("Any", body), **{name: caller.name}))
    return body


def visible(result: Any, caller: Caller) -> Any:
    """What `caller` may see of the result of an operation that needs no role."""
    if isinstance(result, EngineStatus) and not caller.may(Role.READER, EVERYWHERE):
        return EngineStatus(running=result.running, location="", version=result.version)
    if isinstance(result, tuple) and result and isinstance(result[0], Workspace):
        return tuple(one for one in result if caller.may(Role.READER, one.id))
    return result
