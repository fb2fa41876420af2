"""Class moves and name changes in a file: proposed, and done only where a person has ticked them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.models import AuditEvent, Unit
from colourmaps.importing.apply import Outcome
from colourmaps.importing.decisions import Decisions
from colourmaps.models import Result
from pupils.models import Enrolment, Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.imports import Autumn, import_rows, said
from tests.factories.pupils import protect
from tests.fixtures import TODAY, Place

HEADER = "Id Klass Skola Läs"
SCHOOL = "Solviksskolan"
ON = datetime.date(2026, 11, 2)

pytestmark = pytest.mark.usefixtures("autumn", "in_solviken")


@pytest.fixture
def class_4b(in_solviken: Place) -> Unit:
    return SchoolClassFactory(name="4B", year_group=4, parent=in_solviken.school)


def moves(outcome: Outcome) -> list[tuple[int, str, str, bool]]:
    return [(move["pupil"], move["from"], move["to"], move["is_ticked"]) for move in outcome.asked["moves"]]


def homes_of(pupil: Pupil) -> list[tuple[str, str, str | None]]:
    return [
        (home.school_class.name, str(home.valid_from), home.valid_to and str(home.valid_to))
        for home in Enrolment.objects.filter(pupil=pupil).order_by("valid_from")
    ]


# --- moves


def test_move_is_proposed_and_not_done(autumn: Autumn, class_4b: Unit) -> None:
    outcome = import_rows(HEADER, ["A1", "4B", SCHOOL, 20])

    assert moves(outcome) == [(autumn.ada.pk, "4A", "4B", False)]
    assert (said(outcome), outcome.n_moved) == ([("check.other_class", 2)], 0)
    assert homes_of(autumn.ada) == [("4A", "2026-08-01", None)]


def test_move_that_is_ticked_is_done_from_the_day_on(autumn: Autumn, class_4b: Unit) -> None:
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=ON)
    rows = [["A1", "4B", SCHOOL, 20], ["B2", "4B", SCHOOL, 30]]

    outcome = import_rows(HEADER, *rows, decisions=decisions, by=autumn.coordinator)

    assert (outcome.n_moved, said(outcome)) == (1, [("check.other_class", 3)])
    assert homes_of(autumn.ada) == [("4A", "2026-08-01", "2026-11-02"), ("4B", "2026-11-02", None)]
    assert homes_of(autumn.bo) == [("4A", "2026-08-01", None)]
    assert Result.objects.get(pupil=autumn.ada).school_class == class_4b
    assert AuditEvent.objects.get(action="class list imported").facts["moved_pupils"] == 1


def test_move_without_a_day_is_from_today(autumn: Autumn, class_4b: Unit) -> None:
    import_rows(HEADER, ["A1", "4B", SCHOOL, 20], decisions=Decisions(moves=frozenset({autumn.ada.key})))

    assert homes_of(autumn.ada)[1] == ("4B", str(TODAY), None)


def test_move_is_from_the_second_day_in_the_class_at_the_earliest(autumn: Autumn, class_4b: Unit) -> None:
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=datetime.date(2026, 8, 1))

    import_rows(HEADER, ["A1", "4B", SCHOOL, 20], decisions=decisions)

    assert homes_of(autumn.ada) == [("4A", "2026-08-01", "2026-08-02"), ("4B", "2026-08-02", None)]


def test_move_to_another_school_is_named_with_both(autumn: Autumn, in_solviken: Place) -> None:
    SchoolClassFactory(name="4A", year_group=4, parent=UnitFactory(name="Norra", parent=in_solviken.area))

    outcome = import_rows(HEADER, ["A1", "4A", "Norra", 20])

    move = outcome.asked["moves"][0]
    assert (move["from"], move["from_school"], move["to"], move["to_school"]) == ("4A", SCHOOL, "4A", "Norra")


@pytest.mark.parametrize("adds_pupils", [False, True])
def test_move_to_a_class_that_is_missing_needs_leave_to_add_it(autumn: Autumn, adds_pupils: bool) -> None:
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=ON)

    outcome = import_rows(HEADER, ["A1", "4C", SCHOOL, 20], decisions=decisions, adds_pupils=adds_pupils)

    assert (outcome.n_moved, outcome.n_new_classes) == ((1, 1) if adds_pupils else (0, 0))
    assert len(outcome.asked["moves"]) == int(adds_pupils)


def test_move_of_a_row_that_is_refused_is_not_done(autumn: Autumn, class_4b: Unit) -> None:
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=ON)

    outcome = import_rows(HEADER, ["A1", "4B", SCHOOL, "x"], decisions=decisions)

    assert (outcome.n_refused, outcome.n_moved) == (1, 0)


def test_move_of_a_pupil_with_a_later_class_is_no_choice(
    autumn: Autumn, in_solviken: Place, class_4b: Unit
) -> None:
    Enrolment.objects.filter(pupil=autumn.ada).update(valid_to=datetime.date(2027, 1, 11))
    Enrolment.objects.create(
        municipality=in_solviken.municipality,
        pupil=autumn.ada,
        school_class=in_solviken.class_5a,
        year_group=5,
        valid_from=datetime.date(2027, 1, 11),
    )

    outcome = import_rows(HEADER, ["A1", "4B", SCHOOL, 20])

    assert (moves(outcome), said(outcome)) == ([], [("check.other_class_kept", 2)])
    assert "preview" not in outcome.messages[0].text


def test_protected_pupil_is_not_proposed_to_move_or_to_be_renamed(autumn: Autumn, class_4b: Unit) -> None:
    protect(autumn.ada, "protected")
    decisions = Decisions(moves=frozenset({autumn.ada.key}), names=frozenset({autumn.ada.key}), moves_on=ON)

    outcome = import_rows("Id Namn Klass Läs", ["A1", "Ada Lund", "4B", 20], decisions=decisions)

    assert (moves(outcome), outcome.asked["names"], outcome.n_moved, outcome.n_renamed) == ([], [], 0, 0)
    assert said(outcome) == [("check.other_class_protected", 2)]


def test_ticked_move_is_only_tried_in_a_dry_run(autumn: Autumn, class_4b: Unit) -> None:
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=ON)

    outcome = import_rows(HEADER, ["A1", "4B", SCHOOL, 20], decisions=decisions, dry_run=True)

    assert (outcome.n_moved, homes_of(autumn.ada)) == (1, [("4A", "2026-08-01", None)])


def test_moved_pupil_is_no_difference_the_next_time(autumn: Autumn, class_4b: Unit) -> None:
    decisions = Decisions(moves=frozenset({autumn.ada.key}), moves_on=ON)
    row = ["A1", "4B", SCHOOL, 20]
    import_rows(HEADER, row, decisions=decisions)

    again = import_rows(HEADER, row, decisions=decisions)

    assert (moves(again), again.n_moved, again.n_unchanged, said(again)) == ([], 0, 1, [])


# --- names


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Id Efternamn Förnamn Läs", ["A1", "Lund", "Ada", 20], ("Lund", "Ada")),
        ("Id Namn Läs", ["A1", "Ada Lund", 20], ("Lund", "Ada")),
        ("Id Namn Läs", ["A1", "Ada von der Lippe", 20], ("von der Lippe", "Ada")),
        ("Id Namn Läs", ["A1", "Lund, Ada", 20], ("Lund", "Ada")),
        ("Id Namn Läs", ["A1", "Ada-Li Maria Ek", 20], ("Ek", "Ada-Li Maria")),
    ],
)
def test_name_is_proposed_and_taken_over_if_ticked(
    autumn: Autumn, header: str, row: list[Any], name: tuple[str, str]
) -> None:
    proposed = import_rows(header, row)
    autumn.ada.refresh_from_db()
    assert (said(proposed), autumn.ada.family_name) == ([("check.other_name", 2)], "Ek")

    outcome = import_rows(header, row, decisions=Decisions(names=frozenset({autumn.ada.key})))

    autumn.ada.refresh_from_db()
    assert (outcome.n_renamed, said(outcome)) == (1, [])
    assert (autumn.ada.family_name, autumn.ada.given_name) == name
    assert AuditEvent.objects.get(action="class list imported").facts["renamed_pupils"] == 1


def test_renamed_pupil_is_found_by_the_new_name(autumn: Autumn) -> None:
    import_rows("Id Namn Läs", ["A1", "Ada Lund", 20], decisions=Decisions(names=frozenset({autumn.ada.key})))

    outcome = import_rows("Namn Klass Läs", ["Ada Lund", "4A", 30])

    assert (said(outcome), Result.objects.get().value) == ([], 3000)


@pytest.mark.parametrize("written", ["ADA EK", "Ek Ada", "Ek, Ada", "Ada", "Àda  Ek"])
def test_same_name_in_another_spelling_or_in_part_is_no_difference(autumn: Autumn, written: str) -> None:
    outcome = import_rows("Id Namn Läs", ["A1", written, 20])

    assert (said(outcome), outcome.asked["names"]) == ([], [])


def test_name_that_is_too_long_for_the_register_refuses_the_row(autumn: Autumn) -> None:
    row = ["A1", "x" * 101, "Ada", 20]

    outcome = import_rows(
        "Id Efternamn Förnamn Läs", row, decisions=Decisions(names=frozenset({autumn.ada.key}))
    )

    assert (said(outcome), outcome.n_renamed) == ([("check.too_long", 2)], 0)
