"""A PostgreSQL with TLS on, from Debian's package: the one that comes as a wheel has none."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest

from models.embedded import free_port
from tests.certificates import Certificates
from tests.conftest import in_ci

PACKAGES = Path("/usr/lib/postgresql")
# What a provider may put into a password: all of it has to arrive.
PASSWORD = "p@ss/w:rd?%40&#1"
DATABASE = "peer matching"
START_SECONDS = 20


def programs() -> Path:
    """Return where the newest one lies; without any, skip loudly, and fail in CI."""
    found = sorted(PACKAGES.glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        message = "NO POSTGRESQL WITH TLS: not tested. apt-get install postgresql"
        if in_ci():
            pytest.fail(message)
        pytest.skip(message)
    return found[-1]


class SecuredPostgres:
    """Takes connections with TLS and a password only, for as long as the context is open.

    Parameters
    ----------
    folder : Path
        Where its data goes; PostgreSQL's own user must be able to enter it.
    most_connections : int
        How many our user may have, as a plan allows.
    """

    def __init__(
        self, folder: Path, certificates: Certificates, *, most_connections: int = 20
    ) -> None:
        self._programs = programs()
        self._data = folder / "secured"
        self._certificates = certificates
        self._most = most_connections
        self._port = free_port()
        # It refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        """Its address as a platform gives it: `postgres://`, and the password encoded."""
        return f"postgres://app:{quote(PASSWORD, safe='')}@localhost:{self._port}/{quote(DATABASE)}"

    def __enter__(self) -> "SecuredPostgres":
        self._data.mkdir()
        self._own(self._data)
        self._run("initdb", "--auth=trust", "--no-sync", "--username=postgres")
        self._configure()
        self._run("pg_ctl", "start", "--wait", "--log", str(self._data / "log"))
        with self.inside() as cursor:
            # An ordinary user, as a provider gives: a limit does not hold for a superuser.
            cursor.execute(
                f"CREATE ROLE app LOGIN PASSWORD %s CONNECTION LIMIT {self._most}", (PASSWORD,)
            )
            cursor.execute(f'CREATE DATABASE "{DATABASE}" OWNER app')
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "stop", "--mode", "immediate")

    @contextmanager
    def inside(self, database: str = "postgres") -> Iterator[Any]:
        """A cursor of the server's own administrator, each statement committed."""
        with closing(
            psycopg2.connect(
                host=str(self._data), port=self._port, user="postgres", dbname=database
            )
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor

    def _configure(self) -> None:
        key = self._data / "server.key"
        shutil.copy(self._certificates.key, key)
        key.chmod(0o600)
        self._own(key)
        certificate = self._data / "server.crt"
        shutil.copy(self._certificates.certificate, certificate)
        self._own(certificate)
        settings = {
            "ssl": "on",
            "port": self._port,
            "listen_addresses": "localhost",
            "unix_socket_directories": self._data,
            "fsync": "off",
            "password_encryption": "scram-sha-256",
        }
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        (self._data / "pg_hba.conf").write_text(
            "local all postgres trust\nhostssl all app all scram-sha-256\n"
        )

    def _own(self, path: Path) -> None:
        if self._user:
            shutil.chown(path, self._user)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments, "-D", self._data],
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=START_SECONDS,
        )
