"""`System.String`, `System.Char` and `System.Text.RegularExpressions.Regex`."""

from __future__ import annotations

from collections.abc import Callable

from lazulite.usql import tree
from lazulite.usql.bind import casts, operators
from lazulite.usql.bind.members import Member, Use
from lazulite.usql.bind.members.collections import sequence
from lazulite.usql.bind.value import Value, null_checked, unsupported, wrong_type
from lazulite.usql.text import literal
from lazulite.usql.types import BOOL, BYTES, CHAR, INT, STRING, Type, array_of

_STRINGS = array_of(STRING)


def _checked(use: Use, sql: str, type_: Type) -> Value:
    constant = use.on.constant and all(
        isinstance(each.value, (tree.Literal, tree.Variable)) for each in use.nodes
    )
    return Value(null_checked(use.on, sql), type_, constant=constant)


def _simple(function: str, type_: Type) -> Member:
    def member(use: Use) -> Value:
        use.counted(0)
        return _checked(use, f"{function}({use.on.sql})", type_)

    return member


def _substring(use: Use) -> Value:
    use.counted(1, 2)
    text, start = use.on.sql, use.argument(0, INT)
    if use.count == 1:
        return _checked(use, f"usql_substring_any({text}, {start}, -1)", STRING)
    count = use.argument(1, INT)
    # -1 stands for the rest below this line; to C# it is an error.
    return _checked(
        use, f"usql_substring({text}, {start}, CASE WHEN {count} = -1 THEN -2 ELSE {count} END)", STRING
    )


def _comparison(use: Use, index: int) -> tuple[bool, bool]:
    """(ordinal, ignoring case) by the StringComparison among the arguments."""
    if index >= use.count or not _is_comparison(use, index):
        return False, False
    word = use.nodes[index].value
    name = word.name if isinstance(word, tree.Member) else ""
    return name.startswith("Ordinal"), name.endswith("IgnoreCase")


def _starts(at_end: bool) -> Member:
    def member(use: Use) -> Value:
        use.counted(1, 2, 3)
        ordinal, ignored = _comparison(use, 1)
        text, part = use.on.sql, use.text(0)
        if ordinal and not ignored:
            return _checked(use, f"{'ends_with' if at_end else 'starts_with'}({text}, {part})", BOOL)
        end, case = str(at_end).lower(), str(ignored).lower()
        name = "ends_with" if at_end else "starts_with"
        # Where all is ASCII a culture sees what bytes say.
        plain = f"usql_is_ascii({text}) AND usql_is_ascii({part}) AND NOT {case}"
        return _checked(
            use,
            f"CASE WHEN {plain} THEN {name}({text}, {part}) ELSE usql_starts({text}, {part}, {end}, {case}) END",
            BOOL,
        )

    return member


def _contains(use: Use) -> Value:
    use.counted(1)
    return _checked(use, f"contains({use.on.sql}, {use.text(0)})", BOOL)


def _ordinal(use: Use) -> tuple[str, bool]:
    """Whether a search goes by units, which it does for a char, as SQL; and whether case is ignored."""
    ordinal, ignored = _comparison(use, max(use.count - 1, 1))
    return str(ordinal or use.value(0).type.name == "char").lower(), ignored


def _index_of(use: Use) -> Value:
    use.counted(1, 2, 3)
    ordinal, ignored = _ordinal(use)
    text, part = use.on.sql, use.text(0)
    if ignored:
        text, part = f"usql_upper({text})", f"usql_upper({part})"
    second = use.count > 1 and not _is_comparison(use, 1)
    start = use.argument(1, INT) if second else "0"
    if start == "0":
        plain = f"CASE WHEN usql_is_ascii({text}) AND usql_is_ascii({part}) THEN CASE WHEN {part} = '' THEN 0 ELSE CAST(strpos({text}, {part}) AS INTEGER) - 1 END ELSE usql_index_of({text}, {part}, 0, {ordinal}) END"
        return _checked(use, plain, INT)
    return _checked(use, f"usql_index_of({text}, {part}, {start}, {ordinal})", INT)


def _last_index_of(use: Use) -> Value:
    use.counted(1, 2)
    ordinal, ignored = _ordinal(use)
    if use.count > 1 and not _is_comparison(use, 1):
        raise unsupported("LastIndexOf from a start", use.at, "Take a Substring before it.")
    text, part = use.on.sql, use.text(0)
    if ignored:
        text, part = f"usql_upper({text})", f"usql_upper({part})"
    return _checked(use, f"usql_last_index_of({text}, {part}, {ordinal})", INT)


def _is_comparison(use: Use, index: int) -> bool:
    return isinstance(use.nodes[index].value, tree.Member) and "StringComparison" in repr(
        use.nodes[index].value
    )


def _trim(ends: str) -> Member:
    def member(use: Use) -> Value:
        characters = " || ".join(_characters(use, index) for index in range(use.count)) or "''"
        return _checked(use, f"usql_trim({use.on.sql}, {characters}, '{ends}')", STRING)

    return member


def _characters(use: Use, index: int) -> str:
    value = use.value(index)
    if value.type.element is not None and value.type.element.name == "char":
        return f"coalesce(list_aggregate(list_transform({value.sql}, lambda u: usql_char_text(u)), 'string_agg', ''), '')"
    return use.text(index)


def _split(use: Use) -> Value:
    drop = any("RemoveEmptyEntries" in repr(each.value) for each in use.nodes)
    nodes = [each for each in use.nodes if "StringSplitOptions" not in repr(each.value)]
    count, separators = "-1", []
    for each in nodes:
        value = use.binder.bind(each.value)
        if value.type.element is not None:
            text = (
                value.sql
                if value.type.element.name == "string"
                else f"list_transform({value.sql}, lambda u: usql_char_text(u))"
            )
            separators.append(text)
        elif value.type.is_integer:
            count = value.sql
        elif value.type.name != "null":
            separators.append(f"[{casts.text_of(value, use.at)}]")
    joined = " || ".join(separators) or "CAST([] AS VARCHAR[])"
    return _checked(use, f"usql_split({use.on.sql}, {joined}, {count}, {str(drop).lower()})", _STRINGS)


def _replace(use: Use) -> Value:
    use.counted(2)
    return _checked(use, f"usql_replace({use.on.sql}, {use.text(0)}, {use.text(1)})", STRING)


def _pad(left: bool) -> Member:
    def member(use: Use) -> Value:
        use.counted(1, 2)
        unit = use.argument(1, CHAR) if use.count > 1 else "32"
        return _checked(
            use, f"usql_pad({use.on.sql}, {use.argument(0, INT)}, {unit}, {str(left).lower()})", STRING
        )

    return member


def _insert(use: Use) -> Value:
    use.counted(2)
    return _checked(use, f"usql_insert({use.on.sql}, {use.argument(0, INT)}, {use.text(1)})", STRING)


def _remove(use: Use) -> Value:
    use.counted(1, 2)
    count = use.argument(1, INT) if use.count > 1 else "-1"
    return _checked(use, f"usql_remove({use.on.sql}, {use.argument(0, INT)}, {count})", STRING)


def _compare_to(use: Use) -> Value:
    use.counted(1)
    return _checked(use, f"usql_compare({use.on.sql}, {use.argument(0, STRING)}, false)", INT)


def _compare(use: Use) -> Value:
    use.counted(2, 3)
    ordinal, ignored = _comparison(use, 2)
    one, other = use.argument(0, STRING), use.argument(1, STRING)
    if use.count > 2 and not _is_comparison(use, 2):
        return Value(f"usql_compare({one}, {other}, {use.argument(2, BOOL)})", INT)
    if ordinal and ignored:
        return Value(f"usql_compare_ordinal(usql_upper({one}), usql_upper({other}))", INT)
    return Value(
        f"usql_compare_ordinal({one}, {other})"
        if ordinal
        else f"usql_compare({one}, {other}, {str(ignored).lower()})",
        INT,
    )


def _equals(use: Use) -> Value:
    ordinal, ignored = _comparison(use, use.count - 1)
    del ordinal
    one = use.on if use.target is not None else use.value(0)
    other = use.value(0) if use.target is not None else use.value(1)
    if not ignored:
        found = operators.equal(one, other, use.at)
        return Value(null_checked(one, found.sql) if use.target is not None else found.sql, BOOL)
    sql = f"usql_upper({one.sql}) IS NOT DISTINCT FROM usql_upper({other.sql})"
    return Value(f"({sql})" if use.target is None else null_checked(one, f"({sql})"), BOOL)


def _is_null_or_empty(use: Use) -> Value:
    use.counted(1)
    return Value(f"(coalesce({use.argument(0, STRING)}, '') = '')", BOOL)


def _is_null_or_blank(use: Use) -> Value:
    use.counted(1)
    return Value(f"usql_is_blank({use.argument(0, STRING)})", BOOL)


def _concat(use: Use) -> Value:
    parts = [casts.concatenated(use.value(index), use.at) for index in range(use.count)]
    return Value(f"concat({', '.join(parts)})", STRING)


def _element_text(element: Type, at: tree.Span) -> str:
    """SQL of the text of an array's element `x`; a pair's is `[key, value]`."""
    if element.key is None or element.element is None:
        return casts.concatenated(Value("x", element.or_null), at)
    parts = (("key", element.key), ("value", element.element))
    key, value = (casts.concatenated(Value(f'x."{part}"', type_.or_null), at) for part, type_ in parts)
    return f"concat('[', {key}, ', ', {value}, ']')"


def _join(use: Use) -> Value:
    separator = use.text(0)
    if use.count == 2 and (first := sequence(use.value(1))).type.element is not None:
        element = first.type.element
        assert element is not None  # noqa: S101
        text = _element_text(element, use.at)
        return Value(
            f"array_to_string(list_transform({first.sql}, lambda x: {text}), coalesce({separator}, ''))",
            STRING,
        )
    parts = [casts.concatenated(use.value(index), use.at) for index in range(1, use.count)]
    return Value(f"array_to_string([{', '.join(parts)}], coalesce({separator}, ''))", STRING)


def _to_chars(use: Use) -> Value:
    return _checked(use, f"usql_units({use.on.sql})", array_of(CHAR))


def _escaped(safe: str) -> Member:
    return lambda use: Value(f"usql_uri_escape({use.argument(0, STRING)}, {literal(safe)})", STRING)


def _decoded(codec: str) -> Member:
    return lambda use: Value(f"usql_decoded({use.argument(0, BYTES)}, '{codec}')", STRING)


def _encoded(codec: str) -> Member:
    return lambda use: Value(f"usql_encoded({use.argument(0, STRING)}, '{codec}')", BYTES)


def _char(test: str) -> Member:
    def member(use: Use) -> Value:
        value = (
            use.value(0)
            if use.count == 1
            else Value(f"usql_unit_at({use.text(0)}, {use.argument(1, INT)})", CHAR)
        )
        return Value(f"usql_char_{test}({value.sql})", CHAR if test.startswith("to_") else BOOL)

    return member


# --- regular expressions ---------------------------------------------------------------------------------------------


def _options(use: Use, index: int) -> str:
    if index >= use.count:
        return "0"
    words = repr(use.nodes[index].value)
    bits = {"IgnoreCase": 1, "Multiline": 2, "Singleline": 16, "IgnorePatternWhitespace": 32}
    return str(sum(bit for word, bit in bits.items() if f"'{word}'" in words))


def _regex(function: str, type_: Type, extra: int = 0) -> Member:
    def member(use: Use) -> Value:
        arguments = [use.argument(index, STRING) for index in range(2 + extra)]
        return Value(f"usql_regex_{function}({', '.join(arguments)}, {_options(use, 2 + extra)})", type_)

    return member


def _match_member(sql: Callable[[str], str], type_: Type) -> Member:
    return lambda use: Value(sql(use.on.sql), type_)


_CODECS = {"UTF8": "utf-8", "ASCII": "ascii", "Unicode": "utf-16-le", "BigEndianUnicode": "utf-16-be", "UTF32": "utf-32-le"}  # fmt: skip

TABLE: dict[tuple[str, str], Member] = {
    **{(f".Encoding.{name}", "GetString"): _decoded(codec) for name, codec in _CODECS.items()},
    **{(f".Encoding.{name}", "GetBytes"): _encoded(codec) for name, codec in _CODECS.items()},
    ("string", "Length"): _simple("usql_length", INT),
    ("string", "ToUpper"): _simple("usql_upper", STRING),
    ("string", "ToUpperInvariant"): _simple("usql_upper", STRING),
    ("string", "ToLower"): _simple("usql_lower", STRING),
    ("string", "ToLowerInvariant"): _simple("usql_lower", STRING),
    ("string", "Substring"): _substring,
    ("string", "StartsWith"): _starts(at_end=False),
    ("string", "EndsWith"): _starts(at_end=True),
    ("string", "Contains"): _contains,
    ("string", "IndexOf"): _index_of,
    ("string", "LastIndexOf"): _last_index_of,
    ("string", "Trim"): _trim("both"),
    ("string", "TrimStart"): _trim("start"),
    ("string", "TrimEnd"): _trim("end"),
    ("string", "Split"): _split,
    ("string", "Replace"): _replace,
    ("string", "PadLeft"): _pad(left=True),
    ("string", "PadRight"): _pad(left=False),
    ("string", "Insert"): _insert,
    ("string", "Remove"): _remove,
    ("string", "CompareTo"): _compare_to,
    ("string", "Equals"): _equals,
    ("string", "ToCharArray"): _to_chars,
    (".string", "Compare"): _compare,
    (".string", "CompareOrdinal"): lambda use: Value(
        f"usql_compare_ordinal({use.argument(0, STRING)}, {use.argument(1, STRING)})", INT
    ),
    (".string", "Equals"): _equals,
    (".string", "IsNullOrEmpty"): _is_null_or_empty,
    (".string", "IsNullOrWhiteSpace"): _is_null_or_blank,
    (".string", "Concat"): _concat,
    (".string", "Join"): _join,
    (".string", "Empty"): lambda use: Value("''", STRING, constant=True),
    (".Uri", "EscapeUriString"): _escaped(";/?:@&=+$,#[]!*'()"),
    (".Uri", "EscapeDataString"): _escaped(""),
    (".Uri", "UnescapeDataString"): lambda use: Value(
        f"usql_uri_unescape({use.argument(0, STRING)})", STRING
    ),
    **{
        (".char", f"Is{word}"): _char(f"is_{word.lower()}")
        for word in ("Digit", "Letter", "LetterOrDigit", "WhiteSpace", "Upper", "Lower", "Punctuation")
    },
    **{
        (".char", name): _char("to_upper" if "Upper" in name else "to_lower")
        for name in ("ToUpper", "ToLower", "ToUpperInvariant", "ToLowerInvariant")
    },
    (".Regex", "IsMatch"): _regex("is_match", BOOL),
    (".Regex", "Match"): _regex("match", Type("Match", nullable=True)),
    (".Regex", "Matches"): _regex("matches", _STRINGS),
    (".Regex", "Replace"): _regex("replace", STRING, extra=1),
    (".Regex", "Split"): _regex("split", _STRINGS),
    ("Match", "Success"): _match_member(lambda sql: f"({sql} IS NOT NULL)", BOOL),
    ("Match", "Value"): _match_member(lambda sql: f"coalesce(({sql})[1], '')", STRING),
    ("Match", "ToString"): _match_member(lambda sql: f"coalesce(({sql})[1], '')", STRING),
    ("Match", "Groups"): lambda use: use.on,
    ("Group", "Value"): _match_member(lambda sql: f"coalesce({sql}, '')", STRING),
    ("Group", "ToString"): _match_member(lambda sql: f"coalesce({sql}, '')", STRING),
    ("Group", "Success"): _match_member(lambda sql: f"({sql} IS NOT NULL)", BOOL),
}


def group(use: Use, pattern: Value | None) -> Value:
    """`match.Groups[1]`, `match.Groups["name"]`; `pattern` is what was matched, None where that is not seen."""
    value = use.value(0)
    number = value.sql
    if value.type.name == "string":
        if pattern is None:
            raise unsupported(
                "a group by its name needs Regex.Match before it", use.at, "Write its number: Groups[1]."
            )
        number = f"usql_regex_number({casts.implicit(pattern, STRING, use.at).sql}, {value.sql})"
    elif not value.type.is_integer:
        raise wrong_type("a group has a number or a name", use.at)
    return Value(f"({use.on.sql})[{number} + 1]", Type("Group", nullable=True))
