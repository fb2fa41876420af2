"""A unit's counts as a bar: the inside of a cell of the unit map, as static/css/components/bar.css describes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from .disclosure import Part
from .shares import Pool, Share, UnitRow
from .wording import count_of, words_of

# The share of the bar that a number needs to fit, by how many letters it has.
ROOM = {1: 0.12, 2: 0.2, 3: 0.28, 4: 0.36}

# By each process. Figures stay the same for days, and the words of a cell take as long as all the rest of it.
CELLS_KEPT = 8192


def draw_row(row: UnitRow, firsts: Sequence[bool], address: str = "", classes: str = "") -> SafeString:
    """A row of the map; address: of the unit's own map, or empty."""
    language, unit = get_language(), row.unit
    name = escape(unit.name)
    head = f'<a href="{escape(address)}">{name}</a>' if address else name
    cells = [
        _cell(language, share, unit.pk, is_first, address)
        for share, is_first in zip(row.shares, firsts, strict=True)
    ]
    return mark_safe(  # noqa: S308 – every part is a number or escaped
        f'<tr{classes}><th scope="row">{head}<small>{escape(unit.kind.name)}</small></th>{"".join(cells)}</tr>'
    )


@lru_cache(maxsize=CELLS_KEPT)
def _cell(_language: str | None, share: Share, unit_id: int, is_first: bool, address: str) -> str:
    """The language is that of the words, and tells cells of the same figures apart."""
    first = " first" if is_first else ""
    words = escape(words_of(share, unit_id))
    pool = share.pools.get(Part.COLOURS)
    if Part.COLOURS in share.hidden_by:
        moves = _moves(share) if share.moves is not None else ""
        return f'<td class="share hidden{first}" title="{words}"><b>{words}</b>{moves}'
    if share.colours is None and share.percents is None:
        return f'<td class="share notdue{first}"><b>{words}</b>'
    if share.percents is None and not share.measured:
        return f'<td class="share missing{first}" title="{words}"><b>{words}</b>'
    inside = f"{_bar(share)}<b>{words}</b>{_pool(pool)}{_moves(share)}"
    classes = f"share{' pool' if pool else ''}{first}"
    if address:
        return f'<td class="{classes}" title="{words}"><a href="{address}">{inside}</a>'
    return f'<td class="{classes}" title="{words}"><span class="inside">{inside}</span>'


def _bar(share: Share) -> str:
    green, yellow, red = (share.percents or share).colours[:3]  # type: ignore[index]  # not None: see _cell
    counts = (("red", red), ("yellow", yellow), ("green", green))
    coloured = sum(count for _colour, count in counts)
    sign = "%" if share.percents else ""
    rects, texts, start = [], [], 0.0
    for colour, count in counts:
        if not count:
            continue
        width = 100 * count / coloured
        rects.append(f'<rect class="{colour}" x="{start:.1f}%" width="{width:.1f}%"/>')
        if label := _fitting(width / 100, f"{count}{sign}", str(count)):
            texts.append(f'<text class="{colour}" x="{start + width / 2:.1f}%" y="12">{label}</text>')
        start += width
    return f'<svg class="bar" aria-hidden="true">{"".join(rects)}{"".join(texts)}{_coverage(share)}</svg>'


def _fitting(room: float, *labels: str) -> str:
    """The first label that fits into the share of the bar; empty if none does."""
    return next((label for label in labels if room >= ROOM.get(len(label), 1)), "")


def _coverage(share: Share) -> str:
    """The line under a bar; none where it is not shown how many are due."""
    if share.percents is not None:
        percent = share.percents.measured
    elif share.due is not None:
        percent = round(100 * min(1, share.measured / share.due)) if share.due else None
    else:
        percent = None
    return "" if percent is None else f'<rect class="coverage" width="{percent}%"/>'


def _pool(pool: Pool | None) -> str:
    return f'<span class="together" aria-hidden="true">{escape(count_of(pool))}</span>' if pool else ""


def _moves(share: Share) -> str:
    """Who moved in the unit, or in the units that the bar is of; dots where that is hidden or of yet others."""
    moves = share.percents.moves if share.percents is not None else share.moves
    is_of_others = share.pools.get(Part.MOVEMENT) not in (None, share.pools.get(Part.COLOURS))
    if Part.MOVEMENT in share.hidden_by or is_of_others:
        return '<span class="moves" aria-hidden="true">..</span>'
    if moves is None or not sum(moves):
        return ""
    sign = "%" if share.percents is not None else ""
    inside = "".join(f'{count}{sign}<i class="{name}"></i>' for name, count in moves._asdict().items())
    return f'<span class="moves" aria-hidden="true">{inside}</span>{_newcomers(share)}'


def _newcomers(share: Share) -> str:
    """ "+3 −1": measured for the first time, and not any more; they are in no movement."""
    signs = ((f"+{share.joined}", share.joined), (f"−{share.left}", share.left))
    shown = " ".join(sign for sign, count in signs if count)
    return f'<span class="came" aria-hidden="true">{shown}</span>' if shown else ""
