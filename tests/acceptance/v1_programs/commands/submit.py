"""Commands as a list, as a text for the shell and from a ScriptRunConfig; order by StepSequence and run_after."""

from azureml.core import ScriptRunConfig, Workspace
from azureml.core.runconfig import RunConfiguration
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter, StepSequence
from azureml.pipeline.steps import CommandStep, PythonScriptStep

ws = Workspace.create("commands", exist_ok=True)
greeting = PipelineParameter("greeting", "hello")
letters = PipelineData("letters")
counted = PipelineData("counted", output_mode="upload", output_path_on_compute="results/counted")

run_config = RunConfiguration()
run_config.target = "local"
run_config.environment_variables = {"SIGNATURE": "Yours, T."}

as_list = CommandStep(
    name="list",
    command=["sh", "write.sh", greeting, letters],
    outputs=[letters],
    runconfig=run_config,
    source_directory="scripts",
)
as_text = CommandStep(
    name="text",
    command="mkdir -p results/counted && wc -l < $AZUREML_DATAREFERENCE_letters/one.txt > results/counted/lines",
    inputs=[letters],
    outputs=[counted],
    compute_target="local",
    source_directory="scripts",
)
of_a_config = ScriptRunConfig("scripts", command=["python", "show.py", "of a config"], compute_target="local")
from_config = CommandStep(
    name="config",
    runconfig=of_a_config.run_config,
    command=of_a_config.command,
    compute_target="local",
    source_directory="scripts",
)


def show(name, **more):
    return PythonScriptStep(
        "show.py",
        name=name,
        source_directory="scripts",
        compute_target="local",
        **{"arguments": [name], **more},
    )


words = show(
    "words", arguments=["two words", "--rate", 0.5, True, "it's"], params={"my rate": 0.5, "said": greeting}
)
last = show(
    "last", arguments=["--counted", counted.as_input("from_text")], inputs=[counted.as_input("from_text")]
)
first, second, third = show("first"), show("second"), show("third")
second.run_after(words)

pipeline = Pipeline(
    ws, steps=[[from_config, [last]], StepSequence(steps=[[first, second], third]), as_text, as_list]
)
pipeline.submit("commands", pipeline_parameters={"greeting": "bye; `date` $HOME"}).wait_for_completion()
