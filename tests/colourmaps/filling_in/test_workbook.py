"""The workbook to fill in as it is made: what stands where, what may be typed, and what is never in it."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.models import Unit
from colourmaps.filling_in import layout
from colourmaps.filling_in.base import unseal
from colourmaps.filling_in.merge import Content
from colourmaps.filling_in.typing_rules import LONGEST_ERROR, LONGEST_PROMPT, WRITTEN_MARKS, rule_for
from colourmaps.filling_in.workbook import own_title
from colourmaps.importing.values import parse_value
from colourmaps.scales import MARK_LABELS, Mark, points
from pupils.models import Protection
from pupils.services import enrol_pupil
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, record
from tests.factories.filling_in import FillingIn
from tests.factories.pupils import PupilFactory, protect


def shown_row(filling_in: FillingIn, at: int) -> list[object]:
    """The visible cells of a pupil's row."""
    opened = filling_in.workbook()
    return [cell.value for cell in opened.sheet[opened.row_of(filling_in.pupils[at])]][1:]


def test_class_has_a_row_per_pupil_and_a_column_per_due_indicator(filling_in: FillingIn) -> None:
    sheet = filling_in.workbook().sheet

    assert sheet.title == "4A"
    assert sheet["B2"].value == "Class 4A, HT 2026 – to fill in"
    heads = [cell.value for cell in sheet[layout.HEAD_ROW]]
    assert heads[1:] == [
        "Pupil",
        "Läsförståelse\n(0.0–40.0)",
        "Betyg\n(A, B, C, D, E, F)",
        "Närvaro\n(0–100\N{NO-BREAK SPACE}%)",
        "Trivsel\n(whole numbers 1–10)",
        "Simkunnig\n(ja, nej)",
    ]
    names = [sheet.cell(row, layout.NAME_COLUMN).value for row in range(layout.FIRST_ROW, sheet.max_row + 1)]
    assert names == [f"Ek, {pupil.given_name}" for pupil in filling_in.pupils]


def test_cells_hold_what_is_in_force(filling_in: FillingIn) -> None:
    ada, bo, cia = filling_in.pupils[:3]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2650, bo: Mark.ABSENT, cia: 3000})
    record(filling_in.round, filling_in.indicators["BETYG"], {ada: 1750})
    record(filling_in.round, filling_in.indicators["NARV"], {ada: 855})
    record(filling_in.round, filling_in.indicators["SIM"], {ada: 100, bo: 0})

    assert shown_row(filling_in, 0) == ["Ek, Ada", 26.5, "B", 8.55, None, "ja"]
    assert shown_row(filling_in, 1) == ["Ek, Bo", "absent", None, None, None, "nej"]
    assert shown_row(filling_in, 2) == ["Ek, Cia", 30, None, None, None, None]


def test_template_is_empty_whatever_is_known(filling_in: FillingIn) -> None:
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2650})

    opened = filling_in.workbook(is_empty=True)

    assert opened.cell(ada, "LAS").value is None
    kept = [row.was for rows in opened.handed_back().base.classes.values() for row in rows]
    assert "2650" not in str(kept)


def test_pupils_with_protected_identity_are_nowhere_in_it(filling_in: FillingIn) -> None:
    ada = filling_in.pupils[0]
    protect(ada, Protection.CONFIDENTIAL)
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2650})

    opened = filling_in.workbook()
    base = opened.handed_back().base

    # Without the sealed base: any few letters turn up there some day, and it is read as what it holds below.
    opened.own_sheet.cell(layout.BASE_ROW, layout.BASE_COLUMN).value = None
    texts = " ".join(
        str(cell.value) for sheet in opened.book.worksheets for row in sheet.iter_rows() for cell in row
    )
    assert ada.key not in texts
    assert "Ek, Ada" not in texts
    labels = [row.label for row in base.classes[filling_in.place.class_4a.key]]
    assert labels == [f"Ek, {pupil.given_name}" for pupil in filling_in.pupils[1:]]
    assert "Ek, Bo" in texts


def test_lists_and_limits_help_whoever_types(filling_in: FillingIn) -> None:
    opened = filling_in.workbook()
    rules = {str(rule.sqref)[0]: rule for rule in opened.sheet.data_validations.dataValidation}

    assert (rules["C"].type, rules["C"].formula1, rules["C"].formula2) == ("decimal", "0", "40")
    assert rules["C"].prompt == "Allowed: 0.0–40.0; or absent, no basis, exempt."
    assert rules["C"].promptTitle == "Läsförståelse"
    assert (rules["F"].type, rules["F"].formula1, rules["F"].formula2) == ("whole", "1", "10")
    assert rules["D"].type == rules["G"].type == "list"
    sheet, cells = rules["D"].formula1.split("!")
    choices = [row[0].value for row in opened.book[sheet][cells.replace("$", "")]]
    assert choices == ["A", "B", "C", "D", "E", "F", "absent", "no basis", "exempt"]
    assert str(rules["C"].sqref) == "C6:C13"


def test_keys_and_base_are_out_of_sight_and_the_heads_stay_in_sight(filling_in: FillingIn) -> None:
    opened = filling_in.workbook()

    assert opened.own_sheet.sheet_state == "veryHidden"
    assert opened.sheet.column_dimensions["A"].hidden
    assert opened.sheet.row_dimensions[layout.CODES_ROW].hidden
    assert opened.sheet.freeze_panes == "C6"
    assert opened.sheet.auto_filter.ref == "A5:G13"
    base = unseal([opened.own_sheet.cell(layout.BASE_ROW, layout.BASE_COLUMN).value])
    assert base.by == filling_in.place.teacher.pk
    assert base.municipality == filling_in.place.municipality.pk


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+46", "-3", "＝1", '=HYPERLINK("http://x")'])
def test_name_never_becomes_a_formula(filling_in: FillingIn, name: str) -> None:
    hostile = PupilFactory(given_name="", family_name=name, school_class=filling_in.place.class_4a)

    opened = filling_in.workbook()

    cells = [cell for sheet in opened.book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert opened.sheet.cell(opened.row_of(hostile), layout.NAME_COLUMN).value == name


def test_two_pupils_of_one_name_can_be_told_apart(filling_in: FillingIn) -> None:
    twin = PupilFactory(given_name="Ada", family_name="Ek", school_class=filling_in.place.class_4a)

    opened = filling_in.workbook()

    labels = {
        opened.sheet.cell(opened.row_of(pupil), layout.NAME_COLUMN).value
        for pupil in (filling_in.pupils[0], twin)
    }
    assert len(labels) == 2
    assert f"Ek, Ada ({twin.key[:4].upper()})" in labels


def test_cells_in_which_nothing_is_awaited_are_grey_and_not_offered(filling_in: FillingIn) -> None:
    older = PupilFactory(given_name="Ines", family_name="Ek")
    enrol_pupil(
        pupil=older,
        school_class=filling_in.place.class_4a,
        year_group=5,
        on=filling_in.place.class_4a.valid_from,
    )

    opened = filling_in.workbook()

    assert opened.cell(older, "LAS").fill.fill_type == "solid"
    assert opened.cell(filling_in.pupils[0], "LAS").fill.fill_type is None
    rows = {row.key: row for rows in opened.handed_back().base.classes.values() for row in rows}
    assert rows[older.key].was == {}
    assert rows[filling_in.pupils[0].key].was["LAS"] is None


def test_school_has_a_sheet_per_class_and_each_pupil_once(filling_in: FillingIn, class_5a_pupil) -> None:
    place = filling_in.place

    opened = filling_in.workbook(is_empty=True, classes=[place.class_4a, place.class_5a])

    assert opened.book.sheetnames == ["4A", "5A", layout.OWN_SHEET]
    assert opened.book["5A"]["B2"].value == "Class Solviksskolan, 5A, HT 2026 – to fill in"
    assert opened.row_of(class_5a_pupil, opened.book["5A"]) == layout.FIRST_ROW


@pytest.fixture
def class_5a_pupil(filling_in: FillingIn):
    return PupilFactory(given_name="Ivar", family_name="Ek", school_class=filling_in.place.class_5a)


@pytest.mark.parametrize("language", ["sv", "nb", "da", "en"])
def test_marks_are_written_in_words_that_the_import_reads_back(language: str) -> None:
    with translation.override(language):
        read = [parse_value(str(MARK_LABELS[mark]), points(40)) for mark in WRITTEN_MARKS]

    assert read == list(WRITTEN_MARKS)


def test_long_base_is_cut_into_pieces_that_a_cell_holds(
    filling_in: FillingIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colourmaps.filling_in.base.LONGEST_CHUNK", 100)
    ada = filling_in.pupils[0]
    record(filling_in.round, filling_in.indicators["LAS"], {ada: 2650})

    opened = filling_in.workbook()

    pieces = [cell.value for cell in opened.own_sheet["A"]][layout.BASE_ROW - 1 :]
    assert len(pieces) > 2
    assert max(len(piece or "") for piece in pieces) == 100
    row = next(row for row in opened.handed_back().rows if row.base.key == ada.key)
    assert row.base.was["LAS"] == Content(2650)


def test_names_of_classes_become_names_of_sheets_each_once() -> None:
    taken: set[str] = set()

    titles = [
        own_title(name, taken) for name in ("4A", "4a", "4/A:[1]", "x" * 40, "x" * 40, layout.OWN_SHEET)
    ]

    assert titles == ["4A", "4a 2", "4A1", "x" * 31, "x" * 29 + " 2", f"{layout.OWN_SHEET} 2"]


def test_class_without_pupils_gives_an_empty_sheet(filling_in: FillingIn, in_solviken) -> None:
    empty: Unit = in_solviken.class_5a

    opened = filling_in.workbook(classes=[empty])

    assert opened.sheet.max_row == layout.HEAD_ROW


@pytest.mark.parametrize(
    ("minimum", "maximum", "limits"),
    [
        (None, None, ("-1000000000", "1000000000")),
        (0, None, ("0", "1000000000")),
        (-250, 12_345_67, ("-2.5", "12345.67")),
    ],
)
def test_limits_are_the_ends_of_the_scale(
    filling_in: FillingIn, minimum: int | None, maximum: int | None, limits: tuple[str, str]
) -> None:
    reading = filling_in.indicators["LAS"]
    reading.minimum, reading.maximum = minimum, maximum

    rule = rule_for(reading, choices="")

    assert (rule.formula1, rule.formula2) == limits


def test_help_is_no_longer_than_excel_takes(filling_in: FillingIn) -> None:
    grade = filling_in.indicators["BETYG"]
    grade.steps = [[f"ett mycket långt steg {number}", number] for number in range(40)]
    grade.names = {"sv": "x" * 100}

    rule = rule_for(grade, choices="colourmap!$C$1:$C$43")

    assert (len(rule.promptTitle), len(rule.prompt), len(rule.error)) == (32, LONGEST_PROMPT, LONGEST_ERROR)


def test_what_is_worked_out_of_grades_is_nobodys_to_fill_in(filling_in: FillingIn) -> None:
    merit = IndicatorFactory(code="MERIT", names={"sv": "Meritvärde"}, rule="merit_16", maximum=320_00)
    DueIndicatorFactory(round=filling_in.round, indicator=merit)

    heads = [cell.value for cell in filling_in.workbook().sheet[layout.HEAD_ROW]]

    assert len(heads) == 7
    assert not any("Meritvärde" in str(head) for head in heads)
