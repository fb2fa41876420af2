"""An open page asks whether its figures hold, and hears of it when they do not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from aggregation.models import Release, UnitSum

from .conftest import Scene

SignIn = Callable[[User], Client]
ASKS = re.compile(r'id="fresh"[^>]*hx-get="([^"]+)"')


def question_on(content: bytes) -> str:
    found = ASKS.search(content.decode())
    assert found
    return unescape(found[1])


def later(scene: Scene) -> None:
    now = timezone.now() + datetime.timedelta(minutes=1)
    UnitSum.objects.filter(round=scene.now).update(computed_at=now)
    Release.objects.filter(round=scene.now).update(released_at=now)


@pytest.mark.parametrize("reader", ["principal", "area_head"])
@pytest.mark.parametrize("name", ["unit-map", "indicator"])
def test_page_is_told_when_its_figures_have_changed(
    released: Scene, sign_in: SignIn, name: str, reader: str
) -> None:
    browser = sign_in(getattr(released.place, reader))
    arguments = [released.place.school.key, *(["LAS"] if name == "indicator" else [])]
    question = question_on(browser.get(reverse(f"aggregation:{name}", args=arguments)).content)
    before = browser.get(question)
    later(released)

    after = browser.get(question)

    assert (before.status_code, before.content) == (204, b"")
    assert after.status_code == 200
    assert "figures-changed" in after.headers["HX-Trigger"]
    assert browser.get(question_on(after.content)).status_code == 204


def test_head_is_not_told_of_sums_that_are_not_released(released: Scene, sign_in: SignIn) -> None:
    browser = sign_in(released.place.area_head)
    question = question_on(
        browser.get(reverse("aggregation:unit-map", args=[released.place.school.key])).content
    )
    UnitSum.objects.update(computed_at=timezone.now() + datetime.timedelta(minutes=1))

    assert browser.get(question).status_code == 204


def test_asking_reads_little(
    released: Scene, sign_in: SignIn, django_assert_max_num_queries: Callable
) -> None:
    browser = sign_in(released.place.principal)
    question = question_on(
        browser.get(reverse("aggregation:unit-map", args=[released.place.school.key])).content
    )

    with django_assert_max_num_queries(12):
        browser.get(question)
