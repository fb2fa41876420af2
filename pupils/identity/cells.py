"""Cells of spreadsheets as bare text."""

import math
import re
import unicodedata

from .verdict import NotAnIdentity, Unreadable

# Hyphens, dashes and the minus sign, which word processors and spreadsheets put in by themselves.
_DASHES = re.compile("[\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]")
# Blanks of every width, and the marks of no width that come along when text is copied from a page.
_BLANKS = re.compile(
    "[\\s\N{ZERO WIDTH SPACE}-\N{RIGHT-TO-LEFT MARK}\N{SOFT HYPHEN}\N{ZERO WIDTH NO-BREAK SPACE}]+"
)
# 201501018888 in a narrow column, saved as text: 2,01501E+11.
_SHORTENED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+")
# 201501018888 as a spreadsheet's float, turned into text on the way: 201501018888.0.
_FLOAT_TAIL = re.compile(r"(?<=[0-9])[.,]0+$")


def text_of_cell(cell: object) -> str:
    """The content of a cell in capitals, without blanks, and with plain hyphens; "" for an empty cell.

    Numbers are taken as whole numbers, since spreadsheets deliver 201501018888 as 201501018888.0.
    Raises NotAnIdentity for dates, truth values and fractions, and for numbers that were shortened.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if not isinstance(cell, str):
        raise NotAnIdentity(Unreadable.NOT_TEXT)
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", cell)).upper()
    text = _DASHES.sub("-", text).lstrip("'")
    if _SHORTENED.fullmatch(text):
        raise NotAnIdentity(Unreadable.SHORTENED)
    return _FLOAT_TAIL.sub("", text)
