"""A run, live, where its author is: in the notebook's cell, or in the terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from lazulite.sdk.exceptions import AzureMLException, UserErrorException
from lazulite.sdk.run import Run
from lazulite.sdk.terminal import is_terminal
from lazulite.sdk.widgets.widget_data import Snapshot, Watched

#: A link in a cell that is older than this is no help; the run goes on without its widget.
_NO_LINK = ("file:",)


class RunDetails:
    """Shows a run as it goes on. v1: `azureml.widgets.RunDetails`.

    In a notebook (classic, Lab, VS Code) it is a table of the steps with their times, metrics, the end of the log and a
    link to the portal, drawn anew in the same cell until the run has ended; the next cell can be run meanwhile. No
    ipywidgets are needed. In a terminal it is a table that moves, until the run has ended or Ctrl-C, which leaves the
    run as it is. Anywhere else the present state is printed once.

    Args:
        run_instance: The run: of a pipeline, of a step, or one that the user's own process drives.

    Raises:
        UserErrorException: it is not a run.

    Example:
        ```
        run = experiment.submit(pipeline)
        RunDetails(run).show()
        ```
    """

    def __init__(self, run_instance: Run) -> None:
        if not isinstance(run_instance, Run):
            raise UserErrorException(
                f"RunDetails shows a run, and got a {type(run_instance).__name__}. "
                "Expected what experiment.submit() returns, or Run.get(workspace, run_id)."
            )
        self._run = run_instance
        #: The thread that draws, for those who want to wait for it.
        self._drawing: threading.Thread | None = None

    def show(self, render_lib: Any = None, widget_settings: Mapping[str, Any] | None = None) -> None:
        """Show the run.

        Args:
            render_lib: A function that shows HTML, such as `displayHTML` of Databricks: it is given the present state,
                once.
            widget_settings: Settings of v1's widget; none of them has a meaning here.
        """
        watched = self._watched()
        if callable(render_lib):
            from lazulite.sdk.widgets.widget_page import page

            render_lib(page(watched.now()))
        elif (shell := _notebook()) is not None:
            self._drawing = _draw(watched, shell)
        else:
            from lazulite.sdk.widgets.widget_terminal import follow, lines

            if is_terminal(sys.stdout):
                follow(watched)
            else:
                print("\n".join(lines(watched.now())))

    def get_widget_data(self, widget_settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what is shown, as v1's dict: status, run_id, run_properties, child_runs, children_metrics,
        run_metrics, run_logs.

        Args:
            widget_settings: Returned with it, under that name.
        """
        return {**self._watched().now().document(), "widget_settings": dict(widget_settings or {})}

    def _watched(self) -> Watched:
        link = self._run.get_portal_url() or ""
        return Watched(self._run, "" if link.startswith(_NO_LINK) else link)


def _notebook() -> Callable[..., Any] | None:
    """`display` of the notebook that this runs in, or None. IPython in a terminal is a terminal."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is None or not getattr(shell, "kernel", None):
        return None
    from IPython.display import display

    return display  # type: ignore[no-any-return]


def _draw(watched: Watched, display: Callable[..., Any]) -> threading.Thread:
    """Show the run in this cell, and draw it anew from a thread until it has ended."""
    from IPython.display import HTML

    from lazulite.sdk.widgets.widget_page import page

    def shown(snapshot: Snapshot) -> Any:
        return HTML(page(snapshot))

    moments = watched.snapshots()
    handle = display(shown(next(moments)), display_id=True)

    def go_on() -> None:
        try:
            for snapshot in moments:
                handle.update(shown(snapshot))
        except AzureMLException:
            # The system went away, or the run was deleted: the cell keeps what it showed last.
            return

    thread = threading.Thread(target=go_on, name="lazulite-widget", daemon=True)
    thread.start()
    return thread
