"""A script forked from a warm interpreter: as `python script.py` would run it, and without a trace in the next one."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from tests.unit.worker.warm_scripts import SCRIPTS

from lazulite.worker.bounds import Bounds
from lazulite.worker.cancellation import Cancellation
from lazulite.worker.ending import children
from lazulite.worker.fork_client import Unfit
from lazulite.worker.launch import Command, start
from lazulite.worker.supervision import End, Limits, Supervision
from lazulite.worker.warm import WarmInterpreters

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely; elsewhere each is fresh"),
    pytest.mark.slow,
]


@dataclass(frozen=True)
class Seen:
    """What a script left behind that anybody can see."""

    code: int
    printed: str
    complained: str
    files: Mapping[str, bytes]


class Runs:
    """Runs scripts in a folder of their own, fresh and forked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.warm = WarmInterpreters(self.said.append)

    def command(self, source: str, script: str = "step.py", **variables: str) -> Command:
        work = self.folder / "work"
        for old in sorted(work.rglob("*"), reverse=True):
            old.rmdir() if old.is_dir() else old.unlink()
        (work / script).parent.mkdir(parents=True, exist_ok=True)
        (work / "helper.py").write_text("x = 5\nprint('helper', __name__)\n")
        (work / script).write_bytes(source.encode("latin-1" if "latin-1" in source else "utf-8"))
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("COV", "LAZULITE_"))
        }
        own = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "AZUREML_RUN_ID": "r"}
        return Command(
            (sys.executable, script, "a", "b c"), work, {**inherited, **own, **variables}, script, script
        )

    def seen(self, command: Command, *, forked: bool = True, bounds: Bounds | None = None) -> Seen:
        out = {"stdout": b"", "stderr": b""}

        def sink(stream: str, data: bytes) -> None:
            out[stream] += data

        end = self.run(command, sink, forked=forked, bounds=bounds)
        texts = [re.sub(r"0x[0-9a-f]+|\d{10,}", "@", out[name].decode("latin-1")) for name in out]
        kept = {
            path.name: path.read_bytes()
            for path in command.folder.iterdir()
            if path.is_file() and path.suffix in (".txt", ".csv")
        }
        return Seen(end.code, texts[0], texts[1], kept)

    def run(self, command: Command, sink: object, *, forked: bool, bounds: Bounds | None = None) -> End:
        warm = self.warm if forked else None
        others = children()  # such as servers that other tests share
        process = start(command, bounds or Bounds(), warm, self.said.append)
        with Cancellation() as cancellation:
            supervision = Supervision(process, sink, Limits(30, 2), cancellation)  # type: ignore[arg-type]
            return supervision.run(others | self.warm.pids())

    def printed(self, source: str, **variables: str) -> str:
        return self.seen(self.command(source, **variables)).printed


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    made = Runs(tmp_path)
    yield made
    made.warm.close()


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_a_fork_cannot_be_told_from_a_fresh_process(runs: Runs, name: str) -> None:
    fresh = runs.seen(runs.command(SCRIPTS[name]), forked=False)
    assert "a fresh one" in runs.said[-1]
    for _ in range(3):  # plain, then from compiled code kept, then with modules loaded beforehand
        assert runs.seen(runs.command(SCRIPTS[name])) == fresh
        assert "forked" in runs.said[-1]


def test_a_script_in_a_folder_finds_what_lies_beside_it(runs: Runs) -> None:
    source = "import sys, beside\nprint(sys.path[0], __file__, sys.argv[0], beside.y)\n"
    seen = []
    for forked in (False, True):
        command = runs.command(source, "sub/step.py")
        (command.folder / "sub/beside.py").write_text("y = 6\n")
        seen.append(runs.seen(command, forked=forked))
    assert seen[0] == seen[1]
    assert seen[0].code == 0


def test_nothing_of_one_script_is_in_the_next(runs: Runs) -> None:
    mess = """
import os, sys, json, signal, builtins, warnings, gc, locale
os.environ["LEAKED"] = "1"; os.environ.pop("HOME", None); os.chdir("/"); os.umask(0o77)
sys.path.insert(0, "/leaked"); sys.modules["leaked"] = sys; builtins.leaked = 1; json.loads = None
signal.signal(signal.SIGTERM, signal.SIG_IGN); sys.setrecursionlimit(5000); gc.disable()
warnings.simplefilter("error"); open("/dev/null"); hoard = bytearray(50_000_000)
"""
    look = """
import os, sys, json, signal, builtins, warnings, gc, resource
print(os.environ.get("LEAKED"), "HOME" in os.environ, os.getcwd(), oct(os.umask(0)), sys.path[0], "leaked" in sys.modules,
      hasattr(builtins, "leaked"), json.loads is None, signal.getsignal(signal.SIGTERM), sys.getrecursionlimit(),
      gc.isenabled(), warnings.filters, len(os.listdir("/proc/self/fd")))
"""
    before = runs.printed(look)
    for _ in range(3):
        assert runs.seen(runs.command(mess)).code == 0
        assert runs.printed(look) == before
    peak = int(runs.printed("import resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"))
    assert peak < 40_000  # kilobytes: the 50 MB of the script before are not there


def test_own_variables_of_a_job_are_set_in_the_fork_and_others_make_another_interpreter(runs: Runs) -> None:
    show = "import os\nprint(os.environ['AZUREML_RUN_ID'], os.environ.get('OTHER'))"
    assert runs.printed(show, AZUREML_RUN_ID="one") == "one None\n"
    assert runs.printed(show, AZUREML_RUN_ID="two") == "two None\n"
    assert len(runs.warm.pids()) == 1
    assert runs.printed(show, AZUREML_RUN_ID="two", OTHER="x") == "two x\n"
    assert len(runs.warm.pids()) == 2


def test_variables_that_an_interpreter_reads_when_it_starts_have_their_effect(runs: Runs) -> None:
    assert runs.printed("import sys\nprint(sys.flags.optimize)", PYTHONOPTIMIZE="2") == "2\n"
    assert (
        runs.printed("print(hash('a') == hash('a'), hash('lazulite'))", PYTHONHASHSEED="0")
        == runs.seen(
            runs.command("print(hash('a') == hash('a'), hash('lazulite'))", PYTHONHASHSEED="0"), forked=False
        ).printed
    )


def test_bounds_hold_in_the_fork_and_only_there(runs: Runs) -> None:
    show = "import os, resource\nprint(sorted(os.sched_getaffinity(0)), resource.getrlimit(resource.RLIMIT_DATA)[0])"
    free = runs.printed(show)
    cpu = min(os.sched_getaffinity(0))
    bounded = runs.seen(runs.command(show), bounds=Bounds((cpu,), (1 << 29, -1)))
    assert bounded.printed == f"[{cpu}] {1 << 29}\n"
    assert runs.printed(show) == free
    hungry = runs.seen(runs.command("x = bytearray(1 << 30)"), bounds=Bounds((), (1 << 28, -1)))
    assert hungry.complained.endswith("MemoryError\n")


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"LAZULITE_FRESH_PROCESS": "1"}, "LAZULITE_FRESH_PROCESS asks for it"),
        ({"PYTHONPATH": "lib"}, "PYTHONPATH names a folder relative"),
        ({"PYTHONTRACEMALLOC": "5"}, "PYTHONTRACEMALLOC is set"),
    ],
)
def test_where_a_fork_could_be_told_a_fresh_process_is_started(
    runs: Runs, variables: dict[str, str], reason: str
) -> None:
    assert runs.printed("print('ran')", **variables) == "ran\n"
    assert reason in runs.said[-1]
    assert not runs.warm.pids()


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
            "threads",
        ),
        ("print('welcome')\n", "prints something whenever it starts: welcome"),
        ("import os\nos._exit(3)\n", "cannot be kept warm"),
    ],
)
def test_an_interpreter_that_is_not_safe_to_fork_is_not_forked(
    runs: Runs, tmp_path: Path, site: str, reason: str
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(site)
    command = runs.command("print('ran')", PYTHONPATH=str(tmp_path / "site"))
    fresh, second = runs.seen(command, forked=False), runs.seen(command)
    assert second == fresh
    assert reason in runs.said[-1]
    with pytest.raises(Unfit, match=reason):  # it is known from now on
        runs.warm.start(command, Bounds())


def test_an_interpreter_that_was_killed_is_replaced(runs: Runs) -> None:
    assert runs.printed("print(1)") == "1\n"
    (first,) = runs.warm.pids()
    os.kill(first, signal.SIGKILL)
    assert runs.printed("print(2)") == "2\n"
    assert first not in runs.warm.pids()


def test_a_script_whose_interpreter_is_killed_ends(runs: Runs) -> None:
    source = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"
    began = time.monotonic()
    assert runs.seen(runs.command(source)).code == -signal.SIGKILL
    assert time.monotonic() - began < 30
    assert runs.printed("print(2)") == "2\n"


def test_what_was_installed_since_is_seen(runs: Runs, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    show = "try:\n    import added\n    print(added.v)\nexcept ImportError:\n    print('none')\n"
    assert runs.printed(show, PYTHONPATH=str(packages)) == "none\n"
    first = runs.warm.pids()
    (packages / "added.py").write_text("v = 1\n")
    assert runs.printed(show, PYTHONPATH=str(packages)) == "1\n"
    assert not first & runs.warm.pids()


def test_only_a_few_interpreters_are_kept_and_they_end_with_their_owner(runs: Runs) -> None:
    for number in range(7):
        assert runs.printed("print('ran')", MINE=str(number)) == "ran\n"
    kept = runs.warm.pids()
    assert len(kept) == 4
    runs.warm.close()
    assert not any(map(psutil.pid_exists, kept))
    assert not runs.warm.pids()


def test_what_a_script_would_load_first_is_loaded_beforehand_the_second_time(runs: Runs) -> None:
    source = '"""Doc."""\nimport sys\nimport decimal\nprint("decimal" in sys.modules, "fractions" in sys.modules)\n'
    for _ in range(3):
        assert runs.printed(source) == "True False\n"
    (said,) = [line for line in runs.said if "loaded" in line]
    assert "with sys decimal loaded" in said
    assert runs.printed("import sys\nprint('decimal' in sys.modules)") == "False\n"


def test_a_module_beside_the_script_is_not_hidden_by_one_loaded_beforehand(runs: Runs) -> None:
    source = "import decimal\nimport sys\nprint(decimal.__file__)\n"
    for _ in range(2):
        runs.printed(source)
    assert any("decimal" in line for line in runs.said)
    command = runs.command(source)
    (command.folder / "numbers.py").write_text("raise ImportError('mine')\n")
    assert "mine" in runs.seen(command).complained


def test_loading_beforehand_can_be_switched_off_and_chosen(runs: Runs) -> None:
    source = "import decimal\n"
    for _ in range(3):
        runs.printed(source, LAZULITE_PRELOAD="off")
    assert not any("loaded" in line for line in runs.said)
    shown = runs.printed("import sys\nprint('fractions' in sys.modules)", LAZULITE_PRELOAD="fractions,wave")
    assert shown == "True\n"


def test_random_numbers_differ_from_fork_to_fork(runs: Runs) -> None:
    source = "import random, uuid\nimport numpy\ndraws = random.random(), uuid.uuid4().int / 2**128, numpy.random.rand()\nprint(*(int(x * 1e8) for x in draws))\n"
    pytest.importorskip("numpy")
    seen = [runs.printed(source) for _ in range(4)]
    assert any("numpy" in line for line in runs.said)
    assert all(len({text.split()[part] for text in seen}) == 4 for part in range(3))
