"""What an entry says, as a page shows it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..doses_and_costs import dose_in_words, hours_in_words, money_in_words
from ..effect import Verdict
from ..models import CatalogueEntry, SharedEntry
from .ages import ages_in_words

# A line of the page: term, text.
Fact = tuple[Any, Any]
Entry = CatalogueEntry | SharedEntry
LABELS = {field.name: field.verbose_name for field in CatalogueEntry._meta.local_fields}


def facts_of(entry: Entry, country: str, on: datetime.date) -> list[Fact]:
    """What somebody who chooses needs to know; what is not known says so."""
    return [
        (_("For which need"), entry.need),
        (_("For whom"), ages_in_words(entry.age_from, entry.age_to, country, on)),
        (_("Area"), str(entry.get_area_display()).capitalize()),
        (_("Kind"), str(entry.get_kind_display()).capitalize()),
        (_("Who gives it"), str(entry.get_profession_display()).capitalize()),
        (
            _("How often"),
            dose_in_words(entry.times_per_week, entry.minutes_each_time) or _("as agreed each time"),
        ),
        (_("Waiting time"), waiting_in_words(entry.waiting_weeks)),
        (_("Cost"), cost_in_words(entry)),
        (_("Training needed"), entry.training or _("none told")),
        (_("Contact"), entry.contact or _("none told")),
    ]


def evidence_of(entry: Entry) -> list[Fact]:
    facts = [
        (_("Known of its effect"), str(entry.get_evidence_level_display()).capitalize()),
        (_("The studies found"), entry.evidence),
        (_("Sources"), entry.sources),
    ]
    return [(term, text) for term, text in facts if text]


def waiting_in_words(weeks: int | None) -> str:
    if weeks is None:
        return _("not known")
    return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks} if weeks else _("none")


def cost_in_words(entry: Entry) -> str:
    """ "12 000 kr and 40 h, for a group and term"."""
    sum_ = money_and_hours(entry.cost_money or 0, entry.cost_hours or 0)
    if not sum_:
        return _("not known")
    return _("%(sum)s, for %(what)s") % {"sum": sum_, "what": entry.cost_per} if entry.cost_per else sum_


def money_and_hours(money: int, hours: Decimal | float) -> str:
    """Empty where there is neither."""
    parts = [money_in_words(money)] if money else []
    parts += [hours_in_words(hours)] if hours else []
    return (
        _("%(money)s and %(hours)s") % dict(zip(("money", "hours"), parts, strict=True))
        if len(parts) == 2
        else "".join(parts)
    )


def counts_in_words(counts: Mapping[str, int]) -> str:
    """ "2 better, 1 no measurable change, 0 worse, 1 cannot say": all four, always in this order."""
    told = {verdict.value: counts.get(verdict, 0) for verdict in Verdict}
    sentence = _(
        "%(better)s better, %(no_difference)s no measurable change, %(worse)s worse, %(cannot_say)s cannot say"
    )
    return sentence % told


def differences(fields: Sequence[str], theirs: SharedEntry, ours: CatalogueEntry) -> list[dict[str, Any]]:
    """Field by field what the source says and what we say."""
    return [
        {
            "name": name,
            "label": LABELS[name],
            "theirs": _shown(theirs, name),
            "ours": _shown(ours, name),
        }
        for name in fields
    ]


def _shown(entry: Entry, name: str) -> str:
    display = getattr(entry, f"get_{name}_display", None)
    value = display() if display else getattr(entry, name)
    return "–" if value in ("", None) else str(value)
