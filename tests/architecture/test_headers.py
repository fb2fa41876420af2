"""Every answer carries the headers, as production sets them: pages, parts, files, redirects, refusals, errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module

import pytest
from django.conf import settings as test_settings
from django.test import Client, override_settings
from pytest_django import Settings

from accounts.models import User
from tests.fixtures import Place

from .permission_matrix import MATRIX, make_world
from .walk import Answer, Walker

pytestmark = [pytest.mark.slow, pytest.mark.walk]

OVER_TLS = {
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "LANGUAGE_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "LANGUAGE_COOKIE_NAME": "__Host-language",
    "MESSAGES_COOKIE_NAME": "__Host-messages",
}
PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
# Where the address itself is a secret, no page learns of it.
STRICTER = {"Referrer-Policy": "no-referrer"}
TLS = {"x-forwarded-proto": "https"}
NOT_PERSONAL = {
    "accounts:accessibility",
    "accounts:health",
    "accounts:language",
    "accounts:sign-out",
    "interventions:mail-stop",
    "interventions:calendar-file",
}


@pytest.fixture
def walker(solviken: Place, settings: Settings, sign_in: Callable[[User], Client]) -> Walker:
    for name, value in OVER_TLS.items():
        setattr(settings, name, value)
    return Walker(make_world(solviken, "Solberg", "LAS"), sign_in)


def lacking(headers: Mapping[str, str]) -> list[str]:
    policy = headers.get("Content-Security-Policy", "")
    faults = [
        name
        for name, value in PROMISED.items()
        if headers.get(name) not in (value, STRICTER.get(name, value))
    ]
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        faults.append("policy")
    if "unsafe" in policy or "http:" in policy or "*" in policy:
        faults.append("policy that allows too much")
    return faults


def test_every_answer_carries_the_headers(walker: Walker) -> None:
    answers = [*walker.everywhere(headers=TLS), *walker.everywhere(person="", headers=TLS)]

    assert {
        each.name: lacking(each.response.headers) for each in answers if lacking(each.response.headers)
    } == {}
    assert len(answers) == 2 * len(MATRIX)
    kinds = {each.response.status_code for each in answers}
    assert {200, 302, 404, 422} <= kinds


def test_personal_answers_are_kept_nowhere_and_cookies_belong_to_the_host(walker: Walker) -> None:
    answers = [
        *walker.everywhere(headers=TLS),
        *walker.everywhere(guarded(), person="access_auditor", headers=TLS),
    ]

    kept = {each.name for each in answers if "no-store" not in each.response.headers.get("Cache-Control", "")}
    assert kept <= NOT_PERSONAL
    for answer in answers:
        for name, cookie in answer.response.cookies.items():
            assert name.startswith("__Host-"), (answer.name, name)
            assert (cookie["path"], cookie["domain"]) == ("/", "")
            assert cookie["secure"], (answer.name, name)
            if cookie["max-age"] == 0:  # it is taken away
                continue
            assert cookie["httponly"], (answer.name, name)
            assert cookie["samesite"] == "Lax", (answer.name, name)


def guarded() -> list[str]:
    return [name for name, address in MATRIX.items() if not address.is_public]


def test_refusals_and_errors_carry_them_too(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = walker.browser("teacher")
    browser.raise_request_exception = False
    answers = [
        browser.get("/no/such/page/", headers=TLS),
        browser.get("/units/%00/", headers=TLS),
        browser.get("/static/css/base.css", headers=TLS),
        browser.get("/administration/units/", headers=TLS),
        browser.get("/interventions", headers=TLS),  # to the address with a slash
    ]
    monkeypatch.setattr(import_module("interventions.views.start"), "render", None)
    answers.append(browser.get("/", headers=TLS))

    answers[2].close()  # a file
    assert [answer.status_code for answer in answers] == [404, 400, 200, 403, 301, 500]
    assert [lacking(answer.headers) for answer in answers] == [[]] * 6


def test_plain_http_is_sent_to_tls(db: None) -> None:
    with override_settings(**OVER_TLS, SECURE_SSL_REDIRECT=True):
        answer = Client().get("/sign-in/")

    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://testserver/sign-in/"


def test_htmx_evaluates_nothing_and_brings_no_style(walker: Walker) -> None:
    pages = list(walker.everywhere(["start", "accounts:sign-in", "colourmaps:class-map"]))

    for page in [each for each in pages if each.is_page and each.body]:
        (config,) = re.findall(r"""name="htmx-config" content='([^']+)'""", page.body.decode())
        assert config == '{"includeIndicatorStyles":false,"allowEval":false}', page.name
        assert "hx-on" not in page.body.decode()


def test_an_answer_without_headers_would_be_found() -> None:
    assert len(lacking({})) == len(PROMISED) + 1
    wrong = "default-src 'none'; frame-ancestors 'none'; script-src 'unsafe-inline'"
    assert lacking(PROMISED | {"Content-Security-Policy": wrong}) == ["policy that allows too much"]
    assert test_settings.SECURE_HSTS_PRELOAD is True


def test_answer_of_the_walk_is_read_whole(walker: Walker) -> None:
    answer: Answer = walker.ask("colourmaps:class-map-xlsx")

    assert answer.body.startswith(b"PK")
