"""`dbutils.widgets`: the parameters of a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class InputWidgetNotDefined(Exception):
    """There is no widget of that name. Databricks' own name for it."""


class Widgets:
    """Values by name: what the step gives wins over what the notebook says as a default.

    Args:
        given: What the step gives.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = dict(given)
        self._defaults: dict[str, str] = {}

    def text(self, name: str, defaultValue: str, label: str | None = None) -> None:  # noqa: N803 - Databricks' names
        """Declare a widget; its default counts where the step gives no value."""
        self._defaults[name] = str(defaultValue)

    def dropdown(
        self,
        name: str,
        defaultValue: str,  # noqa: N803
        choices: Sequence[str],
        label: str | None = None,
    ) -> None:
        """As `text`; the default must be one of the choices.

        Raises:
            ValueError: it is not.
        """
        if defaultValue not in choices:
            raise ValueError(
                f"The widget {name!r} has the default {defaultValue!r}, which is none of {choices}."
            )
        self.text(name, defaultValue)

    def combobox(
        self,
        name: str,
        defaultValue: str,  # noqa: N803
        choices: Sequence[str],
        label: str | None = None,
    ) -> None:
        """As `text`."""
        self.text(name, defaultValue)

    def multiselect(
        self,
        name: str,
        defaultValue: str,  # noqa: N803
        choices: Sequence[str],
        label: str | None = None,
    ) -> None:
        """As `text`; several values stand with commas between them."""
        self.text(name, defaultValue)

    def get(self, name: str) -> str:
        """Return a widget's value.

        Raises:
            InputWidgetNotDefined: neither the step nor the notebook has one of that name.
        """
        values = self.getAll()
        if name not in values:
            known = ", ".join(sorted(values)) or "none"
            raise InputWidgetNotDefined(f"No input widget named {name} is defined. There are: {known}.")
        return values[name]

    def getArgument(self, name: str, defaultValue: str | None = None) -> str:  # noqa: N802, N803
        """Return a widget's value, or the default if there is none of that name."""
        if defaultValue is not None and name not in self.getAll():
            return defaultValue
        return self.get(name)

    def getAll(self) -> dict[str, str]:  # noqa: N802
        """Return all values by name."""
        return {**self._defaults, **self.given}

    def remove(self, name: str) -> None:
        """Forget a widget that the notebook declared."""
        self._defaults.pop(name, None)

    def removeAll(self) -> None:  # noqa: N802
        """Forget all widgets that the notebook declared; what the step gives stays."""
        self._defaults.clear()
