"""What v1 did with images of environments. None are built here; each of these says what happens instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.docker_section import DockerImageDetails
    from lazulite.sdk.workspace import Workspace

_BUILT_BY_STEPS = (
    "Environments are not built ahead here: the first step that needs one builds it on its machine, once, and keeps it. "
    "The log is that step's azureml-logs/20_image_build_log.txt."
)


class Images:
    """The methods of `Environment` that are about images."""

    name: str

    def build(self, workspace: Workspace, image_build_compute: str | None = None) -> ImageBuildDetails:
        """v1: build an image in the cloud.

        Raises:
            UserErrorException: always; the first step that needs the environment builds it.
        """
        raise UserErrorException(_BUILT_BY_STEPS)

    def build_local(self, workspace: Workspace, platform: Any = None, **kwargs: Any) -> ImageBuildDetails:
        """v1: build an image with Docker on this machine.

        Raises:
            UserErrorException: always; the first step that needs the environment builds it.
        """
        raise UserErrorException(_BUILT_BY_STEPS)

    def get_image_details(self, workspace: Workspace) -> DockerImageDetails:
        """v1: what is known of the environment's image.

        Raises:
            UserErrorException: always; there are no images.
        """
        raise UserErrorException(f"The environment {self.name!r} has no image. {_BUILT_BY_STEPS}")


class ImageBuildDetails:
    """The building of an image. v1: what `Environment.build` returned; no image is built here.

    Args:
        environment_client: v1: the service's client.
        location: v1: the address of the build's log.
    """

    def __init__(self, environment_client: Any, location: str) -> None:
        self.environment_client = environment_client
        self.log_url = location

    @property
    def status(self) -> str:
        """v1: how far the build is.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(_BUILT_BY_STEPS)

    def get_log(self) -> str:
        """v1: the build's log.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(_BUILT_BY_STEPS)

    def wait_for_completion(self, show_output: bool = True) -> None:
        """v1: wait for the build.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(_BUILT_BY_STEPS)
