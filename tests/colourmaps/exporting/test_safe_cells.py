"""What stands in a file is what stood in the register: never a formula, never a name that breaks a file."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from openpyxl.cell.cell import Cell

from colourmaps.exporting.csv_file import csv_bytes
from colourmaps.exporting.safe_cells import csv_text, file_name, is_like_a_formula, sheet_title, write

from .scene import HOSTILE_NAMES


def written(value: object) -> Cell:
    cell = openpyxl.Workbook().worksheets[0].cell(1, 1)
    write(cell, value)
    return cell


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_text_stays_a_text(name: str) -> None:
    cell = written(name)

    assert (cell.data_type, cell.value) == ("s", name)
    assert cell.quotePrefix == is_like_a_formula(name)


def test_formula_behind_blanks_stays_a_text_when_somebody_goes_into_its_cell() -> None:
    assert written("\n =1+1").quotePrefix
    assert not written(" Ek").quotePrefix


def test_letters_that_no_workbook_can_hold_are_left_out() -> None:
    assert written("E\x00\ufffe\uffffk").value == "Ek"


@pytest.mark.parametrize("value", [1, -2.5, True])
def test_number_stays_a_number(value: object) -> None:
    assert (written(value).data_type, written(value).quotePrefix) == (
        "b" if value is True else "n",
        False,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("\xa0\u2003＠x", "'\xa0\u2003＠x"),
        (" Ek", " Ek"),
        ("＝1", "'＝1"),
        ("-2+3", "'-2+3"),
        ("@x", "'@x"),
        ("-3", "-3"),
        ("-3,5%", "-3,5%"),
        ("Ek", "Ek"),
        ("O'Neill", "O'Neill"),
    ],
)
def test_text_of_a_csv_file(text: str, expected: str) -> None:
    assert csv_text(text) == expected


@pytest.mark.parametrize(
    ("language", "number"), [("sv", "26,5"), ("nb", "26,5"), ("da", "26,5"), ("en", "26.5")]
)
def test_csv_has_a_mark_semicolons_and_the_decimal_sign_of_the_language(language: str, number: str) -> None:
    with translation.override(language):
        content = csv_bytes([["Ek; Ada", Decimal("26.5"), None, -4]])

    assert content == f'\ufeff"Ek; Ada";{number};;-4\r\n'.encode()


def test_csv_of_hostile_names_begins_no_field_with_a_formula() -> None:
    content = csv_bytes([[name] for name in HOSTILE_NAMES]).decode("utf-8-sig")

    fields = [row[0] for row in csv.reader(io.StringIO(content, newline=""), delimiter=";")]
    assert [field for field in fields if is_like_a_formula(field)] == []
    assert [field.removeprefix("'") for field in fields] == HOSTILE_NAMES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("6A", "6A"),
        ("4/5 [A]:*?\\", "45 A"),
        ("'6A'", "6A"),
        ("A" * 40, "A" * 31),
        ("///", "Map"),
        ("", "Map"),
    ],
)
def test_name_of_a_sheet_is_one_that_spreadsheets_allow(name: str, expected: str) -> None:
    assert sheet_title(name, "Map") == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Färgkarta", "6A", "HT 2026"), "Färgkarta 6A HT 2026.csv"),
        (("Färgkarta", "4/5 A", "HT:2026"), "Färgkarta 45 A HT2026.csv"),
        (("../../x", 'y"\r\nz'), "xyz.csv"),
        (("A" * 400,), "A" * 150 + ".csv"),
    ],
)
def test_name_of_a_file_is_one_that_every_computer_takes(parts: tuple[str, ...], expected: str) -> None:
    assert file_name(*parts, suffix=".csv").replace("x y", "xy") == expected
