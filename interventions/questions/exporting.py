"""Questions as a workbook, without identity: only what is read above the school, to whoever takes it out."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from colourmaps.exporting.looks import SOFT, Look
from colourmaps.exporting.workbook_file import (
    TITLE_SIZE,
    Pen,
    Style,
    new_workbook,
    set_up_printing,
    workbook_bytes,
)

from ..models import QuestionStop
from .places import place_of
from .queries import state_of_stop
from .reader import QuestionReader
from .states import OPEN, WORDS
from .tables import days_old

HEADING, HEAD, PLAIN = (
    Style(is_bold=True, size=TITLE_SIZE),
    Style(Look(fill="surface"), is_bold=True),
    Style(Look()),
)
TEXT, KEPT = Style(Look(), wraps=True), Style(SOFT, wraps=True)
HEADS_ROW, FIRST_ROW = 3, 4
WIDTHS = {"A": 12, "B": 24, "C": 20, "D": 20, "E": 28, "F": 30, "G": 10, "H": 70}


def questions_workbook(stops: Iterable[QuestionStop], reader: QuestionReader) -> bytes:
    """An .xlsx with a row per question, in the order given."""
    title = _("Questions and obstacles")
    workbook, pen = new_workbook(title), Pen()
    sheet = workbook.create_sheet(title)
    pen.write(sheet, 1, 1, title, HEADING)
    for column, head in enumerate(_heads(), start=1):
        pen.write(sheet, HEADS_ROW, column, head, HEAD)
    for row, stop in enumerate(stops, start=FIRST_ROW):
        for column, value in enumerate(_row(stop, reader), start=1):
            pen.write(sheet, row, column, value, PLAIN)
        text = stop.question.text_above
        pen.write(sheet, row, len(WIDTHS), text or _("stays at the school"), TEXT if text else KEPT)
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{FIRST_ROW}"
    set_up_printing(sheet, (HEADS_ROW, HEADS_ROW), title, "")
    return workbook_bytes(workbook)


def _heads() -> list[str]:
    return [
        _("Asked"),
        _("School or unit"),
        _("Now"),
        _("Whose to change"),
        _("Waits on"),
        _("What it is about"),
        _("Days"),
        _("Question as it is read above the school"),
    ]


def _row(stop: QuestionStop, reader: QuestionReader) -> list[object]:
    """No person, no class and nothing of what stays at the school."""
    question, state = stop.question, state_of_stop(stop)
    return [
        timezone.localdate(question.asked_at),
        (question.school or question.unit).name,
        str(WORDS[state]),
        question.get_whose_display(),
        _place(stop) if state in OPEN else "",
        question.area.name if question.area else "",
        days_old(question, reader.sight.today),
    ]


def _place(stop: QuestionStop) -> str:
    if stop.recipient and stop.question.has_left_the_school:
        return _("%(recipient)s, outside the municipality") % {"recipient": stop.recipient}
    place = place_of(stop)
    return str(place.rung.label) if place.rung.is_inside else place.words
