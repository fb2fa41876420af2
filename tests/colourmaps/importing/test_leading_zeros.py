"""Zeros that a spreadsheet has dropped are put back where a code needs them, and it is said where."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import Municipality, UnitCode
from accounts.tenancy import current_municipality
from colourmaps.models import Result
from pupils.models import Pupil
from tests.factories.imports import import_rows, said
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.mark.parametrize(
    ("country", "registered", "written"),
    [
        ("SE", "200601012396", "601012396"),  # 060101-2396 as a number
        ("NO", "01010750160", "1010750160"),
        ("DK", "0101074321", "101074321"),
    ],
)
def test_identity_number(in_solviken: Place, country: str, registered: str, written: str) -> None:
    Municipality.objects.filter(pk=current_municipality().pk).update(country=country)
    current_municipality().country = country
    pupil = PupilFactory(identity_number=registered, school_class=in_solviken.class_4a)

    outcome = import_rows("Personnummer Läs", [int(written), 20])

    assert (said(outcome), Result.objects.get().pupil) == ([("match.zero_of_number", 2)], pupil)
    message = outcome.messages[0]
    assert (message.place, message.value) == ("Resultat!A2", written)
    assert message.text == (
        f"The identity number “{written}” has lost a leading zero and is read as “0{written}”."
    )


def test_own_id(in_solviken: Place) -> None:
    pupil = PupilFactory(own_id="0180", school_class=in_solviken.class_4a)

    outcome = import_rows("Id Läs", [180, 20])

    assert (said(outcome), Result.objects.get().pupil) == ([("match.zero_of_id", 2)], pupil)
    assert (outcome.messages[0].place, outcome.messages[0].text) == (
        "Resultat!A2",
        "The id “180” has lost its leading zeros and is read as “0180”.",
    )


@pytest.mark.parametrize("ids", [("0180", "00180"), ("00", "01800")])
def test_id_that_can_mean_two_or_none_is_nobodys(in_solviken: Place, ids: tuple[str, ...]) -> None:
    for own_id in ids:
        PupilFactory(own_id=own_id, school_class=in_solviken.class_4a)

    assert said(import_rows("Id Läs", [180, 20])) == [("match.unknown_pupil", 2)]


def test_id_that_stands_in_the_register_as_written_is_that_pupils(in_solviken: Place) -> None:
    PupilFactory(own_id="0180", school_class=in_solviken.class_4a)
    pupil = PupilFactory(own_id="180", school_class=in_solviken.class_4a)

    outcome = import_rows("Id Läs", [180, 20])

    assert (said(outcome), Result.objects.get().pupil) == ([], pupil)


def test_school_code_is_restored_with_one_note(in_solviken: Place) -> None:
    UnitCode.objects.create(
        municipality=in_solviken.municipality,
        unit=in_solviken.school,
        code="01234567",
        valid_from=datetime.date(2020, 1, 1),
    )
    rows = [["A1", "4A", 1234567, 20], ["B2", "4A", 1234567, 30]]

    outcome = import_rows("Id Klass Skola Läs", *rows)

    assert (said(outcome), outcome.n_new) == ([("check.zero_of_school", 2)], 2)
    assert outcome.messages[0].text == (
        "The school code “1234567” has lost its leading zeros and is read as “01234567”."
    )


def test_new_pupil_is_added_at_the_school_of_the_restored_code(in_solviken: Place) -> None:
    UnitCode.objects.create(
        municipality=in_solviken.municipality,
        unit=in_solviken.school,
        code="0180",
        valid_from=datetime.date(2020, 1, 1),
    )

    outcome = import_rows("Id Klass Skola Läs", ["Z1", "4A", 180, 20], adds_pupils=True)

    assert (outcome.n_new_pupils, outcome.n_new_schools) == (1, 0)
    assert Pupil.objects.get(own_id="Z1").enrolments.get().school_class == in_solviken.class_4a


def test_many_notes_are_counted(in_solviken: Place) -> None:
    for number in range(60):
        PupilFactory(own_id=f"0{1000 + number}", school_class=in_solviken.class_4a)

    outcome = import_rows("Id Läs", *([1000 + number, 20] for number in range(60)))

    codes = [message.code for message in outcome.messages]
    assert (codes.count("match.zero_of_id"), codes.count("alike.more_notes")) == (50, 1)
