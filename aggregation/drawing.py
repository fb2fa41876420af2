"""A unit's counts as a bar: the inside of a cell of the unit map, as static/css/components/bar.css describes it."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .disclosure import Colours, Limits, Part, Rule
from .queries import Share, UnitRow

# The share of the bar that a count needs to fit, by its number of digits.
ROOM = {1: 0.12, 2: 0.2, 3: 0.28, 4: 0.36}
# How many are missing where 1–4 are and it is not said how many: what the line of coverage then stands for.
TYPICAL_FEW = Limits().smallest_count / 2

# One sentence for three rules: said of each unit by itself, they would tell which of those that are hidden together has
# the few pupils, and in a small pool so much that the counts follow.
COLOURS_ALIKE = gettext_lazy(
    "hidden: a few or all pupils have the same colour, or another unit's figures could be worked out"
)
MOVED_ALIKE = gettext_lazy(
    "movement hidden: a few or all pupils moved the same way, or another unit's figures could be worked out"
)
RULE_WORDS = {
    Part.COLOURS: {
        Rule.FEW_PUPILS: gettext_lazy("hidden: too few pupils"),
        Rule.FEW_OF_A_KIND: COLOURS_ALIKE,
        Rule.ALL_OF_A_KIND: COLOURS_ALIKE,
        Rule.COMPLEMENT: COLOURS_ALIKE,
    },
    Part.MOVEMENT: {
        Rule.FEW_PUPILS: gettext_lazy("movement hidden: too few pupils measured both times"),
        Rule.FEW_OF_A_KIND: MOVED_ALIKE,
        Rule.ALL_OF_A_KIND: MOVED_ALIKE,
        Rule.COMPLEMENT: MOVED_ALIKE,
    },
    Part.COVERAGE: {
        Rule.FEW_MISSING: gettext_lazy("all but a few measured"),
        Rule.COMPLEMENT: gettext_lazy("number due hidden: another unit's figures could be worked out"),
    },
}


def draw_cells(row: UnitRow, firsts: list[bool], address: str) -> SafeString:
    """All cells of a row; address: of the unit's own map, or empty."""
    cells = (_cell(share, is_first, address) for share, is_first in zip(row.shares, firsts, strict=True))
    return mark_safe("".join(cells))  # noqa: S308 – every part is a number or escaped


def _cell(share: Share, is_first: bool, address: str) -> str:
    first = " first" if is_first else ""
    words = escape(words_of(share))
    if Part.COLOURS in share.hidden_by:
        return f'<td class="share hidden{first}" title="{words}"><b>{words}</b>'
    if share.colours is None:
        return f'<td class="share notdue{first}"><b>{words}</b>'
    if not share.measured:
        return f'<td class="share missing{first}" title="{words}"><b>{words}</b>'
    inside = f"{_bar(share, share.colours)}<b>{words}</b>{_moves(share)}"
    if address:
        return f'<td class="share{first}" title="{words}"><a href="{address}">{inside}</a>'
    return f'<td class="share{first}" title="{words}"><span class="inside">{inside}</span>'


def _bar(share: Share, colours: Colours) -> str:
    counts = (("red", colours.red), ("yellow", colours.yellow), ("green", colours.green))
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
    return f'<svg class="bar" aria-hidden="true">{"".join(rects)}{"".join(texts)}{_coverage(share)}</svg>'


def _coverage(share: Share) -> str:
    """The line under a bar. Where a few are missing it follows from the number measured, in steps of five points."""
    if share.due is not None:
        percent = round(100 * min(1, share.measured / share.due))
    elif share.hidden_by[Part.COVERAGE] is Rule.FEW_MISSING:
        percent = 5 * round(20 * share.measured / (share.measured + TYPICAL_FEW))
    else:
        return ""
    return f'<rect class="coverage" width="{percent}%"/>'


def _moves(share: Share) -> str:
    if share.moves is None:
        return '<span class="moves" aria-hidden="true">..</span>'
    if not sum(share.moves):
        return ""
    inside = "".join(f'{count}<i class="{name}"></i>' for name, count in share.moves._asdict().items())
    return f'<span class="moves" aria-hidden="true">{inside}</span>'


def words_of(share: Share) -> str:
    """The whole cell in words, the rules by which something is hidden included."""
    if Part.COLOURS in share.hidden_by:
        return str(RULE_WORDS[Part.COLOURS][share.hidden_by[Part.COLOURS]])
    if share.colours is None:
        return _("not due")
    if not share.measured:
        return _missing_words(share)
    words = [_measured_words(share, share.colours)]
    if share.due is None:
        words.append(str(RULE_WORDS[Part.COVERAGE][share.hidden_by[Part.COVERAGE]]))
    if share.colours.uncoloured:
        words.append(_("no limits are set for %(uncoloured)s") % {"uncoloured": share.colours.uncoloured})
    if share.moves is None:
        words.append(str(RULE_WORDS[Part.MOVEMENT][share.hidden_by[Part.MOVEMENT]]))
    elif paired := sum(share.moves):
        words.append(
            _("of %(paired)s measured both times: %(up)s better, %(still)s unchanged, %(down)s worse")
            % {"paired": paired, **share.moves._asdict()}
        )
    return "; ".join(words)


def _missing_words(share: Share) -> str:
    if share.due is not None:
        return _("missing: none of %(due)s measured") % {"due": share.due}
    rule = share.hidden_by[Part.COVERAGE]
    if rule is Rule.FEW_MISSING:
        return _("missing: of a few pupils due, none measured")
    none_measured = _("missing: none measured")
    return f"{none_measured}; {RULE_WORDS[Part.COVERAGE][rule]}"


def _measured_words(share: Share, colours: Colours) -> str:
    counts = {"red": colours.red, "yellow": colours.yellow, "green": colours.green}
    if share.due is None:
        return _("%(red)s intervention needed, %(yellow)s passed, %(green)s good result") % counts
    return _(
        "%(red)s intervention needed, %(yellow)s passed, %(green)s good result; %(measured)s of %(due)s measured"
    ) % {**counts, "measured": share.measured, "due": share.due}
