"""Looks for texts that crash the reader of U-SQL, for as long as one likes.

    python benchmarks/fuzz_usql.py --minutes 10

Three sources of texts: scripts of the tests' corpus with pieces cut, doubled and mixed; trees grown at random, written and
broken; and, with `--atheris` where that is installed, texts that its coverage leads to. A crash is anything but a script or
problems with places; a round trip that gives another tree is one, too. Prints each crash with its text and counts at the end.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.unit.usql.trees import Grower  # noqa: E402

from lazulite.usql.parser import read  # noqa: E402
from lazulite.usql.printing import text_of  # noqa: E402

CORPUS = [
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/unit/usql/corpus").glob("*.usql"))
]
PIECES = ("(", ")", "[", "]", "{", "}", '"', "'", ";", "@", "@@", '$"', "<", ">", "=>", "?", "?.", "??", ",", ".", ":", "/*", "*/",
          "//", "#CS", "\\", "\0", "\ud800", "\n", " AS ", " as ", "END", "NOT ", "SELECT ", "0x", "1e", "\ufeff")  # fmt: skip


def check(text: str) -> str | None:
    """Give what is wrong with what the reader makes of a text, or None."""
    try:
        script, problems = read(text)
        for problem in problems:
            if not (
                0 <= problem.at.start <= problem.at.end <= len(text) and problem.at.line and problem.excerpt
            ):
                return f"a problem without a place: {problem!r}"
        if not problems:
            again, more = read(text_of(script))
            if more or again != script:
                return f"another tree: {text_of(script)!r}"
    except RecursionError:
        return None if len(text) > 20_000 else "RecursionError"  # noqa: PLR2004 -- writing a tree of that depth may be
    except Exception as crash:  # noqa: BLE001 -- that is what is looked for
        return repr(crash)
    return None


def broken(text: str, choice: random.Random) -> str:
    """Give a text with some pieces cut, put in, doubled or taken from another script."""
    for _ in range(choice.randint(1, 6)):
        at = choice.randint(0, len(text))
        to = min(len(text), at + choice.randint(0, 30))
        other = choice.choice(CORPUS)
        begin = choice.randint(0, len(other))
        middle = choice.choice(
            (
                "",
                choice.choice(PIECES),
                text[at:to] * 2,
                other[begin : begin + choice.randint(0, 60)],
                choice.choice(PIECES) * 40,
            )
        )
        text = text[:at] + middle + text[to:]
    return text


def main() -> int:
    options = argparse.ArgumentParser(description="Look for texts that crash the reader of U-SQL.")
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=random.randrange(2**32))
    options.add_argument("--atheris", action="store_true", help="be led by coverage, which needs atheris")
    given = options.parse_args()
    if given.atheris:
        return led_by_coverage(given.minutes)
    choice = random.Random(given.seed)
    until = time.monotonic() + 60 * given.minutes
    tried = crashes = slowest = 0.0
    while time.monotonic() < until:
        text = broken(choice.choice(CORPUS), choice)
        if choice.random() < 0.3:  # noqa: PLR2004
            grown = text_of(Grower(choice.randrange(2**32), size=3).script())
            text = grown if choice.random() < 0.5 else broken(grown, choice)  # noqa: PLR2004
        start = time.process_time()
        wrong = check(text)
        slowest = max(slowest, (time.process_time() - start) * 1000 / (len(text) + 100))
        tried += 1
        if wrong:
            crashes += 1
            print(f"--- {wrong}\n{text!r}", flush=True)
    print(
        f"seed {given.seed}: {tried:.0f} texts, {crashes:.0f} crashes, slowest {slowest:.3f} ms per character"
    )
    return bool(crashes)


def led_by_coverage(minutes: float) -> int:
    import tempfile

    import atheris

    def one(data: bytes) -> None:
        wrong = check(data.decode("utf-8", "replace"))
        if wrong:
            raise RuntimeError(wrong)

    atheris.instrument_all()
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(CORPUS):
            Path(folder, str(number)).write_text(text, encoding="utf-8")
        atheris.Setup([sys.argv[0], f"-max_total_time={60 * minutes:.0f}", "-max_len=4000", folder], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
