"""What a plan proposes, and what was delivered of it: pure counting."""

import datetime

import pytest

from interventions.delivery import Delivery, Wish, by_week, delivery_of, proposed_days, usual_weekdays
from interventions.models import Session, SessionState
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
MONDAY = TODAY


@pytest.mark.parametrize(
    ("times_per_week", "weekdays"),
    [
        (None, (1,)),
        (1, (1,)),
        (2, (1, 3)),
        (3, (0, 2, 4)),
        (4, (0, 1, 2, 3)),
        (5, (0, 1, 2, 3, 4)),
        (10, (0, 1, 2, 3, 4)),
    ],
)
def test_usual_weekdays_are_as_many_as_the_dose_and_no_more_than_a_school_week(times_per_week, weekdays):
    assert usual_weekdays(times_per_week) == weekdays


def test_proposed_days_are_the_weekdays_from_the_first_day_to_the_last_of_the_period():
    wish = Wish(MONDAY, MONDAY + 9 * DAY, weekdays=[0, 2])

    assert proposed_days(wish) == [MONDAY + n * DAY for n in (0, 2, 7, 9)]


@pytest.mark.parametrize(
    ("free_from", "free_to", "left"),
    [
        (None, None, [0, 2, 7, 9]),
        (2, 7, [0, 9]),
        (2, None, [0, 7, 9]),
        (None, 7, [0, 2, 9]),
        (3, 6, [0, 2, 7, 9]),
    ],
)
def test_proposed_days_leave_a_holiday_out(free_from, free_to, left):
    free = {
        name: None if n is None else MONDAY + n * DAY
        for name, n in (("free_from", free_from), ("free_to", free_to))
    }
    wish = Wish(MONDAY, MONDAY + 9 * DAY, weekdays=[0, 2], **free)

    assert proposed_days(wish) == [MONDAY + n * DAY for n in left]


def test_proposed_days_leave_out_what_has_a_session_already():
    wish = Wish(MONDAY, MONDAY + 9 * DAY, weekdays=[0, 2])

    assert proposed_days(wish, taken={MONDAY, MONDAY + 9 * DAY}) == [MONDAY + 2 * DAY, MONDAY + 7 * DAY]


def test_by_week_keeps_the_days_of_a_week_together_across_a_new_year():
    days = [datetime.date(2026, 12, 31), datetime.date(2027, 1, 1), datetime.date(2027, 1, 4)]

    assert by_week(days) == [days[:2], days[2:]]


def session(days, state=SessionState.PLANNED, n_present=None, n_expected=5):
    return Session(on=TODAY + days * DAY, state=state, n_present=n_present, n_expected=n_expected)


def test_delivery_counts_what_was_held_not_held_and_not_marked():
    sessions = [
        session(-4, SessionState.HELD, 5),
        session(-3, SessionState.HELD, 3, n_expected=6),
        session(-2, SessionState.CANCELLED),
        session(-1),
        session(0),
        session(1),
        session(2, SessionState.CANCELLED),
    ]

    assert delivery_of(sessions, TODAY) == Delivery(
        n_planned=7, n_so_far=5, n_held=2, n_not_held=2, n_unmarked=2, n_present=8, n_expected=11
    )


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        (Delivery(), ""),
        (Delivery(n_planned=32), "32 sessions planned, all of them still ahead"),
        (Delivery(n_planned=1, n_so_far=1), "0 of 1 planned session held"),
        (
            Delivery(n_planned=24, n_so_far=24, n_held=18, n_present=76, n_expected=90),
            "18 of 24 planned sessions held; on average 4.2 of 5 pupils present",
        ),
        (
            Delivery(n_planned=24, n_so_far=10, n_held=9, n_present=45, n_expected=45),
            "9 of 10 sessions planned so far held; on average 5 of 5 pupils present",
        ),
        (
            Delivery(n_planned=2, n_so_far=2, n_held=2, n_present=7, n_expected=9),
            "2 of 2 planned sessions held; on average 3.5 of 4.5 pupils present",
        ),
    ],
)
def test_delivery_in_words(delivery, words):
    assert delivery.in_words == words
