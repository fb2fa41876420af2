"""Meetings and series: what is planned, what follows a change, what stays, and who may."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from accounts.access import Sight
from accounts.models import AuditEvent, Unit
from accounts.roles import Permission, RoleCode
from accounts.tenancy import municipality_scope
from interventions.meetings.calendar.offering import (
    classes_to_choose,
    kinds_at,
    may_plan,
    people_who_may_lead,
)
from interventions.meetings.calendar.planned import About, Frame, Repetition
from interventions.models import AnalysisMeeting, MeetingNote, MeetingPresence, MeetingSeries, Rule, Rung
from interventions.services import meeting_planning
from interventions.services.meeting_planning import (
    cancel_meeting,
    change_series,
    end_series,
    fill_series,
    make_series,
    move_meeting,
    plan_meeting,
    take_back_cancellation,
)
from interventions.services.meeting_planning.filling import last_day_ahead
from interventions.tasks import fill_meeting_series
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory, SchoolClassFactory
from tests.factories.colourmaps import RoundFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.fixtures import TODAY, Place

DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)
TUESDAY = datetime.date(2026, 11, 17)
MONTHLY = Repetition(Rule.MONTHLY, TUESDAY)
AFTER_SUMMER = datetime.datetime(2027, 8, 16, 9, tzinfo=datetime.UTC)


@pytest.fixture
def town(in_solviken: Place) -> Place:
    return in_solviken


def leadership(town: Place) -> About:
    return About(kind_of(Rung.SCHOOL), town.school)


def team(town: Place) -> About:
    return About(kind_of(Rung.TEAM), town.school, [town.class_4a, town.class_5a])


def series_of(town: Place, about: About | None = None, **repetition: Any) -> MeetingSeries:
    return make_series(
        about=about or leadership(town),
        repetition=Repetition(**{"rule": Rule.MONTHLY, "first_on": TUESDAY, **repetition}),
        frame=Frame(town.principal, datetime.time(14)),
        by=town.principal,
    )


def changed(town: Place, series: MeetingSeries, **fields: Any) -> meeting_planning.Changed:
    return change_series(
        series=series,
        classes=fields.pop("classes", list(series.covered_units.all())),
        repetition=Repetition(**{"rule": Rule.MONTHLY, "first_on": TUESDAY, **fields}),
        frame=Frame(town.principal, datetime.time(14)),
        by=town.principal,
    )


def meetings_of(series: MeetingSeries) -> list[AnalysisMeeting]:
    return list(AnalysisMeeting.objects.filter(series=series).order_by("due_on"))


def refusal(**what: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        plan_meeting(**what)
    return refused.value.message_dict


# ---- single meetings ----


def test_meeting_is_planned_with_its_classes_and_logged_without_words(town: Place) -> None:
    meeting = plan_meeting(
        about=team(town), on=TODAY, frame=Frame(town.principal, place="Biblioteket"), by=town.principal
    )

    assert {each.name for each in meeting.covered_units.all()} == {"4A", "5A"}
    event = AuditEvent.objects.get(action="meeting planned")
    assert (event.subject, event.unit_id, event.facts) == (
        meeting.key,
        town.school.pk,
        {"on": TODAY.isoformat()},
    )


def test_form_that_is_sent_twice_plans_one_meeting(town: Place) -> None:
    what = {"about": leadership(town), "on": TODAY, "frame": Frame(town.principal), "by": town.principal}
    plan_meeting(**what)

    assert list(refusal(**what)) == ["on"]
    assert AnalysisMeeting.objects.count() == 1


@pytest.mark.parametrize(
    ("on", "minutes", "field"),
    [(TODAY - DAY, 60, "on"), (TODAY + 731 * DAY, 60, "on"), (TODAY, 4, "minutes"), (TODAY, 601, "minutes")],
)
def test_day_and_length_are_within_reason(town: Place, on: datetime.date, minutes: int, field: str) -> None:
    frame = Frame(town.principal, minutes=minutes)

    assert list(refusal(about=leadership(town), on=on, frame=frame, by=town.principal)) == [field]


def test_lead_must_be_somebody_who_may_enter(town: Place) -> None:
    frame = Frame(town.teacher)

    said = refusal(about=leadership(town), on=TODAY, frame=frame, by=town.principal)

    assert said == {"lead": [f"{town.teacher.name} may not enter such a meeting. Choose somebody else."]}


def test_kind_must_be_held_at_the_unit(town: Place) -> None:
    frame = Frame(town.principal)
    wrong = [
        About(kind_of(Rung.AREA), town.school),
        About(kind_of(Rung.TEAM), town.school),
        About(kind_of(Rung.SCHOOL), town.school, [town.class_4a]),
        About(kind_of(Rung.SCHOOL, is_talk=True), town.school),
    ]

    said = [list(refusal(about=each, on=TODAY, frame=frame, by=town.principal)) for each in wrong]

    assert said == [["kind"]] * 4


def test_moved_meeting_keeps_the_day_of_its_series_and_is_not_made_again(town: Place) -> None:
    series = series_of(town)
    first = meetings_of(series)[0]

    moved = move_meeting(
        meeting=first, on=TUESDAY + 2 * DAY, frame=Frame(town.health_team), by=town.principal
    )
    n_new = fill_series(series, last_day_ahead(TODAY))

    assert (moved.due_on, moved.planned_on, moved.lead) == (TUESDAY, TUESDAY + 2 * DAY, town.health_team)
    assert n_new == 0


def test_meeting_that_was_missed_can_be_moved_and_cancelled(town: Place) -> None:
    missed = [
        MeetingFactory(
            kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal, planned_on=TODAY - n * WEEK
        )
        for n in (1, 2)
    ]

    move_meeting(meeting=missed[0], on=TODAY + DAY, frame=Frame(town.principal), by=town.principal)
    cancel_meeting(meeting=missed[1], why="Vi var sjuka.", by=town.principal)

    found = AnalysisMeeting.objects.order_by("planned_on")
    assert [(one.planned_on, one.why_cancelled) for one in found] == [
        (TODAY - 2 * WEEK, "Vi var sjuka."),
        (TODAY + DAY, ""),
    ]


def test_cancelling_needs_a_reason_and_can_be_taken_back_until_the_day(town: Place) -> None:
    meeting = plan_meeting(about=leadership(town), on=TODAY, frame=Frame(town.principal), by=town.principal)
    with pytest.raises(ValidationError) as refused:
        cancel_meeting(meeting=meeting, why="  ", by=town.principal)
    assert list(refused.value.message_dict) == ["why"]

    cancelled = cancel_meeting(meeting=meeting, why="Snöstorm", by=town.principal)
    held_after_all = take_back_cancellation(meeting=cancelled, by=town.principal)

    assert (held_after_all.cancelled_at, held_after_all.why_cancelled) == (None, "")
    logged = AuditEvent.objects.filter(subject=meeting.key).order_by("pk")
    assert [event.action for event in logged] == [
        "meeting planned",
        "meeting cancelled",
        "meeting cancellation taken back",
    ]
    assert "Snöstorm" not in str([event.facts for event in logged])


def test_cancellation_of_a_day_that_has_been_stays(town: Place) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal, planned_on=TODAY - DAY
    )
    cancel_meeting(meeting=meeting, why="Sjuka", by=town.principal)

    with pytest.raises(ValidationError, match="Its day has been"):
        take_back_cancellation(meeting=meeting, by=town.principal)


def test_what_has_begun_is_neither_moved_nor_cancelled(town: Place) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal, is_started=True
    )

    with pytest.raises(ValidationError, match="started"):
        cancel_meeting(meeting=meeting, why="Nej", by=town.principal)
    with pytest.raises(ValidationError, match="started"):
        move_meeting(meeting=meeting, on=TODAY + DAY, frame=Frame(town.principal), by=town.principal)


# ---- series ----


def test_series_has_its_meetings_until_the_end_of_the_next_school_year(town: Place) -> None:
    series = series_of(town)

    meetings = meetings_of(series)
    assert (len(meetings), meetings[0].planned_on, meetings[-1].planned_on) == (
        19,
        TUESDAY,
        datetime.date(2028, 6, 20),
    )
    assert {(one.due_on == one.planned_on, one.at, one.lead) for one in meetings} == {
        (True, datetime.time(14), town.principal)
    }


def test_series_that_began_before_today_makes_no_missed_meetings(town: Place) -> None:
    series = series_of(town, first_on=datetime.date(2026, 9, 15))

    assert meetings_of(series)[0].planned_on == TUESDAY


def test_series_is_filled_once_however_often(town: Place) -> None:
    series = series_of(town)

    assert [fill_series(series, last_day_ahead(TODAY)) for _ in range(2)] == [0, 0]
    assert len(meetings_of(series)) == 19


def test_series_after_each_round_has_a_meeting_when_a_round_is_added(town: Place) -> None:
    series = series_of(town, rule=Rule.EACH_ROUND, first_on=TODAY)
    assert meetings_of(series) == []
    RoundFactory(name="VT", starts_on=datetime.date(2027, 2, 1), ends_on=datetime.date(2027, 2, 26))

    fill_meeting_series()

    assert [one.planned_on for one in meetings_of(series)] == [datetime.date(2027, 3, 12)]


@pytest.mark.parametrize(
    ("repetition", "field"),
    [
        ({"first_on": TODAY - 366 * DAY}, "first_on"),
        ({"first_on": datetime.date(2026, 11, 21)}, "first_on"),
        ({"first_on": TODAY + 731 * DAY}, "first_on"),
        ({"rule": Rule.EACH_SPRING}, "first_on"),
        ({"ends_on": TUESDAY - DAY}, "ends_on"),
        ({"ends_on": datetime.date(2046, 1, 1)}, "ends_on"),
        ({"ends_on": datetime.date(9999, 12, 31)}, "ends_on"),
        ({"days_after": 181}, "days_after"),
    ],
)
def test_series_is_within_reason(town: Place, repetition: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        series_of(town, **repetition)

    assert list(refused.value.message_dict) == [field]
    assert MeetingSeries.objects.count() == 0


def test_form_of_a_series_that_is_sent_twice_makes_one(town: Place) -> None:
    series_of(town)

    with pytest.raises(ValidationError):
        series_of(town)


def test_changed_rule_replaces_what_lies_ahead_and_keeps_what_has_been_and_what_was_touched(
    town: Place,
) -> None:
    series = series_of(town)
    first, moved, on_agenda, cancelled, *_others = meetings_of(series)
    AnalysisMeeting.objects.filter(pk=first.pk).update(
        due_on=TODAY - WEEK, planned_on=TODAY - WEEK
    )  # it was missed
    move_meeting(meeting=moved, on=moved.planned_on + DAY, frame=Frame(town.principal), by=town.principal)
    CaseFactory(meeting=on_agenda, unit=town.school)
    cancel_meeting(meeting=cancelled, why="Lov", by=town.principal)

    outcome = changed(town, series, rule=Rule.QUARTERLY, first_on=datetime.date(2026, 11, 18))

    kept = {first.pk, moved.pk, on_agenda.pk, cancelled.pk}
    new = [one.planned_on for one in meetings_of(series) if one.pk not in kept]
    assert kept <= {one.pk for one in meetings_of(series)}
    assert outcome == meeting_planning.Changed(n_new=7, n_gone=15, n_kept=2)
    assert new[:3] == [
        datetime.date(2026, 11, 18),
        datetime.date(2027, 2, 17),
        datetime.date(2027, 5, 19),
    ]


def test_other_hour_and_lead_of_a_series_come_to_the_meetings_that_nobody_has_changed(town: Place) -> None:
    series = series_of(town)
    first, own_hour, *_others = meetings_of(series)
    move_meeting(
        meeting=own_hour,
        on=own_hour.planned_on,
        frame=Frame(town.principal, datetime.time(8)),
        by=town.principal,
    )

    change_series(
        series=series,
        classes=[],
        repetition=MONTHLY,
        frame=Frame(town.health_team, datetime.time(15), 90, "A12"),
        by=town.principal,
    )

    found = {one.pk: one for one in meetings_of(series)}
    assert len(found) == 19
    assert (found[first.pk].at, found[first.pk].minutes, found[first.pk].place, found[first.pk].lead) == (
        datetime.time(15),
        90,
        "A12",
        town.health_team,
    )
    assert (found[own_hour.pk].at, found[own_hour.pk].place) == (datetime.time(8), "A12")


def test_other_classes_of_a_series_come_to_its_meetings_ahead(town: Place) -> None:
    series = series_of(town, team(town))

    changed(town, series, classes=[town.class_4a])

    covered = {tuple(each.name for each in one.covered_units.all()) for one in meetings_of(series)}
    assert covered == {("4A",)}


def test_ended_series_has_no_meeting_after_its_last_day(town: Place) -> None:
    series = series_of(town)

    outcome = end_series(series=series, on=datetime.date(2027, 1, 31), by=town.principal)

    assert [one.planned_on.isoformat() for one in meetings_of(series)] == [
        "2026-11-17",
        "2026-12-15",
        "2027-01-19",
    ]
    assert outcome == meeting_planning.Changed(0, 16, 0)
    fill_meeting_series()
    assert len(meetings_of(series)) == 3


def test_series_that_has_not_begun_is_taken_away_whole(town: Place) -> None:
    series = series_of(town, first_on=datetime.date(2027, 1, 19))

    outcome = end_series(series=series, on=TODAY, by=town.principal)

    assert outcome == meeting_planning.Changed(0, 17, 0)
    assert (MeetingSeries.objects.count(), AnalysisMeeting.objects.count()) == (0, 0)


def test_series_of_which_something_was_cancelled_is_not_taken_away(town: Place) -> None:
    series = series_of(town, first_on=datetime.date(2027, 1, 19))
    cancel_meeting(meeting=meetings_of(series)[0], why="Lov", by=town.principal)

    with pytest.raises(ValidationError, match="before the first"):
        end_series(series=series, on=TODAY, by=town.principal)

    assert len(meetings_of(series)) == 17


def test_meeting_with_a_note_or_somebody_present_stays_when_its_series_ends(town: Place) -> None:
    series = series_of(town)
    with_note, with_presence, *others = meetings_of(series)
    own = {"municipality": town.municipality}
    MeetingNote.objects.create(meeting=with_note, audience="private", text="Nytt", by=town.principal, **own)
    MeetingPresence.objects.create(meeting=with_presence, user=town.principal, **own)

    outcome = end_series(series=series, on=TUESDAY, by=town.principal)

    assert outcome == meeting_planning.Changed(0, len(others), 1)
    assert meetings_of(series) == [with_note, with_presence]


# ---- from one school year to the next ----


@pytest.fixture
def next_year(town: Place) -> list[Unit]:
    """5A and 6A of the next school year, in which 4A and 5A go on."""
    return [_successor(town, town.class_4a, "5A", 5), _successor(town, town.class_5a, "6A", 6)]


def _successor(town: Place, school_class: Unit, name: str, year_group: int) -> Unit:
    found = SchoolClassFactory(
        name=name,
        year_group=year_group,
        parent=town.school,
        valid_from=datetime.date(2027, 8, 1),
        valid_to=datetime.date(2028, 8, 1),
    )
    school_class.successor = found
    school_class.save()
    return found


def names_by_year(series: MeetingSeries) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Names of the classes of its meetings before and after 1 August 2027."""
    before, after = set(), set()
    for meeting in meetings_of(series):
        names = tuple(sorted(each.name for each in meeting.covered_units.all()) or [meeting.unit.name])
        (before if meeting.planned_on < datetime.date(2027, 8, 1) else after).add(names)
    return before, after


def test_meeting_after_a_class_has_ended_covers_its_successor(town: Place, next_year: list[Unit]) -> None:
    series = series_of(town, team(town))

    assert names_by_year(series) == ({("4A", "5A")}, {("5A", "6A")})


def test_meetings_that_are_there_go_over_when_the_successors_become_known(town: Place) -> None:
    series = series_of(town, team(town))
    assert names_by_year(series) == ({("4A", "5A")}, {("4A", "5A")})
    _successor(town, town.class_4a, "5A", 5)
    _successor(town, town.class_5a, "6A", 6)

    fill_meeting_series()

    assert names_by_year(series) == ({("4A", "5A")}, {("5A", "6A")})
    assert len(meetings_of(series)) == 19


def test_series_of_a_single_class_goes_on_with_its_successor(town: Place, next_year: list[Unit]) -> None:
    series = series_of(town, About(kind_of(Rung.TEAM), town.class_4a))

    assert names_by_year(series) == ({("4A",)}, {("5A",)})


def test_series_of_a_class_that_has_left_school_has_no_more_meetings(
    town: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = series_of(town, About(kind_of(Rung.TEAM), town.class_4a))
    monkeypatch.setattr(timezone, "now", lambda: AFTER_SUMMER)

    fill_meeting_series()

    assert meetings_of(series)[-1].planned_on < datetime.date(2027, 8, 1)


def test_nightly_task_fills_the_series_of_every_municipality(
    town: Place, fjordvik: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = series_of(town)
    with municipality_scope(fjordvik.municipality):
        other = series_of(fjordvik)
        AnalysisMeeting.objects.all().delete()
    AnalysisMeeting.objects.all().delete()

    fill_meeting_series()

    assert len(meetings_of(own)) == 19
    with municipality_scope(fjordvik.municipality):
        assert len(meetings_of(other)) == 19


def test_task_is_run_every_night(settings: Settings) -> None:
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    assert tasks.count(fill_meeting_series.name) == 1


def test_series_that_fails_does_not_keep_the_others_waiting(
    town: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = series_of(town), series_of(town, team(town))
    AnalysisMeeting.objects.all().delete()
    MeetingSeries.objects.filter(pk=broken.pk).update(rule="never")

    fill_meeting_series()

    assert (len(meetings_of(broken)), len(meetings_of(sound))) == (0, 19)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two at once need a server")
def test_two_who_fill_at_once_make_each_meeting_once(town: Place) -> None:
    series = series_of(town)
    AnalysisMeeting.objects.all().delete()
    made: list[int] = []
    both = threading.Barrier(2)

    def fill() -> None:
        with municipality_scope(town.municipality):
            both.wait()
            made.append(fill_series(series, last_day_ahead(TODAY)))
        connections.close_all()

    threads = [threading.Thread(target=fill) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [0, 19]
    assert len(meetings_of(series)) == 19


# ---- who, and what is offered ----


def offered(unit: Unit, *, has_classes: bool = True) -> list[str]:
    return [kind.names["en"] for kind in kinds_at(unit, has_classes=has_classes)]


def test_kinds_are_those_of_the_level_and_never_a_talk(town: Place) -> None:
    assert offered(town.class_4a) == ["My analysis", "The team's analysis"]
    assert offered(town.school) == [
        "The team's analysis",
        "The leadership's analysis with the pupil-health team",
        "Meeting with the support services",
        "Professional meeting",
    ]
    assert "The team's analysis" not in offered(town.school, has_classes=False)
    assert offered(town.area) == ["The area's analysis"]
    assert offered(town.root) == ["The board's analysis"]


def test_team_is_planned_by_who_plans_at_every_class_of_it(town: Place) -> None:
    of_both = PersonFactory(role=RoleCode.ANALYSIS_LEAD, unit=town.class_4a)
    of_one = PersonFactory(role=RoleCode.ANALYSIS_LEAD, unit=town.class_4a)
    RoleAssignmentFactory(user=of_both, role=RoleCode.ANALYSIS_LEAD, unit=town.class_5a)
    classes = [town.class_4a, town.class_5a]

    able = [
        may_plan(Sight(person), town.school, classes)
        for person in (of_both, of_one, town.principal, town.teacher, town.coordinator)
    ]

    assert able == [True, False, True, False, True]
    assert not may_plan(Sight(of_both), town.school, [])


def test_classes_are_offered_to_who_sees_their_pupils(town: Place) -> None:
    line = [town.root, town.administration, town.area, town.school]

    assert [each.name for each in classes_to_choose(Sight(town.principal), line)] == ["4A", "5A"]
    assert [each.name for each in classes_to_choose(Sight(town.principal), [*line, town.class_5a])] == [
        "5A",
        "4A",
    ]
    assert classes_to_choose(Sight(town.area_head), line) == []
    assert classes_to_choose(Sight(town.coordinator), line) == []


def test_lead_sees_all_that_the_meeting_is_about(town: Place) -> None:
    of_both = PersonFactory(name="Aaa", role=RoleCode.TEACHER, unit=town.class_4a)
    RoleAssignmentFactory(user=of_both, role=RoleCode.TEACHER, unit=town.class_5a)
    able = people_who_may_lead(kind_of(Rung.TEAM), town.school, [town.class_4a, town.class_5a], TODAY)

    assert {person.pk for person in able} == {
        of_both.pk,
        town.principal.pk,
        town.health_team.pk,
        town.analysis_lead.pk,
    }
    above = people_who_may_lead(kind_of(Rung.AREA), town.area, [], TODAY)
    assert {person.pk for person in above} == {town.area_head.pk, town.administration_head.pk}


def test_board_member_plans_nothing(town: Place) -> None:
    assert not Sight(town.board_member).has(Permission.PLAN_MEETINGS)
