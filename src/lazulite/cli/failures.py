"""From an exception to what the user sees: `error: …` on standard error, and an exit code. Never a traceback.

`LAZULITE_DEBUG=1` shows the traceback as well.
"""

from __future__ import annotations

import os

import click

from lazulite.cli import exit_codes
from lazulite.model import errors

_CODES: tuple[tuple[type[errors.LazuliteError], int], ...] = (
    (errors.NotFound, exit_codes.NOT_FOUND),
    (errors.ServiceUnavailable, exit_codes.UNAVAILABLE),
    (errors.InvalidRequest, exit_codes.USAGE),
    (errors.LazuliteError, exit_codes.FAILED),
)


class Usage(errors.InvalidRequest):
    """The command line cannot be carried out as it was given (exit code 2)."""


def report(error: Exception) -> int:
    """Tell the user of `error` on standard error; return the exit code."""
    if os.environ.get("LAZULITE_DEBUG", "") not in ("", "0"):
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    message, code = explained(error)
    click.echo(f"error: {message}", err=True)
    return code


def explained(error: Exception) -> tuple[str, int]:
    """Return what to tell the user of `error`, and the exit code."""
    if isinstance(error, click.ClickException):
        return _of_click(error)
    ours = _behind(error)
    if ours is not None:
        # The SDK may have said more in its own words than the error behind it.
        code = next(code for kind, code in _CODES if isinstance(ours, kind))
        return str(error), code
    if _is_sdk_error(error):
        return str(error), exit_codes.FAILED
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        code = exit_codes.NOT_FOUND if isinstance(error, FileNotFoundError) else exit_codes.FAILED
        return f"{where}{error.strerror}", code
    unexpected = (
        f"unexpected {type(error).__name__}: {error}. This is a fault of Lazulite; "
        "run the command again with LAZULITE_DEBUG=1 and report what it shows."
    )
    return unexpected, exit_codes.FAILED


def _of_click(error: click.ClickException) -> tuple[str, int]:
    message = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        message += f" See: {context.command_path} --help"
    return message, error.exit_code


def _behind(error: BaseException | None) -> errors.LazuliteError | None:
    """The error of ours that `error` is, or that the SDK turned into it."""
    while error is not None and not isinstance(error, errors.LazuliteError):
        error = getattr(error, "inner_exception", None) or error.__cause__
    return error


def _is_sdk_error(error: Exception) -> bool:
    # By name, so that an error before the SDK was needed does not load it.
    return any(kind.__name__ == "AzureMLException" for kind in type(error).__mro__)
