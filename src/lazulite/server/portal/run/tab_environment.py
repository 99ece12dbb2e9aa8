"""What a step runs in: the definition, what was made of it, and how that went."""

from __future__ import annotations

from lazulite.server.portal.run.ansi import pieces
from lazulite.server.portal.run.subject import Subject

BUILD_LOG = "azureml-logs/20_image_build_log.txt"
_LINES = 400
#: How the worker says where an environment came from → in words.
_HOW = {
    "current": "the interpreter that submitted the run has everything already",
    "built": "a virtual environment was built",
    "cached": "a virtual environment that had been built before",
}


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    given = subject.run.properties
    how = given.get("lazulite.environment_how", "")
    names = {info.path for info in subject.files.all("azureml-logs/20")}
    lines = subject.files.log(BUILD_LOG).page(-_LINES, _LINES).lines if BUILD_LOG in names else ()
    return {
        "environment": subject.step.environment if subject.step else None,
        "how": _HOW.get(how, how),
        "interpreter": given.get("lazulite.interpreter", ""),
        "environment_key": given.get("lazulite.environment_key", ""),
        "build_log": [pieces(line) for line in lines],
    }
