"""The pages of sessions: proposed, marked in one step with and without htmx, and what is said when it cannot be."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import municipality_scope
from interventions.models import Session, SessionState
from tests.factories.interventions import EvaluationFactory, InterventionFactory, SessionFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)


@pytest.fixture
def running(solviken):
    """For two pupils, three times a week until 27 November."""
    with municipality_scope(solviken.municipality):
        return InterventionFactory(
            unit=solviken.class_4a,
            responsible=solviken.teacher,
            pupils=PupilFactory.create_batch(2, school_class=solviken.class_4a),
            times_per_week=3,
            planned_until=datetime.date(2026, 11, 27),
        )


@pytest.fixture
def to_mark(running):
    with municipality_scope(running.municipality):
        return SessionFactory(intervention=running, n_expected=2)


def address_of(name, intervention):
    return reverse(f"interventions:{name}", args=[intervention.key])


def rows(intervention):
    with municipality_scope(intervention.municipality):
        found = Session.objects.filter(intervention=intervention)
        return list(found.values_list("on", "state", "n_expected", "n_present"))


# --- proposing ---------------------------------------------------------------------------------


def test_plan_page_proposes_the_dose_over_the_period(running, solviken, sign_in):
    page = sign_in(solviken.teacher).get(address_of("session-plan", running))

    weeks = page.context["weeks"]
    assert [[day.weekday() for day, _is_kept in week] for week in weeks] == [[0, 2, 4]] * 4
    assert weeks[0][0][0] == datetime.date(2026, 11, 2)
    assert page.context["days_form"].initial == {"n_expected": 2}


def test_plan_page_proposes_as_the_address_says_without_what_is_planned(running, to_mark, solviken, sign_in):
    asked = {
        "weekday": ["0", "1"],
        "first": "2026-11-16",
        "last": "2026-11-24",
        "free_from": "2026-11-23",
        "free_to": "2026-11-23",
    }

    page = sign_in(solviken.teacher).get(address_of("session-plan", running), asked)

    assert page.context["weeks"] == [
        [(datetime.date(2026, 11, 17), True)],
        [(datetime.date(2026, 11, 24), True)],
    ]
    assert "1 day has a session already" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"last": "2026-11-15"}, "last", "The last day comes before the first."),
        ({"first": "2026-11-01"}, "first", "It starts on Nov. 2, 2026. Choose that day or a later one."),
        (
            {"last": "2062-11-24"},
            "last",
            "That is more than two years after the start. Is the year right?",
        ),
        (
            {"free_from": "2026-11-20", "free_to": "2026-11-19"},
            "free_to",
            "The holiday ends before it begins.",
        ),
        ({"weekday": []}, "weekday", "This field is required."),
    ],
)
def test_plan_page_says_what_is_wrong_with_the_wish(running, solviken, sign_in, changes, field, sentence):
    asked = {"weekday": ["0"], "first": "2026-11-16", "last": "2026-11-24"} | changes

    page = sign_in(solviken.teacher).get(address_of("session-plan", running), asked)

    assert page.status_code == 422
    assert page.context["wish_form"].errors == {field: [sentence]}
    assert page.context["weeks"] == []


def test_plan_page_writes_the_days_that_are_kept(running, solviken, sign_in):
    browser = sign_in(solviken.teacher)
    kept = {"day": ["2026-11-16", "2026-11-18"], "n_expected": "2"}

    answer = browser.post(address_of("session-plan", running), kept)
    browser.post(address_of("session-plan", running), kept)

    assert (answer.status_code, answer["Location"]) == (302, address_of("session-list", running))
    assert rows(running) == [(TODAY, "planned", 2, None), (TODAY + 2 * DAY, "planned", 2, None)]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "No day is chosen. Choose at least one."),
        ({"day": ["2026-11-01"]}, "It starts on Nov. 2, 2026. Choose that day or a later one."),
        ({"day": ["i morgon"]}, "Enter a valid date."),
        ({"day": ["2026-11-16"] * 401}, "That is more than 400 sessions."),
    ],
)
def test_plan_page_refuses_days_with_a_sentence(running, solviken, sign_in, sent, sentence):
    answer = sign_in(solviken.teacher).post(address_of("session-plan", running), {"n_expected": "2"} | sent)

    assert answer.status_code == 422
    assert answer.context["days_form"].non_field_errors() == [sentence]
    assert rows(running) == []


# --- marking -----------------------------------------------------------------------------------


def sent(session, **changes):
    """What a row of the list sends as it was shown: not marked, two expected."""
    return {
        "session": session.pk,
        "was": "planned--2",
        "n_expected": "2",
        "n_present": "",
        "state": "held",
    } | changes


def test_mark_in_one_step_leads_back_to_the_list(running, to_mark, solviken, sign_in):
    browser = sign_in(solviken.teacher)

    answer = browser.post(address_of("session-mark", running), sent(to_mark, n_present="1"))

    assert (answer.status_code, answer["Location"]) == (302, address_of("session-list", running))
    assert rows(running) == [(TODAY, "held", 2, 1)]
    assert (
        "1 of 1 planned session held; on average 1 of 2 pupils present."
        in browser.get(address_of("session-list", running)).content.decode()
    )


@pytest.mark.parametrize(("n_present", "stored"), [("", 2), ("0", 0), ("2", 2)])
def test_mark_as_held_without_a_number_means_that_everybody_came(
    running, to_mark, solviken, sign_in, n_present, stored
):
    sign_in(solviken.teacher).post(address_of("session-mark", running), sent(to_mark, n_present=n_present))

    assert rows(running) == [(TODAY, "held", 2, stored)]


def test_mark_by_htmx_answers_with_the_list_and_the_next_takes_the_focus(running, to_mark, solviken, sign_in):
    with municipality_scope(solviken.municipality):
        SessionFactory(intervention=running, on=TODAY - DAY, n_expected=2)

    answer = sign_in(solviken.teacher).post(
        address_of("session-mark", running), sent(to_mark), headers={"HX-Request": "true"}
    )

    part = answer.content.decode()
    assert answer.status_code == 200
    assert part.startswith('<section class="sections sessions" id="sessions"')
    assert part.count("autofocus") == 1
    assert rows(running) == [(TODAY - DAY, "planned", 2, None), (TODAY, "held", 2, 2)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"n_present": "3"},
            "3 present, but only 2 pupils are expected. Change one of the two numbers.",
        ),
        ({"n_present": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"n_present": "alla"}, "Enter a whole number."),
        ({"was": ""}, "This field is required."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_mark_says_in_its_row_what_is_wrong(running, to_mark, solviken, sign_in, changes, sentence, headers):
    answer = sign_in(solviken.teacher).post(
        address_of("session-mark", running), sent(to_mark, **changes), headers=headers
    )

    assert answer.status_code == (200 if headers else 422)
    assert f'id="refused-{to_mark.pk}"><li>{sentence}</li>' in answer.content.decode()
    assert rows(running) == [(TODAY, "planned", 2, None)]


def test_mark_with_more_pupils_than_were_expected_takes_a_new_number(running, to_mark, solviken, sign_in):
    sign_in(solviken.teacher).post(
        address_of("session-mark", running), sent(to_mark, n_present="3", n_expected="3")
    )

    assert rows(running) == [(TODAY, "held", 3, 3)]


def test_mark_of_what_somebody_else_has_marked_shows_that_and_changes_nothing(
    running, to_mark, solviken, sign_in
):
    sign_in(solviken.principal).post(address_of("session-mark", running), sent(to_mark, n_present="1"))

    answer = sign_in(solviken.teacher).post(
        address_of("session-mark", running), sent(to_mark, state="cancelled")
    )

    assert answer.status_code == 422
    assert "Somebody has marked it meanwhile: held, 1 of 2 present." in answer.content.decode()
    assert 'name="was" value="held-1-2"' in answer.content.decode()
    assert rows(running) == [(TODAY, "held", 2, 1)]


@pytest.mark.parametrize("number", ["", "0", "x", "99999999999999999999"])
def test_mark_of_no_session_is_not_found(running, to_mark, solviken, sign_in, number):
    answer = sign_in(solviken.teacher).post(
        address_of("session-mark", running), sent(to_mark) | {"session": number}
    )

    assert answer.status_code == 404


def test_mark_of_another_interventions_session_is_not_found(running, solviken, sign_in):
    with municipality_scope(solviken.municipality):
        other = InterventionFactory(unit=solviken.class_5a, responsible=solviken.colleague)
        session = SessionFactory(intervention=other)

    answer = sign_in(solviken.teacher).post(address_of("session-mark", running), sent(session))

    assert answer.status_code == 404
    assert rows(other) == [(TODAY, "planned", 5, None)]


# --- several, and one more ---------------------------------------------------------------------


def test_several_are_marked_at_once_and_the_rest_is_told(running, to_mark, solviken, sign_in):
    with municipality_scope(solviken.municipality):
        ahead = SessionFactory(intervention=running, on=TODAY + DAY, n_expected=2)
    browser = sign_in(solviken.teacher)

    page = browser.post(
        address_of("session-mark-several", running),
        {"do": "held", "chosen": [to_mark.pk, ahead.pk]},
        follow=True,
    ).content.decode()

    assert "1 session is marked. 1 was left as it is: marked already, or not held yet." in page
    assert rows(running) == [(TODAY, "held", 2, 2), (TODAY + DAY, "planned", 2, None)]


def test_several_are_taken_away(running, to_mark, solviken, sign_in):
    page = sign_in(solviken.teacher).post(
        address_of("session-mark-several", running), {"do": "remove", "chosen": [to_mark.pk]}, follow=True
    )

    assert "1 session is taken away." in page.content.decode()
    assert rows(running) == []


def test_several_of_none_says_what_to_do(running, to_mark, solviken, sign_in):
    page = sign_in(solviken.teacher).post(
        address_of("session-mark-several", running), {"do": "held"}, follow=True
    )

    assert "No session is chosen. Tick those that you mean." in page.content.decode()
    assert rows(running) == [(TODAY, "planned", 2, None)]


def test_one_more_is_noted_and_the_same_day_twice_is_refused(running, solviken, sign_in):
    browser = sign_in(solviken.teacher)
    one_more = {"on": "2026-11-16", "n_expected": "2", "n_present": "2"}

    first = browser.post(address_of("session-add", running), one_more)
    second = browser.post(address_of("session-add", running), one_more)

    assert (first.status_code, second.status_code) == (302, 422)
    assert second.context["add_form"].errors == {
        "on": ["There is a session on Nov. 16, 2026 already. Mark that one."]
    }
    assert rows(running) == [(TODAY, "held", 2, 2)]


# --- who, and how much -------------------------------------------------------------------------


def test_who_takes_part_in_something_for_a_class_marks_too(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        for_class = InterventionFactory(
            unit=solviken.class_4a, responsible=solviken.teacher, participants=[solviken.colleague]
        )
        session = SessionFactory(intervention=for_class, n_expected=2)

    sign_in(solviken.colleague).post(address_of("session-mark", for_class), sent(session))

    assert rows(for_class) == [(TODAY, "held", 2, 2)]


def test_sessions_name_nobody(running, to_mark, solviken, sign_in):
    page = sign_in(solviken.teacher).get(address_of("session-list", running)).content.decode()

    with municipality_scope(solviken.municipality):
        names = [pupil.shown_name for pupil in running.pupils.all()]
    assert [name for name in names if name in page] == []


def test_sessions_of_an_evaluated_intervention_are_read_only(running, to_mark, solviken, sign_in):
    with municipality_scope(solviken.municipality):
        running.ended_on = TODAY
        running.save()
        EvaluationFactory(intervention=running)

    page = sign_in(solviken.teacher).get(address_of("session-list", running)).content.decode()

    assert "It has been evaluated. Its sessions stay as they were." in page
    assert "<form" not in page.split('id="content"')[1]


def test_intervention_that_says_how_often_and_has_no_days_asks_for_them(running, solviken, sign_in):
    page = sign_in(solviken.teacher).get(address_of("intervention", running)).content.decode()

    assert "No session is planned yet. The plan says how often" in page
    assert address_of("session-plan", running) in page


def test_sessions_ask_as_much_of_the_database_for_three_as_for_one(running, to_mark, solviken, sign_in):
    browser = sign_in(solviken.teacher)

    def n_queries():
        with CaptureQueriesContext(connection) as captured:
            browser.get(address_of("session-list", running))
        return len(captured)

    n_queries()
    for_one = n_queries()
    with municipality_scope(solviken.municipality):
        SessionFactory(intervention=running, on=TODAY + DAY, n_expected=2)
        SessionFactory(
            intervention=running, on=TODAY - DAY, n_expected=2, state=SessionState.HELD, n_present=2
        )

    assert n_queries() == for_one


def test_number_that_no_row_can_have_is_not_found(running, to_mark, solviken, sign_in):
    """Python refuses to read a number of some thousand digits."""
    browser, number = sign_in(solviken.teacher), "9" * 5000

    answers = [
        browser.post(address_of("session-mark", running), {"session": number}).status_code,
        browser.post(address_of("intervention-step", running), {"step": number}).status_code,
    ]

    assert answers == [404, 404]
