"""What cases of meetings are called, in lists and sentences."""

from __future__ import annotations

import pytest
from django.utils import timezone

from interventions.meetings.case_words import cases_of, title_of
from interventions.models import (
    Rung,
    Source,
)
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.factories.pupils import PupilFactory
from tests.factories.questions import QuestionFactory
from tests.fixtures import TODAY

from .meeting_scene import team_meeting


@pytest.fixture
def town(in_solviken):
    return in_solviken


@pytest.fixture
def alva(town):
    return PupilFactory(given_name="Alva", family_name="Öberg", school_class=town.class_4a)


def test_labels_say_in_a_few_words_what_a_case_is(town, alva, measured):
    meeting, before = team_meeting(town), team_meeting(town, is_closed=True)
    earlier = CaseFactory(
        meeting=before,
        outcome="measure",
        measure="Läsgrupp",
        responsible=town.teacher,
        due_on=TODAY,
        decided_at=timezone.now(),
    )
    running = InterventionFactory(title="Högläsning", unit=town.class_4a, responsible=town.teacher)
    asked = QuestionFactory(unit=town.class_4a, text="Hur hinner vi?", asked_by=town.teacher)
    cases = [
        {"source": Source.DECISION, "earlier": earlier},
        {"source": Source.DECISION, "earlier": earlier, "pupil": alva},
        {"source": Source.FOLLOW_UP, "intervention": running},
        {"source": Source.QUESTION, "question": asked},
        {"source": Source.CONCLUSION, "concluded": before},
        {"source": Source.RED, "pupil": alva, "unit": town.class_4a, "about": [measured.reading]},
        {"source": Source.RED, "unit": town.class_4a, "about": [measured.reading]},
    ]
    for fields in cases:
        about = fields.pop("about", [])
        case = CaseFactory(meeting=meeting, title="", **fields)
        for indicator in about:
            case.about.create(municipality=town.municipality, indicator=indicator)

    assert [title_of(case, is_inside=meeting.kind.is_inside) for case in cases_of(meeting)] == [
        "Läsgrupp",
        "Öberg, Alva: Läsgrupp",
        "Högläsning",
        "Hur hinner vi?",
        f"{before.kind.name}, 4A, 5A",
        "Öberg, Alva: Läsförståelse",
        "4A: Läsförståelse",
    ]


def test_labels_take_no_query_each(town, django_assert_num_queries):
    meeting = team_meeting(town)
    CaseFactory.create_batch(3, meeting=meeting, unit=town.class_4a)

    with django_assert_num_queries(2):
        [title_of(case, is_inside=meeting.kind.is_inside) for case in cases_of(meeting)]


def test_label_of_a_question_above_the_school_is_what_was_written_for_it(town):
    area = MeetingFactory(kind=kind_of(Rung.AREA), unit=town.area, lead=town.area_head)
    asked = QuestionFactory(
        unit=town.class_4a, text="Alva hinner inte.", text_above="En elev hinner inte.", asked_by=town.teacher
    )
    CaseFactory(meeting=area, title="", source=Source.QUESTION, question=asked)

    assert [title_of(case, is_inside=False) for case in cases_of(area)] == ["En elev hinner inte."]
