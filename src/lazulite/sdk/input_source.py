"""What can be listed among a step's inputs under a name and mode of its own: v1's `as_input`, `as_mount`, `as_download`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lazulite.sdk.ports import InputPortBinding


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class InputSource:
    """Data that a step takes in. Whoever inherits has a `name`."""

    def as_input(self, input_name: str) -> InputPortBinding:
        """Return it as a step's input with another name."""
        return self.create_input_binding(input_name)

    def as_mount(self, input_name: str | None = None) -> InputPortBinding:
        """Return it as a step's input that is used in place."""
        return self.create_input_binding(input_name, "mount")

    def as_download(
        self, input_name: str | None = None, path_on_compute: str | None = None, overwrite: bool | None = None
    ) -> InputPortBinding:
        """Return it as a step's input that is copied before the script starts, to `path_on_compute` if given."""
        return self.create_input_binding(input_name, "download", path_on_compute, overwrite)

    def create_input_binding(
        self,
        input_name: str | None = None,
        mode: str | None = None,
        path_on_compute: str | None = None,
        overwrite: bool | None = None,
    ) -> InputPortBinding:
        """Return it as a step's input.

        Args:
            input_name: The input's name; without it the data's.
            mode: "mount" or "download"; without it "mount".
            path_on_compute: For "download": where to.
            overwrite: For "download": whether files that exist are replaced.

        Raises:
            ValueError: the name or mode cannot be used.
        """
        from lazulite.sdk.ports import InputPortBinding

        own: _Named = self  # type: ignore[assignment]  # see the class's text
        return InputPortBinding(input_name or own.name, self, mode or "mount", path_on_compute, overwrite)
