"""Servers of our own that may be broken: a Redis and a PostgreSQL on free ports, in a folder that goes away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

SECONDS_TO_START = 20
SERVERS_USER = "postgres"


class NoServer(Exception):
    """The programs of the server are not on this machine; the message says which."""


def environment(**more: str) -> dict[str, str]:
    """For a process on the database that this one uses now."""
    database = connection.settings_dict
    user = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    address = f"postgres://{user}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
    return (
        os.environ
        | {
            "DATABASE_URL": address,
            "DATABASE_POOL_SIZE": "0",
            "DJANGO_SETTINGS_MODULE": "benchmarks.breaking.worker_settings",
            "SECRET_KEY": settings.SECRET_KEY,
        }
        | more
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def find(program: str) -> str:
    """Where the program is. Raises NoServer."""
    places = [os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    if found := shutil.which(program, path=os.pathsep.join(places)):
        return found
    raise NoServer(f"{program} is not installed here")


@dataclass
class PrivateRedis:
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [find("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for(self.port)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def flush_all(self) -> None:
        import redis

        with redis.Redis(port=self.port) as client:
            client.flushall()


@contextmanager
def private_redis() -> Iterator[PrivateRedis]:
    """Raises NoServer where there is no redis-server."""
    server = PrivateRedis(free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class PrivatePostgres:
    folder: Path
    port: int

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off -c synchronous_commit=on"
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop_at_once(self) -> None:
        """As when the machine loses power, but for the disk's own memory: no checkpoint, connections are cut."""
        self._control("stop", "-m", "immediate")

    def _control(self, *words: str) -> None:
        run_as_server([find("pg_ctl"), "-D", str(self.folder / "data"), *words])


@contextmanager
def private_postgres(folder: Path) -> Iterator[PrivatePostgres]:
    """A cluster with the tables and rows of the database that this process uses. Raises NoServer."""
    server = PrivatePostgres(folder, free_port())
    if os.geteuid() == 0:
        shutil.chown(folder, SERVERS_USER)
    data = str(folder / "data")
    run_as_server([find("initdb"), "-D", data, "-U", "postgres", "--no-sync", "-A", "trust", "-E", "UTF8"])
    server.start()
    try:
        _copy_database_to(server)
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop_at_once()


def run_as_server(command: list[str]) -> None:
    """PostgreSQL's own programs refuse to run as root."""
    user = SERVERS_USER if os.geteuid() == 0 else None
    subprocess.run(
        command,
        user=user,
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )


def _copy_database_to(server: PrivatePostgres) -> None:
    database = connection.settings_dict
    address = ["-h", database["HOST"], "-p", str(database["PORT"] or 5432), "-U", database["USER"]]
    password = os.environ | {"PGPASSWORD": database["PASSWORD"]}
    dump = subprocess.run(
        [find("pg_dump"), *address, "--no-owner", "--no-privileges", database["NAME"]],
        env=password,
        check=True,
        capture_output=True,
    )
    target = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "-d", "postgres"]
    subprocess.run(
        [find("psql"), "-q", "-v", "ON_ERROR_STOP=1", *target],
        input=dump.stdout,
        check=True,
        capture_output=True,
    )


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise NoServer(f"nothing answers on port {port}")
