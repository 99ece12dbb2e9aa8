"""Identifiers and names: how they are made and which are allowed.

A name that can reach a path or a URL passes through here first, at the edge where it enters.
"""

from __future__ import annotations

import re
import uuid

from lazulite.model.errors import InvalidName

_RULES: dict[str, tuple[re.Pattern[str], str]] = {
    "workspace": (
        re.compile(r"[A-Za-z0-9][\w-]{2,32}"),
        "3 to 33 characters: letters, digits, '_' and '-', starting with a letter or digit",
    ),
    "experiment": (
        re.compile(r"[A-Za-z0-9][\w-]{0,254}"),
        "1 to 255 characters: letters, digits, '_' and '-', starting with a letter or digit",
    ),
    "datastore": (re.compile(r"\w{1,255}", re.ASCII), "1 to 255 characters: letters, digits and '_'"),
    "compute": (
        re.compile(r"[A-Za-z][A-Za-z0-9-]{0,30}[A-Za-z0-9]"),
        "2 to 32 characters: letters, digits and '-', starting with a letter, not ending with '-'",
    ),
    "port": (re.compile(r"\w+"), "letters, digits and '_'"),
    "environment": (
        re.compile(r"(?!\.+$)[\w.-]{1,255}"),
        "1 to 255 characters: letters, digits, '.', '_' and '-', and not dots alone",
    ),
    "model": (re.compile(r"[A-Za-z0-9][\w.-]{0,254}"), "letters, digits, '.', '_' and '-'"),
    "principal": (
        re.compile(r"[A-Za-z0-9][\w.@+-]{0,127}"),
        "1 to 128 characters: letters, digits, '.', '_', '@', '+' and '-', starting with a letter or digit",
    ),
    "secret": (re.compile(r"[A-Za-z0-9-]{1,127}"), "1 to 127 characters: letters, digits and '-'"),
    "run": (re.compile(r"[A-Za-z0-9][\w-]{0,254}"), "letters, digits, '_' and '-'"),
}


def checked(kind: str, name: object) -> str:
    """Return `name` if it is a valid name for `kind`.

    Args:
        kind: One of workspace, experiment, datastore, compute, port, environment, model, principal, secret, run.
        name: What the user gave.

    Raises:
        InvalidName: it is not a string, or breaks the rule for that kind.
    """
    pattern, rule = _RULES[kind]
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise InvalidName(f"{name!r} is not a valid {kind} name. Expected {rule}.", kind=kind, name=str(name))
    return name


def new_id() -> str:
    """Return a new random identifier (a GUID, as v1 used for runs and assets)."""
    return str(uuid.uuid4())
