"""The report in words, numbers and bars, as its template shows it."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Level, Unit
from pupils.school_years import SchoolYear

from ..models import Who
from .asked import ASKED, FELT, FELT_WORDS
from .blocks import Tally
from .report import OfKind, Row, first_year

# From this share of a bar on, a count has room in it.
ROOM_FOR_COUNT = 0.08
NAMED_SCHOOLS = 6


def asked_year(name: str, today: datetime.date) -> SchoolYear:
    """The school year of an address; this one, for what is none."""
    try:
        return SchoolYear.named(name)
    except ValueError:
        return SchoolYear.of(today)


def year_choices(chosen: SchoolYear, today: datetime.date) -> list[dict[str, Any]]:
    """Every school year since the first answers, the newest first; none where there is only one."""
    newest = SchoolYear.of(today)
    first = first_year() or newest
    years = [SchoolYear(start) for start in range(newest.start_year, first.start_year - 1, -1)]
    return [
        {"label": year.name, "url": f"?year={year.name}", "current": year == chosen}
        for year in years
        if len(years) > 1
    ]


def kinds_on_page(found: list[OfKind]) -> list[dict[str, Any]]:
    return [
        {
            "name": of_kind.kind.name,
            "heads": [asked.short for asked in ASKED],
            "total": _row(of_kind.total, of_kind.total.unit.name if of_kind.total.unit else ""),
            "rows": [_row(row, row.unit.name if row.unit else "", links=True) for row in of_kind.rows],
            "together": _row(of_kind.together, _names(of_kind.together)) if of_kind.together else None,
            "is_empty": of_kind.total.now is None and of_kind.together is None,
        }
        for of_kind in found
    ]


def _names(row: Row) -> str:
    """The schools of a pool; many of them are counted."""
    n = len(row.schools)
    if n > NAMED_SCHOOLS:
        return ngettext("%(n)s school together", "%(n)s schools together", n) % {"n": n}
    return _("Together: %(schools)s") % {"schools": ", ".join(school.name for school in row.schools)}


def _row(row: Row, name: str, *, links: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "url": _url(row.unit) if links and row.unit else "",
        "now": _shown(row.now),
        "before": _shown(row.before),
    }


def _url(unit: Unit) -> str:
    return reverse("interventions:family-report", args=[unit.key]) if unit.level <= Level.SCHOOL else ""


def _shown(tally: Tally | None) -> dict[str, Any] | None:
    if tally is None:
        return None
    who = {who: tally.counts[("who", who.value)] for who in Who}
    return {
        "n": tally.n,
        "who": _("pupils %(pupils)s, guardians %(guardians)s, not said %(unsaid)s")
        % {"pupils": who[Who.PUPIL], "guardians": who[Who.GUARDIAN], "unsaid": who[Who.UNSAID]},
        "bars": [_bar(tally, asked.field) for asked in ASKED],
    }


def _bar(tally: Tally, field: str) -> dict[str, Any]:
    """One question: the parts of the bar from left to right, and all of it in words."""
    counts = [(felt, tally.counts[(field, felt.value)]) for felt in FELT]
    parts, before = [], 0
    for felt, n in counts:
        share = n / tally.n
        parts.append(
            {
                "felt": felt.name.lower(),
                "n": n if share >= ROOM_FOR_COUNT else "",
                "x": f"{100 * before / tally.n:.2f}%",
                "width": f"{100 * share:.2f}%",
                "middle": f"{100 * (before + n / 2) / tally.n:.2f}%",
            }
        )
        before += n
    words = [
        _("%(percent)s %% %(answer)s")
        % {"answer": str(FELT_WORDS[felt]).lower(), "percent": round(100 * n / tally.n)}
        for felt, n in counts
    ]
    return {
        "parts": [part for part in parts if part["width"] != "0.00%"],
        "counts": ", ".join(f"{n} {str(FELT_WORDS[felt]).lower()}" for felt, n in counts),
        "words": ", ".join(words),
    }
