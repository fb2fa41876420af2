"""Which cases a meeting should go through: decisions of last time, follow-ups, questions, conclusions, red."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from accounts.access import Sight
from accounts.models import AuditEvent
from interventions.meetings.agenda import MOST_CASES, n_left_out, proposal_for
from interventions.meetings.case_words import cases_of, title_of
from interventions.models import (
    AnalysisMeeting,
    MeetingCase,
    MeetingKind,
    MeetingNote,
    MeetingSeries,
    NoteAudience,
    Outcome,
    Rung,
    Source,
    SupportQueue,
)
from interventions.queries import visible_interventions
from interventions.services.meetings import Decision, decide_case, drop_case, mark_done, prepare_agenda
from pupils.services import enrol_pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY

DAY = datetime.timedelta(days=1)
LOW = 100


@pytest.fixture
def town(in_solviken):
    return in_solviken


def team_meeting(town, classes=(), **fields):
    """Of 4A and 5A, or of other classes."""
    usual = {"kind": kind_of(Rung.TEAM), "unit": town.school, "lead": town.analysis_lead}
    return MeetingFactory(classes=classes or [town.class_4a, town.class_5a], **usual | fields)


def leadership(town, **fields):
    return MeetingFactory(
        **{"kind": kind_of(Rung.SCHOOL), "unit": town.school, "lead": town.principal} | fields
    )


def area_meeting(town, **fields):
    return MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head, **fields)


def decided(meeting, responsible, **fields):
    usual = {
        "outcome": Outcome.MEASURE,
        "measure": "Läsgrupp",
        "responsible": responsible,
        "due_on": TODAY,
        "decided_at": timezone.now(),
    }
    return CaseFactory(meeting=meeting, **usual | fields)


def prepare(meeting, by=None):
    return prepare_agenda(meeting=meeting, by=by or meeting.lead)


def prepared(meeting):
    """Its agenda: (source, label)."""
    prepare(meeting)
    return agenda(meeting)


def agenda(meeting):
    return [(case.source, title_of(case, is_inside=meeting.kind.is_inside)) for case in cases_of(meeting)]


@pytest.fixture
def indicators(town):
    """Three, each with limits in years 4 and 5."""
    found = [IndicatorFactory(code=code, names={"sv": code}) for code in ("LÄS", "MAT", "NAR")]
    for indicator in found:
        for year_group in (4, 5):
            ThresholdFactory(indicator=indicator, year_group=year_group)
    return found


@pytest.fixture
def autumn(town):
    return RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 15)
    )


def pupils_of(school_class, n):
    return [
        PupilFactory(given_name=f"Elev{place}", family_name="Ek", school_class=school_class)
        for place in range(1, n + 1)
    ]


# --- red --------------------------------------------------------------------------------------


def test_pupils_with_most_red_come_first_each_with_all_of_it(town, indicators, autumn):
    one, two, three = pupils_of(town.class_4a, 3)
    reading, maths, attendance = indicators
    record(autumn, reading, {one: LOW, two: LOW, three: 3000})
    record(autumn, maths, {two: LOW})
    record(autumn, attendance, {two: LOW, three: LOW})

    assert prepared(team_meeting(town)) == [
        ("red", "Ek, Elev2: LÄS, MAT, NAR"),
        ("red", "Ek, Elev1: LÄS"),
        ("red", "Ek, Elev3: NAR"),
    ]
    assert {case.unit for case in MeetingCase.objects.all()} == {town.class_4a}


def test_many_red_in_a_class_are_one_case_of_the_indicator(town, indicators, autumn):
    pupils = pupils_of(town.class_4a, 6)
    reading, maths, _attendance = indicators
    record(autumn, reading, dict.fromkeys(pupils, LOW))
    record(autumn, maths, {pupils[0]: LOW})

    assert prepared(team_meeting(town)) == [("red", "4A: LÄS"), ("red", "Ek, Elev1: MAT")]
    column = MeetingCase.objects.first()
    assert (column.unit, column.pupil) == (town.class_4a, None)


def test_four_without_an_answer_are_cases_of_their_own(town, indicators, autumn):
    record(autumn, indicators[0], dict.fromkeys(pupils_of(town.class_4a, 4), LOW))

    assert len(prepared(team_meeting(town))) == 4


def test_five_of_sixteen_without_an_answer_are_no_matter_of_the_whole_class(town, indicators, autumn):
    pupils = pupils_of(town.class_4a, 16)
    record(autumn, indicators[0], dict.fromkeys(pupils, LOW))
    InterventionFactory(
        unit=town.class_4a, indicator=indicators[0], responsible=town.teacher, pupils=pupils[5:]
    )

    assert [label for _source, label in prepared(team_meeting(town))] == [
        f"Ek, Elev{n}: LÄS" for n in range(1, 6)
    ]


def test_red_near_the_limit_with_an_answer_or_of_another_class_is_left_out(town, measured):
    """Ada is red in 4A."""
    ThresholdFactory(indicator=measured.reading, year_group=5)
    in_5a = PupilFactory(school_class=town.class_5a)
    record(measured.autumn, measured.reading, {measured.bo: 1400, measured.cia: LOW, in_5a: LOW})
    InterventionFactory(
        unit=town.class_4a, indicator=measured.reading, responsible=town.teacher, pupils=[measured.cia]
    )

    assert prepared(team_meeting(town, [town.class_4a])) == [("red", "Ek, Ada: Läsförståelse")]


def test_pupil_who_has_left_the_classes_is_no_case_and_one_who_changed_among_them_is(
    town, indicators, autumn
):
    gone, moved = pupils_of(town.class_4a, 2)
    record(autumn, indicators[0], {gone: LOW, moved: LOW})
    elsewhere = SchoolClassFactory(parent=UnitFactory(parent=town.area))
    enrol_pupil(pupil=gone, school_class=elsewhere, year_group=4, on=TODAY - 7 * DAY)
    enrol_pupil(pupil=moved, school_class=town.class_5a, year_group=5, on=TODAY - 7 * DAY)

    (case,) = prepared(team_meeting(town)) and MeetingCase.objects.all()

    assert (case.pupil, case.unit) == (moved, town.class_5a)


def test_meeting_that_names_no_pupils_gets_indicators_alone(town, indicators, autumn):
    pupils = pupils_of(town.class_4a, 6)
    record(autumn, indicators[0], dict.fromkeys(pupils, LOW))
    record(autumn, indicators[1], {pupils[0]: LOW})
    professional = kind_of(Rung.SCHOOL, names_pupils=False)

    assert prepared(leadership(town, kind=professional)) == [("red", "4A: LÄS")]
    assert MeetingCase.objects.filter(pupil__isnull=False).count() == 0


def test_where_families_take_part_no_pupil_is_listed_for_being_red(town, indicators, autumn):
    pupils = pupils_of(town.class_4a, 6)
    record(autumn, indicators[0], dict.fromkeys(pupils, LOW))
    record(autumn, indicators[1], {pupils[0]: LOW})
    with_families = MeetingKind.objects.get(asks_family=True, is_talk=False)

    assert prepared(leadership(town, kind=with_families)) == [("red", "4A: LÄS")]


def test_leadership_is_not_asked_again_what_a_team_has_decided(town, indicators, autumn):
    one, two = pupils_of(town.class_4a, 2)
    record(autumn, indicators[0], {one: LOW, two: LOW})
    team = team_meeting(town, is_started=True, round=autumn)
    prepare(team)
    first = MeetingCase.objects.get(pupil=one)
    decision = Decision(Outcome.OTHERWISE, why="Läser med logoped.")
    decide_case(case=first, version=0, decision=decision, by=town.analysis_lead)

    assert prepared(leadership(town)) == [("red", "Ek, Elev2: LÄS")]


# --- twice ------------------------------------------------------------------------------------


def test_agenda_prepared_twice_is_prepared_once(town, indicators, autumn):
    record(autumn, indicators[0], dict.fromkeys(pupils_of(town.class_4a, 6), LOW))
    record(autumn, indicators[1], dict.fromkeys(pupils_of(town.class_5a, 2), LOW))
    QuestionFactory(unit=town.class_4a, rung=Rung.TEAM, at=town.class_4a, asked_by=town.teacher)
    InterventionFactory(unit=town.class_4a, responsible=town.teacher, follow_up_on=TODAY - DAY)
    meeting = team_meeting(town)

    first = prepare(meeting)
    drop_case(case=MeetingCase.objects.first(), version=0, why="Inte nu", by=town.analysis_lead)
    drop_case(case=MeetingCase.objects.last(), version=0, why="Inte nu", by=town.analysis_lead)
    second = prepare(meeting)

    assert (first, second, MeetingCase.objects.count()) == (5, 0, 5)
    assert AuditEvent.objects.filter(action="meeting agenda prepared").count() == 1


def test_red_that_comes_later_is_added_to_the_open_case_of_its_pupil(town, indicators, autumn):
    one, two = pupils_of(town.class_4a, 2)
    record(autumn, indicators[0], {one: LOW, two: LOW})
    meeting = team_meeting(town)
    prepare(meeting)
    drop_case(case=MeetingCase.objects.get(pupil=two), version=0, why="Inte nu", by=town.analysis_lead)
    record(autumn, indicators[1], {one: LOW, two: LOW})

    assert prepare(meeting) == 1
    assert agenda(meeting) == [
        ("red", "Ek, Elev1: LÄS, MAT"),
        ("red", "Ek, Elev2: LÄS"),
        ("red", "Ek, Elev2: MAT"),
    ]


def test_red_of_a_case_put_there_by_hand_is_not_asked_again(town, indicators, autumn):
    (one,) = pupils_of(town.class_4a, 1)
    record(autumn, indicators[0], {one: LOW})
    meeting = team_meeting(town)
    case = CaseFactory(meeting=meeting, pupil=one, unit=town.class_4a, title="Läsningen")
    case.about.create(municipality=town.municipality, indicator=indicators[0])

    assert prepare(meeting) == 0


@pytest.mark.parametrize(
    "fields", [{"is_closed": True}, {"cancelled_at": timezone.now(), "why_cancelled": "Sjukdom"}]
)
def test_meeting_that_is_over_or_cancelled_is_not_prepared(town, measured, fields):
    assert prepare(team_meeting(town, **fields)) == 0


def test_talk_about_one_pupil_has_no_agenda(town, measured):
    assert prepare(leadership(town, kind=MeetingKind.objects.get(is_talk=True))) == 0


def test_forty_cases_are_put_on_and_the_rest_is_counted(town, indicators, autumn):
    ids = iter(range(100))
    classes = [SchoolClassFactory(name=f"4{letter}", parent=town.school) for letter in "BCDEFGHIJKLM"]
    for school_class in classes:
        pupils = [PupilFactory(family_name=f"{next(ids):03}", school_class=school_class) for _n in range(4)]
        record(autumn, indicators[0], dict.fromkeys(pupils, LOW))
    meeting = leadership(town)
    CaseFactory(meeting=meeting, title="För hand")

    assert (prepare(meeting), n_left_out(meeting)) == (MOST_CASES, 8)
    drop_case(case=MeetingCase.objects.last(), version=0, why="För många", by=town.principal)
    assert (prepare(meeting), n_left_out(meeting)) == (0, 8)
    meeting.closed_at = timezone.now()
    assert n_left_out(meeting) == 0


def red_in_two_classes(town, indicators, autumn, n):
    """n pupils in each of 4A and 5A, each red on all three indicators; in 5A no indicator is the whole class's."""
    for school_class in (town.class_4a, town.class_5a):
        pupils = pupils_of(school_class, n)
        for indicator in indicators:
            record(autumn, indicator, dict.fromkeys(pupils, LOW))


@pytest.mark.parametrize("n", [1, 10])
def test_agenda_takes_as_many_queries_however_much_is_red(
    town, indicators, autumn, n, django_assert_max_num_queries
):
    red_in_two_classes(town, indicators, autumn, n)
    for _n in range(n):
        QuestionFactory(unit=town.class_4a, rung=Rung.TEAM, at=town.class_4a, asked_by=town.teacher)
        InterventionFactory(unit=town.class_4a, responsible=town.teacher, follow_up_on=TODAY)
        decided(team_meeting(town, is_closed=True), town.teacher)
    meeting = AnalysisMeeting.objects.select_related("kind", "unit").get(pk=team_meeting(town).pk)

    with django_assert_max_num_queries(22):
        proposal = proposal_for(meeting)

    assert len(proposal.cases) + proposal.n_left_out == (5 if n == 1 else 36)


# --- decisions of last time -------------------------------------------------------------------


def test_decisions_come_back_until_they_are_done(town):
    before = team_meeting(town, is_closed=True)
    first = decided(before, town.teacher, measure="Läsgrupp", unit=town.class_4a, due_on=TODAY + DAY)
    second = decided(before, town.teacher, measure="Läslistor", unit=town.class_4a)
    done = decided(before, town.teacher, measure="Mentorstid")
    mark_done(case=done, on=TODAY, by=town.teacher)

    assert prepared(team_meeting(town)) == [("decision", "4A: Läslistor"), ("decision", "4A: Läsgrupp")]
    mark_done(case=second, on=TODAY, by=town.teacher)
    assert prepared(team_meeting(town)) == [("decision", "4A: Läsgrupp")]
    mark_done(case=first, on=TODAY, by=town.teacher)
    assert prepared(team_meeting(town)) == []


def test_decision_that_was_returned_to_comes_back_as_what_was_decided_then(town):
    first = decided(team_meeting(town, is_closed=True), town.teacher, measure="Läsgrupp")
    decided(
        team_meeting(town, is_closed=True),
        town.teacher,
        measure="Läsgrupp till juni",
        earlier=first,
        title="",
    )

    assert prepared(team_meeting(town)) == [("decision", "Läsgrupp till juni")]


def test_decision_that_was_dropped_or_not_reached_comes_back(town):
    first = decided(team_meeting(town, is_closed=True), town.teacher)
    skipped = team_meeting(town, is_closed=True)
    CaseFactory(meeting=skipped, earlier=first, dropped_at=timezone.now(), why_dropped="Hann inte")

    assert prepared(team_meeting(town)) == [("decision", "Läsgrupp")]


@pytest.mark.parametrize(
    ("fields", "comes_back"),
    [
        ({"follow_up_on": TODAY - DAY}, True),
        ({"follow_up_on": TODAY + 30 * DAY}, False),
        ({"follow_up_on": TODAY - DAY, "ended_on": TODAY - DAY}, False),
    ],
    ids=["late", "running", "ended"],
)
def test_measure_that_made_an_intervention_comes_back_once_when_that_is_late(town, fields, comes_back):
    made = InterventionFactory(unit=town.class_4a, responsible=town.teacher, **fields)
    decided(team_meeting(town, is_closed=True), town.teacher, made=made)

    assert prepared(team_meeting(town)) == ([("decision", "Läsgrupp")] if comes_back else [])


def test_decisions_of_other_kinds_units_and_classes_stay_theirs(town):
    of_5a = team_meeting(town, [town.class_5a], is_closed=True)
    decided(of_5a, town.colleague, measure="Femmans")
    decided(team_meeting(town, is_closed=True), town.colleague, measure="Femmans", unit=town.class_5a)
    decided(leadership(town, is_closed=True), town.principal, measure="Ledningens")
    decided(team_meeting(town), town.teacher, measure="Inte avslutat")

    assert prepared(team_meeting(town, [town.class_4a])) == []


def test_pupil_whose_red_was_decided_about_and_is_not_done_is_one_case(town, indicators, autumn):
    (pupil,) = pupils_of(town.class_4a, 1)
    record(autumn, indicators[0], {pupil: LOW})
    earlier = decided(team_meeting(town, is_closed=True), town.teacher, pupil=pupil, unit=town.class_4a)
    earlier.about.create(municipality=town.municipality, indicator=indicators[0])
    meeting = team_meeting(town)

    assert prepared(meeting) == [("decision", "Ek, Elev1: Läsgrupp")]
    record(autumn, indicators[1], {pupil: LOW})
    assert prepared(meeting) == [("decision", "Ek, Elev1: Läsgrupp"), ("red", "Ek, Elev1: MAT")]


def test_decision_about_a_pupil_who_has_changed_class_goes_where_the_pupil_is(town):
    (pupil,) = pupils_of(town.class_4a, 1)
    both = team_meeting(town, is_closed=True)
    decided(both, town.teacher, pupil=pupil, unit=town.class_4a)
    enrol_pupil(pupil=pupil, school_class=town.class_5a, year_group=5, on=TODAY - DAY)

    assert prepared(team_meeting(town, [town.class_4a])) == []
    assert prepared(team_meeting(town, [town.class_5a])) == [("decision", "Ek, Elev1: Läsgrupp")]
    assert MeetingCase.objects.get(source=Source.DECISION).unit == town.class_5a


def test_decision_about_a_class_goes_to_the_class_that_it_has_become(town):
    last_year = SchoolClassFactory(
        name="3A",
        parent=town.school,
        year_group=3,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )
    last_year.successor = town.class_4a
    last_year.save()
    decided(team_meeting(town, [last_year], is_closed=True), town.teacher, unit=last_year)

    assert prepared(team_meeting(town, [town.class_4a])) == [("decision", "4A: Läsgrupp")]
    assert MeetingCase.objects.get(source=Source.DECISION).unit == town.class_4a


def test_series_looks_at_its_own_decisions_and_those_of_single_meetings(town):
    def series():
        return MeetingSeries.objects.create(
            municipality=town.municipality,
            kind=kind_of(Rung.SCHOOL),
            unit=town.school,
            rule="monthly",
            first_on=TODAY,
            lead=town.principal,
            made_by=town.principal,
        )

    monthly, yearly = series(), series()
    decided(
        leadership(town, series=monthly, due_on=TODAY - DAY, is_closed=True), town.principal, measure="Vår"
    )
    decided(
        leadership(town, series=yearly, due_on=TODAY - DAY, is_closed=True), town.principal, measure="Deras"
    )
    decided(leadership(town, is_closed=True), town.principal, measure="Utanför")

    assert [label for _source, label in prepared(leadership(town, series=monthly, due_on=TODAY))] == [
        "Vår",
        "Utanför",
    ]


def test_decided_question_does_not_come_twice(town):
    asked = QuestionFactory(unit=town.class_4a, rung=Rung.TEAM, at=town.class_4a, asked_by=town.teacher)
    decided(team_meeting(town, is_closed=True), town.teacher, question=asked, unit=town.class_4a)

    assert prepared(team_meeting(town)) == [("decision", "4A: Läsgrupp")]


# --- follow-ups -------------------------------------------------------------------------------


def intervene(town, title, **fields):
    usual = {"unit": town.class_4a, "responsible": town.teacher, "follow_up_on": TODAY + 14 * DAY}
    return InterventionFactory(title=title, **usual | fields)


def test_follow_ups_that_are_late_or_due_come_the_oldest_first(town):
    intervene(town, "Snart")
    intervene(town, "Sen", follow_up_on=TODAY - 10 * DAY)
    intervene(town, "Senare", follow_up_on=TODAY + 15 * DAY)
    intervene(town, "Slut", ended_on=TODAY)
    intervene(town, "Skolans", unit=town.school)

    assert prepared(team_meeting(town)) == [("follow_up", "Sen"), ("follow_up", "Snart")]
    assert [label for _source, label in prepared(leadership(town))] == ["Skolans", "Sen", "Snart"]


def test_meeting_that_is_to_come_asks_for_what_is_due_then(town):
    intervene(town, "Då", follow_up_on=TODAY + 40 * DAY)

    assert prepared(team_meeting(town)) == []
    assert prepared(team_meeting(town, planned_on=TODAY + 30 * DAY)) == [("follow_up", "Då")]


def test_follow_up_of_several_classes_is_for_a_meeting_about_all_of_them(town):
    intervene(town, "Båda", unit=town.school, units=[town.class_4a, town.class_5a])

    assert prepared(team_meeting(town)) == [("follow_up", "Båda")]
    assert prepared(team_meeting(town, [town.class_4a])) == []


def test_follow_ups_that_name_pupils_are_for_meetings_that_do(town):
    intervene(town, "Namngiven", pupils=pupils_of(town.class_4a, 1))
    intervene(town, "Klassens")
    professional = kind_of(Rung.SCHOOL, names_pupils=False)

    assert len(prepared(leadership(town))) == 2
    assert prepared(leadership(town, kind=professional)) == [("follow_up", "Klassens")]


def test_above_the_school_follow_ups_are_of_whole_schools_without_pupils(town):
    intervene(town, "Skolans", unit=town.school)
    intervene(town, "Områdets", unit=town.area)
    intervene(town, "Programmets", unit=town.area, units=[town.school])
    intervene(town, "Klassens")
    intervene(town, "Lagets", unit=town.school, units=[town.class_4a])
    intervene(town, "Namngiven", unit=town.school, pupils=pupils_of(town.class_4a, 1))

    labels = [label for _source, label in prepared(area_meeting(town))]

    assert labels == ["Områdets", "Programmets", "Skolans"]
    seen = {one.title for one in visible_interventions(Sight(town.area_head))}
    assert set(labels) <= seen


# --- questions --------------------------------------------------------------------------------


def test_questions_that_stand_with_the_team_are_taken_up_by_it(town):
    def ask(text, **fields):
        return QuestionFactory(**{"text": text, "unit": town.class_4a, "asked_by": town.teacher} | fields)

    ask("Lagets", rung=Rung.TEAM, at=town.class_4a)
    ask("Hela skolans", unit=town.school, rung=Rung.TEAM, at=town.school)
    ask("Ledningens")
    ask("Områdets", rung=Rung.AREA, at=town.area, text_above="Områdets")

    assert prepared(team_meeting(town)) == [("question", "Lagets"), ("question", "Hela skolans")]
    assert prepared(team_meeting(town, [town.class_5a])) == [("question", "Hela skolans")]
    assert prepared(leadership(town)) == [("question", "Ledningens")]


def test_question_above_the_school_names_neither_pupil_nor_class(town):
    (pupil,) = pupils_of(town.class_4a, 1)
    QuestionFactory(
        unit=town.class_4a,
        pupil=pupil,
        text="Elev1 hinner inte.",
        text_above="En elev hinner inte.",
        rung=Rung.AREA,
        at=town.area,
        asked_by=town.teacher,
    )

    assert prepared(area_meeting(town)) == [("question", "En elev hinner inte.")]
    case = MeetingCase.objects.get()
    assert (case.unit, case.pupil) == (town.school, None)


def test_meeting_with_a_support_function_takes_up_what_stands_with_it(town):
    kind = MeetingKind.objects.get(queue__isnull=False)
    other = SupportQueue.objects.exclude(pk=kind.queue_id).first()
    for text, queue in (("Deras", kind.queue), ("Andras", other)):
        QuestionFactory(
            unit=town.class_4a,
            text=text,
            text_above=text,
            rung=Rung.QUEUE,
            stop={"queue": queue},
            asked_by=town.teacher,
        )

    assert prepared(leadership(town, kind=kind)) == [("question", "Deras")]


# --- conclusions ------------------------------------------------------------------------------


def share(meeting, audience=NoteAudience.SHARED, text="Vi behöver fler timmar."):
    MeetingNote.objects.create(
        municipality=meeting.municipality, meeting=meeting, audience=audience, text=text, by=meeting.lead
    )
    return meeting


def concluded(meeting):
    prepare(meeting)
    found = MeetingCase.objects.filter(meeting=meeting, source=Source.CONCLUSION)
    return [case.concluded for case in found.order_by("position")]


def test_leadership_takes_up_what_the_teams_have_come_to_once(town):
    shared = share(team_meeting(town, is_closed=True))
    measure = team_meeting(town, [town.class_4a], is_closed=True)
    decided(measure, town.teacher)
    team_meeting(town, is_closed=True)
    share(team_meeting(town, is_closed=True), NoteAudience.UNIT)
    share(team_meeting(town, is_closed=True), text="")
    share(team_meeting(town, is_started=True))

    first = leadership(town)
    assert concluded(first) == [shared, measure]
    AnalysisMeeting.objects.filter(pk=first.pk).update(
        started_at=timezone.now(),
        started_by=town.principal,
        guiding=first.kind.guiding_questions.last(),
        closed_at=timezone.now(),
    )
    later = share(team_meeting(town, is_closed=True, closed_at=timezone.now()))
    assert concluded(leadership(town)) == [later]


def test_team_takes_up_what_its_teachers_have_come_to(town):
    mine = {"kind": kind_of(Rung.TEACHER), "is_closed": True}
    of_4a = share(MeetingFactory(unit=town.class_4a, lead=town.teacher, **mine))
    share(MeetingFactory(unit=town.class_5a, lead=town.colleague, **mine))

    assert concluded(team_meeting(town, [town.class_4a])) == [of_4a]
    assert concluded(leadership(town)) == []


def test_area_takes_up_what_its_schools_share_and_no_measure(town):
    shared = share(leadership(town, is_closed=True))
    decided(leadership(town, is_closed=True), town.principal)
    share(team_meeting(town, is_closed=True))
    share(leadership(town, unit=UnitFactory(), is_closed=True))
    administration = MeetingFactory(
        kind=kind_of(Rung.ADMINISTRATION), unit=town.administration, lead=town.administration_head
    )

    assert concluded(area_meeting(town)) == [shared]
    assert concluded(administration) == []


def test_first_meeting_looks_back_half_a_year(town):
    long_ago = timezone.now() - 200 * DAY
    share(team_meeting(town, is_closed=True, started_at=long_ago, closed_at=long_ago))

    assert concluded(leadership(town)) == []


# --- order ------------------------------------------------------------------------------------


def test_agenda_begins_with_last_time_and_ends_with_red(town, measured):
    QuestionFactory(unit=town.school, text="Fråga", asked_by=town.teacher)
    intervene(town, "Uppföljning")
    share(team_meeting(town, is_closed=True))
    decided(leadership(town, is_closed=True), town.principal)

    assert [source for source, _label in prepared(leadership(town))] == [
        "decision",
        "follow_up",
        "question",
        "conclusion",
        "red",
    ]
