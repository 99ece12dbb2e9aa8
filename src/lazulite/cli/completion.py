"""`lazulite completion`: the script by which a shell completes commands, options, runs and workspaces."""

from __future__ import annotations

import os
from pathlib import Path

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
def completion(shell: str | None) -> None:
    r"""Print the completion script of a shell; without SHELL that of yours.

    \b
    bash:  eval "$(lazulite completion bash)"     in ~/.bashrc
    zsh:   eval "$(lazulite completion zsh)"      in ~/.zshrc
    fish:  lazulite completion fish | source      in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from lazulite.cli.main import COMPLETE_VARIABLE, PROGRAM, cli

    chosen = shell or _own_shell()
    kind = get_completion_class(chosen)
    if kind is None:
        raise click.UsageError(f"There is no completion for {chosen}. Expected {', '.join(_SHELLS)}.")
    click.echo(kind(cli, {}, PROGRAM, COMPLETE_VARIABLE).source())


def _own_shell() -> str:
    name = Path(os.environ.get("SHELL", "")).name
    if name not in _SHELLS:
        raise click.UsageError(f"Which shell? Say {', '.join(_SHELLS[:-1])} or {_SHELLS[-1]}.")
    return name
