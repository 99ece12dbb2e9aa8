"""What was measured: groups of figures that may be compared with one another, and their way to and from JSON.

A *group* is one table of the report: everything in it did the same work in the same run of the benchmark, turn by turn.
A *figure* is the values that one subject (a tool, a state) gave, one per repetition.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Figure:
    """The values of one subject, in the unit of its group; `note` says why there are none, or what limits them."""

    values: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def median(self) -> float | None:
        """The middle value; None where nothing was measured."""
        return statistics.median(self.values) if self.values else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """The smallest and the largest value; None where nothing was measured."""
        return (min(self.values), max(self.values)) if self.values else None


@dataclass
class Group:
    """Figures of one unit. `baseline` is the subject that the others are divided by; empty: there are no ratios."""

    title: str
    unit: str
    baseline: str = ""
    text: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)

    def add(self, subject: str, value: float) -> None:
        """Add one repetition's value."""
        self.figures.setdefault(subject, Figure()).values.append(value)

    def note(self, subject: str, note: str) -> None:
        """Say why a subject has no (more) values, so that it is never silently missing."""
        self.figures.setdefault(subject, Figure()).note = note

    def median(self, subject: str) -> float | None:
        """The median of a subject; None where it was not measured."""
        figure = self.figures.get(subject)
        return figure.median if figure else None

    def ratio(self, subject: str, baseline: str | None = None) -> float | None:
        """How many times the baseline's median a subject's is; None where one of them is missing or zero."""
        mine, theirs = self.median(subject), self.median(self.baseline if baseline is None else baseline)
        return mine / theirs if mine is not None and theirs else None


@dataclass
class Results:
    """All groups by key, and how they came about (`about`: machine, versions, date, command)."""

    about: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def group(self, key: str, title: str, unit: str, baseline: str = "", text: str = "") -> Group:
        """Return the group of that key, made new if there is none yet."""
        return self.groups.setdefault(key, Group(title, unit, baseline, text))

    def median(self, key: str, subject: str) -> float | None:
        """The median of a subject of a group; None where it was not measured."""
        return self.groups[key].median(subject) if key in self.groups else None

    def ratio(self, key: str, subject: str, baseline: str) -> float | None:
        """The ratio of two subjects of one group; None where one was not measured."""
        return self.groups[key].ratio(subject, baseline) if key in self.groups else None

    def to_data(self) -> dict[str, Any]:
        """Return all of it as JSON holds it."""
        return asdict(self)

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Results:
        """Return what `to_data` gave."""
        groups = {
            key: Group(
                **{**group, "figures": {name: Figure(**one) for name, one in group["figures"].items()}}
            )
            for key, group in data["groups"].items()
        }
        return Results(dict(data["about"]), groups)
