"""A command group that loads a command's module only when that command is used, to keep `lazulite` quick to start."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from lazulite.cli import exit_codes


class LazyGroup(click.Group):
    """A group whose commands are named as `module:attribute`, in the order in which help shows them."""

    def __init__(self, *args: Any, members: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._members = members

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit(
                exit_codes.USAGE
            )  # a script whose command came out empty must not look as if it went well
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._members.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command = getattr(importlib.import_module(f"lazulite.cli.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is not a command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, and an unknown command is answered with the nearest one."""
        if args and not args[0].startswith("-") and args[0] not in self._members:
            import difflib

            near = difflib.get_close_matches(args[0], self._members, 1)
            hint = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(self._members)}."
            raise click.UsageError(f"There is no command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)
