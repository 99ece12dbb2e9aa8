"""A run of one script. v1: `azureml.core.ScriptRun`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.sdk.run import Run

if TYPE_CHECKING:
    from lazulite.sdk.experiment import Experiment


class ScriptRun(Run):
    """A run of one script, as `Experiment.submit(ScriptRunConfig(…))` gave it in v1.

    Args:
        experiment: The experiment it belongs to.
        run_id: Its id.
        directory: v1: the folder the script was submitted from.
    """

    RUN_TYPE = "azureml.scriptrun"

    def __init__(
        self,
        experiment: Experiment,
        run_id: str,
        directory: str | None = None,
        _run_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(experiment, run_id, **kwargs)
        self._directory = directory

    def cancel(self) -> None:
        """Ask for the run to be cancelled."""
        super().cancel()
