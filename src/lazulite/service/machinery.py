"""The operations on the machinery: nodes, the engine that moves runs forward, and the server people look at."""

from __future__ import annotations

from lazulite.api.home_secrets import link_key
from lazulite.api.service import EngineStatus
from lazulite.engine import process
from lazulite.model.assets import AssetKind, Node
from lazulite.service import address
from lazulite.service.base import Base
from lazulite.worker.tasks.spark import holders


class Machinery(Base):
    """Looking at nodes and processes, starting and stopping them."""

    def get_nodes(self, workspace: str, compute: str) -> tuple[Node, ...]:
        self._records.asset(workspace, AssetKind.COMPUTE, compute)
        return self._records.nodes(workspace, compute) if process.is_alive(self._home) else ()

    def address(self) -> str:
        return address.ensure(self._home)

    def page(self, path: str) -> str:
        where = self.address()
        listening = address.about(self._home)
        if not where or listening is None or listening.kind != "door":
            return (
                f"{where}{path}" if where else ""
            )  # a link of a team's server may be given to others: no key
        key = link_key(str(self._home.root))
        return f"{where}{path}{'&' if '?' in path else '?'}key={key}"

    def stop_server(self) -> bool:
        return address.stop(self._home)

    def engine_status(self) -> EngineStatus:
        living = process.about(self._home)
        listening = address.about(self._home)
        return EngineStatus(
            running=process.is_alive(self._home),
            location=str(self._home.root),
            version=living.version if living else "",
            pid=living.pid if living else None,
            started_at=living.started_at if living else None,
            active_runs=len(self._records.active_pipeline_runs()),
            active_schedules=len(self._records.waiting_schedules()),
            nodes=self._records.all_nodes() if living else (),
            log=str(self._home.log),
            server_url=listening.url if listening else "",
            server_pid=listening.pid or None if listening else None,
        )

    def start_engine(self) -> None:
        process.ensure(self._home)

    def stop_engine(self) -> None:
        process.stop(self._home)
        holders.stop_all(self._home.root)
