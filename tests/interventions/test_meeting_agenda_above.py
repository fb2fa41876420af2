"""Red on the agenda above the school: where half of it is, from what has been released, and of no pupil."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest

from accounts.models import Level, Unit
from aggregation.releasing import release_round
from aggregation.rollup import recount_municipality
from colourmaps.models import Indicator, MeasurementRound
from interventions.meetings.case_words import cases_of, title_of
from interventions.models import MeetingCase, Outcome, Rung
from interventions.services.meetings import Decision, decide_case, prepare_agenda
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import (
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.meetings import MeetingFactory, kind_of

from .followed import make_pupils

pytestmark = pytest.mark.slow
N_PUPILS, LOW, HIGH = 60, 100, 3000


@dataclass(frozen=True)
class Counted:
    """west: the school where much of the red is."""

    reading: Indicator
    autumn: MeasurementRound
    west: Unit


@pytest.fixture
def counted(in_solviken):
    """60 pupils of year 4 in each of four schools, red in reading 40 in Västra and 6 in each of the others."""
    reading = IndicatorFactory(code="LAS", names={"sv": "Läsförståelse"})
    ThresholdFactory(indicator=reading)
    autumn = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 15)
    )
    DueIndicatorFactory(round=autumn, indicator=reading)
    west, *others = (
        UnitFactory(level=Level.SCHOOL, name=name, parent=in_solviken.area)
        for name in ("Västra", "Östra", "Norra")
    )
    for school, n_red in ((west, 40), *((other, 6) for other in (*others, in_solviken.school))):
        pupils = make_pupils(SchoolClassFactory(name=f"4 {school.name}", parent=school), N_PUPILS)
        values = {pupil: LOW if place < n_red else HIGH for place, pupil in enumerate(pupils)}
        record(autumn, reading, values)
    recount_municipality()
    return Counted(reading, autumn, west)


def meeting_of(place, rung, **fields):
    units = {Rung.AREA: place.area, Rung.ADMINISTRATION: place.administration, Rung.BOARD: place.root}
    leads = {
        Rung.AREA: place.area_head,
        Rung.ADMINISTRATION: place.administration_head,
        Rung.BOARD: place.board_member,
    }
    return MeetingFactory(kind=kind_of(rung), unit=units[rung], lead=leads[rung], **fields)


def prepared(meeting):
    prepare_agenda(meeting=meeting, by=meeting.lead)
    return [title_of(case, is_inside=meeting.kind.is_inside) for case in cases_of(meeting)]


WHERE_IT_IS = ["Västra: Läsförståelse, where much of the red is"]


def test_nothing_is_told_before_it_has_been_released(in_solviken, counted):
    before = prepared(meeting_of(in_solviken, Rung.AREA))

    release_round(counted.autumn)

    assert (before, prepared(meeting_of(in_solviken, Rung.AREA))) == ([], WHERE_IT_IS)


def test_case_is_of_a_school_and_an_indicator_and_of_no_pupil(in_solviken, counted):
    release_round(counted.autumn)
    prepared(meeting_of(in_solviken, Rung.AREA))

    case = MeetingCase.objects.get()

    assert (case.unit, case.pupil, list(case.indicators.all())) == (
        counted.west,
        None,
        [counted.reading],
    )


def test_units_above_the_schools_and_the_board_get_none(in_solviken, counted):
    """The administration has one area alone, in which all of the red is; the board is shown no counts."""
    release_round(counted.autumn)

    assert prepared(meeting_of(in_solviken, Rung.ADMINISTRATION)) == []
    assert prepared(meeting_of(in_solviken, Rung.BOARD)) == []
    assert Unit.objects.filter(level=Level.AREA).count() == 1


def test_what_a_meeting_has_decided_in_the_round_is_not_asked_again(in_solviken, counted):
    release_round(counted.autumn)
    meeting = meeting_of(in_solviken, Rung.AREA, is_started=True, round=counted.autumn)
    prepared(meeting)
    before = prepared(meeting_of(in_solviken, Rung.AREA))
    decide_case(
        case=MeetingCase.objects.get(meeting=meeting),
        version=0,
        decision=Decision(Outcome.NONE, why="Skolan har ett program."),
        by=in_solviken.area_head,
    )

    assert (before, prepared(meeting_of(in_solviken, Rung.AREA))) == (WHERE_IT_IS, [])


def test_where_schools_are_shown_together_the_case_is_of_the_area(in_solviken, counted):
    """Nobody above a school with four pupils is told how many of them are red: it is shown with another."""
    few = SchoolClassFactory(parent=UnitFactory(level=Level.SCHOOL, parent=in_solviken.area))
    record(counted.autumn, counted.reading, dict.fromkeys(make_pupils(few, 4), LOW))
    recount_municipality()
    release_round(counted.autumn)

    assert prepared(meeting_of(in_solviken, Rung.AREA)) == [
        "Läsförståelse: much of the red is in few of the units"
    ]
    assert MeetingCase.objects.get().unit == in_solviken.area


def test_it_is_prepared_once(in_solviken, counted):
    release_round(counted.autumn)
    meeting = meeting_of(in_solviken, Rung.AREA)

    assert prepared(meeting) == prepared(meeting) == WHERE_IT_IS
