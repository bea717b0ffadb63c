"""Whether a process lives, told by a lock that only the living hold: no heartbeat, hence no write while others write."""

from __future__ import annotations

import fcntl
import os
import uuid
import zlib
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import Connection, Engine, text


class Liveness(Protocol):
    """One process among others that share a database."""

    name: str

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name still runs."""
        ...


class FileLiveness:
    """Beside SQLite: a locked file per process, all on one machine."""

    def __init__(self, folder: Path) -> None:
        self.name = f"{os.getpid()}-{uuid.uuid4().hex}"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / self.name).open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def is_alive(self, name: str) -> bool:
        """A dead process's lock can be taken; its file is then removed."""
        if name == self.name:
            return True
        path = self.folder / name
        try:
            with path.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
        return False


class AdvisoryLiveness:
    """On PostgreSQL: an advisory lock per process, on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.name = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._engine = engine
        self._connection: Connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.execute(text("SELECT pg_advisory_lock(:space, :key)"), self._key(self.name))

    @staticmethod
    def _key(name: str) -> dict[str, Any]:
        number = zlib.crc32(name.encode())
        return {"space": 7_102, "key": number - 2**32 if number >= 2**31 else number}

    def is_alive(self, name: str) -> bool:
        """A dead process's lock can be taken; it is given back at once."""
        if name == self.name:
            return True
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:space, :key)"), self._key(name)).scalar()
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:space, :key)"), self._key(name))
        return not taken


class LazyLiveness:
    """The lock of this process, taken when first needed, and anew after a fork."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inner: Liveness | None = None
        self._pid = 0

    def _now(self) -> Liveness:
        if self._inner is None or self._pid != os.getpid():
            from_engine: Engine = self._app.extensions["sqlalchemy"].engine
            if from_engine.dialect.name == "sqlite":
                self._inner = FileLiveness(self._app.config["INSTANCE"] / "workers")
            else:
                self._inner = AdvisoryLiveness(from_engine)
            self._pid = os.getpid()
        return self._inner

    @property
    def name(self) -> str:
        return self._now().name

    def is_alive(self, name: str) -> bool:
        return self._now().is_alive(name)


def init_app(app: Flask) -> None:
    """Give the application its place among the living."""
    app.extensions["liveness"] = LazyLiveness(app)
