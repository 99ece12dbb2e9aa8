"""Whether Microsoft's own `azureml-*` packages are mixed with Lazulite's `azureml` folder.

Both provide the package `azureml`, and pip does not refuse that: files of the same name overwrite each other, the last
one installed wins, and uninstalling either takes files of both away. There are three cases:

- Lazulite was installed last: `azureml/__init__.py` is Lazulite's, and its first import refuses by `refuse_mixture`.
- Microsoft's was installed last: Microsoft's `azureml/__init__.py` runs, and user code talks to Azure, or breaks.
  Nothing of ours is asked then, except by the program `lazulite`, which can call `refuse_mixture` itself.
- Microsoft's was uninstalled and took our files along: `import azureml` fails until Lazulite is installed again.

The same commands repair all three, and are what the message says. Packages of Microsoft's that lie in another folder
of `sys.path` do no harm: Python takes `azureml` from one folder only.
"""

from __future__ import annotations

import os
import sys

_PREFIX = "azureml_"
_OURS = "azureml"


def mixed_distributions(folder: str) -> tuple[str, ...]:
    """Return the names of installed distributions whose files lie in `folder/azureml` beside Lazulite's.

    With them come those that hold no code (`azureml-sdk`), which only ask for others. None of either: nothing is mixed.
    Reads directory names only, unless there is something to look at.
    """
    try:
        with os.scandir(folder) as entries:
            found = [entry.path for entry in entries if entry.name.lower().startswith(_PREFIX)]
    except OSError:
        return ()
    kinds = {path: _top_folders(path) for path in found if path.endswith((".dist-info", ".egg-info"))}
    if not any(_OURS in tops for tops in kinds.values()):
        return ()
    return tuple(sorted(_name(path) for path, tops in kinds.items() if not tops or _OURS in tops))


def refuse_mixture(package: str) -> None:
    """Raise if Microsoft's packages are mixed with ours.

    Args:
        package: The folder of our package `azureml`.

    Raises:
        ImportError: they are; the message holds the commands that repair it.
    """
    folder = os.path.dirname(os.path.abspath(package))  # noqa: PTH100, PTH120 - pathlib costs time at every import
    mixed = mixed_distributions(folder)
    if not mixed:
        return
    raise ImportError(
        f"Lazulite and Microsoft's {', '.join(mixed)} are installed in the same folder ({folder}). Both provide the "
        "package 'azureml' and overwrite each other's files. Run these two commands:\n"
        f"  {sys.executable} -m pip uninstall -y {' '.join(mixed)}\n"
        f"  {sys.executable} -m pip install --force-reinstall --no-deps lazulite",
        name=_OURS,
    )


def _top_folders(info: str) -> frozenset[str]:
    """The folders and modules at the top that a distribution installed, by its record."""
    for file, split in (("RECORD", "/"), ("installed-files.txt", "/"), ("top_level.txt", "\n")):
        try:
            with open(os.path.join(info, file), encoding="utf-8") as lines:  # noqa: PTH118, PTH123 - before pathlib
                tops = {line.strip().lstrip("./").split(split)[0] for line in lines if line.strip()}
        except OSError:
            continue
        return frozenset(
            top for top in tops if not top.endswith((".dist-info", ".egg-info")) and top != "bin"
        )
    return frozenset()


def _name(info: str) -> str:
    return os.path.basename(info).split("-")[0].replace("_", "-")  # noqa: PTH119
