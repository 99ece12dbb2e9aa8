"""v1's `azureml.contrib.notebook`: notebooks as steps.

Names are found on first use: see `lazulite.sdk.reexports`.
"""

from typing import TYPE_CHECKING

from lazulite.sdk.reexports import lazily

if TYPE_CHECKING:
    from lazulite.sdk.notebooks.handlers import AzureMLNotebookHandler as AzureMLNotebookHandler
    from lazulite.sdk.notebooks.handlers import NotebookExecutionHandler as NotebookExecutionHandler
    from lazulite.sdk.notebooks.run_config import NotebookRunConfig as NotebookRunConfig
    from lazulite.sdk.steps.notebook_runner import NotebookRunnerStep as NotebookRunnerStep
else:
    __getattr__, __dir__, __all__ = lazily(
        __name__,
        {
            "AzureMLNotebookHandler": "lazulite.sdk.notebooks.handlers",
            "NotebookExecutionHandler": "lazulite.sdk.notebooks.handlers",
            "NotebookRunConfig": "lazulite.sdk.notebooks.run_config",
            "NotebookRunnerStep": "lazulite.sdk.steps.notebook_runner",
        },
        absent=(
            "AzureMLApplicationInsightsNotebookHandler",
            "Extension",
            "PapermillExecutionHandler",
            "load_ipython_extension",
        ),
    )
