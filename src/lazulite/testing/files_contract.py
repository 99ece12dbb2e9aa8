"""What every implementation of `api.Service` must do with the files of datastores, as tests: a part of
`service_contract`, whose fixtures it uses."""

from __future__ import annotations

import io

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.files import FileCopy, FolderEntry


class FilesContract:
    """Listing, reading, writing, copying and deleting files."""

    def test_a_file_is_written_looked_at_read_and_deleted(self, service: Service, workspace: str) -> None:
        store = "workspaceblobstore"
        written = service.put_file(
            workspace, store, "deep/in/a.txt", io.BytesIO(b"0123456789"), mtime_ns=10**18
        )
        assert (written.path, written.size, written.mtime_ns) == ("deep/in/a.txt", 10, 10**18)
        assert service.look_at(workspace, store, "deep/in/a.txt") == FolderEntry(
            "a.txt", is_directory=False, size=10, mtime_ns=10**18
        )
        folder = service.look_at(workspace, store, "deep/in")
        assert folder is not None
        assert folder.is_directory
        assert service.look_at(workspace, store, "deep/in/b.txt") is None
        for offset, length, expected in (
            (0, None, b"0123456789"),
            (8, None, b"89"),
            (2, 3, b"234"),
            (20, 5, b""),
        ):
            with service.open_file(workspace, store, "deep/in/a.txt", offset, length) as part:
                assert part.read() == expected
        with pytest.raises(errors.Conflict):
            service.put_file(workspace, store, "deep/in/a.txt", io.BytesIO(b"new"))
        service.put_file(workspace, store, "deep/in/a.txt", io.BytesIO(b"new"), overwrite=True)
        with service.open_file(workspace, store, "deep/in/a.txt") as stream:
            assert stream.read() == b"new"
        service.remove_file(workspace, store, "deep")
        assert service.list_files(workspace, store) == ()
        for gone in (service.remove_file, service.open_file, service.list_folder):
            with pytest.raises(errors.NotFound):
                gone(workspace, store, "deep")

    def test_files_are_listed_in_pages(self, service: Service, workspace: str) -> None:
        store = "workspacefilestore"
        paths = ["a", "a-b/c", "a.txt", "b/1", "b/2/x", "b/2/y", "b/3", "b0"]
        for path in reversed(paths):
            service.put_file(workspace, store, path, io.BytesIO(path.encode()))
        assert [info.path for info in service.list_files(workspace, store)] == paths
        assert [info.path for info in service.list_files(workspace, store, "b/")] == paths[3:7]
        assert [info.path for info in service.list_files(workspace, store, "a")] == paths[:3]
        page, seen = service.list_files(workspace, store, limit=3), []
        while page:
            seen += [info.path for info in page]
            page = service.list_files(workspace, store, limit=3, after=page[-1].path)
        assert seen == paths
        names = [(entry.name, entry.is_directory) for entry in service.list_folder(workspace, store)]
        assert names == [("a", False), ("a-b", True), ("a.txt", False), ("b", True), ("b0", False)]
        inner = service.list_folder(workspace, store, "b", limit=2, after="1")
        assert [(entry.name, entry.size) for entry in inner] == [("2", 0), ("3", 3)]
        with pytest.raises(errors.InvalidRequest):
            service.list_folder(workspace, store, "a.txt")

    def test_files_are_copied_where_they_are(self, service: Service, workspace: str) -> None:
        blob, files = "workspaceblobstore", "workspacefilestore"
        for path in ("in/a", "in/sub/b", "inner"):
            service.put_file(workspace, blob, path, io.BytesIO(path.encode()), mtime_ns=10**18)
        assert service.copy_files(workspace, blob, FileCopy("in", files, "out")) == 2
        assert service.copy_files(workspace, blob, FileCopy("inner", files, "out/c")) == 1
        found = service.list_files(workspace, files)
        assert [(info.path, info.mtime_ns) for info in found] == [
            ("out/a", 10**18),
            ("out/c", 10**18),
            ("out/sub/b", 10**18),
        ]
        with pytest.raises(errors.Conflict):
            service.copy_files(workspace, blob, FileCopy("inner", files, "out/c"))
        assert service.copy_files(workspace, blob, FileCopy("inner", files, "out/c", overwrite=True)) == 1
        with pytest.raises(errors.NotFound):
            service.copy_files(workspace, blob, FileCopy("gone", files, "x"))
        with pytest.raises(errors.PathEscapes):
            service.copy_files(workspace, blob, FileCopy("inner", files, "../x"))

    @pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "C:/x", "..\\x", "a\0b"])
    def test_no_path_leaves_the_datastore(self, service: Service, workspace: str, path: str) -> None:
        store = "workspaceblobstore"
        for call in (
            lambda: service.open_file(workspace, store, path),
            lambda: service.look_at(workspace, store, path),
            lambda: service.list_folder(workspace, store, path),
            lambda: service.put_file(workspace, store, path, io.BytesIO(b"x")),
            lambda: service.remove_file(workspace, store, path),
        ):
            with pytest.raises(errors.PathEscapes):
                call()

    def test_files_of_another_workspace_are_not_reached(
        self, service: Service, workspace: str, other: str
    ) -> None:
        service.put_file(workspace, "workspaceblobstore", "a", io.BytesIO(b"x"))
        assert service.look_at(other, "workspaceblobstore", "a") is None
        with pytest.raises(errors.NotFound):
            service.list_files(workspace, "nowhere")
        with pytest.raises(errors.InvalidRequest):
            service.remove_file(workspace, "workspaceblobstore", "")
