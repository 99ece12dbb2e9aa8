"""Members of v1's `Model` that deploy: not part of Lazulite, which runs pipelines."""

from __future__ import annotations

from typing import Any, NoReturn

from lazulite.sdk.exceptions import UserErrorException


class Deployment:
    """Deployment, profiling and packaging: each refuses, and says what to do instead."""

    @staticmethod
    def deploy(
        workspace: Any,
        name: str,
        models: Any,
        inference_config: Any = None,
        deployment_config: Any = None,
        deployment_target: Any = None,
        overwrite: bool = False,
        show_output: bool = False,
    ) -> NoReturn:
        """Refused: web services are not part of Lazulite.

        Raises:
            UserErrorException: always.
        """
        _refuse("Deploying a model as a web service")

    @staticmethod
    def package(
        workspace: Any,
        models: Any,
        inference_config: Any = None,
        generate_dockerfile: bool = False,
        image_name: str | None = None,
        image_label: str | None = None,
    ) -> NoReturn:
        """Refused, as `deploy`.

        Raises:
            UserErrorException: always.
        """
        _refuse("Packaging a model as an image")

    @staticmethod
    def profile(
        workspace: Any,
        profile_name: str,
        models: Any,
        inference_config: Any,
        input_dataset: Any,
        cpu: float | None = None,
        memory_in_gb: float | None = None,
        description: str | None = None,
    ) -> NoReturn:
        """Refused, as `deploy`.

        Raises:
            UserErrorException: always.
        """
        _refuse("Profiling a model")

    @staticmethod
    def print_configuration(
        models: Any, inference_config: Any, deployment_config: Any, deployment_target: Any
    ) -> NoReturn:
        """Refused, as `deploy`.

        Raises:
            UserErrorException: always.
        """
        _refuse("A deployment configuration")

    def add_dataset_references(self, datasets: Any) -> NoReturn:
        """Refused: this version has no datasets.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(
            "Datasets are not part of this version of Lazulite. Use properties to name the data."
        )


def _refuse(what: str) -> NoReturn:
    raise UserErrorException(
        f"{what} is not part of Lazulite. Take the files with Model.download(target_dir) and serve them with a tool "
        "of your choice."
    )
