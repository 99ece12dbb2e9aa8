"""`api.Service` on a home folder of this machine: its operations by noun, each in a module of its own."""

from __future__ import annotations

from lazulite.service.assets import Assets
from lazulite.service.backups import Backups
from lazulite.service.code import Code
from lazulite.service.datastores import Datastores
from lazulite.service.deleting import Deletions
from lazulite.service.files import Files
from lazulite.service.guarded import Guarded
from lazulite.service.machinery import Machinery
from lazulite.service.publishing import Publishing
from lazulite.service.runs import Runs
from lazulite.service.schedules import Schedules
from lazulite.service.workspaces import Workspaces


class LocalService(
    Workspaces,
    Assets,
    Code,
    Runs,
    Datastores,
    Files,
    Publishing,
    Schedules,
    Deletions,
    Machinery,
    Backups,
    Guarded,
):
    """The system on a folder. `location` is the home folder; it is created if it is not there.

    Raises:
        StorageError: the folder cannot be created or written.
        Corrupt (from every operation on records): they are damaged, or were written by a newer version.
    """
