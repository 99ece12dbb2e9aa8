"""Python code of a cell or script: what it may hold besides Python, and where its paths on `/dbfs` lead.

Databricks shows DBFS to Python code as the folder `/dbfs`. A path that stands in the code as text and begins so is
looked up when the code runs; modules that the code imports are left as they are.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Callable
from types import CodeType
from typing import Any, cast

from lazulite.model.errors import InvalidRequest

#: The name under which code finds what looks a path up.
LOOKUP = "__lazulite_path__"
_IGNORED = re.compile(r"^(\s*)(?:%(?:matplotlib|config|load_ext|reload_ext|autoreload)|%%time|%%timeit)\b.*$")
_TIMED = re.compile(r"^(\s*)%(?:time|timeit)\s+(?=\S)")
_MAGIC = re.compile(r"^\s*(%{1,2}[\w-]+|!\s*\S+)")


def parsed(text: str, file: str) -> ast.Module:
    """Return the code's tree, magics that mean nothing here left out.

    Raises:
        InvalidRequest: a line is a magic that does not run here; `details` has its line.
        SyntaxError: it is not Python.
    """
    try:
        tree = ast.parse(text, file)
    except SyntaxError:
        tree = ast.parse(_without_magics(text), file)
    return tree


def compiled(text: str, file: str, *, shows: bool) -> tuple[CodeType, CodeType | None]:
    """Return the code, and with `shows` its last expression apart, whose value is to be shown.

    Raises:
        InvalidRequest, SyntaxError: as `parsed`.
    """
    tree = parsed(text, file)
    last = None
    if shows and tree.body and isinstance(tree.body[-1], ast.Expr) and not text.rstrip().endswith(";"):
        expression = ast.Expression(_Paths().visit(cast("ast.Expr", tree.body.pop()).value))
        last = compile(ast.fix_missing_locations(expression), file, "eval", dont_inherit=True)
    tree = ast.fix_missing_locations(_Paths().visit(tree))
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    # Not to inherit: `from __future__` of this module is not of the user's.
    return compile(tree, file, "exec", dont_inherit=True), last


def lookup(path_of: Callable[[str], Any]) -> Callable[[str], str]:
    """Return what `LOOKUP` is in the code's names."""

    def found(text: str) -> str:
        if not _is_dbfs(text):
            return text
        return str(path_of(text)) + ("/" if text.endswith("/") else "")

    return found


class _Paths(ast.NodeTransformer):
    """Texts that begin with /dbfs/ become a look-up of that text."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _looked_up(node) if isinstance(node.value, str) and _is_dbfs(node.value) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        first = node.values[0] if node.values else None
        is_dbfs = isinstance(first, ast.Constant) and isinstance(first.value, str) and _is_dbfs(first.value)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self.visit(part.value)
        return _looked_up(node) if is_dbfs else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Match(self, node: Any) -> ast.AST:
        return cast("ast.AST", node)  # a pattern holds no calls

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node


def _looked_up(node: ast.expr) -> ast.expr:
    name = ast.Name(LOOKUP, ast.Load())
    return ast.copy_location(ast.Call(ast.copy_location(name, node), [node], []), node)


def _is_dbfs(text: str) -> bool:
    return text == "/dbfs" or text.startswith("/dbfs/")


def _without_magics(text: str) -> str:
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        plain = _TIMED.sub(r"\1", _IGNORED.sub(r"\1pass", line))
        found = _MAGIC.match(plain)
        if found:
            raise InvalidRequest(f"{found[1]} does not run here in the middle of Python.", line=number)
        lines.append(plain)
    return "\n".join(lines)
