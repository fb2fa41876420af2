"""The real demo as a process of its own, with a database and files of its own: for pictures and for browser tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PUPILS = 1500
SECONDS_TO_START = 600


@contextmanager
def running_demo(folder: Path, n_pupils: int = PUPILS) -> Iterator[str]:
    """The address of a freshly filled demo; web, worker and clock in one process.

    folder: an empty one, for its database and uploads. Raises RuntimeError, with what it said, if it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_dev",
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "REDIS_URL": "memory://localhost/",
        "UPLOAD_ROOT": str(folder / "uploads"),
    }
    log = folder / "demo.log"
    command = [sys.executable, "-m", "colourmaps.config.demo", "--port", str(port), "--pupils", str(n_pupils)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the demo ended while starting:\n{log.read_text()}")
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 – our own http address
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError(f"the demo did not answer in {SECONDS_TO_START} s:\n{log.read_text()}")
