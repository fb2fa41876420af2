"""What is never fetched: ASVS 13.2.4."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts.single_sign_on import addresses
from accounts.single_sign_on.addresses import FetchRefused, check_address, fetched_json
from accounts.single_sign_on.sealing import seal, unseal


@pytest.fixture
def in_production(settings: Settings) -> None:
    settings.IDENTITY_PROVIDERS_MAY_BE_NEAR = False


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example",
        "ftp://login.example",
        "javascript:alert(1)",
        "login.example",
        "https://",
        "https://user:secret@login.example",
        "https://login.example/#x",
        "https://localhost",
        "https://localhost:8443/x",
        "https://db",
        "https://127.0.0.1",
        "https://10.1.2.3/x",
        "https://192.168.0.1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0",
    ],
)
def test_address_is_refused(in_production: None, address: str) -> None:
    with pytest.raises(ValidationError):
        check_address(address)


def test_public_address_is_taken(in_production: None) -> None:
    check_address("https://login.microsoftonline.com/0000/v2.0")
    check_address("https://accounts.google.com")


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A program within our own network; it notes what it is asked for."""

    class Handler(BaseHTTPRequestHandler):
        asked: list[str] = []
        answers = {
            "/document": (200, b'{"a": 1}'),
            "/list": (200, b"[]"),
            "/large": (200, b" " * (addresses.LARGEST_ANSWER + 1)),
            "/no-json": (200, b"<a>"),
            "/moved": (302, b""),
        }

        def do_GET(self) -> None:
            self.asked.append(self.path)
            status, content = self.answers.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Location", "/document")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = Handler.asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_document_is_fetched_and_nothing_else_is_followed(server: HTTPServer) -> None:
    base = f"http://127.0.0.1:{server.server_port}"

    assert fetched_json(f"{base}/document") == {"a": 1}
    for path in ("/list", "/large", "/no-json", "/moved", "/missing"):
        with pytest.raises(FetchRefused):
            fetched_json(f"{base}{path}")
    assert server.asked.count("/document") == 1  # type: ignore[attr-defined]


def test_server_that_drips_holds_nobody_longer_than_the_limit_in_all(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "SECONDS_IN_ALL", 0.3)
    dripping = threading.Event()
    monkeypatch.setattr(addresses, "_fetched", lambda *_asked: dripping.wait(20) and {})
    began = time.monotonic()

    with pytest.raises(FetchRefused, match="too slow"):
        fetched_json("https://slow.example/document")
    assert time.monotonic() - began < 5
    for _n in range(addresses.MOST_AT_A_HOST - 1):
        with pytest.raises(FetchRefused, match="too slow"):
            fetched_json("https://slow.example/document")
    with pytest.raises(FetchRefused, match="busy"):
        fetched_json("https://slow.example/document")

    dripping.set()
    monkeypatch.undo()
    assert fetched_json(f"http://127.0.0.1:{server.server_port}/document") == {"a": 1}


def test_public_name_that_leads_into_our_network_is_not_asked(
    in_production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        near = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        with monkeypatch.context() as names:
            names.setattr(socket, "getaddrinfo", lambda *arguments, **named: near)
            with pytest.raises(FetchRefused):
                fetched_json(f"https://login.example:{port}/")

        connected, _address = listening.accept()
        connected.settimeout(5)
        assert connected.recv(1) == b"", "something was sent"
        connected.close()


def test_secret_is_sealed_and_survives_a_change_of_key(settings: Settings) -> None:
    sealed = seal("a secret")
    assert "a secret" not in sealed
    assert unseal(sealed) == "a secret"

    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 5
    assert unseal(sealed) == ""
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed) == "a secret"
    assert (seal(""), unseal("")) == ("", "")
