"""Lambdas, and the C# statements in their blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from lazulite.usql.grammar.linq import LinqParser
from lazulite.usql.grammar.tokens import CSHARP_KEYWORDS, Kind
from lazulite.usql.tree import (
    Block,
    Catch,
    CodeIf,
    CodeStatement,
    Declarator,
    Evaluate,
    Expression,
    For,
    ForEach,
    Jump,
    Lambda,
    LambdaParameter,
    Local,
    Section,
    Switch,
    Throw,
    Try,
    Type,
    UsingBlock,
    While,
)
from lazulite.usql.tree.code import Return


class CodeParser(LinqParser):
    """Reads lambdas and statements."""

    def lambda_ahead(self) -> bool:
        """Tell whether a lambda begins here: `x =>`, `(x, y) =>`."""
        if self.token.kind is Kind.NAME:
            return self.peek().text == "=>" and self.token.text not in CSHARP_KEYWORDS
        closing = self.closing.get(self.index) if self.at_mark("(") else None
        return closing is not None and self.tokens[closing + 1].text == "=>"

    def lambda_expression(self) -> Lambda:
        start = self.index
        parameters: tuple[LambdaParameter, ...] = ()
        if self.take_mark("("):
            if not self.at_mark(")"):
                parameters = self.comma_list(self._lambda_parameter)
            self.expect_mark(")")
        else:
            parameters = (self._lambda_parameter(),)
        self.expect_mark("=>")
        body = self.block() if self.at_mark("{") else self.expression()
        return Lambda(parameters, body, at=self.since(start))

    def _lambda_parameter(self) -> LambdaParameter:
        start = self.index
        direction = self.direction()
        kind = None if self.peek().text in {",", ")", "=>"} else self.type()
        return LambdaParameter(self.identifier("a parameter"), kind, direction, at=self.since(start))

    def block(self) -> Block:
        start = self.index
        outer, self.assignable = self.assignable, True
        self.expect_mark("{")
        self.deeper()
        statements: list[CodeStatement] = []
        while not self.at_mark("}"):
            if self.token.kind is Kind.END:
                self.expected("'}'")
            if not self.take_mark(";"):
                statements.append(self.code_statement())
        self.advance()
        self.depth -= 1
        self.assignable = outer
        return Block(tuple(statements), at=self.since(start))

    def code_statement(self) -> CodeStatement:
        if self.at_mark("{"):
            return self.block()
        reader = self._CODE_READERS.get(self.token.text) if self.token.kind is Kind.NAME else None
        if reader is not None:
            self.deeper()
            made = reader(self, self.index)
            self.depth -= 1
            return made
        found = self._local() if self._local_ahead() else self._evaluate()
        self.expect_mark(";")
        return found

    def _local_ahead(self) -> bool:
        end = self.past_type(self.index)
        if end is None or end >= len(self.tokens) - 1:
            return False
        return self.tokens[end].kind is Kind.NAME and self.tokens[end + 1].text in {"=", ";", ",", "in"}

    def _local(self) -> Local:
        start = self.index
        kind = self._local_type()
        return Local(kind, self.comma_list(self._declarator), at=self.since(start))

    def _local_type(self) -> Type | None:
        return None if self.take_words("var") else self.type()

    def _declarator(self) -> Declarator:
        start = self.index
        name = self.identifier("a variable")
        value = None
        if self.take_mark("="):
            value = self.expression()
        return Declarator(name, value, at=self.since(start))

    def _evaluate(self) -> Evaluate:
        start = self.index
        return Evaluate(self.expression(), at=self.since(start))

    def _condition(self) -> Expression:
        self.expect_mark("(")
        found = self.expression()
        self.expect_mark(")")
        return found

    def _code_return(self, start: int) -> CodeStatement:
        self.advance()
        value = None if self.at_mark(";") else self.expression()
        self.expect_mark(";")
        return Return(value, at=self.since(start))

    def _code_throw(self, start: int) -> CodeStatement:
        self.advance()
        value = None if self.at_mark(";") else self.expression()
        self.expect_mark(";")
        return Throw(value, at=self.since(start))

    def _code_jump(self, start: int) -> CodeStatement:
        word = self.advance().text
        self.expect_mark(";")
        return Jump(word, at=self.since(start))

    def _code_if(self, start: int) -> CodeStatement:
        self.advance()
        test = self._condition()
        then = self.code_statement()
        otherwise = self.code_statement() if self.take_words("else") else None
        return CodeIf(test, then, otherwise, at=self.since(start))

    def _code_while(self, start: int) -> CodeStatement:
        self.advance()
        test = self._condition()
        return While(test, self.code_statement(), at=self.since(start))

    def _code_do(self, start: int) -> CodeStatement:
        self.advance()
        body = self.code_statement()
        self.expect_words("while")
        test = self._condition()
        self.expect_mark(";")
        return While(test, body, after=True, at=self.since(start))

    def _code_for(self, start: int) -> CodeStatement:
        self.advance()
        self.expect_mark("(")
        first: tuple[CodeStatement, ...] = ()
        if not self.at_mark(";"):
            first = (self._local(),) if self._local_ahead() else self.comma_list(self._evaluate)
        self.expect_mark(";")
        test = None if self.at_mark(";") else self.expression()
        self.expect_mark(";")
        steps = () if self.at_mark(")") else self.comma_list(self.expression)
        self.expect_mark(")")
        return For(first, test, steps, self.code_statement(), at=self.since(start))

    def _code_foreach(self, start: int) -> CodeStatement:
        self.advance()
        self.expect_mark("(")
        kind = self._local_type()
        name = self.identifier("a variable")
        self.expect_words("in")
        source = self.expression()
        self.expect_mark(")")
        return ForEach(kind, name, source, self.code_statement(), at=self.since(start))

    def _code_switch(self, start: int) -> CodeStatement:
        self.advance()
        value = self._condition()
        self.expect_mark("{")
        sections: list[Section] = []
        while not self.take_mark("}"):
            sections.append(self._section())
        return Switch(value, tuple(sections), at=self.since(start))

    def _section(self) -> Section:
        start = self.index
        labels: list[Expression | None] = []
        while self.at_word("case", "default"):
            labels.append(self.expression() if self.advance().text == "case" else None)
            self.expect_mark(":")
        if not labels:
            self.expected("case", "default", "'}'")
        body: list[CodeStatement] = []
        while not self.at_word("case", "default") and not self.at_mark("}"):
            body.append(self.code_statement())
        return Section(tuple(labels), tuple(body), at=self.since(start))

    def _code_try(self, start: int) -> CodeStatement:
        self.advance()
        body = self.block()
        catches: list[Catch] = []
        while self.at_word("catch"):
            catches.append(self._catch())
        after = self.block() if self.take_words("finally") else None
        if not catches and after is None:
            self.expected("catch", "finally")
        return Try(body, tuple(catches), after, at=self.since(start))

    def _catch(self) -> Catch:
        start = self.index
        self.advance()
        kind, name = None, None
        if self.take_mark("("):
            kind = self.type()
            name = None if self.at_mark(")") else self.identifier("a variable")
            self.expect_mark(")")
        return Catch(kind, name, self.block(), at=self.since(start))

    def _code_using(self, start: int) -> CodeStatement:
        self.advance()
        self.expect_mark("(")
        resource = self._local() if self._local_ahead() else self.expression()
        self.expect_mark(")")
        return UsingBlock(resource, self.code_statement(), at=self.since(start))

    _CODE_READERS: ClassVar[dict[str, Callable[[CodeParser, int], CodeStatement]]] = {
        "return": _code_return,
        "throw": _code_throw,
        "if": _code_if,
        "while": _code_while,
        "do": _code_do,
        "for": _code_for,
        "foreach": _code_foreach,
        "switch": _code_switch,
        "try": _code_try,
        "using": _code_using,
        "break": _code_jump,
        "continue": _code_jump,
    }
