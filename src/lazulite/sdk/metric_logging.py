"""The `log*` methods of a run, the same inside a job, from outside, and offline; where a metric goes is the class's.

Wrong use raises (see `metrics`). Failing to *keep* a metric (no space, no service) is told on standard error and
nothing more: what a script computed for hours is not lost because a curve could not be written.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from lazulite.model.run import Metric
from lazulite.sdk import metrics
from lazulite.sdk.exceptions import UserErrorException

_FILE_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ")


class MetricLogging:
    """Logging of metrics. A class that has it says where metrics and their files go.

    v1: the `log*` methods of `azureml.core.Run`.
    """

    @property
    def id(self) -> str:
        raise NotImplementedError

    def _keep_metric(self, metric: Metric) -> None:
        raise NotImplementedError

    def _keep_file(self, name: str, source: Path | bytes) -> None:
        raise NotImplementedError

    # --- values ---

    def log(self, name: str, value: Any, description: str = "", step: int | None = None) -> None:
        """Record one value under `name`; again and again for a curve.

        Numbers, text, and anything with a `repr` are taken, of any size. NaN and infinities are kept.

        Args:
            name: The metric's name.
            value: One value.
            description: What it is, for people.
            step: Where on the horizontal axis of a curve it stands; without it, the order of the calls counts.

        Raises:
            UserErrorException: `value` is a list, range or generator; use `log_list`.
        """
        self._log("scalar", name, metrics.scalar(metrics.checked_name(name), value), description, step)

    def log_list(self, name: str, value: Any, description: str = "") -> None:
        """Record a list of values under `name`. Any length.

        Raises:
            UserErrorException: `value` is not a list of values.
        """
        self._log("list", name, metrics.listed(metrics.checked_name(name), value), description)

    def log_row(self, name: str, description: str | None = None, **kwargs: Any) -> None:
        """Record one row of a table; call it again for the next row.

        Example:
            `run.log_row("accuracy by depth", depth=4, accuracy=0.81)`

        Raises:
            UserErrorException: there is no column, or one holds a list.
        """
        self._log("row", name, metrics.row(metrics.checked_name(name), kwargs), description or "")

    def log_table(self, name: str, value: Any, description: str = "") -> None:
        """Record a whole table: a dict of column name to values (or a data frame).

        Raises:
            AzureMLException: it is not a dict of columns, or their lengths differ.
        """
        self._log("table", name, metrics.table(metrics.checked_name(name), value), description)

    # --- files ---

    def log_image(self, name: str, path: Any = None, plot: Any = None, description: str = "") -> None:
        """Record an image: a file, or a matplotlib figure or `pyplot`.

        Args:
            name: The metric's name; the image becomes a file of the run, named after it.
            path: An image file. Exactly one of `path` and `plot` is needed.
            plot: Anything with `savefig`, such as `matplotlib.pyplot` or a figure.

        Raises:
            UserErrorException: both or neither are given, the file is missing, or `plot` cannot be saved.
        """
        metrics.checked_name(name)
        if (path is None) == (plot is None):
            raise UserErrorException(f"Image {name!r}: log_image() takes exactly one of `path` and `plot`.")
        if path is not None:
            file = Path(path)
            if not file.is_file():
                raise UserErrorException(f"Image {name!r}: there is no file {str(path)!r}.")
            self._log_file(metrics.IMAGE, name, file, file.suffix, description)
        else:
            self._log_file(metrics.IMAGE, name, _drawn(name, plot), ".png", description)

    def log_confusion_matrix(self, name: str, value: Any, description: str = "") -> None:
        """Record a confusion matrix, as a dict or JSON text with `class_labels` and `matrix` under `data`.

        Raises:
            AzureMLException: it is neither a dict nor JSON text of one.
        """
        self._log_chart("confusion_matrix", name, value, description)

    def log_accuracy_table(self, name: str, value: Any, description: str = "") -> None:
        """Record an accuracy table, as a dict or JSON text with probability and percentile tables under `data`.

        Raises:
            AzureMLException: it is neither a dict nor JSON text of one.
        """
        self._log_chart("accuracy_table", name, value, description)

    def log_residuals(self, name: str, value: Any, description: str = "") -> None:
        """Record residuals, as a dict or JSON text with `bin_edges` and `bin_counts` under `data`.

        Raises:
            AzureMLException: it is neither a dict nor JSON text of one.
        """
        self._log_chart("residuals", name, value, description)

    def log_predictions(self, name: str, value: Any, description: str = "") -> None:
        """Record predictions, as a dict or JSON text with `bin_averages`, `bin_errors` and the like under `data`.

        Raises:
            AzureMLException: it is neither a dict nor JSON text of one.
        """
        self._log_chart("predictions", name, value, description)

    # --- keeping ---

    def _log_chart(self, kind: str, name: str, value: Any, description: str) -> None:
        import json

        text = json.dumps(metrics.chart(kind, metrics.checked_name(name), value))
        self._log_file(kind, name, text.encode(errors="backslashreplace"), ".json", description)

    def _log_file(self, kind: str, name: str, source: Path | bytes, suffix: str, description: str) -> None:
        file_name = _file_name(name, suffix)
        try:
            self._keep_file(file_name, source)
        except Exception as error:  # noqa: BLE001 - keeping must not fail the script
            tell(f"{kind} {name!r}", error)
            return
        self._log(kind, name, metrics.file_address(self.id, file_name), description)

    def _log(self, kind: str, name: str, value: Any, description: str, step: int | None = None) -> None:
        at = datetime.now(timezone.utc)
        try:
            position = None if step is None else int(step)
            self._keep_metric(Metric(name, kind, value, at, position, str(description or "")))
        except Exception as error:  # noqa: BLE001 - keeping must not fail the script
            tell(f"metric {name!r}", error)


def tell(what: str, error: BaseException) -> None:
    """Say on standard error that `what` could not be kept; never raise, even where there is no standard error."""
    try:
        print(f"Lazulite could not record {what}: {str(error) or type(error).__name__}", file=sys.stderr)
    except (OSError, ValueError, AttributeError):
        return


def _file_name(name: str, suffix: str) -> str:
    kept = "".join(letter if letter in _FILE_SAFE else "_" for letter in name).strip(". ") or "image"
    return f"{kept[:150]}_{time.time_ns() // 1000}{suffix}"


def _drawn(name: str, plot: Any) -> bytes:
    import io

    save = getattr(plot, "savefig", None)
    if not callable(save):
        raise UserErrorException(
            f"Image {name!r}: `plot` is a {type(plot).__name__}, which has no savefig(). "
            "Expected matplotlib.pyplot or a matplotlib figure."
        )
    buffer = io.BytesIO()
    save(buffer, format="png")
    return buffer.getvalue()
