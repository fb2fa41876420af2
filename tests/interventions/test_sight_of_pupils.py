"""What the start page says of who has seen pupils: to whom, without a name, and until when."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import Sight
from accounts.models import EmergencyAccess, User
from accounts.roles import RoleCode
from interventions.demo.protection import write_protection
from interventions.duties import Duty, Kind, duties_of
from pupils.models import Protection, Pupil
from pupils.protecting import answer_request, ask_for_name, note_unmasking
from tests.factories.accounts import PersonFactory, UnitFactory
from tests.factories.pupils import PupilFactory, named
from tests.fixtures import TODAY, Place


@pytest.fixture
def hidden(in_solviken: Place) -> Pupil:
    pupil = PupilFactory(
        family_name="Zyxgömd", school_class=in_solviken.class_4a, protection=Protection.PROTECTED
    )
    named(in_solviken.teacher, pupil, by=in_solviken.principal)
    return pupil


def lines(person: User) -> list[str]:
    found = duties_of(Sight(person))
    duties: list[Duty] = [*found.late, *found.due, *found.waiting]
    return [f"{duty.what} {duty.where}" for duty in duties if duty.kind is Kind.SIGHT]


def test_request_waits_for_the_principal_and_for_others_who_are_named(
    in_solviken: Place, in_english: None, hidden: Pupil
) -> None:
    place = in_solviken
    named(place.analysis_lead, hidden, by=place.principal)
    ask_for_name(pupil=hidden, by=place.teacher, reason="Samtal", minutes=10)

    answering = ["Somebody asks to see the name of a protected pupil: answer 4A"]
    assert lines(place.principal) == lines(place.analysis_lead) == answering
    assert lines(place.teacher) == ["You have asked to see a name: a second person has to answer 4A"]
    assert lines(place.health_team) == lines(place.colleague) == lines(place.area_head) == []


def test_name_that_was_shown_is_told_to_the_principal_until_it_is_noted(
    in_solviken: Place, in_english: None, hidden: Pupil
) -> None:
    place = in_solviken
    named(place.analysis_lead, hidden, by=place.principal)
    asked = ask_for_name(pupil=hidden, by=place.teacher, reason="Samtal", minutes=10)
    answer_request(unmasking=asked, is_approved=True, by=place.analysis_lead)

    assert lines(place.principal) == ["The name of a protected pupil was shown: take note of it 4A"]
    assert lines(place.teacher) == ["The name that you asked for is shown now, for some minutes 4A"]
    note_unmasking(unmasking=asked, by=place.principal)
    assert lines(place.principal) == []


@pytest.mark.parametrize("who", ["teacher", "principal"])
def test_no_line_names_the_pupil(in_solviken: Place, hidden: Pupil, who: str) -> None:
    ask_for_name(pupil=hidden, by=in_solviken.teacher, reason="Samtal", minutes=10)

    told = " ".join(lines(getattr(in_solviken, who)))

    assert told != ""
    assert [word for word in ("Zyx", hidden.key, hidden.key[:3].upper()) if word in told] == []


def test_demo_shows_a_request_that_waits_and_an_emergency_that_is_over(
    in_solviken: Place, in_english: None, hidden: Pupil
) -> None:
    place = in_solviken
    elsewhere = UnitFactory(parent=place.area)
    PersonFactory(role=RoleCode.PRINCIPAL, unit=elsewhere, name="Rut Berg")
    town: Any = SimpleNamespace(classes=[place.class_4a])

    assert write_protection(town, first_class=0, told_on=TODAY) == 3

    assert not any(each.is_open(timezone.now()) for each in EmergencyAccess.objects.all())
    assert sorted(lines(place.principal)) == [
        "Opened in an emergency: take note of it 4A",
        "Somebody asks to see the name of a protected pupil: answer 4A",
    ]
