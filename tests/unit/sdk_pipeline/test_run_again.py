"""Running a pipeline run again, and going on where it failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lazulite.model.publishing import RERUN_OF, RESUMES
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.pipeline import Pipeline
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.pipeline_run import PipelineRun
from lazulite.sdk.steps.python_script import PythonScriptStep
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def chain(shop: Workspace, tmp_path: Path) -> Any:
    """Makes the same pipeline again and again: `make` writes a word, `use` reads it and fails on the word "fail"."""
    folder = tmp_path / "chain"
    folder.mkdir()
    (folder / "make.py").write_text("import sys; open(sys.argv[1] + '/word', 'w').write('made')")
    (folder / "use.py").write_text("import sys; assert sys.argv[2] != 'fail', 'broken'")

    def made(**options: Any) -> Pipeline:
        data = PipelineData("data")
        common = {"compute_target": "local", "source_directory": str(folder), **options}
        make = PythonScriptStep("make.py", name="make", arguments=[data], outputs=[data], **common)
        use = PythonScriptStep(
            "use.py", name="use", arguments=[data, PipelineParameter("word", "fail")], inputs=[data], **common
        )
        return Pipeline(shop, [use, make])

    made.folder = folder  # type: ignore[attr-defined]
    return made


def ended(run: PipelineRun, status: str = "Finished") -> PipelineRun:
    assert run.wait_for_completion(show_output=False, raise_on_error=False) == status
    return run


def source(run: PipelineRun, name: str) -> str | None:
    return run.find_step_run(name)[0].properties.get("azureml.reusedrunid")


def test_a_failed_run_is_resumed_with_another_value(chain: Any) -> None:
    failed = ended(chain(allow_reuse=False).submit("runs"), "Failed")
    again = ended(failed.resume({"word": "fine"}))
    assert (again.properties[RERUN_OF], again.properties[RESUMES]) == (failed.id, failed.id)
    assert source(again, "make") == failed.find_step_run("make")[0].id
    text = str(again.find_step_run("make")[0].explain_reuse())
    assert "it completed in the run that is resumed" in text
    assert source(again, "use") is None


def test_mended_code_takes_over_what_completed(chain: Any) -> None:
    failed = ended(chain(allow_reuse=False).submit("runs"), "Failed")
    (chain.folder / "use.py").write_text("print('mended')")
    again = ended(chain().submit("runs", resume=failed))
    make = again.find_step_run("make")[0]
    assert source(again, "make") == failed.find_step_run("make")[0].id
    assert "although the file use.py changed" in str(make.explain_reuse())
    with pytest.raises(ValueError, match="resume"):
        chain().submit("runs", resume=7)
    with pytest.raises(UserErrorException, match="regenerate"):
        chain().submit("runs", resume=failed, regenerate_outputs=True)


def test_what_was_altered_or_rests_on_what_changed_runs_again(chain: Any, home: Path) -> None:
    first = ended(chain(allow_reuse=False).submit("runs", {"word": "fine"}))
    written = next(home.rglob(f"{first.find_step_run('make')[0].id}/data/word"))
    (chain.folder / "make.py").write_text("import sys; open(sys.argv[1] + '/word', 'w').write('other')")
    written.write_text("altered since")
    again = ended(chain(allow_reuse=False).submit("runs", {"word": "fine"}, resume=first.id))
    assert (source(again, "make"), source(again, "use")) == (None, None)


def test_a_run_is_run_again_from_a_step_on(chain: Any) -> None:
    first = ended(chain().submit("runs", {"word": "fine"}))
    for step in ("use", first.find_step_run("use")[0]):
        again = ended(first.rerun(from_step=step, display_name="again", experiment_name="others"))
        assert (again.experiment.name, again.display_name) == ("others", "again")
        assert source(again, "make") == first.find_step_run("make")[0].id
        assert source(again, "use") is None
    everything = ended(first.rerun(regenerate_outputs=True))
    assert (source(everything, "make"), source(everything, "use")) == (None, None)
    same = ended(first.rerun())
    assert None not in (source(same, "make"), source(same, "use"))
    for wrong in ({"from_step": "us"}, {"pipeline_parameters": {"wrod": 1}}, {"pipeline_parameters": 1}):
        with pytest.raises(ValueError, match=r"'use'|word|dict"):
            first.rerun(**wrong)
