"""What can be wrong with a file: each check with a good and a bad case, through the import."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.models import Level as UnitLevel
from accounts.models import Unit
from colourmaps.importing.apply import Outcome, run_import
from colourmaps.importing.decisions import NO_DECISIONS, Decisions, row_keys
from colourmaps.importing.mapping import MappedColumn, Mapping, Meaning
from colourmaps.importing.messages import Level
from colourmaps.importing.pupil_cells import PupilRow
from colourmaps.importing.workbook import Sheet, Workbook
from colourmaps.models import MeasurementRound, Result
from colourmaps.scales import ValueType
from pupils.models import Pupil
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory, record
from tests.factories.imports import MEANINGS, Autumn, import_rows, said
from tests.factories.pupils import PupilFactory, protect
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.usefixtures("autumn", "in_solviken")

SCHOOL = "Solviksskolan"
COLUMNS = MEANINGS | {
    "Prov": Meaning.INDICATOR_NAME,
    "Omgång": Meaning.ROUND_NAME,
    "Resultat": Meaning.VALUE,
    "Datum": Meaning.MEASURED_ON,
}
INDICATORS = {"Läs": "LAS", "Räkna": "RAKNA"}


@pytest.fixture
def counting(in_solviken: Place) -> Any:
    return IndicatorFactory(code="RAKNA", names={"sv": "Räkning"})


@pytest.fixture
def last_spring(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(
        name="VT 2026", starts_on=datetime.date(2026, 1, 12), ends_on=datetime.date(2026, 6, 5)
    )


@pytest.fixture
def next_spring(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(
        name="VT 2027", starts_on=datetime.date(2027, 1, 11), ends_on=datetime.date(2027, 6, 4)
    )


def import_sheets(
    adds_pupils: bool = False,
    round: str = "HT 2026",
    decisions: Decisions = NO_DECISIONS,
    **sheets: list[list[Any]],
) -> Outcome:
    """Imports sheets, each a list of rows with a header first; the headers say what the columns are."""
    headers = dict.fromkeys(header for rows in sheets.values() for header in rows[0])
    columns = tuple(
        MappedColumn(header, COLUMNS[header])
        if header in COLUMNS
        else MappedColumn(header, Meaning.INDICATOR, indicator=INDICATORS[header])
        for header in headers
    )
    workbook = Workbook([Sheet(name, rows) for name, rows in sheets.items()], digest="0" * 64)
    return run_import(
        workbook,
        Mapping(columns, round=round),
        by=None,
        today=TODAY,
        adds_pupils=adds_pupils,
        decisions=decisions,
    )


def places(outcome: Outcome) -> list[tuple[str, str]]:
    """Code and place of each message but those about columns that another sheet has."""
    return [
        (message.code, message.place) for message in outcome.messages if message.code != "rows.missing_column"
    ]


def results() -> dict[tuple[str, str], int | None]:
    rows = Result.objects.values_list("pupil__own_id", "indicator__code", "value")
    return {(own_id, code): value for own_id, code, value in rows}


# --- several rows about a pupil


def test_sheets_for_different_subjects_are_put_together(counting: Any) -> None:
    outcome = import_sheets(
        Svenska=[["Id", "Läs"], ["A1", 20], ["B2", 30]],
        Matte=[["Id", "Räkna"], ["B2", 31], ["A1", 21]],
    )

    assert (places(outcome), outcome.n_refused) == ([], 0)
    assert results() == {
        ("A1", "LAS"): 2000,
        ("A1", "RAKNA"): 2100,
        ("B2", "LAS"): 3000,
        ("B2", "RAKNA"): 3100,
    }


def test_row_per_test_is_put_together(counting: Any) -> None:
    outcome = import_sheets(
        Alla=[
            ["Id", "Prov", "Resultat"],
            ["A1", "LAS", 20],
            ["A1", "Räkning", 21],
            ["B2", "läsförståelse", 30],
        ],
    )

    assert places(outcome) == []
    assert results() == {("A1", "LAS"): 2000, ("A1", "RAKNA"): 2100, ("B2", "LAS"): 3000}


def test_row_that_says_the_same_again_is_a_warning_and_counts_once() -> None:
    outcome = import_rows("Id Läs", ["A1", 20], ["B2", 30], ["A1", 20])

    assert (said(outcome), outcome.n_refused) == ([("check.duplicate_row", 4)], 0)
    assert outcome.messages[0].level is Level.WARNING
    assert outcome.messages[0].text == (
        "The row says nothing of the pupil that row 2 of “Resultat” does not say; that one counts."
    )
    assert results() == {("A1", "LAS"): 2000, ("B2", "LAS"): 3000}


def test_row_that_repeats_a_part_and_adds_a_part_is_no_duplicate(counting: Any) -> None:
    outcome = import_sheets(Alla=[["Id", "Läs", "Räkna"], ["A1", 20, None], ["A1", 20, 21]])

    assert places(outcome) == []
    assert results() == {("A1", "LAS"): 2000, ("A1", "RAKNA"): 2100}


def test_row_that_repeats_a_refused_row_counts(counting: Any) -> None:
    outcome = import_sheets(Alla=[["Id", "Läs", "Räkna"], ["A1", 20, 99], ["A1", 20, None]])

    assert places(outcome) == [("value.outside_scale", "Alla!C2")]
    assert results() == {("A1", "LAS"): 2000}


def test_two_values_are_an_error_in_both_rows() -> None:
    outcome = import_rows("Id Läs", ["A1", 20], ["B2", 30], ["A1", 25], ["A1", 20])

    assert [(message.code, message.place) for message in outcome.messages] == [
        ("check.two_values", "Resultat!B2"),
        ("check.two_values", "Resultat!B4"),
        ("check.two_values", "Resultat!B5"),
    ]
    assert [message.text for message in outcome.messages[:2]] == [
        "The pupil has two values for Läsförståelse: 20 here and 25 in cell B4 (Resultat). Keep the one that is right.",
        "The pupil has two values for Läsförståelse: 25 here and 20 in cell B2 (Resultat). Keep the one that is right.",
    ]
    assert (outcome.n_refused, results()) == (3, {("B2", "LAS"): 3000})


def test_number_and_mark_are_two_values() -> None:
    outcome = import_rows("Id Läs", ["A1", 0], ["A1", "frånv."])

    assert said(outcome) == [("check.two_values", 2), ("check.two_values", 3)]
    assert results() == {}


def test_same_indicator_in_two_rounds_is_not_two_values(next_spring: MeasurementRound) -> None:
    outcome = import_sheets(
        Alla=[
            ["Id", "Prov", "Omgång", "Resultat"],
            ["A1", "LAS", "HT 2026", 20],
            ["A1", "LAS", "VT 2027", 25],
        ]
    )

    assert places(outcome) == []
    assert dict(Result.objects.values_list("round__name", "value")) == {"HT 2026": 2000, "VT 2027": 2500}


def test_two_rows_of_a_sheet_that_only_the_name_makes_one_pupils(counting: Any) -> None:
    rows = [["Namn", "Klass", "Läs", "Räkna"], ["Ada Ek", "4A", 20, None], ["Ada Ek", "4A", None, 21]]

    outcome = import_sheets(Alla=rows)

    assert places(outcome) == [("check.same_name", "Alla!2"), ("check.same_name", "Alla!3")]
    assert outcome.messages[0].text.startswith("This row and row 3 name the same pupil,")
    assert results() == {}


def test_rows_of_one_name_go_in_when_a_person_has_decided(
    autumn: Autumn, counting: Any, in_solviken: Place
) -> None:
    PupilFactory(given_name="Ada", family_name="Ek", school_class=in_solviken.class_4a)
    rows = [["Namn", "Klass", "Läs", "Räkna"], ["Ada Ek", "4A", 20, None], ["Ada Ek", "4A", None, 21]]
    words = {"family_name": "Ek", "given_name": "Ada", "full_name": "Ada Ek", "school_class": "4A"}
    keys = row_keys([PupilRow("Alla", row, **words) for row in (2, 3)], is_long=False)
    answers = Decisions(pupils=dict.fromkeys(keys, f"pupil:{autumn.ada.key}"))

    undecided = import_sheets(Alla=rows)
    decided = import_sheets(Alla=rows, decisions=answers)

    assert [code for code, _place in places(undecided)] == ["match.several_pupils"] * 2
    assert places(decided) == []
    assert results() == {("A1", "LAS"): 2000, ("A1", "RAKNA"): 2100}


def test_name_in_two_sheets_is_one_pupil(counting: Any) -> None:
    outcome = import_sheets(
        Svenska=[["Namn", "Klass", "Läs"], ["Ada Ek", "4A", 20]],
        Matte=[["Namn", "Klass", "Räkna"], ["Ada Ek", "4A", 21]],
    )

    assert (places(outcome), len(results())) == ([], 2)


def test_new_pupil_of_two_sheets_is_added_once_with_all_that_they_say(counting: Any) -> None:
    outcome = import_sheets(
        adds_pupils=True,
        Svenska=[["Id", "Namn", "Klass", "Skola", "Läs"], ["Z1", "Eva Lind", "4A", SCHOOL, 20]],
        Matte=[["Id", "Namn", "Klass", "Skola", "Räkna"], ["Z1", None, "4A", SCHOOL, 21]],
    )

    assert (places(outcome), outcome.n_new_pupils) == ([], 1)
    assert results() == {("Z1", "LAS"): 2000, ("Z1", "RAKNA"): 2100}
    assert Pupil.objects.get(own_id="Z1").family_name == "Lind"


def test_rows_that_do_not_agree_about_a_new_pupil_are_refused(counting: Any) -> None:
    outcome = import_sheets(
        adds_pupils=True,
        Svenska=[["Id", "Klass", "Skola", "Läs"], ["Z1", "4A", SCHOOL, 20]],
        Matte=[["Id", "Klass", "Skola", "Räkna"], ["Z1", "5A", SCHOOL, 21]],
    )

    assert places(outcome) == [("check.not_agreed", "Svenska!2"), ("check.not_agreed", "Matte!2")]
    assert (outcome.n_new_pupils, results()) == (0, {})


def test_class_list_with_a_row_twice_says_so() -> None:
    rows = [["Id", "Klass", "Skola"], ["Z1", "4A", SCHOOL], ["Z1", "4A", SCHOOL]]

    outcome = import_sheets(adds_pupils=True, Alla=rows)

    assert (places(outcome), outcome.n_new_pupils) == ([("check.duplicate_row", "Alla!3")], 1)


@pytest.mark.parametrize("values", [(20, 20), (None, None)])
def test_new_pupil_named_twice_by_name_alone_may_be_two_and_both_rows_are_refused(
    values: tuple[int | None, int | None],
) -> None:
    rows = [["Namn", "Klass", "Skola", "Läs"], *(["Eva Lind", "4A", SCHOOL, value] for value in values)]

    outcome = import_sheets(adds_pupils=True, Alla=[*rows, ["Mia Lind", "4A", SCHOOL, 30]])

    assert places(outcome) == [("check.same_name", "Alla!2"), ("check.same_name", "Alla!3")]
    assert outcome.messages[0].text == (
        "This row and row 3 name the same pupil, and nothing but the name tells whether they are two. Give the "
        "identity number or the id, or put everything into one of the rows and delete the other."
    )
    assert outcome.n_new_pupils == 1
    assert set(Pupil.objects.filter(family_name="Lind").values_list("given_name", flat=True)) == {"Mia"}


def test_known_pupil_named_twice_with_the_same_value_does_no_harm() -> None:
    rows = [["Namn", "Klass", "Skola", "Läs"], *([["Ada Ek", "4A", SCHOOL, 20]] * 2)]

    outcome = import_sheets(adds_pupils=True, Alla=rows)

    assert places(outcome) == [("check.duplicate_row", "Alla!3")]
    assert results() == {("A1", "LAS"): 2000}


# --- rounds and days


def test_unknown_round_of_a_row_refuses_the_row(next_spring: MeasurementRound) -> None:
    outcome = import_sheets(
        Alla=[["Id", "Omgång", "Läs"], ["A1", "VT 2027", 20], ["B2", "VT 2062", 30]],
    )

    assert places(outcome) == [("check.unknown_round", "Alla!B3")]
    assert outcome.messages[0].text == "There is no measurement round “VT 2062”. Choose one that exists."
    assert (outcome.has_failed, results()) == (False, {("A1", "LAS"): 2000})


def test_row_without_a_round_is_refused_where_rows_name_rounds(next_spring: MeasurementRound) -> None:
    outcome = import_sheets(round="", Alla=[["Id", "Omgång", "Läs"], ["A1", "VT 2027", 20], ["B2", None, 30]])

    assert places(outcome) == [("check.no_round", "Alla!B3")]
    assert results() == {("A1", "LAS"): 2000}


def test_unknown_round_of_the_whole_file_refuses_the_file() -> None:
    outcome = import_rows("Id Läs", ["A1", 20], round="VT 2062")

    assert (said(outcome), outcome.has_failed) == ([("check.unknown_round", 0)], True)


def test_closed_round_refuses_the_rows_that_name_it(next_spring: MeasurementRound) -> None:
    MeasurementRound.objects.filter(name="VT 2027").update(closed_at="2027-06-30T12:00Z")

    outcome = import_sheets(Alla=[["Id", "Omgång", "Läs"], ["A1", "VT 2027", 20], ["B2", "HT 2026", 30]])

    assert places(outcome) == [("check.closed_round", "Alla!B2")]
    assert results() == {("B2", "LAS"): 3000}


def test_day_of_the_row_is_the_day_of_measurement() -> None:
    rows = [["Id", "Datum", "Läs"], ["A1", "2026-09-03", 20], ["B2", None, 30], ["C3", "2026-12-18", 31]]

    outcome = import_sheets(Alla=rows)

    days = {own_id: str(day) for own_id, day in Result.objects.values_list("pupil__own_id", "measured_on")}
    assert (places(outcome), days) == ([], {"A1": "2026-09-03", "B2": str(TODAY), "C3": "2026-12-18"})


def test_day_in_another_round_refuses_the_row_and_names_that_round(next_spring: MeasurementRound) -> None:
    outcome = import_sheets(Alla=[["Id", "Datum", "Läs"], ["A1", "2027-03-09", 20], ["B2", "2026-09-03", 30]])

    assert places(outcome) == [("check.other_round", "Alla!B2")]
    assert outcome.messages[0].text == (
        "2027-03-09 is in the measurement round VT 2027, but the result is to be kept in HT 2026. Correct the day or "
        "the round."
    )
    assert results() == {("B2", "LAS"): 3000}


def test_day_outside_every_round_is_a_warning_but_far_away_an_error() -> None:
    outcome = import_sheets(
        Alla=[
            ["Id", "Datum", "Läs"],
            ["A1", "2026-08-10", 20],
            ["B2", "2062-09-03", 30],
            ["C3", "2026-12-18", 31],
        ]
    )

    assert places(outcome) == [("check.far_from_round", "Alla!B3"), ("check.outside_round", "Alla!B2")]
    assert outcome.messages[1].text.endswith(
        "The result is kept in HT 2026; if it was measured on another day, correct the day in the file."
    )
    assert results() == {("A1", "LAS"): 2000, ("C3", "LAS"): 3100}


def test_day_among_columns_of_several_rounds_is_that_of_its_round(next_spring: MeasurementRound) -> None:
    columns = (
        MappedColumn("Id", Meaning.PUPIL_ID),
        MappedColumn("Datum", Meaning.MEASURED_ON),
        MappedColumn("Vår", Meaning.INDICATOR, indicator="LAS", round="VT 2027"),
        MappedColumn("Höst", Meaning.INDICATOR, indicator="LAS", round="HT 2026"),
    )
    table = [["Id", "Datum", "Vår", "Höst"], ["A1", "2027-03-09", 18, 20], ["B2", "2026-07-15", 19, 21]]

    outcome = run_import(Workbook([Sheet("Alla", table)], digest=""), Mapping(columns), by=None, today=TODAY)

    assert places(outcome) == [("check.outside_round", "Alla!B3")] * 2
    ada = Result.objects.filter(pupil__own_id="A1").order_by("round__starts_on")
    assert [str(day) for day in ada.values_list("measured_on", flat=True)] == [str(TODAY), "2027-03-09"]


def test_what_is_no_day_refuses_the_row() -> None:
    outcome = import_sheets(Alla=[["Id", "Datum", "Läs"], ["A1", "i höstas", 20], ["B2", "2026-09-03", 30]])

    assert (places(outcome), results()) == ([("days.not_a_day", "Alla!B2")], {("B2", "LAS"): 3000})


# --- schools, classes, year groups


def test_unknown_school_of_known_pupils_is_one_warning_a_sheet() -> None:
    outcome = import_rows(
        "Id Skola Läs", ["A1", SCHOOL, 20], ["B2", "Norrskolan", 30], ["C3", "norrskolan", 31]
    )

    assert [(message.code, message.place) for message in outcome.messages] == [
        ("check.unknown_school", "Resultat!B3")
    ]
    assert "no school “Norrskolan”, which 2 rows name" in outcome.messages[0].text
    assert len(results()) == 3


def test_closed_school_of_a_known_pupil_is_a_warning_with_the_day() -> None:
    UnitFactory(name="Gamla skolan", valid_to=datetime.date(2025, 7, 1))

    outcome = import_rows("Id Skola Läs", ["A1", "Gamla skolan", 20])

    assert said(outcome) == [("check.closed_school", 2)]
    assert "was closed on 2025-07-01" in outcome.messages[0].text


def test_unknown_class_is_a_warning_and_not_told_pupil_by_pupil() -> None:
    outcome = import_rows("Id Klass Läs", ["A1", "4X", 20], ["B2", "4x", 30], ["C3", "4A", 31])

    assert said(outcome) == [("check.unknown_class", 2)]
    assert "no class “4X”, which 2 rows name" in outcome.messages[0].text


def test_closed_class_is_a_warning_with_the_day(in_solviken: Place) -> None:
    SchoolClassFactory(name="4D", parent=in_solviken.school)
    Unit.objects.filter(name="4D", level=UnitLevel.SCHOOL_CLASS).update(valid_to=datetime.date(2026, 10, 1))

    outcome = import_rows("Id Klass Skola Läs", ["A1", "4D", SCHOOL, 20])

    assert said(outcome) == [("check.closed_class", 2)]
    assert "was closed on 2026-10-01" in outcome.messages[0].text


def test_known_class_and_school_are_not_spoken_of() -> None:
    assert said(import_rows("Id Klass Skola Läs", ["A1", "4a", SCHOOL.upper(), 20])) == []


def test_value_of_a_year_group_in_which_nothing_is_due(autumn: Autumn, in_solviken: Place) -> None:
    PupilFactory(own_id="E5", school_class=in_solviken.class_5a)
    DueIndicatorFactory(round=autumn.round, indicator=autumn.reading, year_group=4)

    outcome = import_rows("Id Läs", ["A1", 20], ["E5", 30])

    assert [(message.code, message.place, message.value) for message in outcome.messages] == [
        ("check.not_due", "Resultat!B3", "30")
    ]
    assert outcome.messages[0].text.startswith(
        "Läsförståelse is not to be measured in year group 5 in HT 2026."
    )
    assert len(results()) == 2


def test_register_and_not_the_file_says_the_year_group(autumn: Autumn) -> None:
    DueIndicatorFactory(round=autumn.round, indicator=autumn.reading, year_group=4)

    assert said(import_rows("Id Årskurs Läs", ["A1", 5, 20])) == []


def test_row_says_the_year_group_of_a_pupil_without_a_class(autumn: Autumn) -> None:
    PupilFactory(own_id="Q1")
    DueIndicatorFactory(round=autumn.round, indicator=autumn.reading, year_group=4)

    outcome = import_rows("Id Årskurs Läs", ["Q1", 5, 20])

    assert said(outcome) == [("check.no_home", 2), ("check.not_due", 2)]


def test_register_does_not_tell_the_year_group_of_a_protected_pupil(
    autumn: Autumn, in_solviken: Place
) -> None:
    PupilFactory(own_id="E5", school_class=in_solviken.class_5a)
    PupilFactory(own_id="P5", school_class=in_solviken.class_5a, protection="protected")
    DueIndicatorFactory(round=autumn.round, indicator=autumn.reading, year_group=4)

    assert said(import_rows("Id Läs", ["E5", 30], ["P5", 30])) == [("check.not_due", 2)]


def test_round_without_a_plan_for_the_indicator_is_not_judged(autumn: Autumn, in_solviken: Place) -> None:
    PupilFactory(own_id="E5", school_class=in_solviken.class_5a)
    DueIndicatorFactory(round=autumn.round, year_group=4)

    assert said(import_rows("Id Läs", ["E5", 30])) == []


# --- columns


def test_empty_column_is_a_note_at_the_column() -> None:
    outcome = import_rows("Id Läs", ["A1", None])

    (message,) = outcome.messages
    assert (message.code, message.place, message.level) == ("check.empty_column", "Resultat!B", Level.NOTE)


# --- jumps


@pytest.fixture
def tested_before(autumn: Autumn, in_solviken: Place, last_spring: MeasurementRound) -> list[str]:
    """Ids of twelve pupils who had 10.0 in the spring on a test with an error of 2.0."""
    autumn.reading.measurement_error = 200
    autumn.reading.save()
    pupils = [PupilFactory(own_id=f"J{n}", school_class=in_solviken.class_4a) for n in range(12)]
    record(last_spring, autumn.reading, dict.fromkeys(pupils, 1000))
    return [pupil.own_id for pupil in pupils]


def test_jump_away_from_the_others_is_a_warning(tested_before: list[str]) -> None:
    values = [13.0] * 10 + [25.0, 0]

    outcome = import_rows("Id Läs", *zip(tested_before, values, strict=True))

    # The others gained 3 points; 4 · √2 · 2 points are 11.3, so 24.3 is likely still and −10 is not.
    assert [(message.code, message.place, message.value) for message in outcome.messages] == [
        ("check.unlikely_jump", "Resultat!B12", "25"),
        ("check.unlikely_jump", "Resultat!B13", "0"),
    ]
    assert outcome.messages[0].text == (
        "25 is an unlikely jump in Läsförståelse: the pupil had 10 before, and the pupils of the file have changed by "
        "+3 at the median. Check that the row and the column are right."
    )
    assert outcome.n_new == 12


def test_jump_in_per_cents_is_told_in_per_cents(autumn: Autumn, tested_before: list[str]) -> None:
    autumn.reading.value_type, autumn.reading.maximum, autumn.reading.unit = ValueType.PERCENT, 10000, "%"
    autumn.reading.save()

    outcome = import_rows("Id Läs", *zip(tested_before, ["13 %"] * 11 + ["40 %"], strict=True))

    assert outcome.messages[0].text.startswith(
        "40 % is an unlikely jump in Läsförståelse: the pupil had 10\N{NO-BREAK SPACE}% before, and the pupils of the "
        "file have changed by +3\N{NO-BREAK SPACE}% at the median."
    )


def test_change_within_the_uncertainty_is_not_told(tested_before: list[str]) -> None:
    values = [13.0] * 10 + [24.0, 2.0]

    assert said(import_rows("Id Läs", *zip(tested_before, values, strict=True))) == []


def test_no_jump_is_told_of_fewer_than_ten_pupils(tested_before: list[str]) -> None:
    values = [13.0] * 8 + [40.0]

    assert said(import_rows("Id Läs", *zip(tested_before[:9], values, strict=True))) == []


def test_no_jump_is_told_without_a_measurement_error(autumn: Autumn, tested_before: list[str]) -> None:
    autumn.reading.measurement_error = 0
    autumn.reading.save()
    values = [13.0] * 11 + [40.0]

    assert said(import_rows("Id Läs", *zip(tested_before, values, strict=True))) == []


def test_jump_of_a_protected_pupil_does_not_tell_the_earlier_value(tested_before: list[str]) -> None:
    protect(Pupil.objects.get(own_id=tested_before[-1]))
    values = [13.0] * 11 + [40.0]

    outcome = import_rows("Id Läs", *zip(tested_before, values, strict=True))

    assert said(outcome) == [("check.unlikely_jump_protected", 13)]
    assert "10" not in outcome.messages[0].text


# --- many


def test_warnings_beyond_fifty_of_a_column_are_one(autumn: Autumn, in_solviken: Place) -> None:
    DueIndicatorFactory(round=autumn.round, indicator=autumn.reading, year_group=4)
    pupils = [PupilFactory(own_id=f"E{n}", school_class=in_solviken.class_5a) for n in range(60)]

    outcome = import_rows("Id Läs", *([pupil.own_id, 20] for pupil in pupils))

    assert said(outcome)[:50] == [("check.not_due", row) for row in range(2, 52)]
    (rest,) = outcome.messages[50:]
    assert (rest.code, rest.place) == ("alike.more_warnings", "Resultat!B52")
    assert rest.text == "10 more rows, down to row 61, have the same warning as the rows above."
