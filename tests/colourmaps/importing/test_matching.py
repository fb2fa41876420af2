"""Which pupil a row is about: never a silent merge, never a silent second pupil."""

from __future__ import annotations

import pytest

from accounts.models import Unit
from colourmaps.importing.mapping import Meaning
from colourmaps.importing.register import name_keys
from colourmaps.models import Result
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.imports import Autumn, import_rows, said
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

ANNA, BERIT = "201601012394", "201602022384"

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def anna(in_solviken: Place, autumn: Autumn) -> Pupil:
    return PupilFactory(given_name="Anna", family_name="Ek", own_id="", school_class=in_solviken.class_4a)


@pytest.fixture
def other_school(in_solviken: Place) -> Unit:
    school = UnitFactory(name="Andra skolan", parent=in_solviken.area)
    SchoolClassFactory(name="4A", parent=school)
    return school


# --- by name


@pytest.mark.parametrize("written", ["Anna Ek", "Ek Anna", "Ek, Anna", "ANNA  ek"])
def test_pupil_is_found_by_name_and_class(anna: Pupil, written: str) -> None:
    outcome = import_rows("Namn Klass Läs", [written, "4A", 20])

    assert (said(outcome), Result.objects.get().pupil) == ([], anna)


def test_family_name_of_several_words_is_found_in_a_full_name(in_solviken: Place, anna: Pupil) -> None:
    lippe = PupilFactory(
        given_name="Anna Maria", family_name="von der Lippe", school_class=in_solviken.class_4a
    )

    import_rows("Namn Klass Läs", ["Anna Maria von der Lippe", "4A", 20])

    assert Result.objects.get().pupil == lippe


def test_namesake_at_another_school_is_for_a_person_to_judge(anna: Pupil, other_school: Unit) -> None:
    outcome = import_rows("Namn Klass Skola Läs", ["Anna Ek", "4A", "Andra skolan", 20], adds_pupils=True)

    assert (said(outcome), outcome.n_new_pupils) == ([("match.may_be_known", 2)], 0)


def test_namesake_whom_another_row_is_about_is_somebody_else(anna: Pupil, other_school: Unit) -> None:
    rows = [["Anna Ek", "4A", "Solviksskolan", 30], ["Anna Ek", "4A", "Andra skolan", 20]]

    outcome = import_rows("Namn Klass Skola Läs", *rows, adds_pupils=True)

    assert (said(outcome), outcome.n_new_pupils) == ([], 1)
    assert Result.objects.get(pupil=anna).value == 3000


def test_pupil_of_a_name_that_nobody_has_is_new_at_the_named_school(anna: Pupil, other_school: Unit) -> None:
    outcome = import_rows("Namn Klass Skola Läs", ["Ove Al", "4A", "Andra skolan", 20], adds_pupils=True)

    result = Result.objects.get()
    assert (outcome.n_new_pupils, result.pupil == anna) == (1, False)
    assert result.school_class.placements.get().parent == other_school


@pytest.mark.parametrize("constant", [{}, {"school": "Andra skolan"}])
def test_name_is_looked_for_at_the_named_school_alone(
    anna: Pupil, other_school: Unit, constant: dict[str, str]
) -> None:
    row = ["Anna Ek", "4A", "" if constant else "Andra skolan", 20]

    outcome = import_rows("Namn Klass Skola Läs", row, **constant)

    assert (said(outcome), Result.objects.count()) == ([("match.may_be_known", 2)], 0)


def test_name_in_classes_of_two_schools_is_a_doubt(anna: Pupil, other_school: Unit) -> None:
    PupilFactory(
        given_name="Anna", family_name="Ek", school_class=Unit.objects.filter(name="4A").latest("pk")
    )

    outcome = import_rows("Namn Klass Läs", ["Anna Ek", "4A", 20])

    assert said(outcome) == [("match.several_pupils", 2)]
    assert "any of 2 pupils called “Anna Ek”" in outcome.messages[0].text


def test_two_new_namesakes_at_two_schools_are_two_pupils(in_solviken: Place) -> None:
    rows = [["Anna Ek", "4B", "Norra", 20], ["Anna Ek", "4B", "Södra", 30]]

    outcome = import_rows("Namn Klass Skola Läs", *rows, adds_pupils=True)

    assert (outcome.n_new_pupils, outcome.n_new_schools, said(outcome)) == (2, 2, [])


def test_new_pupil_written_in_two_ways_has_one_name_in_one_class(in_solviken: Place) -> None:
    rows = [["Anna Ek", "4A", "Solviksskolan", 20], ["Anna Ek", "4a", "SOLVIKSSKOLAN", 20]]

    outcome = import_rows("Namn Klass Skola Läs", *rows, adds_pupils=True)

    assert outcome.n_new_pupils == 0
    assert sorted(said(outcome)) == [("check.same_name", 2), ("check.same_name", 3)]


def test_name_alone_is_nobody(anna: Pupil) -> None:
    outcome = import_rows("Namn Läs", ["Anna Ek", 20])

    assert said(outcome) == [("match.name_alone", 2)]


def test_names_of_new_pupils_come_from_their_own_columns(in_solviken: Place) -> None:
    import_rows(
        "Id Efternamn Förnamn Namn Klass Skola Läs",
        ["Z1", "von der Lippe", "Anna Maria", "Anna Maria von der Lippe", "4B", "Norra", 20],
        adds_pupils=True,
    )

    added = Pupil.objects.get(own_id="Z1")
    assert (added.family_name, added.given_name) == ("von der Lippe", "Anna Maria")


def test_keys_of_a_name_are_all_that_it_may_mean() -> None:
    assert name_keys("Ek", "Anna", "") == {"ek anna"}
    assert name_keys("", "", "Ek, Anna Maria") == {"ek anna maria", "maria ek anna", "anna maria ek"}
    assert name_keys("", "", "–") == set()


# --- keys that disagree


@pytest.fixture
def numbered(in_solviken: Place) -> Pupil:
    return PupilFactory(own_id="77", identity_number=ANNA, school_class=in_solviken.class_4a)


def test_number_of_one_and_id_of_another_pupil_is_refused(numbered: Pupil, in_solviken: Place) -> None:
    PupilFactory(own_id="78", identity_number=BERIT, school_class=in_solviken.class_4a)

    outcome = import_rows("Personnummer Id Läs", [ANNA, "78", 20])

    assert (said(outcome), Result.objects.count()) == ([("match.keys_of_two", 2)], 0)
    assert outcome.messages[0].text == (
        "The identity number in the column “Personnummer” and the id “78” in the column “Id” belong to two "
        "different pupils in the register. Decide in the preview which of them is meant, or correct the one that is "
        "wrong."
    )


@pytest.mark.parametrize("adds_pupils", [False, True])
def test_unknown_number_and_id_of_a_pupil_with_another_number_is_refused(
    numbered: Pupil, adds_pupils: bool
) -> None:
    row = [BERIT, "77", "4A", "Solviksskolan", 20]

    outcome = import_rows("Personnummer Id Klass Skola Läs", row, adds_pupils=adds_pupils)

    assert (said(outcome), Pupil.objects.filter(identity_number=BERIT).exists()) == (
        [("match.other_identity", 2)],
        False,
    )
    assert "“77” in the column “Id”" in outcome.messages[0].text
    assert ANNA not in outcome.messages[0].text


def test_keys_that_agree_find_the_pupil(numbered: Pupil) -> None:
    outcome = import_rows("Personnummer Id Läs", [ANNA, "77", 20])

    assert (said(outcome), Result.objects.get().pupil) == ([], numbered)


def test_id_finds_a_pupil_whose_number_the_register_lacks(autumn: Autumn, in_solviken: Place) -> None:
    outcome = import_rows("Personnummer Id Läs", [BERIT, "A1", 20])

    assert (said(outcome), Result.objects.get().pupil) == ([], autumn.ada)


def test_two_new_pupils_with_the_same_id_are_refused(in_solviken: Place) -> None:
    rows = [[number, "Z1", "4A", "Solviksskolan", 20] for number in (ANNA, BERIT)]

    outcome = import_rows("Personnummer Id Klass Skola Läs", *rows, adds_pupils=True)

    assert (outcome.n_new_pupils, said(outcome)) == (0, [("check.not_agreed", 2), ("check.not_agreed", 3)])


# --- no second pupil


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Personnummer Namn Klass Skola Läs", [BERIT, "Anna Ek", "4A", "Solviksskolan", 20]),
        ("Id Namn Klass Skola Läs", ["Z1", "Anna Ek", "4A", "Solviksskolan", 20]),
    ],
)
def test_new_key_of_a_pupil_known_by_name_is_for_a_person_to_judge(
    anna: Pupil, header: str, row: list[object]
) -> None:
    n_pupils = Pupil.objects.count()

    outcome = import_rows(header, row, adds_pupils=True)

    assert (said(outcome), Pupil.objects.count()) == ([("match.namesake", 2)], n_pupils)


def test_namesake_with_another_number_is_a_new_pupil(anna: Pupil) -> None:
    Pupil.objects.filter(pk=anna.pk).update(identity_number=ANNA)
    row = [BERIT, "Anna Ek", "4A", "Solviksskolan", 20]

    outcome = import_rows("Personnummer Namn Klass Skola Läs", row, adds_pupils=True)

    assert (outcome.n_new_pupils, said(outcome)) == (1, [])


def test_namesake_who_has_no_class_is_for_a_person_to_judge(in_solviken: Place) -> None:
    PupilFactory(given_name="Anna", family_name="Ek")

    outcome = import_rows("Namn Klass Skola Läs", ["Anna Ek", "4A", "Solviksskolan", 20], adds_pupils=True)

    assert said(outcome) == [("match.namesake", 2)]


@pytest.mark.parametrize(("pupil_key", "n_new"), [((), 1), ((Meaning.IDENTITY,), 0)])
def test_id_counts_only_if_the_mapping_goes_by_it(
    in_solviken: Place, pupil_key: tuple[Meaning, ...], n_new: int
) -> None:
    row = [None, "Z1", "4A", "Solviksskolan", 20]

    outcome = import_rows("Personnummer Id Klass Skola Läs", row, adds_pupils=True, pupil_key=pupil_key)

    assert (outcome.n_new_pupils, outcome.n_refused) == (n_new, 1 - n_new)
