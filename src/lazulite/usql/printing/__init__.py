"""The text of a tree: what is read from it is the same tree.

    >>> from lazulite.usql.parser import parse_expression
    >>> from lazulite.usql.printing import text_of
    >>> text_of(parse_expression("((a+b))*c ?? 'x'"))
    "(a + b) * c ?? 'x'"

Messages, the catalog and the log of a job show pieces of scripts this way where their own text is not at hand.
"""

from lazulite.usql.printing.statements import text_of

__all__ = ["text_of"]
