"""A real PostgreSQL server, started for the tests in a folder of its own and gone with them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, PASSWORD = "teacher", "s3cret:/@ %"

_DEBIAN = Path("/usr/lib/postgresql")
# initdb refuses root.
_ACCOUNT = "postgres"


def _programs() -> Path | None:
    """Return the folder with initdb and pg_ctl; Debian leaves it out of the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(_DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name.partition(".")[0]))
    return folders[-1] if folders else None


PROGRAMS = _programs()

needs_postgresql = pytest.mark.skipif(
    PROGRAMS is None or importlib.util.find_spec("psycopg") is None,
    reason="there is no PostgreSQL: `apt-get install postgresql` and `pip install 'psycopg[binary]'` bring server and driver",
)


def _run(*command: str | os.PathLike[str]) -> None:
    """Run a program of PostgreSQL's, under an account that it accepts."""
    whole = [*command]
    if os.name == "posix" and os.getuid() == 0:
        whole[:0] = ["runuser", "-u", _ACCOUNT, "--"]
    done = subprocess.run(whole, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class PostgreSql:
    """A running server, its administrator's account being the one that all tests use."""

    folder: Path
    port: int

    def address(self, database: str, *, user: str = USER, password: str | None = PASSWORD, port: int | None = None) -> str:
        """Return what stands in nbgrader_config.py for a database of this server."""
        from sqlalchemy.engine import URL

        url = URL.create("postgresql+psycopg", user, password, "127.0.0.1", port or self.port, database)
        return url.render_as_string(hide_password=False)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the administrator, outside of any transaction, and return its rows, if it has any."""
        from sqlalchemy import create_engine, text

        engine = create_engine(self.address(database), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                done = connection.execute(text(statement))
                return [tuple(row) for row in done] if done.returns_rows else []
        finally:
            engine.dispose()

    def new_database(self) -> str:
        """Make an empty database and return its name."""
        name = f"class_{secrets.token_hex(4)}"
        self.execute(f"CREATE DATABASE {name}")
        return name


@contextlib.contextmanager
def postgresql() -> Iterator[PostgreSql]:
    """Run a server on a free port of this machine that asks for a password."""
    assert PROGRAMS is not None
    folder = Path(tempfile.mkdtemp(prefix="cnngrade-pg-"))
    server = PostgreSql(folder, _free_port())
    try:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if os.name == "posix" and os.getuid() == 0:
            shutil.chown(folder, _ACCOUNT)
            shutil.chown(folder / "password", _ACCOUNT)
        settings = f"-p {server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        made = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--no-sync"]
        _run(PROGRAMS / "initdb", "-D", folder / "data", "--locale=C", *made)
        control: list[str | Path] = [PROGRAMS / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
        _run(*control, "-o", settings, "start")
        try:
            yield server
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
