"""The demo from an empty folder to open pages and back, as one process of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demo(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A demo of a few pupils with its database and uploads in the test's own folder."""
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "colourmaps.config.settings_dev",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
        "REDIS_URL": "memory://localhost/",
        "UPLOAD_ROOT": str(tmp_path / "uploads"),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "colourmaps.config.demo", "--port", str(port), "--pupils", "60"],
        cwd=settings.BASE_DIR,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


def said_until(process: subprocess.Popen[str], word: str) -> str:
    """What the process prints up to the line with the word, or all of it when the line never comes."""
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if word in line:
            break
    return "".join(lines)


def status_of(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_demo_opens_and_ends_on_ctrl_c(demo: subprocess.Popen[str], port: int) -> None:
    said = said_until(demo, "Ctrl-C stops")

    assert f"http://127.0.0.1:{port}/" in said
    assert status_of(port, "/health/") == 200
    assert status_of(port, "/") == 302

    demo.send_signal(signal.SIGINT)

    rest = demo.communicate(timeout=60)[0]
    assert "Everything is kept" in rest
    assert "Traceback" not in said + rest
    assert demo.returncode == 0
