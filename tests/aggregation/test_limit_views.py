"""The limits for small groups: stricter than the floor where it is wanted; releases are looked at anew."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Municipality, User
from accounts.models.municipality import FLOOR_OF_BASE, FLOOR_OF_COUNT
from accounts.roles import Tier
from accounts.services import set_limits
from aggregation.disclosure.rules import LEAST_BASE, LEAST_COUNT
from aggregation.forms import MOST_BASE
from aggregation.models import HeldBack, Release, ReleaseCheck, ReleaseWork
from aggregation.release_work import do_waiting_releases
from aggregation.work import do_waiting_recounts
from colourmaps.models import MeasurementRound
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.imports import text_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("in_english", "ticking")


@pytest.fixture
def rounds(in_solviken: Place) -> list[MeasurementRound]:
    """One that has been shown with base 10, and one that goes on, of which too few are measured to be shown."""
    spring = RoundFactory(starts_on=datetime.date(2026, 5, 1), ends_on=datetime.date(2026, 5, 31))
    autumn = RoundFactory(starts_on=datetime.date(2026, 11, 1), ends_on=datetime.date(2026, 12, 18))
    reading = DueIndicatorFactory(round=spring).indicator
    DueIndicatorFactory(round=autumn, indicator=reading)
    ThresholdFactory(indicator=reading, yellow_limit=1600, green_limit=2600)
    last_year = {"valid_from": datetime.date(2025, 8, 1), "valid_to": datetime.date(2026, 8, 1)}
    old_class = SchoolClassFactory(name="4 förra", parent=in_solviken.school, **last_year)
    pupils = [PupilFactory(school_class=old_class) for _pupil in range(30)]
    record(spring, reading, {pupil: 1000 * (1 + n % 3) for n, pupil in enumerate(pupils)})
    now = [PupilFactory(school_class=in_solviken.class_4a) for _pupil in range(12)]
    record(autumn, reading, {now[0]: 1000})
    do_waiting_recounts()
    do_waiting_releases()
    return [spring, autumn]


@pytest.fixture
def browser(in_solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(in_solviken.administrator)


def send(browser: Client, base: int, count: int, **more: str):
    return browser.post(
        reverse("aggregation:limits"), {"smallest_base": base, "smallest_count": count, **more}
    )


def limits_now() -> tuple[int, int]:
    return Municipality.objects.values_list("smallest_base", "smallest_count").get()


def test_floor_of_the_municipality_is_the_floor_of_the_rules() -> None:
    assert (FLOOR_OF_BASE, FLOOR_OF_COUNT) == (LEAST_BASE, LEAST_COUNT)


def test_preview_says_what_stays_and_what_is_looked_at_anew(
    rounds: list[MeasurementRound], in_solviken: Place, browser: Client
) -> None:
    UnitFactory(name="Tom", parent=in_solviken.area)

    said = text_of(send(browser, 15, 6).content.decode())

    assert "Pupils that a figure must rest on 15, until now 10" in said
    assert "Pupils that must have the same colour 6, until now 5" in said
    assert "Schools with fewer pupils than a figure must rest on 1, until now 0 (of 1)" in said
    assert "Tables that stay by the limits by which they were first shown 1, in 1 rounds" in said
    assert "Tables that are looked at anew by the new limits 1, in 1 rounds" in said
    assert limits_now() == (10, 5)


def test_new_limits_hold_for_what_has_not_been_shown(
    rounds: list[MeasurementRound], in_solviken: Place, browser: Client
) -> None:
    spring, autumn = rounds
    seal = send(browser, 15, 6).context["preview"].seal

    answer = send(browser, 15, 6, step="do", seal=seal)

    assert (answer.status_code, limits_now()) == (302, (15, 6))
    event = AuditEvent.objects.get(action="limits of figures set")
    assert (event.actor_id, event.facts) == (
        in_solviken.administrator.pk,
        {"before": [10, 5], "after": [15, 6]},
    )
    assert set(ReleaseWork.objects.values_list("round_id", flat=True)) == {spring.pk, autumn.pk}
    n_before = Release.objects.filter(round=spring).count()
    in_solviken.municipality.refresh_from_db()  # a worker reads it anew for each task
    MeasurementRound.objects.filter(pk=autumn.pk).update(ends_on=datetime.date(2026, 11, 15))
    do_waiting_releases()
    first_shown = {
        release.round_id: (release.smallest_base, release.smallest_count)
        for release in Release.objects.filter(tier=Tier.HEADS)
    }
    assert (first_shown[spring.pk], first_shown[autumn.pk]) == ((10, 5), (15, 6))
    assert Release.objects.filter(round=spring).count() == n_before


def test_early_table_is_still_early_by_new_limits(rounds: list[MeasurementRound]) -> None:
    set_limits(smallest_base=20, smallest_count=5, by=None)
    do_waiting_releases()

    held = ReleaseCheck.objects.filter(round=rounds[1]).values_list("held_back", flat=True)
    assert set(held) == {HeldBack.EARLY}


@pytest.mark.parametrize(
    ("base", "count", "why"),
    [
        (FLOOR_OF_BASE - 1, 5, f"greater than or equal to {FLOOR_OF_BASE}"),
        (10, FLOOR_OF_COUNT - 1, f"greater than or equal to {FLOOR_OF_COUNT}"),
        (MOST_BASE + 1, 5, f"less than or equal to {MOST_BASE}"),
        (10, 5, "These are the limits that you have already."),
    ],
)
def test_limits_below_the_floor_are_refused(
    in_solviken: Place, browser: Client, base: int, count: int, why: str
) -> None:
    answer = send(browser, base, count)

    assert answer.status_code == 422
    assert why in text_of(answer.content.decode())
    assert limits_now() == (10, 5)


def test_same_limits_again_are_no_news(in_solviken: Place) -> None:
    set_limits(smallest_base=10, smallest_count=5, by=None)

    assert not AuditEvent.objects.filter(action="limits of figures set").exists()
