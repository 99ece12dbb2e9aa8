"""The error of a pipeline that cannot be built."""

from __future__ import annotations

from typing import Any

from lazulite.sdk.exceptions import UserErrorException


class PipelineBuildError(UserErrorException, ValueError):
    """A pipeline, or a value for one of its parameters, is wrong; `problems` holds one sentence for each mistake.

    v1 raised ValueError for most of these and UserErrorException for some: this is both.
    """

    def __init__(self, exception_message: object, problems: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)
        self.problems = problems or (str(exception_message),)
