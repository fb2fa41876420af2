"""The rows of a sheet as markup, with an input in every cell that is awaited.

Joined here and not looped over in a template, as the cells of the class map are (drawing.py): there are hundreds.
The field of a cell is called by the pupil's key and the indicator's code; its name is read from the heads of its row
and column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pupils.models import Pupil

from ..cells import WORDS, State
from ..drawing import first_of_area
from ..filling_in.offer import labels_of
from ..models import Indicator
from .saving import Answer, CellState
from .sheet import TypedSheet

FIELD = "cell."


def field_name(pupil: Pupil, indicator: Indicator) -> str:
    """Keys have no dots; a code may."""
    return f"{FIELD}{pupil.key}.{indicator.code}"


@dataclass(frozen=True)
class CellPen:
    """answers: what became of the cells of a form, by the name of the field; those without one are as they are."""

    sheet: TypedSheet
    answers: Mapping[str, Answer]

    def draw(self, pupil: Pupil, indicator: Indicator, row: int, column: int, *, is_first: bool) -> str:
        first = " first" if is_first else ""
        if not self.sheet.is_offered(pupil, indicator):
            return f'<td class="notdue{first}"><b>{escape(WORDS[State.NOT_DUE])}</b>'
        shown, name = self.sheet.shown(pupil, indicator), field_name(pupil, indicator)
        answer = self.answers.get(name)
        text, state, attributes, note = shown.text, "", "", ""
        if answer is not None and answer.state is not CellState.SAVED:
            text, state = answer.cell.text, f' data-state="{answer.state}"'
            note = f'<p class="sentence" id="n{row}.{column}">{escape(answer.sentence)}</p>'
            attributes = f' aria-invalid="true" aria-describedby="n{row}.{column}"'
        return (
            f'<td class="{shown.look}{first}"{state}><b>{escape(shown.word)} </b>'
            f'<input name="{escape(name)}" value="{escape(text)}" data-was="{shown.base}" '
            f'data-saved="{escape(shown.text)}" aria-labelledby="r{row} c{column}"{attributes}>{note}'
        )


def draw_rows(sheet: TypedSheet, answers: Mapping[str, Answer]) -> SafeString:
    pen, indicators, labels = CellPen(sheet, answers), sheet.offer.indicators, labels_of(sheet.offer.pupils)
    columns = list(zip(indicators, first_of_area(indicators), strict=True))
    return mark_safe(  # noqa: S308 – parts are escaped
        "\n".join(
            _draw_row(pen, pupil, labels[pupil.pk], row, columns)
            for row, pupil in enumerate(sheet.offer.pupils)
        )
    )


def _draw_row(
    pen: CellPen, pupil: Pupil, label: str, row: int, columns: Sequence[tuple[Indicator, bool]]
) -> str:
    cells = "".join(
        pen.draw(pupil, indicator, row, column, is_first=is_first)
        for column, (indicator, is_first) in enumerate(columns)
    )
    return f'<tr data-row="{pupil.key}"><th scope="row" id="r{row}">{escape(label)}</th>{cells}'
