"""A team's meeting on two classes with fifteen cases; the leadership's that takes it up; the area's, without names."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import AuditEvent
from interventions.answers import red_cells, without_answer
from interventions.meetings.case_words import cases_of, title_of
from interventions.models import AnalysisMeeting, MeetingCase, NoteAudience, Outcome, Rung, Source
from interventions.services.meetings import (
    Decision,
    close_meeting,
    decide_case,
    mark_done,
    start_meeting,
    write_note,
)
from tests.factories.colourmaps import IndicatorFactory, RoundFactory, ThresholdFactory, record
from tests.factories.meetings import MeetingFactory, kind_of
from tests.fixtures import TODAY

from .followed import make_pupils
from .meeting_scene import DAY, FREEZE, team_meeting


@pytest.fixture
def autumn(in_solviken, monkeypatch):
    """One pupil of 4A is red in all of three indicators, six more in one each; and as many of 5A, and one besides."""
    monkeypatch.setattr(FREEZE, lambda meeting: None)
    autumn = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 15)
    )
    indicators = IndicatorFactory.create_batch(3)
    for indicator in indicators:
        for year_group in (4, 5):
            ThresholdFactory(indicator=indicator, year_group=year_group)
    for school_class, n in ((in_solviken.class_4a, 7), (in_solviken.class_5a, 8)):
        pupils = make_pupils(school_class, n)
        for place, indicator in enumerate(indicators):
            record(autumn, indicator, dict.fromkeys([pupils[0], *pupils[1 + place :: 3]], 100))
    return autumn


def hold(meeting, person):
    """Starts it, decides a measure for each case, and closes it."""
    start_meeting(meeting=meeting, by=meeting.lead)
    for case in MeetingCase.objects.filter(meeting=meeting):
        decision = Decision(Outcome.MEASURE, f"Åtgärd {case.position}", person, TODAY + 14 * DAY)
        decide_case(case=case, version=case.version, decision=decision, by=meeting.lead)
    return close_meeting(meeting=meeting, by=meeting.lead)


def share(meeting, text):
    write_note(
        meeting=meeting,
        audience=NoteAudience.SHARED,
        prompt=0,
        text=text,
        version=0,
        by=meeting.lead,
    )


def labels(meeting):
    return [(case.source, title_of(case, is_inside=meeting.kind.is_inside)) for case in cases_of(meeting)]


def test_what_a_team_decides_climbs_and_comes_back_until_it_is_done(in_solviken, autumn):
    town = in_solviken
    classes = [town.class_4a.pk, town.class_5a.pk]
    team = hold(team_meeting(town), town.analysis_lead)

    assert MeetingCase.objects.filter(meeting=team, source=Source.RED).count() == 15
    assert without_answer(red_cells(classes, autumn), autumn) == []

    leadership = MeetingFactory(kind=kind_of(Rung.SCHOOL), unit=town.school, lead=town.principal)
    share(leadership, "Vi behöver en lärare till i läsning.")
    hold(leadership, town.principal)

    assert [(source, label.split(",")[0]) for source, label in labels(leadership)] == [
        (Source.CONCLUSION, team.kind.name)
    ]

    area = MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head)
    hold(area, town.area_head)

    told = str(labels(area))
    assert [source for source, _label in labels(area)] == [Source.CONCLUSION]
    assert ("Kanarie" in told, "4A" in told) == (False, False)
    assert not MeetingCase.objects.filter(meeting=area, pupil__isnull=False).exists()

    for case in MeetingCase.objects.filter(meeting=team)[:13]:
        mark_done(case=case, on=TODAY, by=town.analysis_lead)
    again = start_meeting(meeting=team_meeting(town), by=town.analysis_lead)

    assert [source for source, _label in labels(again)] == [Source.DECISION] * 2
    assert AnalysisMeeting.objects.filter(closed_at__isnull=False).count() == 3
    words = AuditEvent.objects.filter(action__startswith="meeting").values_list("facts", flat=True)
    assert not [facts for facts in words if "Åtgärd" in str(facts) or "Kanarie" in str(facts)]
