"""The error of a pipeline that cannot be built."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.sdk.exceptions import UserErrorException, v1_errors


class PipelineBuildError(UserErrorException, ValueError):
    """A pipeline, or a value for one of its parameters, is wrong; `problems` holds one sentence for each mistake.

    v1 raised ValueError for most of these and UserErrorException for some: this is both.
    """

    def __init__(self, exception_message: object, problems: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)
        self.problems = problems or (str(exception_message),)


@contextmanager
def value_errors() -> Iterator[None]:
    """Turn errors of the system into v1's, inside the block; what the caller gave is also a ValueError."""
    with v1_errors():
        try:
            yield
        except (InvalidRequest, NotFound, Conflict) as error:
            raise PipelineBuildError(error.message, inner_exception=error) from error
