"""What expressions give, as C# gives it: each row of the table is one run of them all."""

import pytest

from lazulite.usql.errors import UsqlError
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.run import run_script

COLUMNS = """i int, n int?, big long, b byte, d double, dn double?, m decimal, s string, e string, z string, t DateTime, c char,
    a SQL.ARRAY<int>, w SQL.ARRAY<string>, p SQL.MAP<string, int>, q SQL.MAP<string, string>, y bool, u uint, f float, l ulong, g Guid"""
VALUES = """7, (int?) null, 9000000000L, (byte) 200, 2.5, (double?) null, 1.10m, "Hello", "", (string) null,
    new DateTime(2015, 2, 28, 13, 5, 9), 'A', new SQL.ARRAY<int>{3, 1, 2}, new SQL.ARRAY<string>{"x", null, "yy"},
    new SQL.MAP<string, int>{{"one", 1}}, new SQL.MAP<string, string>{{"k", "v"}}, true, 4000000000U, 0.1f, 5UL,
    new Guid("01234567-89ab-cdef-0123-456789abcdef")"""

CASES = [
    # arithmetic
    ("i + 1", "8"),
    ("i / 2", "3"),
    ("-i / 2", "-3"),
    ("-i % 2", "-1"),
    ("b + b", "400"),
    ("int.MaxValue + i", "-2147483642"),
    ("big * 1100000000000L", "-5901567582029217792"),
    ("i * 1000000000", "-1589934592"),
    ("n + 1", ""),
    ("i / d", "2.8"),
    ("2 / 3.0", "0.666666666666667"),
    ("d / 0", "Infinity"),
    ("u + 1", "4000000001"),
    ("u + u", "3705032704"),
    ("u + i", "4000000007"),
    ("l - 6UL", "18446744073709551615"),
    ("m + 2m", "3.10"),
    ("m * m", "1.2100"),
    ("1m / 3m", "0.3333333333333333333333333333"),
    ("m + i", "8.10"),
    ("i << 31", "-2147483648"),
    ("-i >> 1", "-4"),
    ("i & 3", "3"),
    ("i ^ 1", "6"),
    ("~i", "-8"),
    ("c + 1", "66"),
    ("f + f", "0.2"),
    ("(byte) 300", "44"),
    ("(int) d", "2"),
    ("(int) -2.7", "-2"),
    ("(long) 3e10", "30000000000"),
    ("(short) 70000", "4464"),
    ("(int) m", "1"),
    ("(decimal) d", "2.5"),
    ("(double) m", "1.1"),
    ("(char) 66", "66"),
    ("(int) c", "65"),
    ("(int?) null", ""),
    # two-valued logic
    ("n == null", "True"),
    ("n != 8000", "True"),
    ("n == 8000", "False"),
    ("n > 0", "False"),
    ("!(n > 0)", "True"),
    ("NOT (n > 0)", "True"),
    ("z == null", "True"),
    ('z == ""', "False"),
    ('z != "x"', "True"),
    ("n == dn", "True"),
    ('i == 7 && s == "Hello"', "True"),
    ('i == 7 AND s == "hello"', "False"),
    ("i == 8 OR y", "True"),
    ("z != null && z.Length > 0", "False"),
    ("z == null || z.Length > 0", "True"),
    ("n IS NULL", "True"),
    ("s IS NOT NULL", "True"),
    ("n ?? 5", "5"),
    ('z ?? "none"', '"none"'),
    ("n == null ? 1 : 2", "1"),
    ('i > 5 ? "big" : i > 3 ? "mid" : "small"', '"big"'),
    ("i == 7 ? (int?) null : 3", ""),
    ('CASE WHEN i == 7 THEN "seven" ELSE "other" END', '"seven"'),
    ("CASE i WHEN 7 THEN 1 ELSE 2 END", "1"),
    ("i IN (1, 7)", "True"),
    ("i NOT IN (1, 7)", "False"),
    ("n IN (1, 2)", "False"),
    ("i BETWEEN 7 AND 9", "True"),
    ("i NOT BETWEEN 1 AND 6", "True"),
    ('s LIKE "H%"', "True"),
    ('s LIKE "h%"', "False"),
    ('s LIKE "[A-H]ell_"', "True"),
    ('s LIKE "[^A-H]%"', "False"),
    ("\"50%\" LIKE \"50!%\" ESCAPE '!'", "True"),
    ('z LIKE "%"', "False"),
    # strings
    ("s + z", '"Hello"'),
    ("s + i", '"Hello7"'),
    ("s + n + c + d + y", '"HelloA2.5True"'),
    ("1 + 2 + s", '"3Hello"'),
    ("s.Length", "5"),
    ('"a😀".Length', "3"),
    ("s.Substring(1, 3)", '"ell"'),
    ("s.Substring(5)", '""'),
    ('"a😀b".Substring(3)', '"b"'),
    ("s.ToUpper() + s.ToLowerInvariant()", '"HELLOhello"'),
    ('"straße".ToUpper()', '"STRAßE"'),
    ('s.IndexOf("l")', "2"),
    ("s.IndexOf('o')", "4"),
    ('s.IndexOf("l", 3)', "3"),
    ('s.IndexOf("x")', "-1"),
    ('s.IndexOf("")', "0"),
    ('s.LastIndexOf("l")', "3"),
    ('s.LastIndexOf("L", StringComparison.OrdinalIgnoreCase)', "3"),
    ('s.LastIndexOf("L", StringComparison.Ordinal)', "-1"),
    ('s.Contains("ell")', "True"),
    ('s.StartsWith("He")', "True"),
    ('s.EndsWith("LO", StringComparison.OrdinalIgnoreCase)', "True"),
    ('"co\u00adop".StartsWith("coop")', "True"),
    ('s.Replace("l", "L")', '"HeLLo"'),
    ('"  x ".Trim() + "|"', '"x|"'),
    ("\"xxaxx\".Trim('x')", '"a"'),
    ("\"xxaxx\".TrimEnd('x')", '"xxa"'),
    ("s.PadLeft(7) + s.PadRight(6, '.')", '"  HelloHello."'),
    ('s.Insert(1, "_")', '"H_ello"'),
    ("s.Remove(1, 3)", '"Ho"'),
    ("string.IsNullOrEmpty(z)", "True"),
    ('String.IsNullOrWhiteSpace(" ")', "True"),
    ('string.Join(",", w)', '"x,,yy"'),
    ('string.Format("{0:N2}|{1,4}|{2}", 1234.567, i, z)', '"1,234.57|   7|"'),
    ('$"{i}-{s}"', '"7-Hello"'),
    ('string.Compare("a", "B") < 0', "True"),
    ('string.CompareOrdinal("a", "B") < 0', "False"),
    ('"a".CompareTo("A")', "-1"),
    ("string.Equals(z, null)", "True"),
    ('s.Equals("hello", StringComparison.OrdinalIgnoreCase)', "True"),
    ("s[0]", "72"),
    ("s[0] == 'H'", "True"),
    ("\"a,b,,c\".Split(',').Count()", "4"),
    ("\"a,b,,c\".Split(new char[]{','}, StringSplitOptions.RemoveEmptyEntries).Length", "3"),
    ("\"a b\".Split(' ')[1]", '"b"'),
    ("char.IsDigit('5')", "True"),
    ('Regex.IsMatch(s, "^h", RegexOptions.IgnoreCase)', "True"),
    ('Regex.Replace(s, "l+", "<$0>".Replace("0", "&"))', '"He<ll>o"'),
    ('Regex.Match(s, "(?<first>.)(.)").Groups[1].Value', '"e"'),
    ('Regex.Match(s, "(?<first>.)(.)").Groups["first"].Value', '"H"'),
    ('new Regex("(?<first>.)(.)").Match(s).Groups["2"].Value', '"H"'),
    ('Regex.Match(s, "(?<first>.)(.)").Groups["last"].Success', "False"),
    ("Encoding.UTF8.GetString(new byte[]{72, 0xC3, 0xA9, 0xFF})", '"H\u00e9\ufffd"'),
    ("System.Text.Encoding.[ASCII].GetString(new byte[]{72, 0xFF})", '"H?"'),
    ('Encoding.Unicode.GetString(Encoding.Unicode.GetBytes("é"))', '"é"'),
    ('Encoding.UTF8.GetBytes("é").Length', "2"),
    ("new byte[]{7, 65, (byte) i}", "074107"),
    ("new byte[]{7, 65}[1]", "65"),
    ('Uri.EscapeUriString("a b/ü?c=%")', '"a%20b/%C3%BC?c=%25"'),
    ('Uri.EscapeDataString("a b/c")', '"a%20b%2Fc"'),
    ('Uri.UnescapeDataString("a%20b%2Fc")', '"a b/c"'),
    # numbers
    ('i.ToString("D3") + 1234.5.ToString("N1") + d.ToString("0.00")', '"0071,234.52.50"'),
    ('255.ToString("X")', '"FF"'),
    ("n.ToString()", '""'),
    ('int.Parse(" 12 ")', "12"),
    ('Int32.Parse("-5") + double.Parse("1.5")', "-3.5"),
    ('decimal.Parse("1,000.50")', "1000.50"),
    ("Convert.ToInt32(2.5)", "2"),
    ("Convert.ToInt32(3.5)", "4"),
    ('Convert.ToInt32("12") + Convert.ToInt32((string) null)', "12"),
    ("Convert.ToString(i)", '"7"'),
    ('Convert.ToBoolean("true")', "True"),
    ("Math.Round(2.5)", "2"),
    ("Math.Round(2.445, 2)", "2.44"),
    ("Math.Round(2.5, MidpointRounding.AwayFromZero)", "3"),
    ("Math.Pow(2, 10)", "1024"),
    ("Math.Abs(-i)", "7"),
    ("Math.Max(i, d)", "7"),
    ("Math.Floor(-2.5)", "-3"),
    ("Math.Sqrt(-1)", "NaN"),
    ("Math.Sqrt(-1) == Math.Sqrt(-1)", "False"),
    ("Math.Sqrt(-1) != 1.0", "True"),
    ("long.MaxValue", "9223372036854775807"),
    # dates
    ("t.Year * 10000 + t.Month * 100 + t.Day", "20150228"),
    ("t.AddDays(1)", "2015-03-01T13:05:09.0000000"),
    ("t.AddMonths(-3).AddYears(1)", "2015-11-28T13:05:09.0000000"),
    ("new DateTime(2015, 1, 31).AddMonths(1)", "2015-02-28T00:00:00.0000000"),
    ("t.AddSeconds(0.5).AddTicks(1)", "2015-02-28T13:05:09.5000001"),
    ("t.Date", "2015-02-28T00:00:00.0000000"),
    ("t.DayOfWeek.ToString()", '"Saturday"'),
    ("(int) t.DayOfWeek", "6"),
    ("t.DayOfWeek == DayOfWeek.Saturday", "True"),
    ('t.ToString("yyyy-MM-dd hh:mm tt")', '"2015-02-28 01:05 PM"'),
    ("t.ToString()", '"2/28/2015 1:05:09 PM"'),
    ("(t - new DateTime(2015, 2, 27)).TotalHours", "37.0858333333333"),
    ("(t - new DateTime(2015, 2, 27)).Days", "1"),
    ('DateTime.Parse("2/15/2012 11:53:16 AM")', "2012-02-15T11:53:16.0000000"),
    ('DateTime.Parse("2012-02-15T11:53:16.1234567").Ticks % 10', "7"),
    ('DateTime.ParseExact("20150102", "yyyyMMdd", CultureInfo.InvariantCulture)', "2015-01-02T00:00:00.0000000"),
    ("t.ToUniversalTime() == t", "True"),
    ("DateTime.MinValue < t", "True"),
    ("t.CompareTo(DateTime.MaxValue)", "-1"),
    # collections
    ("a[0]", "3"),
    ("a.Count", "3"),
    ("w[1]", ""),
    ('p["one"] + p["none"]', "1"),
    ('q["none"]', ""),
    ('p.ContainsKey("one")', "True"),
    ('string.Join(";", p.Select(x => x.Key + "=" + x.Value))', '"one=1"'),
    ("a.Where(x => x > 1).Count()", "2"),
    ("a.Select(x => x * i).Sum()", "42"),
    ('string.Join(",", a.OrderBy(x => x))', '"1,2,3"'),
    ('string.Join(",", "bb,a,aa,b".Split(\',\').OrderByDescending(x => x.Length).ThenBy(x => x))', '"aa,bb,a,b"'),
    ('string.Join(",", "bb,a,aa,b".Split(\',\').OrderBy(x => 1).ThenBy(x => x.Length).ThenByDescending(x => x))', '"b,a,bb,aa"'),
    ('string.Join(",", from x in "bb,a,aa,b".Split(\',\') orderby x.Length descending, x select x)', '"aa,bb,a,b"'),
    ('string.Join(",", Enumerable.Range(-1, 3))', '"-1,0,1"'),
    ("Enumerable.Range(1, 0).Count()", "0"),
    ('string.Join(",", p)', '"[one, 1]"'),
    ('string.Join(",", a.OrderByDescending(x => x).Take(2))', '"3,2"'),
    ("a.Any(x => x == 2)", "True"),
    ("a.All(x => x > 1)", "False"),
    ("a.First(x => x < 3)", "1"),
    ("a.FirstOrDefault(x => x > 5)", "0"),
    ("a.Contains(3)", "True"),
    ("a.Max()", "3"),
    ("new SQL.ARRAY<string>(\"b a b\".Split(' ').Distinct()).Count", "2"),
    ("(from x in a where x > 1 orderby x select x * 2).First()", "4"),
    ('new SQL.MAP<string, int>(a.Select(x => new KeyValuePair<string, int>("k" + x, x)))["k2"]', "2"),
    # the rest
    ("z?.Length", ""),
    ("s?.Length", "5"),
    ("n.HasValue", "False"),
    ("n.GetValueOrDefault()", "0"),
    ("default(int)", "0"),
    ("g.ToString()", '"01234567-89ab-cdef-0123-456789abcdef"'),
    ("z as string", ""),
    ("y ^ true", "False"),
]  # fmt: skip


def test_expressions_give_what_csharp_gives(tmp_path):
    items = ", ".join(f"{expression} AS x{number}" for number, (expression, _) in enumerate(CASES))
    script = f"""@v = SELECT * FROM (VALUES ({VALUES})) AS v({", ".join(each.split()[0] for each in _columns())});
        @r = SELECT {items} FROM @v; OUTPUT @r TO "/out.tsv" USING Outputters.Text(delimiter: '\\u0001');"""
    run_script(script, tmp_path, threads=1)
    found = (tmp_path / "out.tsv").read_bytes().decode().removesuffix("\r\n").split("\x01")
    wrong = [
        (case, expected, value)
        for (case, expected), value in zip(CASES, found, strict=True)
        if value != expected
    ]
    assert not wrong, "\n".join(map(str, wrong))


def _columns() -> list[str]:
    depth, parts = 0, [""]
    for character in COLUMNS:
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


FAILS = [
    ('"x".Substring(2)', "Substring: the start 2"),
    ('"x".Substring(0, -1)', "Substring: -2 characters"),
    ("z.Length", "NullReferenceException"),
    ("z.ToUpper()", "NullReferenceException"),
    ("i / (i - 7)", "E_RUNTIME_USER_DIVIDEBYZERO"),
    ("i % (i - 7)", "E_RUNTIME_USER_DIVIDEBYZERO"),
    ("m / (m - m)", "DivideByZeroException"),
    ('int.Parse(s + "12.5")', "FormatException"),
    ('int.Parse("1e" + i)', "FormatException"),
    ('int.Parse("1_00" + i)', "FormatException"),
    ("(int) n", "InvalidOperationException"),
    ("a[i]", "IndexOutOfRangeException"),
    ("a.First(x => x > 5)", "no element"),
    ("Enumerable.Range(0, i - 8).Count()", "ArgumentOutOfRangeException"),
    ("t.AddYears(8000)", "years 1 to 9999"),
    ("new DateTime(2015, 2, 20 + i + 3)", "years 1 to 9999"),
    ("Convert.ToByte(i * 100)", "E_RUNTIME_USER_EXPRESSIONEVALUATION"),
    ("DateTime.Parse(s)", "FormatException"),
]


@pytest.mark.parametrize(("expression", "message"), FAILS)
def test_what_throws_in_csharp_fails_with_the_statements_line(tmp_path, expression, message):
    heads = ", ".join(each.split()[0] for each in _columns())
    script = f'@v = SELECT * FROM (VALUES ({VALUES})) AS v({heads});\n@r = SELECT {expression} AS x FROM @v;\n\nOUTPUT @r TO "/out.csv" USING Outputters.Csv();'
    with pytest.raises(UsqlRuntimeError, match="line ") as raised:
        run_script(script, tmp_path, threads=1)
    assert message in raised.value.message
    assert list(tmp_path.iterdir()) == []


REFUSED = [
    ("s < e", "string.Compare"),
    ("i == s", "does not go with int and string"),
    ("y + 1", "does not go with"),
    ("l + i", "does not go with ulong and int"),
    ("m + d", "does not go with decimal and double"),
    ("int.MaxValue + 1", "overflows int"),
    ("n && y", "does not go with"),
    ("S", "Is s meant? Names are case-sensitive."),
    ("s.length", "Is Length meant?"),
    ("a.ThenBy(x => x)", "has no member ThenBy"),
    ("a.Where(x => x > 1).ThenBy(x => x)", "has no member ThenBy"),
    ('(i > 0 ? Regex.Match(s, "a") : Regex.Match(s, "b")).Groups["n"].Value', "needs Regex.Match before it"),
    ("Regex.Match(s, s).Groups[y].Value", "a number or a name"),
    ("My.Code.Run(s)", 'register_function("My.Code.Run"'),
    ('s.LastIndexOf("l", 2)', "LastIndexOf from a start"),
    ("i ?? 3", "cannot be null"),
    ("i ? 1 : 2", "a bool is wanted"),
    ("i == 7 ? 1 : s", "neither converts"),
    ("new My.Thing(1)", "C# code, which does not run here"),
    ("i++", "changes a value"),
    ("null", "has no type"),
    ("(DateTime) s", "Write DateTime.Parse"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_what_csharp_refuses_is_refused_with_line_and_caret(tmp_path, expression, message):
    heads = ", ".join(each.split()[0] for each in _columns())
    script = f'@v = SELECT * FROM (VALUES ({VALUES})) AS v({heads});\n@r = SELECT\n {expression} AS x FROM @v;\nOUTPUT @r TO "/out.csv" USING Outputters.Csv();'
    with pytest.raises(UsqlError) as raised:
        run_script(script, tmp_path, threads=1, name="s.usql")
    assert message in raised.value.message
    line = 2 + script.split("@r = SELECT", maxsplit=1)[0].count("\n")
    assert f"line {line}, column" in raised.value.message
    assert "^" in raised.value.message
