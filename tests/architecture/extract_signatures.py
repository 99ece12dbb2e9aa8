"""Cut the facts that `test_conformance.py` needs out of a full description of v1's public names.

    python tests/architecture/extract_signatures.py PATH/TO/signatures.json

writes `v1_signatures.json` beside this file: for each class and function in scope its import paths, parameters
(name, kind, default as text), properties and attributes. Scope is what the two lists below say: raise them when an
area is added, and the test fails until every name of it is there. Of all modules of v1, in scope or not, it writes the
public names and the constants: each must be there, or say that it is not in this version.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

#: Modules whose import paths are in scope.
MODULES = (
    "azureml._common.exceptions",
    "azureml.core",
    "azureml.core.authentication",
    "azureml.core.compute",
    "azureml.core.compute.adla",
    "azureml.core.compute.amlcompute",
    "azureml.core.compute.batch",
    "azureml.core.compute.compute",
    "azureml.core.compute.databricks",
    "azureml.core.compute.datafactory",
    "azureml.core.compute.remote",
    "azureml.core.compute_target",
    "azureml.core.conda_dependencies",
    "azureml.core.container_registry",
    "azureml.core.databricks",
    "azureml.core.datastore",
    "azureml.core.environment",
    "azureml.core.experiment",
    "azureml.core.keyvault",
    "azureml.core.model",
    "azureml.core.resource_configuration",
    "azureml.core.run",
    "azureml.core.runconfig",
    "azureml.core.script_run",
    "azureml.core.script_run_config",
    "azureml.core.workspace",
    "azureml.data.abstract_datastore",
    "azureml.data.azure_data_lake_datastore",
    "azureml.data.azure_my_sql_datastore",
    "azureml.data.azure_postgre_sql_datastore",
    "azureml.data.azure_sql_database_datastore",
    "azureml.data.azure_storage_datastore",
    "azureml.data.data_reference",
    "azureml.data.datapath",
    "azureml.data.datastore_client",
    "azureml.data.dbfs_datastore",
    "azureml.data.hdfs_datastore",
    "azureml.data.sql_data_reference",
    "azureml.data.stored_procedure_parameter",
    "azureml.exceptions",
    "azureml.exceptions._azureml_exception",
    "azureml.pipeline.core",
    "azureml.pipeline.core.builder",
    "azureml.pipeline.core.graph",
    "azureml.pipeline.core.pipeline",
    "azureml.pipeline.core.pipeline_draft",
    "azureml.pipeline.core.pipeline_endpoint",
    "azureml.pipeline.core.run",
    "azureml.pipeline.core.schedule",
    "azureml.pipeline.steps",
    "azureml.pipeline.steps.command_step",
    "azureml.pipeline.steps.databricks_step",
    "azureml.pipeline.steps.python_script_step",
)

#: Classes and functions in scope, by v1's own module; "*" means all that v1 has there.
NAMES: dict[str, tuple[str, ...]] = {
    "azureml._common.exceptions": ("*",),
    "azureml._restclient.exceptions": ("ServiceException",),
    "azureml.core.authentication": ("*",),
    "azureml.core.compute.adla": ("*",),
    "azureml.core.compute.amlcompute": ("*",),
    "azureml.core.compute.batch": ("*",),
    "azureml.core.compute.compute": ("*",),
    "azureml.core.compute.databricks": ("*",),
    "azureml.core.compute.datafactory": ("*",),
    "azureml.core.compute.remote": ("*",),
    "azureml.core.compute_target": ("AbstractComputeTarget", "LocalTarget"),
    "azureml.core.conda_dependencies": ("*",),
    "azureml.core.container_registry": ("*",),
    "azureml.core.databricks": ("*",),
    "azureml.core.datastore": ("*",),
    "azureml.core.environment": ("*",),
    "azureml.core.experiment": ("*",),
    "azureml.core.keyvault": ("*",),
    "azureml.core.model": ("Model",),
    "azureml.core.resource_configuration": ("*",),
    "azureml.core.run": ("Run", "InputDatasets", "OutputDatasets", "get_run"),
    "azureml.core.runconfig": ("*",),
    "azureml.core.script_run": ("*",),
    "azureml.core.script_run_config": ("ScriptRunConfig",),
    "azureml.core.workspace": ("*",),
    "azureml.data.abstract_datastore": ("*",),
    "azureml.data.azure_data_lake_datastore": ("*",),
    "azureml.data.azure_my_sql_datastore": ("*",),
    "azureml.data.azure_postgre_sql_datastore": ("*",),
    "azureml.data.azure_sql_database_datastore": ("*",),
    "azureml.data.azure_storage_datastore": ("*",),
    "azureml.data.data_reference": ("*",),
    "azureml.data.datapath": ("*",),
    "azureml.data.dbfs_datastore": ("*",),
    "azureml.data.hdfs_datastore": ("*",),
    "azureml.data.sql_data_reference": ("*",),
    "azureml.data.stored_procedure_parameter": ("StoredProcedureParameter",),
    "azureml.exceptions._azureml_exception": ("*",),
    "azureml.pipeline.core.builder": ("*",),
    "azureml.pipeline.core.graph": (
        "DataSource",
        "DataSourceDef",
        "DataSourceNode",
        "Edge",
        "Graph",
        "InputPort",
        "InputPortBinding",
        "InputPortDef",
        "ModuleDef",
        "ModuleNode",
        "Node",
        "OutputPort",
        "OutputPortBinding",
        "OutputPortDef",
        "Param",
        "ParamDef",
        "PipelineParameter",
        "PortDataReference",
        "PublishedPipeline",
        "StoredProcedureParameter",
    ),
    "azureml.pipeline.core.pipeline": ("*",),
    "azureml.pipeline.core.pipeline_draft": ("*",),
    "azureml.pipeline.core.pipeline_endpoint": ("*",),
    "azureml.pipeline.core.run": ("*",),
    "azureml.pipeline.core.schedule": ("*",),
    "azureml.pipeline.steps.command_step": ("*",),
    "azureml.pipeline.steps.databricks_step": ("*",),
    "azureml.pipeline.steps.python_script_step": ("*",),
}
TARGET = Path(__file__).with_name("v1_signatures.json")


def main(source: Path) -> None:
    """Read the full description, write the part in scope."""
    full = json.loads(source.read_text(encoding="utf-8"))
    scope = {
        "classes": {key: _of_class(key, facts) for key, facts in full["classes"].items() if _in_scope(key)},
        "functions": {
            key: {"paths": _paths(key, facts), "parameters": facts["sig"]}
            for key, facts in full["functions"].items()
            if _in_scope(key)
        },
    }
    scope["modules"] = {name: _of_module(facts) for name, facts in full["modules"].items()}
    TARGET.write_text(json.dumps(scope, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    print(", ".join(f"{len(facts)} {section}" for section, facts in scope.items()), f"in {TARGET}")


def _in_scope(key: str) -> bool:
    module, name = key.split(":")
    return name in NAMES.get(module, ()) or "*" in NAMES.get(module, ())


def _paths(key: str, facts: dict[str, Any]) -> list[str]:
    own = key.replace(":", ".")
    known = {path for path in [own, *facts["import_paths"]] if path.rpartition(".")[0] in MODULES}
    return sorted(known)


def _of_module(facts: dict[str, Any]) -> dict[str, Any]:
    return {"names": sorted(facts.get("public", ())), "constants": facts.get("constants", {})}


def _of_class(key: str, facts: dict[str, Any]) -> dict[str, Any]:
    methods = {
        name: [method["kind"], method["sig"]]
        for name, method in facts.get("methods", {}).items()
        if not name.startswith("_") and str(method.get("from", "azureml.")).startswith("azureml.")
    }
    # A property is "rw", or ["rw", the class it comes from]: what v1's logging gave its classes is not their surface.
    properties = {
        name
        for name, access in (facts.get("properties") or {}).items()
        if "azureml._logging" not in str(access)
    }
    return {
        "paths": _paths(key, facts),
        "constructor": facts.get("init", []),
        "methods": methods,
        "properties": sorted(properties),
        "attributes": sorted(
            {*facts.get("class_attrs", ()), *facts.get("instance_attrs", ()), *facts.get("enum", ())}
        ),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
