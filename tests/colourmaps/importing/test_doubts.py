"""What a person is asked about a row in doubt, and what becomes of the row by the answer."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.models import Unit
from colourmaps.importing.apply import Outcome
from colourmaps.importing.decisions import Decisions, row_keys
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.pupil_cells import PupilRow
from colourmaps.models import Result
from pupils.models import Enrolment, Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.imports import import_rows, said
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import Place

ANNA, BERIT = "201601012394", "201602022384"
BY_NAME = "Namn Klass Skola Läs"
BY_NUMBER = "Personnummer Namn Klass Skola Läs"
SCHOOL = "Solviksskolan"

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def anna(in_solviken: Place) -> Pupil:
    return PupilFactory(
        given_name="Anna",
        family_name="Ek",
        own_id="",
        identity_number=ANNA,
        school_class=in_solviken.class_4a,
    )


@pytest.fixture
def class_4b(in_solviken: Place) -> Unit:
    return SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)


def asked(outcome: Outcome) -> list[tuple[str, list[int], bool]]:
    """(code, ids of the candidates, whether it may be a new pupil) of each row in doubt."""
    return [
        (doubt["sentence"]["code"], sorted(doubt["candidates"]), doubt["may_be_new"])
        for doubt in outcome.asked["pupils"]
    ]


def decide(header: str, *rows: list[Any], answer: str, **options: Any) -> Outcome:
    """Imports the rows with the same answer to everything that is asked."""
    first = import_rows(header, *rows, dry_run=True, **options)
    answers = {doubt["key"]: answer for doubt in first.asked["pupils"]}
    assert answers
    return import_rows(header, *rows, decisions=Decisions(pupils=answers), **options)


# --- which doubts there are


@pytest.mark.parametrize("written", ["Anna Eck", "Ana Ek", "Ek, Ánna M", "Anna  Eek"])
@pytest.mark.parametrize("adds_pupils", [False, True])
def test_name_that_is_nearly_a_pupils_of_the_class(anna: Pupil, written: str, adds_pupils: bool) -> None:
    outcome = import_rows(BY_NAME, [written, "4A", SCHOOL, 20], adds_pupils=adds_pupils)

    code, candidates, may_be_new = asked(outcome)[0]
    assert (code, anna.pk in candidates, may_be_new) == ("match.may_be_known", True, adds_pupils)
    assert (outcome.n_new_pupils, outcome.n_new) == (0, 0)


def test_name_that_is_near_to_no_other_is_new(anna: Pupil) -> None:
    outcome = import_rows(BY_NAME, ["Örjan Dahl", "4A", SCHOOL, 20], adds_pupils=True)

    assert (outcome.n_new_pupils, outcome.asked["pupils"]) == (1, [])


def test_near_name_of_a_pupil_whom_another_row_is_about_is_new(anna: Pupil) -> None:
    rows = [["Anna Ek", "4A", SCHOOL, 20], ["Anne Ek", "4A", SCHOOL, 30]]

    outcome = import_rows(BY_NAME, *rows, adds_pupils=True)

    assert anna.pk not in [pk for _code, candidates, _new in asked(outcome) for pk in candidates]
    assert Result.objects.get(pupil=anna).value == 2000


def test_name_in_another_class_than_the_registers(anna: Pupil, class_4b: Unit) -> None:
    outcome = import_rows(BY_NAME, ["Anna Ek", "4B", SCHOOL, 20])

    assert asked(outcome) == [("match.may_be_known", [anna.pk], False)]


def test_name_alone(anna: Pupil, class_4b: Unit) -> None:
    other = PupilFactory(given_name="Anna", family_name="Ek", school_class=class_4b)

    assert asked(import_rows("Namn Läs", ["Anna Ek", 20])) == [
        ("match.name_alone", sorted([anna.pk, other.pk]), False)
    ]


def test_name_alone_that_nobody_has_is_no_question(anna: Pupil) -> None:
    outcome = import_rows("Namn Läs", ["Örjan Dahl", 20])

    assert (said(outcome), outcome.asked["pupils"]) == ([("match.unknown_pupil", 2)], [])


@pytest.mark.parametrize(
    "written",
    ["201601012395", "20160101-2349", "2016010123944", "20160101239", "160101-2395"],
)
def test_number_that_is_one_slip_from_a_pupils(anna: Pupil, written: str) -> None:
    outcome = import_rows("Personnummer Läs", [written, 20])

    assert asked(outcome) == [("match.number_in_doubt", [anna.pk], False)]


def test_number_with_two_slips_is_nobodys(anna: Pupil) -> None:
    outcome = import_rows("Personnummer Läs", ["201601013495", 20])

    assert (said(outcome), outcome.asked["pupils"]) == ([("match.doubtful_identity", 2)], [])


def test_doubtful_number_of_a_pupil_of_that_name_in_that_class(anna: Pupil) -> None:
    outcome = import_rows(BY_NUMBER, ["200901872385", "Anna Ek", "4A", SCHOOL, 20])

    assert asked(outcome) == [("match.number_in_doubt", [anna.pk], False)]


def test_doubtful_number_is_held_for_a_person_where_pupils_are_added(in_solviken: Place) -> None:
    outcome = import_rows(BY_NUMBER, ["200901872385", "Örjan Dahl", "4A", SCHOOL, 20], adds_pupils=True)

    assert asked(outcome) == [("match.number_in_doubt", [], True)]


def test_unknown_number_of_a_pupil_of_that_name_in_that_class(anna: Pupil) -> None:
    outcome = import_rows(BY_NUMBER, [BERIT, "Anna Ek", "4A", SCHOOL, 20])

    assert asked(outcome) == [("match.may_be_known", [anna.pk], False)]


@pytest.mark.parametrize("registered", ["20160101TF20", "20160101T123", "201601612390"])
def test_number_that_replaces_a_temporary_one(anna: Pupil, registered: str) -> None:
    Pupil.objects.filter(pk=anna.pk).update(identity_number=registered)

    outcome = import_rows(BY_NUMBER, [ANNA, "Anna Ek", "4A", SCHOOL, 20], adds_pupils=True)

    assert asked(outcome) == [("match.namesake", [anna.pk], True)]


@pytest.mark.parametrize("registered", ["20130101TF20", "20120101T123"])
def test_temporary_number_of_a_child_born_in_another_year_is_somebody_elses(
    anna: Pupil, class_4b: Unit, registered: str
) -> None:
    Pupil.objects.filter(pk=anna.pk).update(identity_number=registered)

    outcome = import_rows(BY_NUMBER, [ANNA, "Anna Ek", "4B", SCHOOL, 20], adds_pupils=True)

    assert (asked(outcome), outcome.n_new_pupils) == ([], 1)


def test_number_of_one_beside_the_name_of_another(anna: Pupil, in_solviken: Place) -> None:
    berit = PupilFactory(
        given_name="Berit", family_name="Al", identity_number=BERIT, school_class=in_solviken.class_4a
    )

    outcome = import_rows(BY_NUMBER, [ANNA, "Berit Al", "4A", SCHOOL, 20])

    assert asked(outcome) == [("match.name_of_another", sorted([anna.pk, berit.pk]), False)]


def test_number_of_a_pupil_with_quite_another_name(anna: Pupil) -> None:
    outcome = import_rows(BY_NUMBER, [ANNA, "Torsten Holm", "4A", SCHOOL, 20])

    assert asked(outcome) == [("match.other_name", [anna.pk], False)]
    assert (outcome.n_new, outcome.n_refused) == (0, 1)


@pytest.mark.parametrize("written", ["Anna Holm", "Ana Holm", "Torsten Ek", "A. Holm"])
def test_name_that_keeps_a_word_or_only_an_initial_is_a_change_to_propose(anna: Pupil, written: str) -> None:
    outcome = import_rows(BY_NUMBER, [ANNA, written, "4A", SCHOOL, 20])

    assert asked(outcome) == []
    assert outcome.n_new == 1


def test_keys_of_two_and_other_identity_offer_those_pupils(anna: Pupil, in_solviken: Place) -> None:
    cia = Pupil.objects.get(own_id="C3")
    two = import_rows("Personnummer Id Läs", [ANNA, "C3", 20])
    Pupil.objects.filter(pk=anna.pk).update(own_id="77")
    other = import_rows("Personnummer Id Läs", [BERIT, "77", 20])

    assert asked(two) == [("match.keys_of_two", sorted([anna.pk, cia.pk]), False)]
    assert asked(other) == [("match.other_identity", [anna.pk], False)]


def test_more_candidates_than_anybody_can_choose_from_are_no_question(in_solviken: Place) -> None:
    for _ in range(9):
        PupilFactory(given_name="Anna", family_name="Ek", school_class=in_solviken.class_4a)

    outcome = import_rows(BY_NAME, ["Anna Ek", "4A", SCHOOL, 20])

    assert (said(outcome), outcome.asked["pupils"]) == ([("match.decided_elsewhere", 2)], [])


def test_new_pupil_is_no_choice_without_a_class(anna: Pupil, class_4b: Unit) -> None:
    outcome = import_rows("Namn Klass Läs", ["Anna Ek", "4B", 20], adds_pupils=True)

    assert asked(outcome) == [("match.may_be_known", [anna.pk], False)]


# --- protected pupils


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (BY_NAME, ["Anna Eck", "4A", SCHOOL, 20]),
        (BY_NAME, ["Anna Ek", "4B", SCHOOL, 20]),
        (BY_NUMBER, [BERIT, "Anna Ek", "4A", SCHOOL, 20]),
        (BY_NUMBER, ["201601012395", "", "4A", SCHOOL, 20]),
    ],
)
@pytest.mark.parametrize("protection", ["confidential", "protected"])
@pytest.mark.parametrize("adds_pupils", [False, True])
def test_protected_pupil_is_never_a_candidate_nor_added_twice(
    anna: Pupil, class_4b: Unit, header: str, row: list[Any], protection: str, adds_pupils: bool
) -> None:
    protect(anna, protection)
    told_apart = header == BY_NUMBER and row[0] == BERIT and adds_pupils

    outcome = import_rows(header, row, adds_pupils=adds_pupils)

    assert (outcome.asked["pupils"], outcome.n_new_pupils) == ([], int(told_apart))


@pytest.mark.parametrize("row", [["Anna Eck", "4A", SCHOOL, 20], ["Anna Ek", "4B", SCHOOL, 20]])
def test_row_that_is_like_a_protected_pupil_says_the_same_as_one_about_nobody(
    anna: Pupil, class_4b: Unit, row: list[Any]
) -> None:
    protect(anna, "protected")
    nobody = ["Örjan Dahl", *row[1:]]

    assert (
        said(import_rows(BY_NAME, row)) == said(import_rows(BY_NAME, nobody)) == [("match.unknown_pupil", 2)]
    )


def test_row_that_may_be_a_protected_pupils_is_for_somebody_with_access(anna: Pupil) -> None:
    protect(anna, "protected")

    outcome = import_rows(BY_NAME, ["Anna Eck", "4A", SCHOOL, 20], adds_pupils=True)

    assert outcome.messages[0].text == (
        "Which pupil this row is about cannot be decided here. Somebody with access to the pupil has to record the "
        "result; or give the identity number or the municipality's own id."
    )


# --- what becomes of them


def test_row_goes_to_the_pupil_who_was_chosen(anna: Pupil) -> None:
    outcome = decide(BY_NAME, ["Anna Eck", "4A", SCHOOL, 20], answer=f"pupil:{anna.key}")

    assert (outcome.n_new, Result.objects.get().pupil) == (1, anna)
    anna.refresh_from_db()
    assert anna.family_name == "Ek"


def test_row_becomes_a_new_pupil_if_that_was_said(anna: Pupil) -> None:
    outcome = decide(BY_NAME, ["Anna Eck", "4A", SCHOOL, 20], answer="new", adds_pupils=True)

    assert (outcome.n_new_pupils, said(outcome)) == (1, [])
    assert Result.objects.get().pupil != anna


def test_row_that_is_left_out_is_refused_and_says_so(anna: Pupil) -> None:
    outcome = decide(BY_NAME, ["Anna Eck", "4A", SCHOOL, 20], answer="leave")

    assert (said(outcome), outcome.n_refused, Result.objects.count()) == ([("match.left_out", 2)], 1, 0)


@pytest.mark.parametrize("adds_pupils", [False, True])
def test_answer_that_is_no_choice_leaves_the_row_in_doubt(anna: Pupil, adds_pupils: bool) -> None:
    bo = Pupil.objects.get(own_id="B2")
    answers = [f"pupil:{bo.key}", "pupil:", "new" if not adds_pupils else "pupil:new", "x"]

    for answer in answers:
        outcome = decide(BY_NAME, ["Anna Eck", "4A", SCHOOL, 20], answer=answer, adds_pupils=adds_pupils)
        assert (said(outcome), Result.objects.count()) == ([("match.may_be_known", 2)], 0)


def test_pupil_who_is_protected_since_the_answer_is_not_written_to(anna: Pupil) -> None:
    row = ["Anna Eck", "4A", SCHOOL, 20]
    key = import_rows(BY_NAME, row, dry_run=True).asked["pupils"][0]["key"]
    protect(anna, "protected")

    outcome = import_rows(BY_NAME, row, decisions=Decisions(pupils={key: f"pupil:{anna.key}"}))

    assert (said(outcome), Result.objects.count()) == ([("match.unknown_pupil", 2)], 0)


def test_two_rows_with_the_same_words_are_asked_about_one_by_one(anna: Pupil, in_solviken: Place) -> None:
    other = PupilFactory(given_name="Anna", family_name="Ek", school_class=in_solviken.class_4a)
    rows = [["Anna Ek", "4A", SCHOOL, 20], ["Anna Ek", "4A", SCHOOL, 30]]
    first, second = import_rows(BY_NAME, *rows, dry_run=True).asked["pupils"]
    answers = {first["key"]: f"pupil:{anna.key}", second["key"]: f"pupil:{other.key}"}

    import_rows(BY_NAME, *rows, decisions=Decisions(pupils=answers))

    assert dict(Result.objects.values_list("pupil_id", "value")) == {anna.pk: 2000, other.pk: 3000}


def test_two_rows_with_the_same_words_that_are_both_new_are_two_pupils(anna: Pupil) -> None:
    rows = [["Anna Eck", "4A", SCHOOL, 20], ["Anna Eck", "4A", SCHOOL, 30]]

    outcome = decide(BY_NAME, *rows, answer="new", adds_pupils=True)

    assert (outcome.n_new_pupils, sorted(Result.objects.values_list("value", flat=True))) == (2, [2000, 3000])


def test_doubtful_number_that_a_person_vouches_for_is_kept(in_solviken: Place) -> None:
    row = ["200901872385", "Örjan Dahl", "4A", SCHOOL, 20]

    decide(BY_NUMBER, row, answer="new", adds_pupils=True)

    assert Pupil.objects.get(family_name="Dahl").identity_number == "200901872385"


def test_pupil_who_was_chosen_and_has_no_class_gets_the_files(in_solviken: Place) -> None:
    anna = PupilFactory(given_name="Anna", family_name="Ek", own_id="")

    outcome = decide(BY_NAME, ["Anna Ek", "4A", SCHOOL, 20], answer=f"pupil:{anna.key}", adds_pupils=True)

    assert outcome.n_moved == 1
    assert Enrolment.objects.get(pupil=anna).school_class == in_solviken.class_4a


# --- keys of rows


def test_key_of_a_row_is_that_of_its_words_and_tells_nothing() -> None:
    rows = [
        PupilRow("a", 2, identity=ANNA, full_name="Anna Ek"),
        PupilRow("a", 3, identity=ANNA, full_name="ANNA  ek"),
        PupilRow("b", 9, identity=ANNA, full_name="Anna Ek"),
        PupilRow("b", 10, identity=BERIT, full_name="Anna Ek"),
    ]

    first, second, third, fourth = row_keys(rows, is_long=True)

    assert first == second == third != fourth
    assert len(first) == 64
    assert ANNA not in first
    assert len(set(row_keys(rows, is_long=False))) == 4


def test_rows_of_a_long_table_are_one_question(anna: Pupil) -> None:
    columns = (
        MappedColumn("Namn", Meaning.FULL_NAME),
        MappedColumn("Klass", Meaning.SCHOOL_CLASS),
        MappedColumn("Prov", Meaning.INDICATOR_NAME),
        MappedColumn("Värde", Meaning.VALUE),
    )
    assert Mapping(columns).is_long
    rows = [PupilRow("a", at, full_name="Anna Eck", school_class="4A") for at in range(2, 7)]

    assert len(set(row_keys(rows, is_long=True))) == 1


def test_answer_stays_with_its_row_when_a_twin_is_no_longer_read() -> None:
    """Hidden rows are left out, say: what was said of the second row must not be taken for the third's."""
    rows = [PupilRow("4A", row, full_name="Kim Berg", school_class="4A") for row in (2, 3, 4)]

    assert row_keys(rows, is_long=False)[1:] == row_keys(rows[1:], is_long=False)


# --- closed and unknown units


def test_new_pupil_at_a_school_that_was_closed_is_refused(in_solviken: Place) -> None:
    UnitFactory(name="Gamla skolan", parent=in_solviken.area, valid_to=datetime.date(2026, 9, 1))

    outcome = import_rows(BY_NAME, ["Örjan Dahl", "4A", "Gamla skolan", 20], adds_pupils=True)

    assert (said(outcome), outcome.n_new_schools) == ([("match.closed_school", 2)], 0)
    assert "which was closed on 2026-09-01" in outcome.messages[0].text


def test_new_pupil_in_a_class_that_was_closed_is_refused(in_solviken: Place) -> None:
    SchoolClassFactory(
        name="4X", year_group=4, parent=in_solviken.school, valid_to=datetime.date(2026, 10, 1)
    )

    outcome = import_rows(BY_NAME, ["Örjan Dahl", "4X", SCHOOL, 20], adds_pupils=True)

    assert (said(outcome), outcome.n_new_classes) == ([("match.closed_class", 2)], 0)


def test_class_of_last_year_is_made_anew(in_solviken: Place) -> None:
    SchoolClassFactory(
        name="4X",
        year_group=4,
        parent=in_solviken.school,
        valid_from=datetime.date(2025, 8, 1),
        valid_to=datetime.date(2026, 8, 1),
    )

    outcome = import_rows(BY_NAME, ["Örjan Dahl", "4X", SCHOOL, 20], adds_pupils=True)

    assert (said(outcome), outcome.n_new_classes) == ([], 1)


@pytest.mark.parametrize(
    ("school", "school_class", "code"),
    [
        ("Norra", "4A", "match.unknown_school"),
        (SCHOOL, "9Z", "match.unknown_class"),
        (SCHOOL, "4A", "match.unknown_pupil"),
    ],
)
def test_unknown_pupil_of_an_unknown_school_or_class(
    in_solviken: Place, school: str, school_class: str, code: str
) -> None:
    assert said(import_rows(BY_NAME, ["Örjan Dahl", school_class, school, 20])) == [(code, 2)]
