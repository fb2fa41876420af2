"""The pages of the calendar: the own meetings, a unit's, and the forms; who sees which names, and at what cost."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.meetings.calendar.counting import Counts
from interventions.meetings.calendar.planned import About, Frame, Repetition
from interventions.models import AnalysisMeeting, MeetingSeries, Rule, Rung
from interventions.services.meeting_planning import cancel_meeting, make_series
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.factories.imports import shown, text_of
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

from .conftest import Measured

pytestmark = pytest.mark.slow

SignIn = Callable[[User], Client]
DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)
TUESDAY = datetime.date(2026, 11, 17)
CANARY, FAMILY = "Kanarina", "Fågelström"


@pytest.fixture
def town(in_solviken: Place) -> Place:
    PupilFactory(given_name=CANARY, family_name=FAMILY, school_class=in_solviken.class_4a)
    return in_solviken


def url(name: str, *args: str) -> str:
    return reverse(f"interventions:{name}", args=args)


def page(browser: Client, name: str, *args: str, **query: str) -> str:
    return shown(browser.get(url(name, *args), query))


def markup(browser: Client, name: str, *args: str) -> str:
    return browser.get(url(name, *args)).content.decode()


def team_meeting(town: Place, **fields: Any) -> AnalysisMeeting:
    usual = {
        "kind": kind_of(Rung.TEAM),
        "unit": town.school,
        "classes": [town.class_4a, town.class_5a],
        "lead": town.principal,
    }
    return MeetingFactory(**usual | fields)


def school_meeting(town: Place, **fields: Any) -> AnalysisMeeting:
    return MeetingFactory(
        **{"kind": kind_of(Rung.SCHOOL), "unit": town.school, "lead": town.principal, **fields}
    )


def series_of(town: Place) -> MeetingSeries:
    return make_series(
        about=About(kind_of(Rung.TEAM), town.school, [town.class_4a, town.class_5a]),
        repetition=Repetition(Rule.MONTHLY, TUESDAY),
        frame=Frame(town.principal, datetime.time(14)),
        by=town.principal,
    )


def form_of(town: Place, **fields: Any) -> dict[str, Any]:
    return {
        "kind": kind_of(Rung.SCHOOL).key,
        "on": "2026-11-17",
        "at": "14:00",
        "minutes": "90",
        "place": "Biblioteket",
        "lead": town.principal.key,
        **fields,
    }


# ---- the own meetings ----


def keys(lines: list[Any]) -> list[str]:
    return [line.meeting.key for line in lines]


def test_own_meetings_are_listed_by_what_is_to_be_done_about_them(town: Place, sign_in: SignIn) -> None:
    running = team_meeting(town, is_started=True)
    today, later = school_meeting(town), school_meeting(town, planned_on=TODAY + WEEK)
    missed = school_meeting(town, planned_on=TODAY - WEEK)
    held = school_meeting(town, planned_on=TODAY - DAY, is_closed=True)
    cancelled = school_meeting(town, planned_on=TODAY + DAY)
    cancel_meeting(meeting=cancelled, why="Studiedag", by=town.principal)

    response = sign_in(town.principal).get(url("meeting-list"))

    meetings = response.context["meetings"]
    assert keys(meetings.running) == [running.key]
    assert keys(meetings.coming) == [today.key, cancelled.key, later.key]
    assert keys(meetings.missed) == [missed.key]
    assert keys(meetings.held) == [held.key]
    content = response.content.decode()
    assert "Studiedag" in content
    for link in (
        url("meeting", missed.key),
        url("meeting-move", missed.key),
        url("meeting-cancel", missed.key),
        url("meeting-cancel", cancelled.key),
    ):
        assert f'href="{link}"' in content


def test_missed_meeting_that_is_cancelled_is_accounted_for(town: Place, sign_in: SignIn) -> None:
    missed = school_meeting(town, planned_on=TODAY - WEEK)
    browser = sign_in(town.principal)

    response = browser.post(url("meeting-cancel", missed.key), {"why": "Alla var sjuka"})

    assert response.headers["Location"] == url("unit-meetings", town.school.key)
    assert browser.get(url("meeting-list")).context["meetings"].is_empty


def test_who_may_not_plan_is_offered_no_moving(town: Place, sign_in: SignIn) -> None:
    meeting = team_meeting(town, unit=town.class_4a, classes=[])

    content = markup(sign_in(town.teacher), "meeting-list")

    assert url("meeting", meeting.key) in content
    assert url("meeting-move", meeting.key) not in content


def test_each_sees_the_meetings_that_are_open_to_them(town: Place, sign_in: SignIn) -> None:
    team_meeting(town)
    own = team_meeting(town, unit=town.class_4a, classes=[])
    of_area = MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head)

    seen = {
        name: set(keys(sign_in(getattr(town, name)).get(url("meeting-list")).context["meetings"].coming))
        for name in ("teacher", "area_head", "board_member")
    }

    assert seen == {"teacher": {own.key}, "area_head": {of_area.key}, "board_member": set()}


def test_own_meetings_cost_the_same_however_many(
    town: Place, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        team_meeting(town, planned_on=TODAY + n * DAY)
        team_meeting(town, planned_on=TODAY - n * DAY)
        team_meeting(town, planned_on=TODAY - n * DAY, is_closed=True)
    browser = sign_in(town.principal)

    with django_assert_max_num_queries(18):
        response = browser.get(url("meeting-list"))

    assert len(response.context["meetings"].coming) == 10


# ---- the calendar of a unit ----


def test_calendar_of_a_school_counts_by_series_and_says_each_state_in_a_word(
    town: Place, sign_in: SignIn
) -> None:
    series = series_of(town)
    first, second, *_others = AnalysisMeeting.objects.filter(series=series)
    AnalysisMeeting.objects.filter(pk=first.pk).update(planned_on=TODAY - WEEK)
    cancel_meeting(meeting=second, why="Lov", by=town.principal)
    school_meeting(town, planned_on=TODAY - WEEK, is_closed=True)

    response = sign_in(town.principal).get(url("unit-meetings", town.school.key))

    calendar = response.context["calendar"]
    (own,), (team,) = calendar.own, calendar.teams
    assert own.counts == Counts(held=1)
    assert team.counts == Counts(cancelled=1, missed=1, to_come=6)
    assert (team.about, team.how_often) == ("4A, 5A", "every month, the third Tuesday, 2 p.m.")
    words = text_of(response.content.decode())
    assert "17 nov" not in words
    for mark in ("9 nov ! did not take place", "15 dec × cancelled", "19 jan ○ planned", "9 nov ● held"):
        assert mark in " ".join(words.split())
    assert url("series", series.key) in response.content.decode()


def test_calendar_of_a_class_holds_its_teams_meetings(town: Place, sign_in: SignIn) -> None:
    team_meeting(town)
    team_meeting(town, unit=town.class_5a, classes=[])
    school_meeting(town)

    context = sign_in(town.teacher).get(url("unit-meetings", town.class_4a.key)).context

    assert [(row.kind.rung, row.about) for row in context["calendar"].own] == [(Rung.TEAM, "4A, 5A")]


def test_teacher_of_one_class_opens_the_teams_meeting_when_it_has_been(town: Place, sign_in: SignIn) -> None:
    ahead, held = team_meeting(town), team_meeting(town, planned_on=TODAY - DAY, is_closed=True)

    content = markup(sign_in(town.teacher), "unit-meetings", town.class_4a.key)

    assert url("meeting", held.key) in content
    assert url("meeting", ahead.key) not in content


def test_meetings_of_another_school_year_are_on_its_page(town: Place, sign_in: SignIn) -> None:
    school_meeting(town, planned_on=datetime.date(2026, 3, 3), is_closed=True)
    browser = sign_in(town.principal)

    now, then, wrong = (
        browser.get(url("unit-meetings", town.school.key), {"year": year}).context
        for year in ("", "2025", "²")
    )

    assert [len(each["calendar"].own) for each in (now, then, wrong)] == [0, 1, 0]
    assert then["year"].name == "2025/26"


def test_head_is_told_of_no_class_and_no_team_but_how_many_were_held(town: Place, sign_in: SignIn) -> None:
    meeting = team_meeting(town, planned_on=TODAY - DAY, is_closed=True, place=f"Hos {CANARY}")
    CaseFactory(meeting=meeting, title=f"{CANARY} {FAMILY}", unit=town.class_4a)
    cancelled = team_meeting(town, planned_on=TODAY + DAY)
    cancel_meeting(meeting=cancelled, why=f"{FAMILY} flyttar", by=town.principal)
    team_meeting(town, kind=kind_of(Rung.TEACHER), unit=town.class_4a, classes=[])
    school_meeting(town)

    pages = {
        (person, unit): page(sign_in(getattr(town, person)), "unit-meetings", getattr(town, unit).key)
        for person in ("area_head", "administration_head", "coordinator")
        for unit in ("school", "area")
    }

    for where, content in pages.items():
        found = [word for word in (CANARY, FAMILY, "4A", "5A", "flyttar") if word in content]
        assert found == [], where
    assert url("meeting", meeting.key) not in markup(
        sign_in(town.area_head), "unit-meetings", town.school.key
    )
    context = sign_in(town.area_head).get(url("unit-meetings", town.school.key)).context
    assert context["calendar"].below == Counts(held=1, cancelled=1)


def test_level_above_counts_its_schools_with_what_stands_in_between(town: Place, sign_in: SignIn) -> None:
    team_meeting(town, planned_on=TODAY - DAY, is_closed=True)
    team_meeting(town, unit=town.class_4a, classes=[], planned_on=TODAY - DAY)
    school_meeting(town, planned_on=TODAY - WEEK)
    team_meeting(town, kind=kind_of(Rung.TEACHER), unit=town.class_4a, classes=[], planned_on=TODAY - DAY)
    MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head)
    MeetingFactory(kind=kind_of(Rung.ADMINISTRATION), unit=town.administration, lead=town.administration_head)

    context = sign_in(town.administration_head).get(url("unit-meetings", town.administration.key)).context

    assert [(row.unit.name, row.counts) for row in context["rows"]] == [
        (town.area.name, Counts(to_come=1)),
        (town.school.name, Counts(held=1, missed=2)),
    ]
    assert context["in_all"] == Counts(held=1, missed=2)
    assert [row.kind.rung for row in context["calendar"].own] == [Rung.ADMINISTRATION]


def test_talks_are_in_no_calendar(town: Place, sign_in: SignIn) -> None:
    school_meeting(town, kind=kind_of(Rung.SCHOOL, is_talk=True))

    of_school = sign_in(town.principal).get(url("unit-meetings", town.school.key)).context
    of_area = sign_in(town.area_head).get(url("unit-meetings", town.area.key)).context

    assert of_school["calendar"].own == []
    assert of_area["in_all"] == Counts()


@pytest.mark.parametrize(
    ("person", "unit", "status"),
    [
        ("teacher", "class_4a", 200),
        ("teacher", "class_5a", 403),
        ("teacher", "school", 403),
        ("area_head", "class_4a", 403),
        ("coordinator", "class_4a", 403),
        ("coordinator", "school", 200),
        ("board_member", "root", 200),
        ("board_member", "school", 200),
        ("support_function", "school", 403),
        ("access_auditor", "root", 403),
    ],
)
def test_calendar_is_open_to_who_meets_or_watches_there(
    town: Place, sign_in: SignIn, person: str, unit: str, status: int
) -> None:
    address = url("unit-meetings", getattr(town, unit).key)

    assert sign_in(getattr(town, person)).get(address).status_code == status


def test_calendar_of_another_municipality_is_not_there(town: Place, fjordvik: Place, sign_in: SignIn) -> None:
    with municipality_scope(fjordvik.municipality):
        meeting, series = school_meeting(fjordvik), series_of(fjordvik)
    browser = sign_in(town.principal)
    addresses = [
        url("unit-meetings", fjordvik.school.key),
        url("meeting-new", fjordvik.school.key),
        url("series-new", fjordvik.school.key),
        url("meeting-move", meeting.key),
        url("meeting-cancel", meeting.key),
        url("series", series.key),
    ]

    assert {browser.get(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize(("person", "unit"), [("principal", "school"), ("administration_head", "root")])
def test_calendar_costs_the_same_for_few_meetings_and_for_many(
    town: Place, sign_in: SignIn, person: str, unit: str
) -> None:
    if unit == "root":
        RoleAssignmentFactory(
            user=town.administration_head, role=RoleCode.ADMINISTRATION_HEAD, unit=town.root
        )
    browser, address = sign_in(getattr(town, person)), url("unit-meetings", getattr(town, unit).key)
    make_some(town, 1)
    few = n_queries(browser, address)
    make_some(town, 12)

    assert (n_queries(browser, address), few < 20) == (few, True)


def make_some(town: Place, n: int) -> None:
    for each in range(n):
        team_meeting(town, planned_on=TODAY + each * DAY)
        school_meeting(town, planned_on=TODAY - each * DAY, is_closed=True)
        MeetingFactory(
            kind=kind_of(Rung.BOARD),
            unit=town.root,
            lead=town.administration_head,
            planned_on=TODAY + each * DAY,
        )


def n_queries(browser: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_calendar_is_reached_from_the_maps_and_from_the_bar_above(
    town: Place, measured: Measured, sign_in: SignIn
) -> None:
    browser = sign_in(town.principal)

    of_school = browser.get(reverse("aggregation:unit-map", args=[town.school.key])).content.decode()
    of_class = browser.get(reverse("colourmaps:class-map", args=[town.class_4a.key])).content.decode()

    assert url("unit-meetings", town.school.key) in of_school
    assert url("unit-meetings", town.class_4a.key) in of_class
    assert f'href="{url("meeting-list")}"' in of_school


# ---- forms ----


def test_meeting_is_planned_by_its_form(town: Place, sign_in: SignIn) -> None:
    response = sign_in(town.principal).post(url("meeting-new", town.school.key), form_of(town))

    meeting = AnalysisMeeting.objects.get()
    assert response.headers["Location"] == url("unit-meetings", town.school.key)
    assert (meeting.planned_on, meeting.at, meeting.minutes, meeting.place, meeting.unit) == (
        TUESDAY,
        datetime.time(14),
        90,
        "Biblioteket",
        town.school,
    )


def test_refused_form_comes_back_with_what_was_typed(town: Place, sign_in: SignIn) -> None:
    browser = sign_in(town.principal)
    bad = form_of(town, on="2026-11-15", minutes="601", place="Sal 3")

    response = browser.post(url("meeting-new", town.school.key), bad)

    assert response.status_code == 422
    content = response.content.decode()
    assert "That day has been. Choose today or a later day." in content
    assert 'value="Sal 3"' in content
    assert AnalysisMeeting.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonsense"},
        {"lead": "nobody"},
        {"on": "2026-02-30"},
        {"at": "25:00"},
        {"minutes": "9" * 40},
        {"minutes": "-5"},
        {"place": "x" * 101},
        {"classes": "nonsense"},
        {"on": "9999-12-31"},
        {"place": "\0"},
    ],
)
def test_nonsense_is_refused_in_the_form(town: Place, sign_in: SignIn, wrong: dict[str, str]) -> None:
    response = sign_in(town.principal).post(url("meeting-new", town.school.key), form_of(town, **wrong))

    assert response.status_code == 422
    assert AnalysisMeeting.objects.count() == 0


def test_team_is_planned_for_several_classes_from_one_of_them(town: Place, sign_in: SignIn) -> None:
    lead = PersonFactory(role=RoleCode.ANALYSIS_LEAD, unit=town.class_4a)
    RoleAssignmentFactory(user=lead, role=RoleCode.ANALYSIS_LEAD, unit=town.class_5a)
    browser, address = sign_in(lead), url("meeting-new", town.class_4a.key)
    form = browser.get(address).context["form"]
    assert form["classes"].value() == [town.class_4a.key, town.class_5a.key]
    assert form["kind"].value() == kind_of(Rung.TEAM).key

    both = form_of(town, kind=kind_of(Rung.TEAM).key, classes=form["classes"].value(), lead=lead.key)
    browser.post(address, both)
    browser.post(address, both | {"classes": [town.class_5a.key]})

    of_both, of_one = AnalysisMeeting.objects.order_by("pk")
    assert (of_both.unit, {each.name for each in of_both.covered_units.all()}) == (
        town.school,
        {"4A", "5A"},
    )
    assert (of_one.unit, list(of_one.covered_units.all())) == (town.class_5a, [])


def test_classes_go_with_the_kind(town: Place, sign_in: SignIn) -> None:
    browser, address = sign_in(town.principal), url("meeting-new", town.school.key)
    both = [town.class_4a.key, town.class_5a.key]

    without = browser.post(address, form_of(town, kind=kind_of(Rung.TEAM).key))
    whole = browser.post(address, form_of(town, classes=both))
    alone = browser.post(
        url("meeting-new", town.class_4a.key),
        form_of(town, kind=kind_of(Rung.TEACHER).key, classes=both),
    )

    assert [list(each.context["form"].errors) for each in (without, whole, alone)] == [["classes"]] * 3
    assert AnalysisMeeting.objects.count() == 0


def test_head_plans_at_a_school_without_being_told_its_classes(town: Place, sign_in: SignIn) -> None:
    response = sign_in(town.area_head).get(url("meeting-new", town.school.key))

    assert "classes" not in response.context["form"].fields
    assert [word for word in ("4A", "5A") if word in text_of(response.content.decode())] == []


def test_series_is_made_changed_and_ended_by_its_forms(town: Place, sign_in: SignIn) -> None:
    browser = sign_in(town.principal)
    fields = form_of(town, rule="monthly", days_after="14", first_on="2026-11-17", ends_on="")
    made = browser.post(url("series-new", town.school.key), fields, follow=True)
    assert "19 meetings are planned." in made.content.decode()
    series = MeetingSeries.objects.get()

    form = browser.get(url("series", series.key)).context["form"]
    assert (form["rule"].value(), form["first_on"].value()) == ("monthly", TUESDAY)
    changed = browser.post(url("series", series.key), fields | {"rule": "quarterly", "at": ""}, follow=True)
    ended = browser.post(url("series", series.key), {"do": "end", "ends_on": "2027-02-28"}, follow=True)

    assert "12 are taken away." in changed.content.decode()
    assert "The series is ended." in ended.content.decode()
    left = AnalysisMeeting.objects.order_by("planned_on")
    assert [(one.planned_on.isoformat(), one.at) for one in left] == [
        ("2026-11-17", None),
        ("2027-02-16", None),
    ]


def test_form_of_a_series_says_what_is_wrong(town: Place, sign_in: SignIn) -> None:
    series, browser = series_of(town), sign_in(town.principal)
    fields = form_of(
        town, rule="monthly", first_on="2026-11-21", days_after="14", classes=[town.class_4a.key]
    )

    weekend = browser.post(url("series", series.key), fields)
    nobody = browser.post(url("series", series.key), fields | {"classes": []})
    past = browser.post(url("series", series.key), {"do": "end", "ends_on": "2026-11-01"})

    assert "is a Saturday" in weekend.content.decode()
    assert nobody.context["form"].errors["classes"] == ["Choose the team's classes."]
    assert past.context["end_form"].errors["ends_on"] == ["That day has been. Choose today or a later day."]
    assert {each.status_code for each in (weekend, nobody, past)} == {422}


def test_meeting_is_moved_by_its_form(town: Place, sign_in: SignIn) -> None:
    meeting = team_meeting(town)
    browser, address = sign_in(town.principal), url("meeting-move", meeting.key)
    assert browser.get(address).context["form"]["on"].value() == TODAY

    browser.post(address, form_of(town, on="2026-11-20"))

    moved = AnalysisMeeting.objects.get()
    assert (moved.planned_on, moved.at) == (datetime.date(2026, 11, 20), datetime.time(14))


def test_cancellation_is_taken_back_by_its_form(town: Place, sign_in: SignIn) -> None:
    meeting, browser = school_meeting(town, planned_on=TODAY + DAY), sign_in(town.principal)
    address = url("meeting-cancel", meeting.key)

    empty = browser.post(address, {"why": ""})
    browser.post(address, {"why": "Studiedag"})
    again = page(browser, "meeting-cancel", meeting.key)
    browser.post(address)

    assert empty.status_code == 422
    assert "Studiedag" in again
    assert AnalysisMeeting.objects.get().cancelled_at is None


@pytest.mark.parametrize("name", ["meeting-move", "meeting-cancel"])
def test_what_has_begun_is_left_alone_and_says_so(town: Place, sign_in: SignIn, name: str) -> None:
    meeting = school_meeting(town, is_started=True)

    response = sign_in(town.principal).post(url(name, meeting.key), form_of(town, on="2026-11-20", why="Nej"))

    assert response.status_code == 422
    assert "It has been started" in response.content.decode()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("principal", 200),
        ("analysis_lead", 200),
        ("teacher", 403),
        ("health_team", 403),
        ("area_head", 403),
        ("coordinator", 403),
        ("board_member", 403),
    ],
)
def test_meeting_of_a_team_is_changed_by_who_plans_and_sees_its_pupils(
    town: Place, sign_in: SignIn, person: str, expected: int
) -> None:
    meeting, series = team_meeting(town), series_of(town)
    browser = sign_in(getattr(town, person))

    answers = {
        browser.get(address).status_code
        for address in (
            url("meeting-move", meeting.key),
            url("meeting-cancel", meeting.key),
            url("series", series.key),
        )
    }

    assert answers == {expected}


@pytest.mark.parametrize("person", ["area_head", "coordinator"])
def test_who_sees_no_pupils_moves_a_schools_meeting_and_reads_nothing_written_about_it(
    town: Place, sign_in: SignIn, person: str
) -> None:
    meeting = school_meeting(town, planned_on=TODAY + DAY, place=f"Hos {CANARY}")
    cancelled = school_meeting(town, planned_on=TODAY + WEEK)
    cancel_meeting(meeting=cancelled, why=f"{FAMILY} flyttar", by=town.principal)
    browser = sign_in(getattr(town, person))

    moving = browser.get(url("meeting-move", meeting.key))
    assert CANARY not in shown(moving)
    assert FAMILY not in page(browser, "meeting-cancel", cancelled.key)
    browser.post(
        url("meeting-move", meeting.key),
        {"on": (TODAY + 2 * DAY).isoformat(), "minutes": "60", "lead": town.principal.key, "place": "Annat"},
    )

    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.place) == (60, f"Hos {CANARY}")
    assert CANARY in sign_in(town.principal).get(url("meeting-move", meeting.key)).content.decode()
