"""Whether an interpreter, as it is, already has what a definition asks for."""

from __future__ import annotations

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from lazulite.environments.masking import masked
from lazulite.environments.probe import Distribution, Interpreter
from lazulite.environments.requirements import Line, Wanted, is_own


def lacking(wanted: Wanted, interpreter: Interpreter) -> tuple[str, ...]:
    """Return a phrase for each requirement that the interpreter does not meet; none: it will do as it is.

    Requirements that name an address, a file or a folder count as not met: the installed distribution does not say
    reliably whether it came from there. So do those with hashes, which are about files that are gone.
    """
    check = _Check(interpreter)
    phrases = [check.line(line) for line in wanted.requirements]
    phrases += [check.constraint(constraint) for constraint in wanted.constraints]
    return tuple(phrase for phrase in phrases if phrase)


class _Check:
    def __init__(self, interpreter: Interpreter) -> None:
        self._markers = dict(interpreter.markers)
        self._installed = interpreter.distributions
        self._extras_seen: set[tuple[str, str]] = set()

    def line(self, line: Line) -> str | None:
        if line.parsed is None or line.parsed.url:
            return f"{masked(line.text)} is always installed anew"
        if "--hash" in line.text:
            return f"{line.parsed} asks for a file with a certain hash"
        return self._requirement(line.parsed, extra="")

    def constraint(self, requirement: Requirement) -> str | None:
        if canonicalize_name(requirement.name) not in self._installed:
            return None
        return self._requirement(requirement, extra="")

    def _requirement(self, requirement: Requirement, extra: str) -> str | None:
        if not self._applies(requirement, extra) or is_own(requirement.name):
            return None
        name = canonicalize_name(requirement.name)
        found = self._installed.get(name)
        if found is None:
            return f"{requirement.name} is not installed"
        try:
            fits = requirement.specifier.contains(found.version, prereleases=True)
        except InvalidVersion:
            fits = False
        if not fits:
            return f"{requirement.name}{requirement.specifier} is asked for and {found.version} is installed"
        phrases = (self._extra(name, found, wanted) for wanted in sorted(requirement.extras))
        return next((phrase for phrase in phrases if phrase), None)

    def _extra(self, name: str, found: Distribution, extra: str) -> str | None:
        """The first thing missing for `name[extra]`, by the distribution's own metadata."""
        if (name, extra) in self._extras_seen:
            return None
        self._extras_seen.add((name, extra))
        for text in found.requires:
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if requirement.marker is None or self._applies(requirement, ""):
                continue
            phrase = self._requirement(requirement, canonicalize_name(extra))
            if phrase:
                return f"{phrase} (for {name}[{extra}])"
        return None

    def _applies(self, requirement: Requirement, extra: str) -> bool:
        if requirement.marker is None:
            return True
        try:
            return requirement.marker.evaluate({**self._markers, "extra": extra})
        except UndefinedEnvironmentName:
            return True
