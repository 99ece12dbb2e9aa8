"""Files of runs in their spool that a datastore refuses: told by name, in nobody's way, and not lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.azurite import Azurite
from tests.stores import opened
from tests.unit.engine.engine_bench import Bench

from lazulite.engine.sending import Sending
from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import to_data
from lazulite.storage.spool import RUNS


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "home")
    yield made
    made.records.close()


def test_a_run_with_a_name_that_a_container_cannot_keep_holds_up_no_other(
    bench: Bench, azurite: Azurite
) -> None:
    record = azurite.datastore()
    bench.service.put_asset(bench.ws, Asset(AssetKind.DATASTORE, record.name, to_data(record)))
    runs = bench.home.spool(bench.ws, record.name) / RUNS
    for run, name in (("first", "tab\tbed.txt"), ("first", "plain.txt"), ("second", "plain.txt")):
        file = runs / f"dcid.{run}" / "outputs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(run)
    sending = Sending(bench.home, bench.records, bench.said.append, lambda _run: False)
    sending.send()
    there = [info.path for info in opened(record).list_files()]
    assert there == [f"{RUNS}/dcid.{run}/outputs/plain.txt" for run in ("first", "second")]
    assert [folder.name for folder in runs.iterdir()] == ["dcid.first"]
    assert (runs / "dcid.first" / "outputs" / "tab\tbed.txt").read_text() == "first"
    assert sending.is_needed
    for _ in range(2):
        sending.send()
    assert not sending.is_needed  # the engine may rest; the next one tries again
    said = bench.said[0]
    assert "tab\\tbed.txt' cannot be a name" in said
    (runs / "dcid.first" / "outputs" / "tab\tbed.txt").rename(runs / "dcid.first" / "outputs" / "tabbed.txt")
    sending.send()
    assert not runs.exists()
    assert "works again" in bench.said[-1]
