"""Which schools keep the routine: meetings, follow-ups and decisions, in numbers, for whoever watches."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Level
from interventions.models import MeetingKind, Outcome, Rung
from interventions.routine.kept import Kept, kinds_to_watch, school_routines
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.imports import text_of
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
LAST_YEAR = datetime.date(2026, 3, 2)


@pytest.fixture
def meet(in_solviken):
    """Makes a meeting of the school's leadership, some days ago."""

    def made(days=10, *, state="held", unit=None, on=None, rung=Rung.SCHOOL, **fields):
        day = on or TODAY - days * DAY
        moment = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
        if state == "cancelled":
            fields |= {"cancelled_at": moment, "why_cancelled": "Sjukdom"}
        if state in ("held", "running"):
            fields |= {"is_started": True, "started_at": moment}
        if state == "held":
            hour = datetime.timedelta(hours=1)
            fields |= {"closed_at": moment + hour, "closed_by": in_solviken.principal}
        return MeetingFactory(
            kind=kind_of(rung),
            unit=unit or in_solviken.school,
            lead=in_solviken.principal,
            planned_on=day,
            **fields,
        )

    return made


@pytest.fixture
def second(in_solviken):
    return UnitFactory(parent=in_solviken.area, name="Andra skolan")


def routines(unit, kind=None):
    return {each.school.name: each for each in school_routines(unit, TODAY, kind)}


# ---- counted ----


def test_meetings_are_counted_until_today_by_what_became_of_them(in_solviken, meet):
    meet(30)
    meet(20, state="cancelled")
    meet(5, state="missed")
    meet(0, state="planned")
    meet(-7, state="planned")
    meet(-8, state="cancelled")
    meet(on=LAST_YEAR)

    (school,) = school_routines(in_solviken.school, TODAY)

    assert school.now == Kept(planned=4, held=1, cancelled=1, missed=1)
    assert school.before == Kept(planned=1, held=1)
    assert school.days_since == 30


def test_meeting_that_goes_on_is_planned_and_not_yet_held(in_solviken, meet):
    meet(0, state="running")

    (school,) = school_routines(in_solviken.school, TODAY)

    assert (school.now, school.days_since) == (Kept(planned=1), None)


def test_meetings_of_classes_belong_to_their_school_also_those_of_last_year(in_solviken, meet):
    last_year = SchoolClassFactory(
        name="3A",
        year_group=3,
        parent=in_solviken.school,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    meet(unit=in_solviken.class_4a, rung=Rung.TEAM)
    meet(unit=last_year, rung=Rung.TEAM, on=LAST_YEAR)

    (school,) = school_routines(in_solviken.area, TODAY)

    assert (school.now.held, school.before.held) == (1, 1)


def test_own_analysis_of_a_teacher_and_meetings_above_are_not_counted(in_solviken, meet):
    meet(unit=in_solviken.class_4a, rung=Rung.TEACHER)
    meet(unit=in_solviken.area, rung=Rung.AREA)

    (school,) = school_routines(in_solviken.root, TODAY)

    assert school.now == Kept()
    assert {kind.rung for kind in kinds_to_watch()} == {Rung.TEAM, Rung.SCHOOL}
    assert not any(kind.is_talk for kind in kinds_to_watch())


def test_one_kind_is_counted_alone(in_solviken, meet):
    meet(3)
    meet(4, rung=Rung.TEAM)

    (school,) = school_routines(in_solviken.school, TODAY, kind_of(Rung.TEAM))

    assert (school.now.held, school.days_since) == (1, 4)


def test_worst_comes_first(in_solviken, meet, second):
    third = UnitFactory(parent=in_solviken.area, name="Tredje skolan")
    fourth = UnitFactory(parent=in_solviken.area, name="Fjärde skolan")
    for unit, held, missed in ((in_solviken.school, 3, 0), (second, 1, 1), (third, 3, 1)):
        for n in range(held):
            meet(10 + n, unit=unit)
        for n in range(missed):
            meet(20 + n, unit=unit, state="missed")

    order = [each.school for each in school_routines(in_solviken.area, TODAY)]

    assert order == [fourth, second, third, in_solviken.school]


def test_cancelled_meeting_is_not_held_against_a_school(in_solviken, meet):
    meet(3)
    meet(4, state="cancelled")

    (school,) = school_routines(in_solviken.school, TODAY)

    assert school.now.share == 1


def test_schools_are_those_below_the_unit_that_are_there_today(in_solviken, second):
    other = UnitFactory(level=Level.AREA, parent=in_solviken.administration, name="Norr")
    UnitFactory(parent=other, name="Norrskolan")
    UnitFactory(parent=in_solviken.area, name="Nedlagda skolan", valid_to=TODAY)

    assert set(routines(in_solviken.area)) == {"Solviksskolan", "Andra skolan"}
    assert set(routines(in_solviken.root)) == {"Solviksskolan", "Andra skolan", "Norrskolan"}


def test_late_follow_ups_are_counted_and_not_told(in_solviken):
    InterventionFactory(
        unit=in_solviken.class_4a, responsible=in_solviken.teacher, follow_up_on=TODAY - DAY, title="Hemlig"
    )
    InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher)

    (school,) = school_routines(in_solviken.root, TODAY)

    assert school.n_late == 1


def test_decisions_that_are_not_done_in_time_are_counted(in_solviken, meet):
    closed, running = meet(), meet(0, state="running")
    decided = {
        "outcome": Outcome.MEASURE,
        "measure": "Ny gruppering",
        "responsible": in_solviken.teacher,
        "decided_at": timezone.now(),
    }
    CaseFactory(meeting=closed, due_on=TODAY - DAY, **decided)
    CaseFactory(meeting=closed, due_on=TODAY, **decided)
    CaseFactory(meeting=closed, due_on=TODAY - DAY, done_on=TODAY, **decided)
    CaseFactory(
        meeting=closed,
        due_on=TODAY - DAY,
        made=InterventionFactory(unit=in_solviken.class_4a, responsible=in_solviken.teacher),
        **decided,
    )
    CaseFactory(meeting=running, due_on=TODAY - DAY, **decided)

    (school,) = school_routines(in_solviken.school, TODAY)

    assert school.n_undone == 1


# ---- shown ----


def page(browser, unit, **query):
    return browser.get(reverse("interventions:unit-routine", args=[unit.key]), query)


@pytest.mark.parametrize(
    ("who", "where", "status"),
    [
        ("coordinator", "root", 200),
        ("coordinator", "school", 200),
        ("coordinator", "class_4a", 403),
        ("administration_head", "administration", 200),
        ("administration_head", "root", 403),
        ("area_head", "area", 200),
        ("area_head", "administration", 403),
        ("principal", "school", 200),
        ("principal", "area", 403),
        ("teacher", "class_4a", 403),
        ("board_member", "root", 403),
    ],
)
def test_page_opens_for_whoever_watches_there(solviken, sign_in, who, where, status):
    browser = sign_in(getattr(solviken, who))

    answers = [
        browser.get(reverse(f"interventions:{name}", args=[getattr(solviken, where).key])).status_code
        for name in ("unit-routine", "unit-routine-xlsx")
    ]

    assert answers == [status, status]


@pytest.mark.parametrize(
    ("who", "where"), [("coordinator", "root"), ("area_head", "area"), ("principal", "school")]
)
def test_own_page_is_of_the_own_unit(solviken, sign_in, who, where):
    response = sign_in(getattr(solviken, who)).get(reverse("interventions:routine"))

    assert response.context["unit"] == getattr(solviken, where)


def test_page_says_how_many_keep_the_routine(in_solviken, meet, second, sign_in):
    meet(3)
    meet(3, unit=second, state="missed")

    text = text_of(page(sign_in(in_solviken.coordinator), in_solviken.root).content.decode())

    assert "1 of 2 schools have held all their meetings so far" in text
    assert "1 of 2 have missed one or more" in text


def test_filter_stays_in_the_links_and_in_the_file(in_solviken, meet, sign_in):
    meet(3)
    kind = kind_of(Rung.TEAM)
    browser = sign_in(in_solviken.coordinator)

    response = page(browser, in_solviken.root, kind=kind.key)

    assert response.context["page"].schools[0].now == Kept()
    (file,) = response.context["downloads"]
    assert file["url"].endswith(f"?kind={kind.key}")
    current = [choice["label"] for choice in response.context["kinds"] if choice["current"]]
    assert current == [kind.name]


@pytest.mark.parametrize("query", [{"kind": "bcdfghjkmnpq"}, {"year": "1999/00"}, {"year": "x" * 500}])
def test_unknown_choice_is_no_choice(in_solviken, sign_in, query):
    response = page(sign_in(in_solviken.coordinator), in_solviken.root, **query)

    assert response.status_code == 200
    assert response.context["page"].year.name == "2025/26"


def test_workbook_has_the_rows_of_the_page(in_solviken, meet, second, sign_in):
    meet(3)
    meet(40, unit=second, state="missed")
    browser = sign_in(in_solviken.coordinator)

    response = browser.get(reverse("interventions:unit-routine-xlsx", args=[in_solviken.root.key]))

    workbook = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = list(workbook["Schools"].iter_rows(min_row=4, values_only=True))
    assert rows == [
        ("Andra skolan", 1, 0, 0, 1, "never", 0, 0, 0, 0, 0, 0),
        ("Solviksskolan", 1, 1, 0, 0, 3, 0, 0, 0, 0, 0, 0),
    ]
    event = AuditEvent.objects.get(action="routine taken out")
    assert (event.actor_id, event.unit_id) == (in_solviken.coordinator.pk, in_solviken.root.pk)


def test_page_without_schools_says_so(in_solviken, sign_in):
    empty = UnitFactory(level=Level.AREA, parent=in_solviken.administration, name="Tomt område")

    text = text_of(page(sign_in(in_solviken.coordinator), empty).content.decode())

    assert "There is no school here." in text


def test_coordinator_gets_to_the_areas_below(in_solviken, sign_in):
    response = page(sign_in(in_solviken.coordinator), in_solviken.root)

    assert response.context["units"] == [in_solviken.administration, in_solviken.area]


@pytest.mark.slow
def test_page_of_forty_schools_takes_few_statements(
    in_solviken, meet, sign_in, django_assert_max_num_queries
):
    kinds = list(MeetingKind.objects.filter(rung=Rung.SCHOOL, is_talk=False))
    browser = sign_in(in_solviken.coordinator)
    for n in range(39):
        school = UnitFactory(parent=in_solviken.area, name=f"Skola {n}")
        for days in range(n % 5):
            meeting = meet(10 * days + 1, unit=school, state="missed" if (n + days) % 3 == 0 else "held")
            CaseFactory(meeting=meeting, unit=school)
        MeetingFactory(
            kind=kinds[n % len(kinds)], unit=school, lead=in_solviken.principal, planned_on=LAST_YEAR
        )
        InterventionFactory(unit=school, responsible=in_solviken.principal, follow_up_on=TODAY - DAY)

    with django_assert_max_num_queries(24):
        response = page(browser, in_solviken.root)

    assert len(response.context["page"].schools) == 40
