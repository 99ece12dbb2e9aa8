"""What v1's graph says of its modules, data sources and their ports: plain values, for people to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from lazulite.model.codec import dumps
from lazulite.model.plan import ParameterArgument, PathParameter, Step
from lazulite.sdk.data_place import datastore_name, normal_path
from lazulite.sdk.data_reference import DataReference


class InputPortDef:
    """The definition of an input; the arguments are kept as attributes of the same names."""

    def __init__(
        self,
        name: str,
        data_types: Any = None,
        default_datastore_mode: str | None = None,
        default_path_on_compute: str | None = None,
        is_optional: bool = False,
        default_overwrite: bool | None = None,
        default_data_reference_name: str | None = None,
        is_resource: bool = False,
        label: str | None = None,
        additional_transformations: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"InputPortDef() got an unexpected keyword argument {next(iter(kwargs))!r}")
        self.name = name
        self.data_types = list(data_types or ["AnyFile", "AnyDirectory"])
        self.default_datastore_mode = default_datastore_mode
        self.default_path_on_compute = default_path_on_compute
        self.is_optional = is_optional
        self.default_overwrite = default_overwrite
        self.default_data_reference_name = default_data_reference_name or name
        self.is_resource = is_resource
        self.label = label
        self.additional_transformations = additional_transformations


class OutputPortDef:
    """The definition of an output; the arguments are kept as attributes of the same names."""

    def __init__(
        self,
        name: str,
        default_datastore_name: str | None = None,
        default_datastore_mode: str | None = None,
        default_path_on_compute: str | None = None,
        is_directory: bool | None = False,
        data_type: str | None = None,
        default_overwrite: bool | None = None,
        training_output: Any = None,
        label: str | None = None,
    ) -> None:
        self.name = name
        self.default_datastore_name = default_datastore_name
        self.default_datastore_mode = default_datastore_mode
        self.default_path_on_compute = default_path_on_compute
        self.is_directory = bool(is_directory)
        self.data_type = data_type or ("AnyDirectory" if is_directory else "AnyFile")
        self.default_overwrite = default_overwrite
        self.training_output = training_output
        self.label = label


class ParamDef:
    """The definition of a parameter; the arguments are kept as attributes of the same names."""

    def __init__(
        self,
        name: str,
        default_value: Any = None,
        is_metadata_param: bool = False,
        is_optional: bool = False,
        set_env_var: bool = False,
        calculate_hash: bool = True,
        env_var_override: str | None = None,
    ) -> None:
        self.name = name
        self.default_value = default_value
        self.is_metadata_param = is_metadata_param
        self.is_optional = is_optional
        self.set_env_var = set_env_var
        self.calculate_hash = calculate_hash
        self.env_var_override = env_var_override

    def __repr__(self) -> str:
        return f"ParamDef(name={self.name!r}, default_value={self.default_value!r})"


class Param:
    """A parameter of a node, with its value."""

    def __init__(self, param_def: ParamDef) -> None:
        self.param_def = param_def
        self.name = param_def.name
        self.value = param_def.default_value
        self.set_var = param_def.set_env_var

    def get_value(self) -> Any:
        """Return its value."""
        return self.value

    def set_value(self, param_value: Any) -> None:
        """Set its value in this view; what was submitted stays as it is."""
        self.value = param_value


class ModuleDef:
    """What a node runs: its inputs, outputs and parameters."""

    fake_input_prefix = "_run_after_input_"
    fake_output_name = "_run_after_output"

    def __init__(
        self,
        name: str,
        description: str | None = None,
        input_port_defs: Iterable[InputPortDef] | None = None,
        output_port_defs: Iterable[OutputPortDef] | None = None,
        param_defs: Iterable[ParamDef] | None = None,
        module_execution_type: str | None = None,
        create_sequencing_ports: bool = True,
        allow_reuse: bool = True,
        version: str | None = None,
        module_type: str | None = None,
        step_type: str | None = None,
        arguments: Any = None,
        runconfig: Any = None,
        cloud_settings: Any = None,
    ) -> None:
        self.name = name
        self.description = description or name
        self.input_port_defs = list(input_port_defs or ())
        self.output_port_defs = list(output_port_defs or ())
        self.param_defs = list(param_defs or ())
        self.module_execution_type = module_execution_type
        self.module_type = module_type
        self.step_type = step_type
        self.allow_reuse = allow_reuse
        self.version = version
        self.arguments = arguments
        self.runconfig = runconfig
        self.cloud_settings = cloud_settings
        if create_sequencing_ports:
            self.output_port_defs.append(OutputPortDef(self.fake_output_name))

    def add_fake_sequencing_input_port(self) -> InputPortDef:
        """Add the hidden input by which v1 waits for another node, and return it."""
        count = sum(one.name.startswith(self.fake_input_prefix) for one in self.input_port_defs)
        port = InputPortDef(f"{self.fake_input_prefix}{count}", is_optional=True)
        self.input_port_defs.append(port)
        return port

    def calculate_hash(self) -> str:
        """Return a digest of the definition (not a step's reuse key, which is about what runs)."""
        return _digest(
            self.name,
            [one.name for one in self.input_port_defs],
            [(one.name, one.default_datastore_name) for one in self.output_port_defs],
            [(one.name, str(one.default_value)) for one in self.param_defs],
            self.allow_reuse,
            self.version,
        )


class Module:
    """A module definition with an id."""

    def __init__(
        self,
        module_id: str,
        module_def: ModuleDef | None = None,
        module_version: str | None = None,
        default_version: str | None = None,
    ) -> None:
        self.id = module_id
        self.module_def = module_def
        self.module_version = module_version
        self.default_version = default_version


class DataSourceDef:
    """A place in a datastore; the arguments are kept as attributes of the same names."""

    def __init__(
        self,
        name: str,
        description: str | None = None,
        data_type_id: str | None = None,
        datastore_name: str | None = None,
        path_on_datastore: str | None = None,
        sql_table: str | None = None,
        sql_query: str | None = None,
        sql_stored_procedure: str | None = None,
        sql_stored_procedure_params: Any = None,
        pipeline_dataset: Any = None,
    ) -> None:
        self.name = name
        self.description = description or name
        self.data_type_id = data_type_id or "AnyDirectory"
        self.datastore_name = datastore_name
        self.path_on_datastore = path_on_datastore
        self.sql_table = sql_table
        self.sql_query = sql_query
        self.sql_stored_procedure = sql_stored_procedure
        self.sql_stored_procedure_params = sql_stored_procedure_params
        self.pipeline_dataset = pipeline_dataset

    @property
    def output_port_def(self) -> OutputPortDef:
        """The one output of the node that stands for it."""
        return OutputPortDef(
            DataSource.DATASOURCE_PORT_NAME, self.datastore_name, data_type=self.data_type_id
        )

    @staticmethod
    def create_from_data_reference(data_reference: DataReference) -> DataSourceDef:
        """Return the definition of the place a reference points to."""
        return DataSourceDef(
            data_reference.data_reference_name,
            datastore_name=datastore_name(data_reference.datastore),
            path_on_datastore=normal_path(data_reference.path_on_datastore),
        )

    def calculate_hash(self) -> str:
        """Return a digest of name and place."""
        return _digest(self.name, self.datastore_name, self.path_on_datastore)


class DataSource:
    """A data source definition with an id."""

    DATASOURCE_PORT_NAME = "data"

    def __init__(self, datasource_id: str, datasource_def: DataSourceDef) -> None:
        self.id = datasource_id
        self.datasource_def = datasource_def


def definition_of(step: Step, values: dict[str, Any]) -> ModuleDef:
    """Return the definition of a step of a plan; `values` are the plan's parameters."""
    names = [item.name for item in step.arguments if isinstance(item, ParameterArgument)]
    names += [item.name for item in step.parameters.values() if isinstance(item, ParameterArgument)]
    names += [one.source.parameter for one in step.inputs if isinstance(one.source, PathParameter)]
    names += [one.place.parameter for one in step.outputs if one.place]
    return ModuleDef(
        step.name,
        input_port_defs=[
            InputPortDef(one.name, None, one.mode, one.path_on_compute, default_overwrite=one.overwrite)
            for one in step.inputs
        ],
        output_port_defs=[
            OutputPortDef(
                one.name,
                one.datastore,
                one.mode,
                one.path_on_compute,
                one.is_directory,
                default_overwrite=one.overwrite,
            )
            for one in step.outputs
        ],
        param_defs=[ParamDef(name, values.get(name), set_env_var=True) for name in dict.fromkeys(names)],
        create_sequencing_ports=False,
        allow_reuse=step.allow_reuse,
        version=step.version,
        step_type=step.step_type,
    )


def _digest(*parts: Any) -> str:
    return hashlib.sha256(dumps(list(parts)).encode()).hexdigest()
