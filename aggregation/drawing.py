"""A unit's counts as a bar: the inside of a cell of the unit map, as static/css/components/bar.css describes it."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .disclosure import Rule
from .models import UnitSum
from .queries import Share, UnitRow

# The share of the bar that a count needs to fit, by its number of digits.
ROOM = {1: 0.12, 2: 0.2, 3: 0.28, 4: 0.36}

RULE_WORDS = {
    Rule.FEW_PUPILS: gettext_lazy("hidden: too few pupils"),
    Rule.FEW_OF_A_COLOUR: gettext_lazy("hidden: a few pupils have one of the colours"),
    Rule.ONE_COLOUR: gettext_lazy("hidden: all pupils have the same colour"),
    Rule.COMPLEMENT: gettext_lazy("hidden: another unit's figures could be worked out"),
}


def draw_cells(row: UnitRow, firsts: list[bool], address: str) -> SafeString:
    """All cells of a row; address: of the unit's own map, or empty."""
    cells = (_cell(share, is_first, address) for share, is_first in zip(row.shares, firsts, strict=True))
    return mark_safe("".join(cells))  # noqa: S308 – every part is a number or escaped


def _cell(share: Share, is_first: bool, address: str) -> str:
    first = " first" if is_first else ""
    if share.hidden_by is not None:
        words = escape(RULE_WORDS[share.hidden_by])
        return f'<td class="share hidden{first}" title="{words}"><b>{words}</b>'
    if share.sums is None or not share.sums.due:
        return f'<td class="share notdue{first}"><b>{escape(_("not due"))}</b>'
    if not share.sums.measured:
        words = escape(_("missing: none of %(due)s measured") % {"due": share.sums.due})
        return f'<td class="share missing{first}"><b>{words}</b>'
    inside = _bar(share.sums) + f"<b>{escape(words_of(share.sums))}</b>" + _moves(share.sums)
    title = escape(words_of(share.sums))
    if address:
        return f'<td class="share{first}" title="{title}"><a href="{address}">{inside}</a>'
    return f'<td class="share{first}" title="{title}"><span class="inside">{inside}</span>'


def _bar(sums: UnitSum) -> str:
    counts = (("red", sums.red), ("yellow", sums.yellow), ("green", sums.green))
    coloured = sum(count for _colour, count in counts)
    rects, texts, start = [], [], 0.0
    for colour, count in counts:
        if not count:
            continue
        width = 100 * count / coloured
        rects.append(f'<rect class="{colour}" x="{start:.1f}%" width="{width:.1f}%"/>')
        if width / 100 >= ROOM.get(len(str(count)), 1):
            texts.append(f'<text class="{colour}" x="{start + width / 2:.1f}%" y="12">{count}</text>')
        start += width
    coverage = f'<rect class="coverage" width="{100 * min(1, sums.measured / sums.due):.0f}%"/>'
    return f'<svg class="bar" aria-hidden="true">{"".join(rects)}{"".join(texts)}{coverage}</svg>'


def _moves(sums: UnitSum) -> str:
    if not sums.paired:
        return ""
    moves = ((sums.up, "up"), (sums.still, "still"), (sums.down, "down"))
    inside = "".join(f'{count}<i class="{classes}"></i>' for count, classes in moves)
    return f'<span class="moves" aria-hidden="true">{inside}</span>'


def words_of(sums: UnitSum) -> str:
    """The whole cell in words."""
    words = _(
        "%(red)s intervention needed, %(yellow)s passed, %(green)s good result; %(measured)s of %(due)s measured"
    ) % {
        "red": sums.red,
        "yellow": sums.yellow,
        "green": sums.green,
        "measured": sums.measured,
        "due": sums.due,
    }
    if not sums.paired:
        return words
    moved = _("of %(paired)s measured both times: %(up)s better, %(still)s unchanged, %(down)s worse") % {
        "paired": sums.paired,
        "up": sums.up,
        "still": sums.still,
        "down": sums.down,
    }
    return f"{words}; {moved}"
