"""What a class list adds to the register: pupils, classes and schools, and the classes of the next school year."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import AuditEvent, Level, Unit
from accounts.queries import line_of
from colourmaps.importing.apply import run_import
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.workbook import Sheet, Workbook
from colourmaps.models import MeasurementRound, Result
from pupils.models import Enrolment, Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import RoundFactory
from tests.factories.imports import Autumn, import_rows, said
from tests.factories.pupils import EnrolmentFactory, PupilFactory
from tests.fixtures import TODAY, Place

HEADER = "Id Klass Skola Läs"
SCHOOL = "Solviksskolan"
NEXT_AUTUMN = datetime.date(2027, 11, 15)

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def next_autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(
        name="HT 2027", starts_on=datetime.date(2027, 8, 17), ends_on=datetime.date(2027, 12, 17)
    )


@pytest.fixture
def last_spring(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(
        name="VT 2026", starts_on=datetime.date(2026, 1, 12), ends_on=datetime.date(2026, 6, 5)
    )


def homes_of(pupil: Pupil) -> list[tuple[str, int, str, str | None]]:
    """(class, year group, from, to) of each enrolment."""
    return [
        (home.school_class.name, home.year_group, str(home.valid_from), home.valid_to and str(home.valid_to))
        for home in Enrolment.objects.filter(pupil=pupil).order_by("valid_from")
    ]


# --- the next school year


def test_class_list_of_the_next_school_year_moves_its_pupils(
    autumn: Autumn, next_autumn: MeasurementRound
) -> None:
    rows = [["A1", "5C", SCHOOL, 20], ["B2", "5C", SCHOOL, 30]]

    outcome = import_rows(HEADER, *rows, round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True)

    assert (outcome.n_moved, outcome.n_new_classes, outcome.n_new_pupils, said(outcome)) == (2, 1, 0, [])
    assert homes_of(autumn.ada) == [
        ("4A", 4, "2026-08-01", "2027-08-01"),
        ("5C", 5, "2027-08-01", None),
    ]
    assert homes_of(autumn.cia) == [("4A", 4, "2026-08-01", None)]
    new_class = Unit.objects.get(name="5C")
    assert (new_class.year_group, str(new_class.valid_from)) == (5, "2027-08-01")
    assert set(Result.objects.values_list("school_class", "year_group")) == {(new_class.pk, 5)}
    assert outcome.touched_classes == [new_class.pk]


def test_same_class_list_again_moves_nobody(next_autumn: MeasurementRound) -> None:
    rows = [["A1", "5C", SCHOOL, 20]]
    import_rows(HEADER, *rows, round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True)

    again = import_rows(HEADER, *rows, round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True)

    assert (again.n_moved, again.n_new_classes, again.n_unchanged) == (0, 0, 1)


def test_move_is_only_tried_in_a_dry_run(autumn: Autumn, next_autumn: MeasurementRound) -> None:
    outcome = import_rows(
        HEADER, ["A1", "5C", SCHOOL, 20], round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True, dry_run=True
    )

    assert outcome.counts["moved"] == 1
    assert homes_of(autumn.ada) == [("4A", 4, "2026-08-01", None)]
    assert not Unit.objects.filter(name="5C").exists()


def test_results_without_a_class_list_move_nobody_and_say_so(
    autumn: Autumn, next_autumn: MeasurementRound
) -> None:
    outcome = import_rows(HEADER, ["A1", "5C", SCHOOL, 20], round="HT 2027", today=NEXT_AUTUMN)

    said_of_it = [("check.unknown_class", 2), ("check.no_home", 2)]
    assert (outcome.n_moved, said(outcome), outcome.n_new) == (0, said_of_it, 1)
    assert outcome.messages[1].text == (
        "The register has no class for the pupil on 2027-12-17, the day by which HT 2027 is counted. The results "
        "are kept, but they are not in any class's map."
    )


def test_pupil_without_a_class_is_said_to_be_in_no_map(in_solviken: Place) -> None:
    PupilFactory(own_id="Q1")

    outcome = import_rows("Id Läs", ["Q1", 20], ["A1", 20])

    assert said(outcome) == [("check.no_home", 2)]


def test_pupil_without_a_result_is_in_no_map_anyway(in_solviken: Place) -> None:
    PupilFactory(own_id="Q1")

    assert said(import_rows("Id Läs", ["Q1", None], ["A1", 20])) == []


def test_change_of_class_within_the_year_is_a_warning(autumn: Autumn, in_solviken: Place) -> None:
    outcome = import_rows(HEADER, ["A1", "5A", SCHOOL, 20], adds_pupils=True)

    assert (outcome.n_moved, said(outcome)) == (0, [("check.other_class", 2)])
    assert "The file says class 5A, the register says 4A." in outcome.messages[0].text
    assert homes_of(autumn.ada) == [("4A", 4, "2026-08-01", None)]


def test_class_of_the_same_name_at_another_school_is_a_warning(in_solviken: Place) -> None:
    SchoolClassFactory(name="4A", parent=UnitFactory(name="Andra skolan"))

    outcome = import_rows(HEADER, ["A1", "4A", "Andra skolan", 20])

    assert "The file says class 4A, Andra skolan, the register says 4A, Solviksskolan." in (
        outcome.messages[0].text
    )


def test_class_of_a_protected_pupil_is_not_told(in_solviken: Place) -> None:
    PupilFactory(own_id="P1", protection="protected", school_class=in_solviken.class_5a)

    outcome = import_rows("Id Klass Läs", ["P1", "4A", 20])

    assert said(outcome) == [("check.other_class_protected", 2)]
    assert outcome.messages[0].text.startswith("The file says class 4A, the register says another.")
    assert "5A" not in outcome.messages[0].text


def test_pupil_who_left_in_the_year_comes_back_from_that_day(in_solviken: Place) -> None:
    pupil = PupilFactory(own_id="Q1")
    EnrolmentFactory(
        pupil=pupil, school_class=in_solviken.class_4a, valid_to=datetime.date(2026, 10, 1), year_group=4
    )

    outcome = import_rows(HEADER, ["Q1", "5A", SCHOOL, 20], adds_pupils=True)

    assert outcome.n_moved == 1
    assert homes_of(pupil) == [("4A", 4, "2026-08-01", "2026-10-01"), ("5A", 5, "2026-10-01", None)]


def test_pupil_who_comes_later_in_the_year_keeps_that_class(in_solviken: Place) -> None:
    pupil = PupilFactory(own_id="Q1", school_class=in_solviken.class_5a, since=datetime.date(2027, 1, 11))

    outcome = import_rows(HEADER, ["Q1", "5A", SCHOOL, 20], adds_pupils=True)

    assert (outcome.n_moved, said(outcome)) == (0, [("check.no_home", 2)])
    assert homes_of(pupil) == [("5A", 5, "2027-01-11", None)]


def test_move_into_the_only_class_of_the_name_needs_no_school(in_solviken: Place) -> None:
    pupil = PupilFactory(own_id="Q1")
    rows = [["Q1", "5A", "", 20], ["Z1", "5A", "Norra", 20]]

    outcome = import_rows(HEADER, *rows, adds_pupils=True)

    assert (outcome.n_moved, outcome.n_new_pupils) == (1, 1)
    assert Enrolment.objects.get(pupil=pupil).school_class == in_solviken.class_5a


# --- an earlier school year


def test_two_imports_of_a_past_class_make_it_once(in_solviken: Place, last_spring: MeasurementRound) -> None:
    outcomes = [
        import_rows(HEADER, [own_id, "3Z", SCHOOL, 20], round="VT 2026", adds_pupils=True)
        for own_id in ("P1", "P2")
    ]

    assert [outcome.n_new_classes for outcome in outcomes] == [1, 0]
    past = Unit.objects.get(name="3Z")
    assert (str(past.valid_from), str(past.valid_to)) == ("2025-08-01", "2026-08-01")
    assert set(Result.objects.values_list("school_class", flat=True)) == {past.pk}


def test_class_of_today_is_not_that_of_the_past(in_solviken: Place, last_spring: MeasurementRound) -> None:
    outcome = import_rows(HEADER, ["P1", "4A", SCHOOL, 20], round="VT 2026", adds_pupils=True)

    assert (outcome.n_new_classes, Unit.objects.filter(name="4A").count()) == (1, 2)
    assert Result.objects.get().school_class != in_solviken.class_4a


def test_class_of_a_file_of_two_school_years_is_that_of_the_last_one(
    in_solviken: Place, last_spring: MeasurementRound
) -> None:
    """A pupil of the file is in a class today, and the latest results are on its map."""
    columns = [
        MappedColumn("Id", Meaning.PUPIL_ID),
        MappedColumn("Klass", Meaning.SCHOOL_CLASS),
        MappedColumn("Vår", Meaning.INDICATOR, indicator="LAS", round="VT 2026"),
        MappedColumn("Höst", Meaning.INDICATOR, indicator="LAS", round="HT 2026"),
    ]
    sheet = Sheet("Resultat", [["Id", "Klass", "Vår", "Höst"], ["P1", "4A", 20, 30]])

    run_import(
        Workbook([sheet], digest="0" * 64),
        Mapping(tuple(columns), school=SCHOOL),
        by=None,
        today=TODAY,
        adds_pupils=True,
    )

    assert Enrolment.objects.get(pupil__own_id="P1").school_class == in_solviken.class_4a
    assert Result.objects.get(round__name="HT 2026").school_class_id == in_solviken.class_4a.pk


def test_school_that_began_later_is_not_made_twice(last_spring: MeasurementRound) -> None:
    import_rows(HEADER, ["P1", "4A", "Norra", 20], adds_pupils=True)

    outcome = import_rows(HEADER, ["P2", "3A", "Norra", 20], round="VT 2026", adds_pupils=True)

    school = Unit.objects.get(level=Level.SCHOOL, name="Norra")
    assert (outcome.n_new_schools, str(school.valid_from)) == (0, "2025-08-01")
    past = Unit.objects.get(name="3A")
    line = line_of(past, last_spring.counted_on)
    assert [unit.name for unit in line] == ["Solviken", "Norra", "3A"]


# --- year groups


@pytest.mark.parametrize(
    ("school_class", "in_file", "in_register", "year_group"),
    [
        ("Björnen", 3, None, 3),
        ("Björnen", None, 6, 6),
        ("4C", 3, None, 3),
        ("4C", None, None, 4),
        ("F-klass", None, None, 0),
    ],
)
def test_year_group_is_that_of_the_file_else_of_the_class_else_of_its_name(
    in_solviken: Place, school_class: str, in_file: int | None, in_register: int | None, year_group: int
) -> None:
    if in_register is not None:
        SchoolClassFactory(name=school_class, year_group=in_register, parent=in_solviken.school)

    import_rows(f"Årskurs {HEADER}", [in_file, "Z1", school_class, SCHOOL, 20], adds_pupils=True)

    assert Enrolment.objects.get(pupil__own_id="Z1").year_group == year_group


@pytest.mark.parametrize("school_class", ["Björnen", "F-3"])
def test_unknown_year_group_refuses_the_row_and_asks_for_it(in_solviken: Place, school_class: str) -> None:
    row = ["Z1", school_class, SCHOOL, 20]

    refused = import_rows(HEADER, row, adds_pupils=True)

    assert (said(refused), refused.n_new_pupils) == ([("match.no_year_group", 2)], 0)
    assert "Add a column with the year group" in refused.messages[0].text
    assert import_rows(HEADER, row, adds_pupils=True, year_group=2).n_new_pupils == 1
    assert Enrolment.objects.get(pupil__own_id="Z1").year_group == 2


def test_new_class_of_two_year_groups_is_a_mixed_one(in_solviken: Place) -> None:
    rows = [[year_group, f"Z{year_group}", "Björnen", SCHOOL, 20] for year_group in (1, 2)]

    import_rows(f"Årskurs {HEADER}", *rows, adds_pupils=True)

    assert Unit.objects.get(name="Björnen").year_group is None


# --- texts that do not fit


@pytest.mark.parametrize(
    ("header", "row", "what"),
    [
        (HEADER, ["x" * 41, "4A", SCHOOL, 20], "the municipality's own id has at most 40"),
        (HEADER, ["Z1", "4" + "x" * 100, SCHOOL, 20], "name has at most 100"),
        (HEADER, ["Z1", "4A", "x" * 101, 20], "name has at most 100"),
        ("Efternamn " + HEADER, ["x" * 101, "Z1", "4A", SCHOOL, 20], "family name has at most 100"),
        ("Förnamn " + HEADER, ["x" * 101, "Z1", "4A", SCHOOL, 20], "given name has at most 100"),
    ],
)
def test_text_that_the_register_cannot_hold_refuses_its_row(
    in_solviken: Place, header: str, row: list[object], what: str
) -> None:
    good = [*row[:-4], "Z2", "4A", SCHOOL, 20]
    if header.startswith(("Efternamn", "Förnamn")):
        good[0] = "Ek"

    outcome = import_rows(header, row, good, adds_pupils=True)

    assert (said(outcome), outcome.n_new_pupils) == ([("check.too_long", 2)], 1)
    assert what in outcome.messages[0].text


def test_name_that_folding_makes_longer_is_kept(in_solviken: Place) -> None:
    import_rows(
        f"Efternamn Förnamn {HEADER}", ["ﷺ" * 100, "Z" * 100, "Z1", "4A", SCHOOL, 20], adds_pupils=True
    )

    added = Pupil.objects.get(own_id="Z1")
    assert (len(added.family_name), len(added.search_name) <= 210) == (100, True)


# --- what is remembered


def test_additions_are_one_event_of_counts(autumn: Autumn, next_autumn: MeasurementRound) -> None:
    rows = [["A1", "5C", SCHOOL, 20], ["Z1", "5D", "Norra", 20], ["Z2", "5D", "Norra", 20]]

    import_rows(HEADER, *rows, round="HT 2027", today=NEXT_AUTUMN, adds_pupils=True, by=autumn.coordinator)

    event = AuditEvent.objects.get(action="class list imported")
    assert (event.actor_id, event.pupil_ids) == (autumn.coordinator.pk, [])
    assert event.facts == {"new_schools": 1, "new_classes": 2, "new_pupils": 2, "moved_pupils": 1} | {
        "renamed_pupils": 0
    }


def test_import_that_adds_nothing_remembers_no_class_list(in_solviken: Place) -> None:
    import_rows("Id Läs", ["A1", 20])

    assert not AuditEvent.objects.filter(action="class list imported").exists()
