"""What the cells of a column are, in the ways that schools and authorities write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from colourmaps.importing.kinds import ColumnKind, column_kind
from colourmaps.importing.workbook import CellError

NUMBER, TEXT, CODE, MIXED = ColumnKind.NUMBER, ColumnKind.TEXT, ColumnKind.CODE, ColumnKind.MIXED


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([], ColumnKind.EMPTY),
        ([" ", ""], ColumnKind.EMPTY),
        ([1.0, "2,5", "-3", "+4"], NUMBER),
        (["4 002", "3\u00a0744", "1.024", "42\u202f649"], NUMBER),
        (["48,4", "..", ".", "-", "x", "~100", "<5"], NUMBER),
        ([12.0, "frånv.", CellError("#N/A"), "sjuk"], NUMBER),
        (["2019", 2020.0], NUMBER),
        (["2019/20", "2020/21"], TEXT),
        (["1 %", "2,5 %", "3procent"], ColumnKind.PERCENT),
        (["hej", "du"], TEXT),
        (["..", "."], TEXT),
        (["hej", 1.0], MIXED),
        (["0180", "1440", "0114"], CODE),
        (["1440", "1489"], NUMBER),
        (["0,5", "1"], NUMBER),
        (["A", "f", "-", "C", "frånv."], ColumnKind.GRADE),
        (["VG", "G", "IG"], ColumnKind.GRADE),
        (["02", "7", "12", "-3"], ColumnKind.GRADE),
        (["7", "12"], NUMBER),
        (["M", "F"], TEXT),
        (["ja", "Nej", "JA"], ColumnKind.YES_NO),
        (["J", "N"], ColumnKind.YES_NO),
        ([True, False], ColumnKind.YES_NO),
        (["x", "X"], ColumnKind.YES_NO),
        ([0.0, 1.0], NUMBER),
        ([date(2026, 9, 3)], ColumnKind.DATE),
        (["2026-09-03", "3.9.2026", "03/09/2026"], ColumnKind.DATE),
        (["2026K1", "1.2.3.4.5 a"], TEXT),
    ],
)
def test_kind(cells: list[Any], kind: ColumnKind) -> None:
    assert column_kind(cells) is kind


@pytest.mark.parametrize(
    "cells",
    [
        ["20160605TF60", 201509012385.0],
        ["140716-TF32", "150901TF60", "160605-T1A2"],
        ["160605-1234", "1606051234", "20160665-1234"],
        ["01010112345", "41010112345", "010181 12345"],
        ["010101-1234", "0101011234"],
    ],
)
def test_identity_numbers(cells: list[Any]) -> None:
    assert column_kind(cells) is ColumnKind.IDENTITY


@pytest.mark.parametrize(
    "cells", [["2120000019", "5567243547", "8160005966"], ["76961423430"], [2120000019.0]]
)
def test_numbers_of_organisations_are_no_identities(cells: list[Any]) -> None:
    assert column_kind(cells) is NUMBER


def test_one_in_ten_may_be_otherwise() -> None:
    assert column_kind([*map(float, range(9)), "se baksidan"]) is NUMBER
    assert column_kind([*map(float, range(8)), "se baksidan"]) is MIXED


def test_cells_shown_as_percent_are_percent_where_they_are_numbers() -> None:
    assert column_kind([0.24, 1.0], is_percent=True) is ColumnKind.PERCENT
    assert column_kind(["hej", "du"], is_percent=True) is TEXT
