"""What is said when something goes wrong: what to do, and a code that stands in the log – never the cause."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts import errors
from accounts.models import User
from colourmaps.config.logs import ScrubbingFormatter
from tests.fixtures import Place

SECRET = "Åsa Ek 20150101-2384"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def log_lines() -> Iterator[Callable[[], str]]:
    """`log_lines()` is what the production log has so far, at the level of debugging."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(ScrubbingFormatter("{levelname} {name} {message}", style="{"))
    loggers = [logging.getLogger(name) for name in ("", "django", "accounts")]
    for logger in loggers:
        logger.addHandler(handler)
    yield kept.getvalue
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def browser(in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    browser = sign_in(in_solviken.teacher)
    browser.raise_request_exception = False
    return browser


def test_error_shows_a_code_that_stands_in_the_log(
    browser: Client, log_lines: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise LookupError(SECRET)

    monkeypatch.setattr(import_module("interventions.views.start"), "render", fails)

    answer = browser.get(reverse("start"))

    assert answer.status_code == 500
    page = answer.content.decode()
    (code,) = re.findall(r"\b[a-z0-9]{8}\b(?=\.</p>)", page)
    assert f"error {code} in start" in log_lines()
    assert "LookupError" in log_lines()
    for text in (page, log_lines()):
        assert "Ek" not in text.split()
        assert "20150101" not in text
    assert "Traceback" not in page
    assert "LookupError" not in page


def test_next_error_has_another_code() -> None:
    request = RequestFactory().get("/")
    request.resolver_match = None

    assert errors.server_error(request).content != errors.server_error(request).content


def test_page_that_is_not_there_says_so_in_our_design(browser: Client) -> None:
    answer = browser.get("/no/such/page/")

    assert answer.status_code == 404
    assert "The page is not here" in answer.content.decode()


@pytest.mark.parametrize("path", ["/units/%00/", "/search/?q=%00"])
def test_nul_is_answered_by_our_page(browser: Client, path: str) -> None:
    answer = browser.get(path, headers=ENGLISH)

    assert answer.status_code == 400
    assert b"<main" in answer.content


def test_form_that_is_too_large_is_413(browser: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10

    answer = browser.post(reverse("colourmaps:search"), {f"q{n}": "x" for n in range(20)})

    assert answer.status_code == 413
    assert b"<main" in answer.content


def test_body_that_is_too_large_is_413(browser: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert browser.post(reverse("colourmaps:search"), {"q": "x" * 1000}).status_code == 413


def test_other_faults_of_a_request_are_400() -> None:
    request = RequestFactory().get("/")

    assert errors.bad_request(request, ValueError(SECRET)).status_code == 400
    assert errors.bad_request(request, TooManyFieldsSent()).status_code == 413


def test_form_without_token_is_refused_with_a_page_of_ours(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(in_solviken.teacher)
    browser.handler.enforce_csrf_checks = True

    answer = browser.post(reverse("colourmaps:search"), {"q": "4A"})

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "The form could not be taken" in page
    assert "CSRF" not in page
