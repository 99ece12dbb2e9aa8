"""Everything that can go wrong, as one tree.

    LazuliteError
    ├── InvalidRequest            what the caller gave cannot be used (name, type, value)
    │   ├── InvalidName           a name breaks the rule for its kind
    │   ├── InvalidPlan           a pipeline has authoring errors; carries all of them
    │   ├── PathEscapes           a path would leave its datastore or run folder
    │   └── TooLarge              more bytes than are taken
    ├── NotFound                  a workspace, run, asset, file … does not exist
    ├── Conflict                  it exists already, or is in a state that forbids the change
    ├── StorageError              bytes could not be read or written
    │   ├── TransferFailed        files that were not copied; carries each with its reason
    │   └── StorageFull           the disk under a datastore or the home folder is full
    ├── EnvironmentFailed         an environment could not be resolved or built; carries the resolver's words
    ├── ComputeUnavailable        a compute target cannot take the job
    ├── Corrupt                   a file or row of ours is not what we wrote
    ├── Unauthenticated           who calls is not known: no token, or one that is wrong or has ended
    ├── Forbidden                 who calls is known and lacks a role; the message names it
    ├── TooManyAttempts           too many wrong passwords; wait as long as the message says
    └── ServiceUnavailable        the service or its engine cannot be reached or started

A user's failing script is none of these: it is an outcome (`model.job.Outcome`), recorded as an event.
The code of a class is stable: it is stored in records and travels over the wire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar


class LazuliteError(Exception):
    """Base of all errors raised by Lazulite.

    `message` names the thing, says what was expected and what to do; `details` holds the same as data.
    """

    code: ClassVar[str] = "LazuliteError"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class InvalidRequest(LazuliteError):
    code = "InvalidRequest"


class InvalidName(InvalidRequest):
    code = "InvalidName"


class InvalidPlan(InvalidRequest):
    """Authoring errors of a pipeline; `problems` holds one sentence for each."""

    code = "InvalidPlan"

    def __init__(self, problems: Iterable[str]) -> None:
        found = list(problems)
        text = found[0] if len(found) == 1 else "\n".join(f"- {problem}" for problem in found)
        head = "" if len(found) == 1 else f"The pipeline has {len(found)} errors:\n"
        super().__init__(head + text, problems=found)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self.details.get("problems", ()))


class PathEscapes(InvalidRequest):
    code = "PathEscapes"


class TooLarge(InvalidRequest):
    code = "TooLarge"


class NotFound(LazuliteError):
    code = "NotFound"


class Conflict(LazuliteError):
    code = "Conflict"


class StorageError(LazuliteError):
    code = "StorageError"


class TransferFailed(StorageError):
    """Some files were not copied. `failures` maps each one's name to the reason."""

    code = "TransferFailed"

    def __init__(self, what: str, failures: Mapping[str, str]) -> None:
        shown = [f"  {name}: {reason}" for name, reason in list(failures.items())[:10]]
        more = len(failures) - len(shown)
        if more:
            shown.append(f"  … and {more} more")
        super().__init__(f"{what}\n" + "\n".join(shown), failures=dict(failures))

    @property
    def failures(self) -> Mapping[str, str]:
        return dict(self.details.get("failures", {}))


class StorageFull(StorageError):
    code = "StorageFull"


class EnvironmentFailed(LazuliteError):
    code = "EnvironmentFailed"


class ComputeUnavailable(LazuliteError):
    code = "ComputeUnavailable"


class Corrupt(LazuliteError):
    code = "Corrupt"


class Unauthenticated(LazuliteError):
    code = "Unauthenticated"


class Forbidden(LazuliteError):
    code = "Forbidden"


class TooManyAttempts(LazuliteError):
    code = "TooManyAttempts"


class ServiceUnavailable(LazuliteError):
    code = "ServiceUnavailable"


def rebuilt(code: str, message: str, details: Mapping[str, Any]) -> LazuliteError:
    """Return the error that was recorded or sent as these three; of a code that is not known, the base of all."""
    found = _by_code(LazuliteError).get(code, LazuliteError)
    error = found.__new__(found)
    LazuliteError.__init__(error, message)
    error.details = dict(details)
    return error


def _by_code(kind: type[LazuliteError]) -> dict[str, type[LazuliteError]]:
    # A class without a code of its own is a face's way to say one of these.
    found = {kind.code: kind} if "code" in vars(kind) else {}
    for inner in kind.__subclasses__():
        found |= _by_code(inner)
    return found
