"""The addresses of the views that tests walk through, by name."""

from __future__ import annotations

from lazulite.api.service import Service
from lazulite.model.assets import AssetKind
from lazulite.model.run import RunQuery


def addresses(service: Service, lab: str, empty: str) -> dict[str, str]:
    """Return the paths of all list-like views in the story's workspaces."""
    pipeline = service.list_assets(lab, AssetKind.PUBLISHED_PIPELINE)[0].name
    endpoint = service.get_endpoint(lab, "learn").id
    schedule = next(
        asset.name
        for asset in service.list_assets(lab, AssetKind.SCHEDULE)
        if asset.document["name"] == "nightly"
    )
    (newest,) = service.list_runs(lab, RunQuery(experiment="squares", top_level=True, limit=1))
    (written,) = [
        step for step in service.list_runs(lab, RunQuery(parent_id=newest.id)) if step.name == "prepare"
    ]
    output = f"azureml/{written.reused_run_id or written.id}/table"
    here, store = f"/workspaces/{lab}", f"/workspaces/{lab}/datastores/workspaceblobstore"
    return {
        "workspaces": "/?all=1",
        "home": here,
        "home-empty": f"/workspaces/{empty}",
        "runs": f"{here}/runs",
        "runs-filtered": f"{here}/runs?status=Failed&metric=accuracy+%3E%3D+0.9&order=duration",
        "runs-none": f"{here}/runs?text=nothing-like-this",
        "runs-empty": f"/workspaces/{empty}/runs",
        "experiments": f"{here}/experiments",
        "experiments-empty": f"/workspaces/{empty}/experiments",
        "experiment": f"{here}/experiments/squares",
        "pipelines": f"{here}/pipelines",
        "pipelines-empty": f"/workspaces/{empty}/pipelines",
        "pipeline": f"{here}/pipelines/{pipeline}",
        "endpoints": f"{here}/endpoints",
        "endpoints-empty": f"/workspaces/{empty}/endpoints",
        "endpoint": f"{here}/endpoints/{endpoint}",
        "schedules": f"{here}/schedules",
        "schedules-empty": f"/workspaces/{empty}/schedules",
        "schedule": f"{here}/schedules/{schedule}",
        "datastores": f"{here}/datastores",
        "folder": f"{store}/samples",
        "file-csv": f"{store}/{output}/numbers.csv",
        "file-text": f"{store}/samples/notes.txt",
        "file-picture": f"{store}/samples/picture.png",
        "file-binary": f"{store}/samples/bytes.bin",
        "models": f"{here}/models",
        "models-empty": f"/workspaces/{empty}/models",
        "model": f"{here}/models/squares",
        "computes": f"{here}/computes",
        "delete": f"{here}/runs/delete?run={newest.id}",
        "delete-experiment": f"{here}/experiments/markup/delete",
    }
