"""The images of a run: logged ones, and image files among its own."""

from __future__ import annotations

from lazulite.server.portal.preview import PICTURES, suffix_of
from lazulite.server.portal.run import metrics
from lazulite.server.portal.run.metrics import Picture
from lazulite.server.portal.run.subject import Subject

_MOST = 200


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    logged = [
        Picture(one.name, file)
        for one in subject.service.get_metrics(subject.run.workspace, subject.run.id)
        if one.kind == "image" and (file := metrics.file_of(one.value))
    ]
    known = {picture.file for picture in logged}
    files = [
        info.path
        for info in subject.files.all()
        if suffix_of(info.path) in PICTURES and info.path not in known
    ]
    return {
        "pictures": (logged + [Picture(name, name) for name in files])[:_MOST],
        "files_run": subject.files.run,
    }
