"""The sheet behind the map: what the signs mean, and what holds for the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

from django.utils.translation import gettext as _
from openpyxl import Workbook

from .looks import Look
from .workbook_file import Pen, Style, set_up_printing

# In letters and in points.
SIGN_WIDTH, WORD_WIDTH, SENTENCE_WIDTH, LINE_HEIGHT = 8, 40, 90, 14


class Key(NamedTuple):
    """A sign of the map and its word."""

    look: Look
    word: str


class Section(NamedTuple):
    """A heading, and under it lines of (term, sentence); a line without a term is a sentence alone."""

    heading: str
    lines: Sequence[tuple[str, str]]


def write_legend(workbook: Workbook, pen: Pen, keys: Iterable[Key], sections: Iterable[Section]) -> None:
    sheet = workbook.create_sheet(_("Key and limits"))
    heading = Style(is_bold=True)
    pen.write(sheet, 1, 1, _("Key to the signs"), heading)
    row = 1
    for row, (look, word) in enumerate(keys, start=2):
        pen.write(sheet, row, 1, look.sign, Style(look, horizontal="center"))
        pen.write(sheet, row, 2, word, Style())
    for section in sections:
        row += 2
        pen.write(sheet, row, 1, section.heading, heading)
        for term, sentence in section.lines:
            row += 1
            pen.write(sheet, row, 2, term, Style(vertical="top", wraps=True))
            pen.write(sheet, row, 3, sentence, Style(vertical="top", wraps=True))
            n_lines = max(ceil(len(term) / WORD_WIDTH), ceil(len(sentence) / SENTENCE_WIDTH))
            sheet.row_dimensions[row].height = LINE_HEIGHT * max(1, n_lines)
    for letter, width in zip("ABC", (SIGN_WIDTH, WORD_WIDTH, SENTENCE_WIDTH), strict=True):
        sheet.column_dimensions[letter].width = width
    set_up_printing(sheet, (1, 1), workbook.properties.title or "", "")


def key_line(keys: Iterable[Key]) -> str:
    """The keys in one line, for whoever holds the map alone."""
    return ", ".join(f"{key.look.sign} {key.word}".strip() for key in keys)
