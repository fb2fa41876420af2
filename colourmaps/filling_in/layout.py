"""Where things stand in a workbook to fill in: what makes it and what reads it agree here, and nowhere else.

A sheet per class: a hidden row of indicator codes, title and help, the heads with the allowed values, and a row per
pupil with its key in a hidden column. CODES stands where the hidden row and the hidden column cross, ROWS in the hidden
column beside the heads. One more sheet, hidden as far as programs can, holds format, version, the signed base and the
lists that cells are chosen from.
"""

from __future__ import annotations

OWN_SHEET = "colourmap"
CODES = "#codes"
ROWS = "#rows"
NAME = "#pupil"

KEY_COLUMN, NAME_COLUMN, FIRST_COLUMN = 1, 2, 3
CODES_ROW, TITLE_ROW, HELP_ROW, MARKS_ROW, HEAD_ROW, FIRST_ROW = range(1, 7)

# In the hidden sheet: the format and its version, and below them the pieces of the signed base.
FORMAT_ROW, VERSION_ROW, BASE_ROW = 1, 2, 3
BASE_COLUMN = 1
LISTS_COLUMN = 3
