"""Arguments: typed items and placeholders inside text become what the script receives.

    $AZUREML_DATAREFERENCE_<name>   ${AZUREML_DATAREFERENCE_<name>}   the local path of an input or output
    $AML_PARAMETER_<name>           ${AML_PARAMETER_<name>}           the value of a parameter

Text may follow a placeholder directly (`$AZUREML_DATAREFERENCE_raw_backup`): the longest known name that fits wins,
so `raw` does not eat `raw2`. One that fits no known name is refused, because it would become a strange folder name.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cached_property

from lazulite.model.errors import InvalidRequest
from lazulite.model.job import JobArgument
from lazulite.model.plan import InputArgument, Literal

DATA_PREFIX = "AZUREML_DATAREFERENCE_"
PARAMETER_PREFIX = "AML_PARAMETER_"
_UNKNOWN = rf"\$\{{?(?:{DATA_PREFIX}|{PARAMETER_PREFIX})[\w-]*\}}?"
#: Names that a shell can expand; of others (`a-b` would mean "b if a is not set") the value is put in.
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def variable_name(parameter: str) -> str:
    """Return the name of the environment variable of a parameter (v1: all but word characters become `_`)."""
    return PARAMETER_PREFIX + re.sub(r"\W", "_", parameter)


class Placeholders:
    """The placeholders of one job and what they stand for."""

    def __init__(
        self, inputs: Mapping[str, str], outputs: Mapping[str, str], parameters: Mapping[str, str]
    ) -> None:
        self._inputs = inputs
        self._outputs = outputs
        #: Environment variables: one for each placeholder.
        self.variables = {
            **{DATA_PREFIX + name: path for name, path in {**inputs, **outputs}.items()},
            **{variable_name(name): value for name, value in parameters.items()},
        }
        self._names = {name: name for name in self.variables}
        self._names |= {PARAMETER_PREFIX + name: variable_name(name) for name in parameters}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._names, key=len, reverse=True)
        known = "|".join(re.escape(name) for name in longest_first) or "(?!)"
        return re.compile(rf"\$\{{({known})\}}|\$({known})|({_UNKNOWN})")

    def argv(self, arguments: Sequence[JobArgument]) -> list[str]:
        """Return the arguments as the script receives them.

        Raises:
            InvalidRequest: an argument names an input, output or parameter that the job does not have.
        """
        return [self._text_of(argument) for argument in arguments]

    def expand(self, text: str) -> str:
        """Return `text` with every placeholder replaced by its value; values are not searched again."""
        if "$" not in text:
            return text
        return self._pattern.sub(lambda match: self.variables[self._variable(match)], text)

    def for_shell(self, text: str) -> str:
        """Return shell text with every placeholder as `${…}`: the shell puts in the values, safe from quoting."""
        return self._pattern.sub(lambda match: self._for_shell(self._variable(match)), text)

    def _for_shell(self, name: str) -> str:
        return f"${{{name}}}" if _SHELL_NAME.fullmatch(name) else shlex.quote(self.variables[name])

    def _text_of(self, argument: JobArgument) -> str:
        if isinstance(argument, Literal):
            return self.expand(argument.text)
        kind = "input" if isinstance(argument, InputArgument) else "output"
        places = self._inputs if isinstance(argument, InputArgument) else self._outputs
        try:
            return places[argument.name]
        except KeyError:
            known = ", ".join(sorted(places)) or "none"
            raise InvalidRequest(
                f"An argument names the {kind} {argument.name!r}, which the step does not have ({kind}s: {known})."
            ) from None

    def _variable(self, match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name:
            return self._names[name]
        known = ", ".join(f"${name}" for name in sorted(self._names)) or "none"
        raise InvalidRequest(
            f"{match[3]!r} stands for no input, output or parameter of the step. Known placeholders: {known}. "
            "List the data in the step's inputs or outputs."
        )
