"""A unit map for templates/aggregation/unit_map_part.html: drawn rows, and what is said around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from colourmaps.drawing import first_of_area
from colourmaps.drawing_around import draw_heads
from colourmaps.presentation import ColumnHead, areas_of

from .dashboards.red_row import red_row
from .drawing import draw_row
from .shares import UnitMap
from .wording import held_back_words, pool_words, pools_on, untold_words

# How many pools are named above the map; the others are a click away.
POOLS_AT_ONCE = 3


def map_context(figures: UnitMap, heads: Sequence[ColumnHead], addresses: Sequence[str]) -> dict[str, Any]:
    """heads: of its indicators. addresses: of the units below, in their order; empty for one that leads nowhere."""
    firsts = first_of_area(figures.indicators)
    return {
        "round": figures.round,
        "map": figures,
        "pools": pools_of(figures),
        "held_back": held_back_words(figures.held_back) if figures.held_back else "",
        "facts": facts_of(figures),
        "areas": areas_of(figures.indicators),
        "heads": draw_heads(heads),
        "own": draw_row(figures.own, firsts, classes=' class="own-total"'),
        "children": [
            (row.unit, address, draw_row(row, firsts, address))
            for row, address in zip(figures.children, addresses, strict=True)
        ],
        "red_row": red_row(figures, firsts),
        "untold": untold_words(figures.tier),
    }


def pools_of(figures: UnitMap) -> dict[str, str] | None:
    """The pools of a map in words: the most frequent ones, and the others; None if every unit is shown by itself."""
    pools = pools_on(figures)
    if not pools:
        return None
    return {"first": pool_words(pools[:POOLS_AT_ONCE]), "others": pool_words(pools[POOLS_AT_ONCE:])}


def facts_of(figures: UnitMap) -> list[str]:
    """Round, coverage where it is no secret, between which days it was measured, and how old the figures are."""
    facts = [figures.round.name]
    if figures.tier is None:
        own = [share for share in figures.own.shares if share.due]
        measured, due = sum(share.measured for share in own), sum(share.due or 0 for share in own)
        facts.append(_("%(measured)s of %(due)s values measured") % {"measured": measured, "due": due})
    days = (date_format(day, "SHORT_DATE_FORMAT") for day in (figures.round.starts_on, figures.round.ends_on))
    facts.append(_("round %(first)s – %(last)s") % dict(zip(("first", "last"), days, strict=True)))
    if figures.computed_at:
        when = date_format(localtime(figures.computed_at), "SHORT_DATETIME_FORMAT")
        words = _("counted %(when)s") if figures.tier is None else _("as released %(when)s")
        facts.append(words % {"when": when})
    return facts
