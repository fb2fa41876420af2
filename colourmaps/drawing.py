"""Cells as markup, fast: the look of a cell is drawn once by templates/colourmaps/cell.html, and cells are joined.

A class map has hundreds of cells and a dozen looks; a template loop over the cells costs ten times the rest of the
page (docs/performance.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from pupils.identity import name_sort_key
from pupils.models import Pupil

from .cells import MOVEMENT_CLASSES, MOVEMENT_WORDS, WORDS, Cell, State
from .classification import Movement
from .grid import Grid, Row
from .models import Indicator
from .scales import Scale, format_value

# Stands for a pupil's key in an address that is made once for all of them; keys have no capitals.
ANY_KEY = "KEY"


class ColumnPen:
    """Draws the cells of one column in a language; what stands in several of them is written once.

    written: values that are written already, by hundredths; columns of the same scale share them.
    """

    def __init__(
        self, indicator: Indicator, language: str, written: dict[int | None, str], *, is_first: bool
    ) -> None:
        self.scale = indicator.scale
        self.anchor = f"#{escape(indicator.code)}"
        self.language = language
        self.is_first = is_first
        self._written = written
        self._looks: dict[tuple[State, Movement, int | None], tuple[str, str, str]] = {}

    def draw(self, cell: Cell, address: str) -> str:
        """One <td>. address: of the pupil's page, already safe."""
        look = (cell.state, cell.movement, cell.stale_months)
        if look not in self._looks:
            self._looks[look] = self._draw_look(cell)
        if cell.value not in self._written:
            self._written[cell.value] = (
                "" if cell.value is None else escape(format_value(cell.value, self.scale))
            )
        before, between, after = self._looks[look]
        return f"{before}{address}{between}{self._written[cell.value]}{after}"

    def _draw_look(self, cell: Cell) -> tuple[str, str, str]:
        """What stands before the address of the page, between it and the value, and after the value."""
        look = draw_look(cell.state, cell.movement, cell.is_stale, self.is_first, self.language)
        before, rest = look.split("{address}")
        between, after = rest.split("{value}")
        return before, self.anchor + between, after.format(age=escape(cell.age) if cell.is_stale else "")


@lru_cache(maxsize=1000)
def draw_look(state: State, movement: Movement, is_stale: bool, is_first: bool, language: str) -> str:
    """A <td> with {address}, {value} and {age} to be filled in. A process draws each look once per language.

    is_first: the column opens an area of the map.
    """
    classes = (
        state.value,
        "stale" if is_stale else "",
        MOVEMENT_CLASSES[movement],
        "first" if is_first else "",
    )
    with override(language):
        word = WORDS[state]
        return render_to_string(
            "colourmaps/cell.html",
            {
                "classes": " ".join(name for name in classes if name),
                "word": _("%(word)s, outdated") % {"word": word} if is_stale else word,
                "movement_word": MOVEMENT_WORDS[movement],
                "is_stale": is_stale,
            },
        ).strip()


def draw_rows(grid: Grid, language: str, query: str = "") -> SafeString:
    """All rows of a class map, by name as the language sorts names.

    query: what the addresses of the pupils' pages are to keep, already quoted.
    """
    firsts = first_of_area(grid.indicators)
    written: dict[Scale, dict[int | None, str]] = defaultdict(dict)
    pens = [
        ColumnPen(indicator, language, written[indicator.scale], is_first=is_first)
        for indicator, is_first in zip(grid.indicators, firsts, strict=True)
    ]
    address = reverse("colourmaps:pupil", args=[ANY_KEY]) + (f"?{query}" if query else "")
    rows = sorted(grid.rows, key=lambda row: sort_key(row.pupil, language))
    drawn = (_draw_row(row, pens, address.replace(ANY_KEY, row.pupil.key)) for row in rows)
    return mark_safe("\n".join(drawn))  # noqa: S308 – parts are escaped


def sort_key(pupil: Pupil, language: str) -> tuple:
    """Pupils with protected identity come last, so that their place does not tell the name."""
    return (pupil.is_protected, name_sort_key(pupil.family_name, pupil.given_name, language), pupil.pk)


def first_of_area(indicators: Sequence[Indicator]) -> list[bool]:
    """Whether each column opens an area of the map."""
    areas = [indicator.area for indicator in indicators]
    return [n == 0 or area != areas[n - 1] for n, area in enumerate(areas)]


def _draw_row(row: Row, pens: Sequence[ColumnPen], address: str) -> str:
    head = render_name(row.pupil.shown_name, address, row.has_joined_later)
    cells = "".join(pen.draw(cell, address) for pen, cell in zip(pens, row.cells, strict=True))
    return f'<tr data-row="{row.pupil.key}">{head}{cells}'


def render_name(name: str, address: str, is_new: bool) -> str:
    joined_later = _("joined later")
    note = f" <small>{escape(joined_later)}</small>" if is_new else ""
    return f'<th scope="row"><a href="{address}">{escape(name)}{note}</a></th>'
