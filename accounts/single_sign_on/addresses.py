"""What is fetched from a provider, and from where: https, public addresses, no redirects, nothing large.

Only an administrator's issuer and what its document names is ever fetched, never an address out of a request. Where a
name leads is checked on the connection itself, so that a name that answers otherwise the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
from collections import Counter
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError

SECONDS, SECONDS_IN_ALL = 5, 8
MOST_AT_A_HOST = 8
LARGEST_ANSWER = 512 * 1024


_counting = threading.Lock()
_under_way: Counter[str] = Counter()


class FetchRefused(ValueError):
    """The address may not be fetched, or has not answered with what was asked for."""


def check_address(address: str) -> None:
    """Raises ValidationError unless it is an https address, without a user name, whose host is no private address."""
    parts = urlsplit(address)
    is_secure = parts.scheme == "https" or (
        settings.IDENTITY_PROVIDERS_MAY_BE_NEAR and parts.scheme == "http"
    )
    if not is_secure or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValidationError(_("Write an address that begins with https://."))
    if not settings.IDENTITY_PROVIDERS_MAY_BE_NEAR and _is_near(parts.hostname):
        raise ValidationError(
            _("This address is within our own network. Write the provider's public address.")
        )


def fetched_json(address: str, **sent: Any) -> dict[str, Any]:
    """The document at the address; with data=, of a form that is posted. Raises FetchRefused, in time.

    A time limit of sockets holds for each piece of an answer, so that a server that drips holds on to whoever asks for
    as long as it likes. What holds on to such a server is therefore a thread of its own, and not many at one host.
    """
    host = urlsplit(address).hostname or ""
    with _counting:
        if _under_way[host] >= MOST_AT_A_HOST:
            raise FetchRefused("busy")
        _under_way[host] += 1
    answer: Future[dict[str, Any]] = Future()
    threading.Thread(target=_fetch, args=(answer, host, address, sent), daemon=True).start()
    try:
        return answer.result(timeout=SECONDS_IN_ALL)
    except TimeoutError as problem:
        raise FetchRefused("too slow") from problem


def _fetch(answer: Future[dict[str, Any]], host: str, address: str, sent: dict[str, Any]) -> None:
    try:
        answer.set_result(_fetched(address, sent))
    except BaseException as problem:  # whatever it is, whoever waits is told
        answer.set_exception(problem)
    finally:
        with _counting:
            _under_way[host] -= 1


def _fetched(address: str, sent: dict[str, Any]) -> dict[str, Any]:
    try:
        check_address(address)
        with _session() as session:
            method = "POST" if "data" in sent else "GET"
            answer = session.request(
                method, address, timeout=SECONDS, allow_redirects=False, stream=True, **sent
            )
            content = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
            answer.close()
    except (ValidationError, requests.RequestException, HTTPError, OSError) as problem:
        # The class alone: messages hold addresses and, of a token's answer, what was sent.
        raise FetchRefused(type(problem).__name__) from problem
    if answer.status_code != 200 or len(content) > LARGEST_ANSWER:
        raise FetchRefused(f"answer {answer.status_code}, {len(content)} bytes")
    return _object_of(content)


def _object_of(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as problem:
        raise FetchRefused("no JSON") from problem
    if not isinstance(document, dict):
        raise FetchRefused("no JSON object")
    return document


def _is_near(host: str) -> bool:
    if host == "localhost" or "." not in host.strip("."):
        return ":" not in host or not ipaddress.ip_address(host).is_global
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


class _PublicConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if not ipaddress.ip_address(connected.getpeername()[0]).is_global:
            connected.close()
            raise OSError("a private address")
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


def _session() -> requests.Session:
    """Without proxies and passwords of the process's surroundings: those would decide where it leads."""
    session = requests.Session()
    session.trust_env = False
    if not settings.IDENTITY_PROVIDERS_MAY_BE_NEAR:
        session.mount("https://", _PublicAdapter())
    return session
