"""The R part of `azureml.core.environment`: what an R environment wants. Held and given back."""

from __future__ import annotations

from typing import Any, ClassVar

from lazulite.sdk.config_element import ConfigElement


class RCranPackage(ConfigElement):
    """An R package from CRAN. v1: `RCranPackage`.

    Attributes:
        name: Its name.
        version: Its version; None for the newest.
        repository: The CRAN mirror; None for the usual one.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "version", "repository")

    def __init__(self) -> None:
        self.name: str | None = None
        self.version: str | None = None
        self.repository: str | None = None


class RGitHubPackage(ConfigElement):
    """An R package from GitHub. v1: `RGitHubPackage`.

    Attributes:
        repository: `owner/name`, with `@ref` if wanted.
        auth_token: A token for private ones. Never shown, and not kept when an environment is registered.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("repository", "auth_token")

    def __init__(self) -> None:
        self.repository: str | None = None
        self.auth_token: str | None = None


class RSection(ConfigElement):
    """The R part of an environment. v1: `RSection`. R itself has to be on the machine.

    Attributes:
        r_version: The version of R.
        user_managed: Whether the packages are the user's business.
        rscript_path: The Rscript program.
        snapshot_date: Day of the CRAN snapshot to take packages from.
        cran_packages: List of `RCranPackage`.
        github_packages: List of `RGitHubPackage`.
        custom_url_packages: List of addresses.
        bioconductor_packages: List of names.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "r_version",
        "user_managed",
        "rscript_path",
        "snapshot_date",
        "cran_packages",
        "github_packages",
        "custom_url_packages",
        "bioconductor_packages",
    )
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "cran_packages": RCranPackage,
        "github_packages": RGitHubPackage,
    }

    def __init__(self) -> None:
        self.r_version: str | None = None
        self.user_managed = False
        self.rscript_path: str | None = None
        self.snapshot_date: Any = None
        self.cran_packages: list[RCranPackage] | None = None
        self.github_packages: list[RGitHubPackage] | None = None
        self.custom_url_packages: list[str] | None = None
        self.bioconductor_packages: list[str] | None = None
