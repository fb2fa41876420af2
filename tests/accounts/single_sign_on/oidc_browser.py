"""What a browser does between our page, oidc-provider-mock and our page again."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.test import Client
from django.urls import reverse

from accounts.models import IdentityProvider

# python3-saml takes no host name without a dot.
HOST = "skola.example"
SECONDS_TO_START = 30


@contextmanager
def running_provider() -> Iterator[str]:
    """The address of oidc-provider-mock, as a program of its own: whoever asks for a subject signs in as it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            program.terminate()


def _wait_for(address: str) -> None:
    ends = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            requests.get(f"{address}/jwks", timeout=2).raise_for_status()
            return
        except requests.RequestException:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def address_of(name: str, provider: IdentityProvider) -> str:
    return reverse(f"accounts:{name}", args=[provider.municipality.code, provider.key])


def begin(browser: Client, provider: IdentityProvider, **sent: str) -> str:
    """The provider's address that the page leads on to."""
    response = browser.post(address_of("sso-begin", provider), sent)
    assert response.status_code == 200, response.content
    return response.context["address"]


def sign_in_there(address: str, subject: str, **claims: Any) -> str:
    """Signs in at the provider as the subject; the address that it sends the browser back to."""
    parts = urlsplit(address)
    stored = requests.put(f"{parts.scheme}://{parts.netloc}/users/{subject}", json=claims, timeout=5)
    stored.raise_for_status()
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def sign_in_by(browser: Client, provider: IdentityProvider, subject: str, **claims: Any) -> Any:
    """The answer of our callback to whoever has signed in at the provider."""
    return browser.get(path_of(sign_in_there(begin(browser, provider), subject, **claims)))


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert parts.netloc == HOST
    return f"{parts.path}?{parts.query}"


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def who(browser: Client) -> int | None:
    """The id of who is signed in."""
    key = browser.session.get("_auth_user_id")
    return int(key) if key else None
