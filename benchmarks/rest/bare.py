"""The bare minimum that a service which records something does: one route of FastAPI, one INSERT into SQLite.

`python bare.py FOLDER`, in FastAPI's own environment; the port it listens on appears in the file `port` there. `/insert` is a plain function, which FastAPI runs in a thread,
as it should be for what blocks; `/insert-at-once` blocks the event loop, and is quicker as long as nothing else waits.
"""

import socket
import sqlite3
import sys
import threading
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
here = threading.local()
file = Path(sys.argv[1]) / "bare.db"


class Item(BaseModel):
    name: str
    value: str


def database() -> sqlite3.Connection:
    found: sqlite3.Connection | None = getattr(here, "connection", None)
    if found is None:
        found = here.connection = sqlite3.connect(file, timeout=30, isolation_level=None)
        found.execute("PRAGMA journal_mode=WAL")
        found.execute("PRAGMA synchronous=NORMAL")
        found.execute("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT, value TEXT)")
    return found


def inserted(item: Item) -> dict[str, int | None]:
    cursor = database().execute("INSERT INTO items (name, value) VALUES (?, ?)", (item.name, item.value))
    return {"id": cursor.lastrowid}


@app.post("/insert")
def insert(item: Item) -> dict[str, int | None]:
    return inserted(item)


@app.post("/insert-at-once")
async def insert_at_once(item: Item) -> dict[str, int | None]:
    return inserted(item)


if __name__ == "__main__":
    database()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    draft = file.with_name("port.part")
    draft.write_text(str(listener.getsockname()[1]))
    draft.rename(file.with_name("port"))
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
    server.run(sockets=[listener])
