"""The import paths of Azure ML SDK v1, provided by Lazulite: re-exports of `lazulite.sdk`, no logic.

Microsoft's own `azureml-*` packages provide the same package. Where both are installed in one folder the first import
stops with the commands that repair it; `lazulite.sdk.installation` tells what else can happen then.
"""

from lazulite.sdk.installation import refuse_mixture
from lazulite.sdk.reexports import tell_of_absent_modules

#: Modules of v1 that are not in this version.
ABSENT = (
    "azureml.automl",
    "azureml.contrib.automl",
    "azureml.contrib.dataset",
    "azureml.contrib.pipeline",
    "azureml.contrib.services",
    "azureml.core.compute.aks",
    "azureml.core.compute.computeinstance",
    "azureml.core.compute.dsvm",
    "azureml.core.compute.hdinsight",
    "azureml.core.compute.kubernetescompute",
    "azureml.core.compute.kusto",
    "azureml.core.dataset",
    "azureml.core.image",
    "azureml.core.linked_service",
    "azureml.core.private_endpoint",
    "azureml.core.profile",
    "azureml.core.util",
    "azureml.core.webservice",
    "azureml.data.abstract_dataset",
    "azureml.data.context_managers",
    "azureml.data.datacache",
    "azureml.data.datacache_consumption_config",
    "azureml.data.dataset_action_run",
    "azureml.data.dataset_consumption_config",
    "azureml.data.dataset_definition",
    "azureml.data.dataset_error_handling",
    "azureml.data.dataset_factory",
    "azureml.data.dataset_profile",
    "azureml.data.dataset_profile_run",
    "azureml.data.dataset_profile_run_config",
    "azureml.data.dataset_snapshot",
    "azureml.data.dataset_type_definitions",
    "azureml.data.file_dataset",
    "azureml.data.output_dataset_config",
    "azureml.data.tabular_dataset",
    "azureml.interpret",
    "azureml.opendatasets",
    "azureml.pipeline.core.module",
    "azureml.pipeline.core.module_step_base",
    "azureml.pipeline.core.pipeline_output_dataset",
    "azureml.pipeline.steps.automl_step",
    "azureml.pipeline.steps.azurebatch_step",
    "azureml.pipeline.steps.estimator_step",
    "azureml.pipeline.steps.hyper_drive_step",
    "azureml.pipeline.steps.kusto_step",
    "azureml.pipeline.steps.module_step",
    "azureml.pipeline.steps.mpi_step",
    "azureml.pipeline.steps.parallel_run_config",
    "azureml.pipeline.steps.parallel_run_step",
    "azureml.pipeline.steps.r_script_step",
    "azureml.train",
)

refuse_mixture(__path__[0])
tell_of_absent_modules(ABSENT)
