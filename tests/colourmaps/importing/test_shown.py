"""Cells in messages and examples look as in the spreadsheet."""

import pytest
from django.utils.translation import override

from colourmaps.importing.shown import shown_at, shown_text
from colourmaps.importing.workbook import Sheet


@pytest.mark.parametrize(
    ("cell", "as_percent", "swedish", "english"),
    [
        (12.5, False, "12,5", "12.5"),
        (0.07, True, "7 %", "7 %"),
        (0.125, True, "12,5 %", "12.5 %"),
        (1, True, "100 %", "100 %"),
        (12.0, False, "12", "12"),
        ("12.5", True, "12.5", "12.5"),
        (True, True, "True", "True"),
        (None, True, "", ""),
    ],
)
def test_shown_text_is_what_a_spreadsheet_shows(cell, as_percent, swedish, english):
    with override("sv"):
        assert shown_text(cell, as_percent=as_percent) == swedish
    with override("en"):
        assert shown_text(cell, as_percent=as_percent) == english


def test_only_cells_with_the_format_are_shown_as_percent():
    sheet = Sheet("4A", [["Närvaro"], [0.5], [0.5]], percent_runs={1: ((2, 2),)})
    with override("sv"):
        assert [shown_at(sheet, row, 1) for row in (2, 3)] == ["50 %", "0,5"]
