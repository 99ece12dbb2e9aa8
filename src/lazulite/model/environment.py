"""An environment definition as data: what a step needs to run, before anyone has looked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class EnvironmentSpec:
    """What a step asks of its interpreter (the part of v1's `Environment` that decides how it runs).

    `pip` holds requirement strings as the user wrote them, `conda` conda package specifications without the
    python pin, which is `python` ("3.10", or None where the user did not ask). `azureml-*` requirements stay in
    `pip`: whoever resolves the environment knows that Lazulite itself satisfies them.
    """

    name: str = "project_environment"
    version: str | None = None
    python: str | None = None
    pip: tuple[str, ...] = ()
    pip_options: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    #: True: run `interpreter_path` (or the current interpreter) as it is, resolve nothing.
    user_managed: bool = False
    interpreter_path: str | None = None
    #: Container image and Dockerfile, kept for compute that runs containers.
    image: str | None = None
    dockerfile: str | None = None
