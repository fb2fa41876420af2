"""No pupil in a log line, an address or a task (I18): names, numbers and logins are words that stand nowhere else.

The whole matrix is walked at the level of debugging, with the formatter of production, as it is and with an error in
every page; whatever was written down is searched for the words.
"""

from __future__ import annotations

import copy
import io
import logging
import logging.config
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
from django.template import loader
from django.test import Client

from accounts.models import Job, User
from accounts.tenancy import across_municipalities, municipality_scope
from colourmaps.config import celery_app
from pupils.models import Pupil
from tests.fixtures import Place
from tests.interventions.test_canary_names import CANARY, make_meetings, make_what_climbs, plant

from .permission_matrix import MATRIX, make_world
from .specimens import make_specimens
from .walk import Answer, Walker, opener_of

pytestmark = [pytest.mark.slow, pytest.mark.walk]

NUMBER, LOGIN = "201501012384", "kanarieinloggning"
WORDS = (CANARY.lower(), NUMBER, LOGIN)
ADDRESS = re.compile(r"""\b(?:href|src|action|formaction|hx-(?:get|post|push-url))=["']([^"']+)""")
# Pages that are shown although something went wrong.
SHOWN_AFTER_AN_ERROR = {
    "400.html",
    "403.html",
    "403_csrf.html",
    "404.html",
    "413.html",
    "429.html",
    "500.html",
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What production writes to its log, at LOG_LEVEL=DEBUG."""
    kept = io.StringIO()
    config = copy.deepcopy(django_settings.LOGGING)
    config["handlers"]["console"]["stream"] = kept
    config["root"]["level"] = config["loggers"]["django"]["level"] = "DEBUG"
    logging.config.dictConfig(config)
    yield kept
    logging.config.dictConfig(django_settings.LOGGING)


@pytest.fixture
def walker(solviken: Place, sign_in: Callable[[User], Client]) -> Walker:
    def signed_in(person: User) -> Client:
        browser = sign_in(person)
        browser.raise_request_exception = False
        return browser

    world = make_world(solviken, "Solberg", "LAS")
    with municipality_scope(solviken.municipality):
        make_specimens()
        make_meetings(solviken, world.pupil)
        make_what_climbs(solviken, world.pupil)
        plant()
        Pupil.objects.filter(pk=world.pupil.pk).update(identity_number=NUMBER)
    User.objects.update(login=Concat("login", Value(f"-{LOGIN}"), output_field=models.CharField()))
    return Walker(world, signed_in)


@pytest.fixture
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(celery_app, "send_task", lambda *args, **options: sent.append(repr((args, options))))
    return sent


def words_found(text: str) -> list[str]:
    return [line for line in text.splitlines() if any(word in line.lower() for word in WORDS)]


def addresses_in(answer: Answer) -> list[str]:
    location = [answer.response.headers.get("Location", ""), answer.response.headers.get("HX-Redirect", "")]
    links = ADDRESS.findall(answer.body.decode()) if answer.is_page else []
    return [each for each in (*links, *location) if each]


def is_own_secret(address: str) -> bool:
    """What the own authenticator app reads from the screen once: no server is asked by it."""
    return address.startswith("otpauth:")


def test_no_pupil_is_in_a_log_line_an_address_or_a_task(
    walker: Walker, log: io.StringIO, sent_tasks: list[str]
) -> None:
    seen, in_addresses = 0, {}
    for answer in walker.everywhere():
        seen += CANARY.lower() in answer.body.decode("utf-8", "replace").lower()
        if found := [each for each in addresses_in(answer) if words_found(each) and not is_own_secret(each)]:
            in_addresses[answer.name] = found[:2]
    for name in ("colourmaps:search", "accounts:sign-in"):
        content = {"q": CANARY, "username": f"teacher-9901-{LOGIN}", "password": CANARY}
        walker.ask(
            name, method="post", content=content, person="" if name == "accounts:sign-in" else "teacher"
        )

    assert seen > 15
    assert len(log.getvalue().splitlines()) > 20
    assert words_found(log.getvalue()) == []
    assert in_addresses == {}
    assert words_found("\n".join(sent_tasks)) == []
    with across_municipalities():
        assert (
            words_found("\n".join(str(each) for each in Job.objects.values_list("arguments", "failure")))
            == []
        )


def test_no_pupil_is_in_the_report_of_an_error(
    walker: Walker, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page fails while it is drawn, with an error that quotes a pupil, as errors do."""
    real = loader.get_template

    def fails(name: str, *arguments: Any, **options: Any) -> Any:
        if name in SHOWN_AFTER_AN_ERROR:
            return real(name, *arguments, **options)
        raise LookupError(f"{CANARY} {NUMBER} {LOGIN}")

    for name in {opener_of(address) for address in MATRIX.values()}:
        walker.browser(name)
    monkeypatch.setattr(loader, "get_template", fails)

    answers = list(walker.everywhere())

    failed = [answer for answer in answers if answer.response.status_code == 500]
    assert len(failed) > 60
    assert {answer.name for answer in failed if words_found(answer.body.decode())} == set()
    lines = log.getvalue()
    assert lines.count("LookupError") >= len(failed)
    assert words_found(lines) == []


def test_a_word_in_a_line_would_be_found(walker: Walker, log: io.StringIO) -> None:
    logging.getLogger("django").warning("no place for %s", CANARY)

    assert len(words_found(log.getvalue())) == 1
