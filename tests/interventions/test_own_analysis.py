"""Level 1: a teacher's own analysis of a class, and what the team gathers of it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from interventions.meetings.usual import CHANGE, SEEN, WHY_OURS
from interventions.models import (
    AnalysisMeeting,
    CaseIndicator,
    MeetingCase,
    MeetingKind,
    MeetingNote,
    Outcome,
    Rung,
)
from interventions.own_analysis.facts import facts_of_class
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import record
from tests.factories.imports import shown
from tests.factories.interventions import InterventionFactory
from tests.factories.meetings import CaseFactory, MeetingFactory, kind_of
from tests.fixtures import TODAY, Place

from .conftest import Measured

SignIn = Callable[[User], Client]
DAY = datetime.timedelta(days=1)


def address_of(place: Place) -> str:
    return reverse("interventions:own-analysis", args=[place.class_4a.key])


def html(response: Any) -> str:
    return response.content.decode().split("<main")[1]


def write(browser: Client, place: Place, **fields: Any) -> Any:
    return browser.post(address_of(place), fields)


def analyses(place: Place) -> list[AnalysisMeeting]:
    with municipality_scope(place.municipality):
        found = AnalysisMeeting.objects.filter(kind__rung=Rung.TEACHER).order_by("pk")
        return list(found.select_related("lead", "unit", "round"))


def notes(place: Place) -> dict[tuple[str, int], str]:
    with municipality_scope(place.municipality):
        return {(note.audience, note.prompt): note.text for note in MeetingNote.objects.all()}


# ---- the facts ----


def test_facts_count_red_without_an_answer_and_newly_red(in_solviken: Place, measured: Measured) -> None:
    record(measured.spring, measured.reading, {measured.ada: 1000, measured.bo: 1100, measured.cia: 1200})
    InterventionFactory(
        unit=in_solviken.class_4a,
        responsible=in_solviken.teacher,
        pupils=[measured.ada],
        indicator=measured.reading,
    )

    (facts,) = facts_of_class(in_solviken.class_4a, measured.spring)

    assert facts.indicator == measured.reading
    assert (facts.count.n_red, facts.count.n_unanswered, facts.n_new) == (3, 2, 2)


def test_facts_count_what_a_meeting_has_decided_about_as_answered(
    in_solviken: Place, measured: Measured
) -> None:
    meeting = MeetingFactory(
        kind=kind_of(Rung.TEAM),
        unit=in_solviken.class_4a,
        lead=in_solviken.teacher,
        round=measured.autumn,
        is_started=True,
    )
    case = CaseFactory(
        meeting=meeting,
        unit=in_solviken.class_4a,
        pupil=measured.ada,
        outcome=Outcome.OTHERWISE,
        why="Läser redan hos specialläraren",
        decided_at=timezone.now(),
    )
    CaseIndicator.objects.create(municipality=in_solviken.municipality, case=case, indicator=measured.reading)

    (facts,) = facts_of_class(in_solviken.class_4a, measured.autumn)

    assert (facts.count.n_red, facts.count.n_unanswered) == (1, 0)


def test_facts_of_a_class_without_red_are_none(in_solviken: Place, measured: Measured) -> None:
    assert facts_of_class(in_solviken.class_5a, measured.autumn) == []


# ---- writing ----


def test_page_asks_the_guiding_questions_beside_the_facts_and_names_no_pupil(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    page = html(sign_in(solviken.teacher).get(address_of(solviken)))

    for question in (SEEN, WHY_OURS, CHANGE):
        assert question["en"] in page
    for place in ("For the team", "For those who have the class", "For me only"):
        assert page.count(f">{place}</label>") == 3
    assert "3 of 5 values measured" in page
    assert "Läsförståelse" in page
    assert "Ada" not in page
    assert analyses(solviken) == []


def test_first_saving_begins_the_analysis_and_each_text_goes_to_its_place(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    browser = sign_in(solviken.teacher)

    write(browser, solviken, shared_1="Läsningen", unit_1="Vi delar", private_3="Bara jag")
    write(
        browser,
        solviken,
        shared_1="Läsningen går trögt",
        shared_1_version="1",
        unit_1="Vi delar",
        private_3="",
        private_3_version="1",
    )

    (meeting,) = analyses(solviken)
    assert (meeting.lead, meeting.unit, meeting.round) == (
        solviken.teacher,
        solviken.class_4a,
        measured.autumn,
    )
    assert (meeting.started_at is None, meeting.closed_at) == (False, None)
    assert notes(solviken) == {
        ("shared", 1): "Läsningen går trögt",
        ("unit", 1): "Vi delar",
        ("private", 3): "",
    }


def test_analysis_has_no_cases_but_what_the_teacher_changes_and_is_ready_by_a_click(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    browser = sign_in(solviken.teacher)
    due = (TODAY + 10 * DAY).isoformat()

    write(browser, solviken, shared_1="Läsningen", change="Högläsning varje dag", change_by=due, ready="1")

    (meeting,) = analyses(solviken)
    with municipality_scope(solviken.municipality):
        (case,) = MeetingCase.objects.filter(meeting=meeting)
    assert meeting.closed_at is not None
    assert (case.measure, case.responsible, case.due_on) == (
        "Högläsning varje dag",
        solviken.teacher,
        TODAY + 10 * DAY,
    )
    page = html(browser.get(address_of(solviken)))
    assert [
        words for words in ("Ready since", "Läsningen", "Högläsning varje dag") if words not in page
    ] == []
    assert "<textarea" not in page
    start = html(browser.get(reverse("start")))
    assert f'<a href="{address_of(solviken)}">Högläsning varje dag</a>' in start


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"change": "Högläsning"}, "Say until when."),
        ({"change_by": "2026-12-01"}, "Say what you change."),
        ({"change": "Högläsning", "change_by": "2026-11-01"}, "Choose today or a later day."),
        ({"shared_2": "x" * 3001}, "3000"),
    ],
)
def test_what_is_refused_says_why_and_loses_nothing(
    solviken: Place, measured: Measured, sign_in: SignIn, fields: dict[str, str], said: str
) -> None:
    response = write(sign_in(solviken.teacher), solviken, shared_1="Läsningen", **fields)

    page = html(response)
    assert response.status_code == 422
    assert said in page
    assert "Läsningen" in page
    assert analyses(solviken) == []


def test_two_windows_do_not_write_over_each_other(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    browser = sign_in(solviken.teacher)
    write(browser, solviken, shared_1="Först")

    second = write(browser, solviken, shared_1="Sedan", shared_1_version="0")

    page = html(second)
    assert second.status_code == 422
    expected = ("Somebody else has written here", "There stands now: Först", "Sedan")
    assert [words for words in expected if words not in page] == []
    assert notes(solviken) == {("shared", 1): "Först"}
    assert 'name="shared_1_version" value="1"' in page

    write(browser, solviken, shared_1="Sedan", shared_1_version="1")
    assert notes(solviken) == {("shared", 1): "Sedan"}


def test_colleagues_of_the_class_read_what_is_for_them_and_nothing_private(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    with municipality_scope(solviken.municipality):
        other = PersonFactory(role=RoleCode.TEACHER, unit=solviken.class_4a, name="Bo Lind")
    write(sign_in(solviken.teacher), solviken, shared_1="Till laget", unit_1="Till oss", private_1="Hemligt")

    page = shown(sign_in(other).get(address_of(solviken)))

    assert [words for words in ("Till oss", "Till laget", solviken.teacher.name) if words not in page] == []
    assert "Hemligt" not in page
    write(sign_in(other), solviken, shared_1="Min egen")
    assert len(analyses(solviken)) == 2


def test_own_analysis_is_not_for_those_who_see_no_pupils(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    for who in ("colleague", "area_head", "coordinator"):
        assert sign_in(getattr(solviken, who)).get(address_of(solviken)).status_code == 403


def test_municipality_that_asks_nothing_of_a_teacher_alone_has_a_page_that_says_so(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    with municipality_scope(solviken.municipality):
        MeetingKind.objects.filter(rung=Rung.TEACHER).update(closed_at=datetime.datetime.now(datetime.UTC))

    response = sign_in(solviken.teacher).get(address_of(solviken))

    assert "asks for no analysis of a teacher alone" in shown(response)


def test_class_map_leads_to_the_own_analysis_only_who_has_the_class(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    class_map = reverse("colourmaps:class-map", args=[solviken.class_4a.key])

    assert address_of(solviken) in html(sign_in(solviken.teacher).get(class_map))
    assert address_of(solviken) not in html(sign_in(solviken.principal).get(class_map))


def test_page_asks_little_of_the_database(
    solviken: Place, measured: Measured, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(solviken.teacher)
    write(browser, solviken, shared_1="a", unit_1="b", private_1="c")

    with django_assert_max_num_queries(30):
        browser.get(address_of(solviken))


# ---- what the team gathers ----


def test_team_reads_question_by_question_what_is_shared_and_who_has_not_written(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    write(sign_in(solviken.teacher), solviken, shared_1="Läsningen", shared_3="Mer tid", unit_1="Till oss")

    page = shown(sign_in(solviken.analysis_lead).get(reverse("interventions:team-notes")))

    expected = (SEEN["en"], "Läsningen", CHANGE["en"], "Mer tid", "0 of 2 ready")
    assert [words for words in expected if words not in page] == []
    assert "Till oss" not in page
    missing = page.split("Not written yet")[1]
    assert solviken.colleague.name in missing
    assert solviken.teacher.name not in missing
    with municipality_scope(solviken.municipality):
        assert AuditEvent.objects.filter(action="team notes seen").count() == 1


def test_team_of_a_teacher_is_the_own_classes(solviken: Place, measured: Measured, sign_in: SignIn) -> None:
    write(sign_in(solviken.teacher), solviken, shared_1="Läsningen")
    team = reverse("interventions:team-notes")

    assert "Läsningen" in shown(sign_in(solviken.teacher).get(team))
    assert "Läsningen" not in shown(sign_in(solviken.colleague).get(team))


def test_team_whose_teachers_have_written_nothing_is_told_how_it_begins(
    solviken: Place, measured: Measured, sign_in: SignIn
) -> None:
    page = shown(sign_in(solviken.analysis_lead).get(reverse("interventions:team-notes")))

    assert "Nobody has shared anything yet" in page


def test_team_notes_ask_little_of_the_database(
    solviken: Place, measured: Measured, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    write(sign_in(solviken.teacher), solviken, shared_1="a", shared_2="b")
    with municipality_scope(solviken.municipality):
        other = PersonFactory(role=RoleCode.TEACHER, unit=solviken.class_4a)
    write(sign_in(other), solviken, shared_1="c", unit_2="d")

    browser = sign_in(solviken.analysis_lead)

    with django_assert_max_num_queries(15):
        browser.get(reverse("interventions:team-notes"))
