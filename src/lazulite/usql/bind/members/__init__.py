"""What .NET's members mean in SQL, one table for each group of types.

A table's key is (type, member); statics have the type's name with a dot before it. Its value is called with a `Use`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.types import STRING, Type


@dataclass(frozen=True)
class Use:
    """One use of a member: what it is called on (None for statics), with which arguments, where.

    `nodes` are the arguments as they are written; lambdas have no value.
    """

    binder: Binder
    target: Value | None
    nodes: tuple[tree.Argument, ...]
    name: str
    at: tree.Span

    @property
    def on(self) -> Value:
        if self.target is None:
            raise wrong_type(f"{self.name} needs a value before the dot", self.at)
        return self.target

    @property
    def count(self) -> int:
        return len(self.nodes)

    def value(self, index: int) -> Value:
        """The argument, bound."""
        if index >= len(self.nodes):
            raise wrong_type(f"{self.name} needs {index + 1} arguments, {len(self.nodes)} are given", self.at)
        return self.binder.bind(self.nodes[index].value)

    def argument(self, index: int, type_: Type) -> str:
        """SQL of the argument as a `type_`."""
        return casts.implicit(self.value(index), type_, self.at, f"argument {index + 1} of {self.name}").sql

    def counted(self, *counts: int) -> None:
        """Raise unless so many arguments are given."""
        if len(self.nodes) not in counts:
            wanted = " or ".join(str(each) for each in counts)
            raise wrong_type(f"{self.name} has {wanted} arguments, {len(self.nodes)} are given", self.at)

    def text(self, index: int) -> str:
        """SQL of the argument as text: a string, or a char."""
        value = self.value(index)
        if value.type.name == "char":
            return casts.text_of(value, self.at)
        return casts.implicit(value, STRING, self.at, f"argument {index + 1} of {self.name}").sql


Member = Callable[[Use], Value]
