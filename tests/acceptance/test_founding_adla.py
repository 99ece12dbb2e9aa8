"""The founding document's Data Lake Analytics block, verbatim, and a U-SQL script on the account that it attaches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.test_founding_document import DOCUMENT, blocks

pytestmark = pytest.mark.slow
FIRST = "adla_compute_name = os.environ.get("
IMPORTS = """
from azureml.core import Datastore, Experiment, Workspace
from azureml.data.data_reference import DataReference
from azureml.pipeline.core import Pipeline, PipelineData
from azureml.pipeline.steps import AdlaStep
"""
SCRIPT = """@rows = EXTRACT id int, name string, amount int FROM "@@sample_input@@" USING Extractors.Csv();
OUTPUT @rows TO "@@sample_output@@" USING Outputters.Csv();
"""


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the founding document is not beside this checkout")
@pytest.mark.usefixtures("home")
def test_a_script_runs_on_the_account_that_the_document_attaches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, Any] = {}
    exec(IMPORTS, names)
    ws = names["ws"] = names["Workspace"].create("founding-document", show_output=False)
    values = {"COMPUTE_NAME": "adla", "RESOURCE_GROUP": "group", "ACCOUNT_NAME": "contoso"}
    for name, value in values.items():
        monkeypatch.setenv(f"AML_ADLA_{name}", value)
    (attach,) = (block for block in blocks() if FIRST in block)
    for _ in range(2):  # the second time it exists already
        exec(compile(attach, "<attach>", "exec"), names)
    (tmp_path / "testdata.txt").write_text("1, Noah, 100\n2, Emma, 250\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "sample.usql").write_text(SCRIPT)
    lake = names["Datastore"].register_azure_data_lake(ws, "lake", "contoso", folder=str(tmp_path))
    step = names["AdlaStep"](
        name="ADLA Step",
        script_name="sample.usql",
        inputs=[names["DataReference"](lake, "sample_input", "testdata.txt")],
        outputs=[names["PipelineData"]("sample_output", datastore=lake)],
        source_directory=str(tmp_path / "code"),
        compute_target=names["adla_compute"],
    )
    run = names["Experiment"](ws, "adla").submit(names["Pipeline"](ws, [step]))
    assert run.wait_for_completion(show_output=False) == "Finished"
    output = run.find_step_run("ADLA Step")[0].get_output("sample_output").get_port_data_reference()
    written = (tmp_path / output.path_on_datastore).read_bytes()
    assert written == b'1," Noah",100\r\n2," Emma",250\r\n'
