"""`RunDetails(run).show()` in a real notebook: its cell follows the run to its end, and the next cell is not held up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

SUBMIT = """
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
from azureml.widgets import RunDetails

ws = Workspace.create(name="main", exist_ok=True)
steps = [PythonScriptStep("wait.py", name="<b>wait</b>", source_directory="scripts", compute_target="local", arguments=["go"])]
run = Experiment(ws, "widget").submit(Pipeline(ws, steps))
"""
SHOW = "details = RunDetails(run)\ndetails.show()"
GO_ON = """
from pathlib import Path
Path("go").touch()
run.wait_for_completion(show_output=False)
details._drawing.join(30)
print(details._drawing.is_alive())
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Parsing dates involving a day of month:DeprecationWarning")
def test_the_cell_follows_the_run(home: Path, tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    scripts = tmp_path / "scripts"
    scripts.mkdir()
    go = tmp_path / "go"
    (scripts / "wait.py").write_text(
        "import pathlib, time\nprint('waiting', flush=True)\n"
        f"while not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.02)\n"
        "print('went on', flush=True)\n",
        encoding="utf-8",
    )
    kernel = {"name": "here", "display_name": "here", "language": "python"}
    folder = tmp_path / "kernels" / "here"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        f'{{"argv": ["{sys.executable}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"], "display_name": "here"}}',
        encoding="utf-8",
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in (SUBMIT, SHOW, GO_ON)],
        metadata={"kernelspec": kernel},
    )
    client = NotebookClient(
        notebook, timeout=120, kernel_name="here", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.create_kernel_manager()
    client.km.kernel_spec_manager.kernel_dirs = [str(tmp_path / "kernels")]
    shown: list[str] = []

    def keep(cell: dict[str, object], **_: object) -> None:
        shown.extend(output["data"]["text/html"] for output in cell["outputs"] if "data" in output)  # type: ignore[attr-defined]

    client.on_cell_executed = keep
    client.execute()
    assert "Finished" not in shown[0], "the cell had ended before the run had"
    last = notebook.cells[1].outputs[0]["data"]["text/html"]
    assert "1 of 1 steps" in last
    assert "Finished" in last
    assert "&lt;b&gt;wait&lt;/b&gt;" in last
    assert "<b>wait" not in last
    assert notebook.cells[2].outputs[-1]["text"].strip().endswith("False")
