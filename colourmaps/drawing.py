"""Cells as markup, fast: the look of a cell is drawn once by templates/colourmaps/cell.html, and cells are joined.

A class map has hundreds of cells and a dozen looks; a template loop over the cells costs ten times the rest of the
page (docs/performance.md). A cell holds no link: the name of its row leads to the pupil, the head of its column to the
column, and static/js/cell-panel.js opens its story.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from pupils.identity import name_sort_key
from pupils.models import Pupil

from .cells import Cell
from .grid import Grid, Row
from .models import Indicator
from .scales import Scale, format_value

# Stands for a pupil's key in an address that is made once for all of them; keys have no capitals.
ANY_KEY = "KEY"


class ColumnPen:
    """Draws the cells of one column in a language; what stands in several of them is written once.

    written: values that are written already, by hundredths; columns of the same scale share them.
    is_first: the column opens an area of the map.
    """

    def __init__(
        self, scale: Scale, language: str, written: dict[int | None, str], *, is_first: bool = False
    ) -> None:
        self.scale = scale
        self.language = language
        self.is_first = is_first
        self._written = written
        self._looks: dict[tuple[object, ...], tuple[str, str]] = {}

    def draw(self, cell: Cell) -> str:
        """One <td>."""
        look = (cell.state, cell.movement, cell.earlier_months, cell.is_stale, cell.is_near)
        if look not in self._looks:
            self._looks[look] = self._draw_look(cell)
        if cell.value not in self._written:
            self._written[cell.value] = (
                "" if cell.value is None else escape(format_value(cell.value, self.scale))
            )
        before, after = self._looks[look]
        return f"{before}{self._written[cell.value]}{after}"

    def _draw_look(self, cell: Cell) -> tuple[str, str]:
        """What stands before the value, and after it."""
        alike = Cell(
            cell.state,
            movement=cell.movement,
            earlier_months=0 if cell.is_earlier else None,
            is_stale=cell.is_stale,
            is_near=cell.is_near,
        )
        before, after = draw_look(alike, self.is_first, self.language)
        return before, after.replace("{age}", escape(cell.age)) if cell.is_earlier else after


@lru_cache(maxsize=1000)
def draw_look(cell: Cell, is_first: bool, language: str) -> tuple[str, str]:
    """A <td> before and after its value, with {age} to be filled in. A process draws each look once per language.

    cell: without its value, its day and its age.
    """
    level, movement = cell.look
    classes = (level, movement, "first" if is_first else "")
    with override(language):
        drawn = render_to_string(
            "colourmaps/cell.html",
            {
                "classes": " ".join(name for name in classes if name),
                "words": cell.words,
                "is_earlier": cell.is_earlier,
            },
        )
    before, after = drawn.strip().split("{value}")
    return before, after


def draw_rows(
    grid: Grid, rows: Iterable[Row], language: str, *, with_class: bool = False, query: str = ""
) -> SafeString:
    """Rows of a map of pupils x indicators, in the order that they come in. with_class: each with its class.

    query: what the addresses of the pupils' pages are to keep, already quoted.
    """
    written: dict[Scale, dict[int | None, str]] = defaultdict(dict)
    firsts = first_of_area(grid.indicators)
    pens = [
        ColumnPen(indicator.scale, language, written[indicator.scale], is_first=is_first)
        for indicator, is_first in zip(grid.indicators, firsts, strict=True)
    ]
    return _draw(rows, pens, with_class=with_class, query=query)


def draw_rows_of(indicator: Indicator, rows: Sequence[Row], language: str) -> SafeString:
    """Rows of a map of pupils x rounds, all of one indicator."""
    n_columns = len(rows[0].cells) if rows else 0
    pen = ColumnPen(indicator.scale, language, {})
    return _draw(rows, [pen] * n_columns, with_class=False)


def draw_cells_of(grid: Grid, row: Row, language: str) -> list[SafeString]:
    """The cells of one pupil, one by one: for a map that stands upright, with a row per indicator."""
    pens = [ColumnPen(indicator.scale, language, {}) for indicator in grid.indicators]
    drawn = (pen.draw(cell) for pen, cell in zip(pens, row.cells, strict=True))
    return [mark_safe(cell) for cell in drawn]  # noqa: S308 – parts are escaped


def draw_counts(counts: Iterable[tuple[str, str]]) -> SafeString:
    """The cells of a row under the map: each a number, and what it is out of, or empty. Numbers need no escaping."""
    drawn = (
        f"<td{' class=zero' if text == '0' else ''}>{text}{f'<small>/{of}</small>' if of else ''}</td>"
        for text, of in counts
    )
    return mark_safe("".join(drawn))  # noqa: S308 – numbers


def sort_key(pupil: Pupil, language: str) -> tuple:
    """Pupils with protected identity come last, so that their place does not tell the name."""
    return (pupil.is_protected, name_sort_key(pupil.family_name, pupil.given_name, language), pupil.pk)


def first_of_area(indicators: Sequence[Indicator]) -> list[bool]:
    """Whether each column opens an area of the map."""
    areas = [indicator.area for indicator in indicators]
    return [n == 0 or area != areas[n - 1] for n, area in enumerate(areas)]


def _draw(rows: Iterable[Row], pens: Sequence[ColumnPen], *, with_class: bool, query: str = "") -> SafeString:
    address = reverse("colourmaps:pupil", args=[ANY_KEY]) + (f"?{query}" if query else "")
    drawn, class_before = [], None
    for row in rows:
        is_other_class = with_class and class_before is not None and row.school_class != class_before
        drawn.append(_draw_row(row, pens, address, with_class=with_class, is_start=is_other_class))
        class_before = row.school_class
    return mark_safe("\n".join(drawn))  # noqa: S308 – parts are escaped


def _draw_row(row: Row, pens: Sequence[ColumnPen], address: str, *, with_class: bool, is_start: bool) -> str:
    key = row.pupil.key
    name = render_name(row.pupil.shown_name, address.replace(ANY_KEY, key), row.has_joined_later)
    of_class = f'<th class="of">{escape(row.school_class.name)}' if with_class and row.school_class else ""
    cells = "".join(pen.draw(cell) for pen, cell in zip(pens, row.cells, strict=True))
    start = ' class="group-start"' if is_start else ""
    return f'<tr data-row="{key}"{start}>{name}{of_class}{cells}'


def render_name(name: str, address: str, is_new: bool) -> str:
    joined_later = _("joined later")
    note = f" <small>{escape(joined_later)}</small>" if is_new else ""
    return f'<th scope="row"><a href="{address}">{escape(name)}{note}</a></th>'
