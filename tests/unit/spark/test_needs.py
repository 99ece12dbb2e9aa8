"""Which JVM fits a step, and what is set in its session."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark import holders
from lazulite.worker.tasks.spark.needs import Needs, divided, master_of
from lazulite.worker.tasks.spark.settings_file import submit_arguments

pytest.importorskip("pyspark")


def test_settings_of_sql_are_the_sessions_and_others_the_jvms() -> None:
    fixed, session = divided(
        {
            "spark.sql.shuffle.partitions": "3",
            "spark.sql.extensions": "x",
            "spark.executor.memory": "1g",
        }
    )
    assert session == {"spark.sql.shuffle.partitions": "3"}
    assert fixed == {"spark.sql.extensions": "x", "spark.executor.memory": "1g"}


def test_what_lazulite_sets_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"spark\.ui\.port"):
        divided({"spark.ui.port": "4040"})


def test_workers_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert master_of("", 2) == "local[2]"
    assert master_of("", 64) == "local[4]"
    assert master_of("", 0) == "local[4]"
    assert master_of("spark://host:7077", 2) == "spark://host:7077"
    with pytest.raises(InvalidRequest, match="yarn"):
        master_of("yarn", 2)


def test_what_a_jvm_starts_with_decides_which_one_fits(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"1")
    one = Needs("local[2]", jars=(str(jar),))
    assert one.key == Needs("local[2]", jars=(str(jar),)).key
    assert one.key != Needs("local[1]", jars=(str(jar),)).key
    before = one.key
    jar.write_bytes(b"22")
    assert one.key != before


def test_spark_listens_on_this_machine_only(tmp_path: Path) -> None:
    conf = Needs("local[2]").all_conf(tmp_path)
    assert conf["spark.driver.bindAddress"] == conf["spark.driver.host"] == "127.0.0.1"
    assert conf["spark.authenticate"] == "true"


def test_settings_stand_in_a_file_of_their_owners(tmp_path: Path) -> None:
    """A command line can be read by everybody on the machine."""
    conf = {"spark.hadoop.fs.s3a.secret.key": " a=b:c\\d\n#é"}
    arguments = submit_arguments(conf, tmp_path)
    assert "secret" not in " ".join(arguments)
    file = Path(arguments[arguments.index("--properties-file") + 1])
    assert file.stat().st_mode & 0o077 == 0
    escaped = r"\ a\=b\:c\\d\n\#é"
    assert file.read_text(encoding="utf-8") == f"spark.hadoop.fs.s3a.secret.key={escaped}\n"


def test_the_next_step_does_not_find_this_ones_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DB_PASSWORD", "AZUREML_RUN_TOKEN", "JAVA_HOME", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "x")
    found = holders.environment(Needs("local[1]", variables={"MINE": "y"}), ["DB_PASSWORD", "JAVA_HOME"])
    assert {"JAVA_HOME", "HTTPS_PROXY", "MINE"} <= set(found)
    assert not {"DB_PASSWORD", "AZUREML_RUN_TOKEN"} & set(found)


def test_a_home_without_spark_has_no_holders(tmp_path: Path) -> None:
    assert holders.living(tmp_path) == []
    assert holders.stop_all(tmp_path) == 0


def test_what_a_dead_process_said_of_itself_counts_for_nothing(tmp_path: Path) -> None:
    folder = holders.folder_of(tmp_path) / "k-0"
    folder.mkdir(parents=True)
    holders.write_about(folder, holders.About(2**22 + 1, "never"))
    assert holders.living(tmp_path) == []
    assert (folder / "holder.json").stat().st_mode & 0o077 == 0


def test_what_a_step_leaves_for_the_next_one_is_spared() -> None:
    """As in a node: what is left behind becomes its child, and is ended unless it is known to stay."""
    import subprocess
    import sys

    program = (
        "import os, subprocess, sys, time\n"
        "from lazulite.worker.ending import Leftovers, adopt_orphans\n"
        "adopt_orphans()\n"
        "sleep = ['sleep', '60']\n"
        "kept, left = (subprocess.Popen(sleep, start_new_session=True) for _ in range(2))\n"
        "ended = Leftovers(frozenset(), lambda: frozenset({kept.pid})).end(2**22 + 1, 0.0, time.sleep)\n"
        "print(ended, kept.poll() is None)\n"
        "kept.kill(); kept.wait()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "True"]
