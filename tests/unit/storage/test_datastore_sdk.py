"""v1's `Datastore` over a real local service."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lazulite.sdk import datastore_missing
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datastore import (
    AzureBlobDatastore,
    AzureFileDatastore,
    Datastore,
    DatastoreNotFound,
)
from lazulite.sdk.datastores.files import FileDatastore
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.delenv("LAZULITE_URL", raising=False)
    monkeypatch.setenv("LAZULITE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Workspace.create("first")


@pytest.fixture
def store(workspace: Workspace) -> AzureBlobDatastore:
    found = Datastore(workspace)
    assert isinstance(found, AzureBlobDatastore)
    return found


def make(*names: str) -> list[str]:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)
    return list(names)


def held(store: FileDatastore) -> list[str]:
    return [info.path for info in store._store().list()]


# --- which datastore ---


def test_each_datastore_has_its_own_class(workspace: Workspace) -> None:
    default: object = Datastore(workspace)
    assert type(default) is AzureBlobDatastore
    assert type(Datastore.get(workspace, "workspaceblobstore")) is AzureBlobDatastore
    assert type(Datastore.get(workspace, "workspacefilestore")) is AzureFileDatastore
    found = Datastore.get_default(workspace)
    assert (found.name, found.workspace, found.datastore_type) == (
        "workspaceblobstore",
        workspace,
        "AzureBlob",
    )
    assert not isinstance(found, Datastore)  # as in v1


def test_upper_case_counts_as_lower_case_with_a_warning(workspace: Workspace) -> None:
    with pytest.warns(UserWarning, match="'workspaceblobstore'"):
        assert Datastore(workspace, "WorkspaceBlobStore").name == "workspaceblobstore"


@pytest.mark.parametrize("name", ["absent", "not-a-valid-name", "../x", ""])
def test_a_missing_datastore_is_a_user_error_that_lists_the_others(workspace: Workspace, name: str) -> None:
    with pytest.raises(UserErrorException) as caught:
        Datastore.get(workspace, name)
    assert isinstance(caught.value, DatastoreNotFound)
    assert f"'{name}'" in caught.value.message
    assert "workspaceblobstore, workspacefilestore" in caught.value.message


def test_a_missing_datastore_is_what_msrest_raises_too(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "msrest"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "exceptions.py").write_text(
        "class ClientException(Exception):\n"
        "    def __init__(self, message, inner_exception=None):\n"
        "        super().__init__(message)\n"
        "class HttpOperationError(ClientException):\n"
        "    def __init__(self, deserialize, response, resp_type=None):\n"
        "        super().__init__(response.reason)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    try:
        from msrest.exceptions import HttpOperationError

        with pytest.raises(HttpOperationError) as caught:
            Datastore.get(workspace, "absent")
        error = caught.value
        assert error.response.status_code == 404
        assert isinstance(error, UserErrorException)
        assert str(error) == error.message
        assert "workspaceblobstore" in error.message
    finally:
        datastore_missing._kind_with_msrest.cache_clear()
        for name in ("msrest", "msrest.exceptions"):
            sys.modules.pop(name, None)


def test_a_name_that_is_no_text_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UserErrorException, match="Expected text"):
        Datastore.get(workspace, 3)  # type: ignore[arg-type]


# --- registering ---


def test_register_local_set_as_default_unregister(workspace: Workspace, tmp_path: Path) -> None:
    make("data/a.csv")
    made = Datastore.register_local(workspace, "mine", "data")
    assert held(Datastore(workspace, "mine")) == ["a.csv"]
    assert str(tmp_path / "data") in str(made)
    made.set_as_default()
    assert Datastore(workspace).name == workspace.get_default_datastore().name == "mine"
    with pytest.raises(UserErrorException, match="is the default"):
        made.unregister()
    Datastore(workspace, "workspaceblobstore").set_as_default()
    made.unregister()
    assert "mine" not in workspace.datastores
    assert (tmp_path / "data" / "a.csv").exists()
    with pytest.raises(UserErrorException, match="mine"):
        made.unregister()


def test_register_local_refuses_what_cannot_be_used(workspace: Workspace, tmp_path: Path) -> None:
    make("file", "one/x", "two/y")
    with pytest.raises(UserErrorException, match="not a valid datastore name"):
        Datastore.register_local(workspace, "my-data", "one")
    with pytest.raises(UserErrorException, match="create_if_not_exists=True"):
        Datastore.register_local(workspace, "mine", "absent")
    with pytest.raises(UserErrorException, match="is a file"):
        Datastore.register_local(workspace, "mine", "file")
    with pytest.raises(UserErrorException, match="every workspace has"):
        Datastore.register_local(workspace, "workspaceblobstore", "one", overwrite=True)
    assert sorted(workspace.datastores) == ["workspaceblobstore", "workspacefilestore"]
    Datastore.register_local(workspace, "mine", "one")
    with pytest.raises(UserErrorException, match="overwrite=True"):
        Datastore.register_local(workspace, "mine", "two")
    assert held(Datastore(workspace, "mine")) == ["x"]
    Datastore.register_local(workspace, "mine", "two", overwrite=True)
    assert held(Datastore(workspace, "mine")) == ["y"]
    made = Datastore.register_local(
        workspace, "new", tmp_path / "new", create_if_not_exists=True, set_as_default=True
    )
    assert Datastore(workspace).name == made.name
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


# --- upload ---


def test_upload_keeps_the_tree_and_returns_a_reference(
    store: AzureBlobDatastore, capsys: pytest.CaptureFixture[str]
) -> None:
    make("src/a", "src/sub/b", "src/sub/deep/c")
    reference = store.upload("src", target_path="data/x")
    assert held(store) == ["data/x/a", "data/x/sub/b", "data/x/sub/deep/c"]
    assert isinstance(reference, DataReference)
    assert reference.path_on_datastore == "data/x"
    assert "Uploaded 3 files" in capsys.readouterr().out


@pytest.mark.parametrize("target", ["./t", "/t", "../t", "../../t", "/./t", ".\\t", "t/"])
def test_what_stands_before_a_target_path_means_nothing(store: AzureBlobDatastore, target: str) -> None:
    make("src/a")
    assert store.upload("src", target_path=target).path_on_datastore == "t"
    assert held(store) == ["t/a"]


@pytest.mark.parametrize("target", [None, "", ".", "/", "./"])
def test_the_root_as_target(store: AzureBlobDatastore, target: str | None) -> None:
    make("src/a")
    store.upload("src", target_path=target)
    assert held(store) == ["a"]


def test_a_target_that_leaves_is_refused(store: AzureBlobDatastore) -> None:
    make("src/a")
    for target in ("x/../../y", ".."):
        with pytest.raises(UserErrorException, match=r"'\.\.' part"):
            store.upload("src", target_path=target)
    assert held(store) == []


def test_existing_files_are_skipped_with_a_message(
    store: AzureBlobDatastore, capsys: pytest.CaptureFixture[str]
) -> None:
    make("src/a")
    store.upload("src")
    Path("src/a").write_text("new")
    store.upload("src")
    assert Path(store._store().shown("a")).read_text() == "src/a"
    assert "Exists already, left as it is (overwrite=False): src/a" in capsys.readouterr().out
    store.upload("src", overwrite=True, show_progress=False)
    assert Path(store._store().shown("a")).read_text() == "new"
    assert capsys.readouterr().out == ""


def test_upload_files_by_the_rules_of_the_relative_root(store: AzureBlobDatastore, tmp_path: Path) -> None:
    make("src/one.csv", "src/sub/two.csv", "other/three.csv")
    store.upload_files(["src/one.csv"], target_path="single")
    store.upload_files(["./src/one.csv", "src/sub/two.csv"], target_path="common")
    store.upload_files([str(tmp_path / "src/sub/two.csv")], relative_root="src", target_path="rooted")
    store.upload_files(["src/sub/two.csv", "other/three.csv"])
    assert held(store) == [
        *("common/one.csv", "common/sub/two.csv", "other/three.csv"),
        *("rooted/sub/two.csv", "single/one.csv", "src/sub/two.csv"),
    ]


def test_upload_files_refuses_slips_before_copying(store: AzureBlobDatastore) -> None:
    make("src/a", "src2/b")
    for files, root, message in (
        (["src/a", "src/absent"], None, "'src/absent' does not exist"),
        (["src"], None, r"upload\(src_dir"),
        (["src/a", "src2/b"], "src", "not below relative_root"),
        ("src/a", None, "Expected a list"),
        ([], None, "files is empty"),
        ([None], None, "Expected a path"),
    ):
        with pytest.raises(UserErrorException, match=message):
            store.upload_files(files, relative_root=root)  # type: ignore[arg-type]
    for folder, message in (
        ("absent", "does not exist"),
        ("src/a", "upload_files"),
        (None, "Expected a path"),
    ):
        with pytest.raises(UserErrorException, match=message):
            store.upload(folder)  # type: ignore[arg-type]
    assert held(store) == []


def test_links_are_followed_and_circles_end(store: AzureBlobDatastore) -> None:
    make("src/a", "elsewhere/b")
    Path("src/link").symlink_to("../elsewhere")
    Path("src/circle").symlink_to(".")
    store.upload("src")
    assert held(store) == ["a", "link/b"]


def test_a_file_that_fails_is_an_error_that_names_it(store: AzureBlobDatastore) -> None:
    make("src/a", "src/b", "src/c")
    Path("src/gone").symlink_to("nothing")
    Path(store._store().shown("b")).mkdir()
    with pytest.raises(UserErrorException) as caught:
        store.upload("src")
    assert "2 of 4 files were not copied to datastore 'workspaceblobstore'" in caught.value.message
    assert "src/b: a folder is at" in caught.value.message
    assert "src/gone: there is no such file" in caught.value.message
    assert held(store) == ["a", "c"]


def test_a_full_disk_is_a_user_error_that_names_the_folder(
    store: AzureBlobDatastore, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("src/a")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(UserErrorException, match=r"The disk under .*workspaceblobstore is full: src/a"):
        store.upload("src", show_progress=False)


# --- download ---


def test_download_counts_keeps_prefixes_and_skips(
    store: AzureBlobDatastore, capsys: pytest.CaptureFixture[str]
) -> None:
    make("src/run/out/a", "src/run/out/b", "src/other")
    store.upload("src")
    assert store.download("all") == 3
    assert Path("all/run/out/a").read_text() == "src/run/out/a"
    assert store.download("all", prefix="run/") == 0
    assert "Exists already, left as it is (overwrite=False): run/out/a" in capsys.readouterr().out
    assert store.download("all", prefix="run/out/a", overwrite=True) == 1
    assert store.download("some", prefix="run/o") == 2
    assert Path("some/run/out/b").exists()
    assert store.download("flat", prefix="run/out", strip_prefix=True) == 2
    assert Path("flat/b").exists()
    assert store.download("none", prefix="absent", show_progress=False) == 0
    with pytest.raises(UserErrorException, match=r"'\.\.' part"):
        store.download("none", prefix="../..")


def test_an_upload_is_shown_as_a_moving_line_in_a_terminal(workspace: Workspace, tmp_path: Path) -> None:
    make("src/a")
    program = (
        "import os, pty, sys\n"
        "from lazulite.sdk.workspace import Workspace\n"
        "from lazulite.sdk.datastore import Datastore\n"
        "Datastore(Workspace.get('first')).upload('src', 'shown')\n"
    )
    main, other = os.openpty()
    done = subprocess.run([sys.executable, "-c", program], stdout=other, cwd=tmp_path, check=True)
    os.close(other)
    shown = os.read(main, 10_000).decode()
    os.close(main)
    assert done.returncode == 0
    assert "\rUploading 1/1 files" in shown
    assert "Uploaded 1 file (5 bytes) to datastore 'workspaceblobstore'/shown" in shown


# --- references, texts ---


def test_references(store: AzureBlobDatastore) -> None:
    assert store.path("a/b").path_on_datastore == "a/b"
    assert store.path("a", data_reference_name="n").data_reference_name == "n"
    assert store.as_mount().mode == "mount"
    assert (store.as_download("here").mode, store.as_download("here").path_on_compute) == ("download", "here")
    assert (store.as_upload("there").mode, store.as_upload("there").path_on_compute) == ("upload", "there")


def test_texts_and_v1_attributes(store: AzureBlobDatastore) -> None:
    assert repr(store) == "AzureBlobDatastore(name='workspaceblobstore', workspace='first')"
    assert str(store).startswith("AzureBlobDatastore 'workspaceblobstore' of workspace 'first' in /")
    assert (store.is_sas, store.sas_token, store.account_key) == (False, None, None)
    assert (store.container_name, store.account_name) == ("workspaceblobstore", "lazulite")
    with pytest.raises(UserErrorException, match="has no blob_service"):
        _ = store.blob_service
    rebuilt = AzureBlobDatastore(store.workspace, store.name, store.container_name, store.account_name)
    assert rebuilt._record == store._record
