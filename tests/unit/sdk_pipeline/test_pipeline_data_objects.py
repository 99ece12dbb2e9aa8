"""DataReference, DataPath, PipelineData and the ports: names, modes, placeholders, copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.pipeline_data import PipelineData
from lazulite.sdk.ports import InputPortBinding, OutputPortBinding, PortDataReference


def test_a_reference_is_called_like_its_datastore():
    assert DataReference("store").data_reference_name == "store"
    assert DataReference("store", path_on_datastore="/").data_reference_name == "store"


def test_an_unnamed_reference_to_a_path_has_the_same_name_every_time():
    names = {
        DataReference("store", path_on_datastore=path).data_reference_name
        for path in ("a/b", "./a/b", "a/b/")
    }
    assert len(names) == 1
    assert next(iter(names)).startswith("store_")
    assert names != {DataReference("store", path_on_datastore="a/c").data_reference_name}


def test_reference_modes_are_copies():
    reference = DataReference("store", "raw", "a")
    download = reference.as_download("there", overwrite=True)
    assert (download.mode, download.path_on_compute, download.overwrite) == ("download", "there", True)
    upload = reference.as_upload("out", overwrite=True)
    assert (upload.mode, upload.path_on_compute, upload.overwrite) == ("upload", "out", True)
    assert upload.as_mount().mode == "mount"
    assert (reference.mode, reference.path_on_compute, reference.overwrite) == ("mount", None, False)
    assert download.data_reference_name == "raw"


@pytest.mark.parametrize(
    ("base", "path", "expected"), [("a", "b", "a/b"), ("a/", "b", "a/b"), (None, "b", "b"), ("a", None, "a")]
)
def test_path_below_a_reference(base, path, expected):
    below = DataReference("store", "raw", base).path(path, "below")
    assert below.path_on_datastore == expected
    assert below.data_reference_name == "below"


def test_reference_to_nothing_usable():
    with pytest.raises(UserErrorException, match="'mounted' is not known"):
        DataReference("store", mode="mounted")
    with pytest.raises(UserErrorException, match="None is not a datastore"):
        DataReference(None)
    with pytest.raises(UserErrorException, match="path_on_datastore is 3"):
        DataReference("store", path_on_datastore=3)  # type: ignore[arg-type]
    assert DataReference("store", path_on_datastore=Path("a/b")).path_on_datastore == "a/b"  # type: ignore[arg-type]


def test_placeholders():
    assert str(DataReference("store", "raw")) == "$AZUREML_DATAREFERENCE_raw"
    assert f"{PipelineData('clean')}/x.csv" == "$AZUREML_DATAREFERENCE_clean/x.csv"
    assert PipelineData("clean").get_env_variable_name() == "$AZUREML_DATAREFERENCE_clean"
    assert str(PipelineData("clean").as_input("other")) == "$AZUREML_DATAREFERENCE_other"
    assert str(OutputPortBinding("out")) == "$AZUREML_DATAREFERENCE_out"


def test_a_reference_as_configuration():
    made = DataReference("store", "raw", "a", "download", "b", overwrite=True).to_config()
    assert (made.data_store_name, made.path_on_data_store) == ("store", "a")
    assert (made.mode, made.path_on_compute, made.overwrite) == ("download", "b", True)


def test_data_path_and_back():
    path = DataPath("store", "a/b", name="raw")
    reference = path.create_data_reference(
        datapath_compute_binding=DataPathComputeBinding("download", "x", overwrite=True)
    )
    assert (reference.data_reference_name, reference.path_on_datastore, reference.mode) == (
        "raw",
        "a/b",
        "download",
    )
    assert DataPath.create_from_data_reference(reference) == path
    binding = DataPathComputeBinding.create_from_data_reference(reference)
    assert (binding.mode, binding.path_on_compute, binding.overwrite) == ("download", "x", True)
    assert binding.create_data_reference("named", path).data_reference_name == "named"
    assert DataReference.create("named", path).mode == "mount"
    assert str(path) == "store/a/b"


def test_data_path_without_a_datastore():
    with pytest.raises(UserErrorException, match="is not a datastore"):
        DataPath(path_on_datastore="a")
    with pytest.raises(UserErrorException, match="datapath is missing"):
        DataReference.create("x")


@pytest.mark.parametrize("name", ["", "a b", "a-b", None, 3])
def test_pipeline_data_names(name):
    with pytest.raises(ValueError, match="not a valid"):
        PipelineData(name)


def test_pipeline_data_values_are_checked():
    with pytest.raises(ValueError, match="output_mode"):
        PipelineData("x", output_mode="download")
    with pytest.raises(ValueError, match="not a valid output name"):
        PipelineData("x", output_name="no good")
    with pytest.raises(UserErrorException, match="is not a datastore"):
        PipelineData("x", datastore=3)


def test_pipeline_data_types():
    assert PipelineData("x").data_type == "AnyFile"
    assert PipelineData("x", is_directory=True).data_type == "AnyDirectory"
    assert PipelineData("x", data_type="AnyDirectory").data_type == "AnyDirectory"
    assert PipelineData("x", datastore="store").datastore == "store"


def test_pipeline_data_as_input():
    data = PipelineData("x")
    binding = data.as_download("y", "here", overwrite=True)
    assert (binding.name, binding.bind_mode, binding.path_on_compute, binding.overwrite) == (
        "y",
        "download",
        "here",
        True,
    )
    assert binding.bind_object is data
    assert data.as_mount().name == "x"
    assert binding.get_bind_object_name() == "x"
    assert binding.get_bind_object_data_type() == "AnyFile"
    assert binding.as_resource().is_resource
    assert not binding.is_resource


def test_datasets_come_later():
    with pytest.raises(UserErrorException, match="'x' cannot be used as a dataset"):
        PipelineData("x").as_dataset()


def test_bindings_check_names_and_modes():
    with pytest.raises(ValueError, match="not a valid input name"):
        InputPortBinding("no good")
    binding = InputPortBinding("x")
    with pytest.raises(ValueError, match="Expected one of: mount"):
        binding.bind_mode = "carry"
    with pytest.raises(ValueError, match="Expected 'mount' or 'upload'"):
        OutputPortBinding("x", bind_mode="download")
    with pytest.raises(TypeError, match="'typo'"):
        InputPortBinding("x", typo=1)


def test_port_data_reference_says_where():
    port = PortDataReference(None, "run", DataReference("store", "model", "./azureml/1/model/"))
    assert (port.name, port.datastore_name, port.path_on_datastore) == ("model", "store", "azureml/1/model")
    assert port._path_on_datastore == port.path_on_datastore
    assert port.data_reference_name == "model"
    assert port.pipeline_run_id == "run"
    assert str(port) == "$AZUREML_DATAREFERENCE_model"
    assert port.as_input("m").bind_object is port
    assert port.as_download(path_on_compute="here").bind_mode == "download"
