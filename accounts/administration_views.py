"""The administration's start, the tree of units, and one unit with what can be done with it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .administration import ENTRIES
from .log_verification import newest_check
from .models import Dated, Level, Unit, UnitCode, UnitPlacement
from .queries import children_of
from .reorganisation import KINDS
from .roles import Permission
from .single_sign_on.queries import opened_emergency_accounts
from .unit_tree import coming_units, ended_units, history_of, tree_rows
from .web import MunicipalityRequest, locate_unit, requires_for_all, requires_somewhere


@requires_somewhere(Permission.CONFIGURE)
@require_GET
def administration(request: MunicipalityRequest) -> HttpResponse:
    """What can be set up, a line each."""
    entries = [
        (entry, reverse(entry.url_name)) for entry in ENTRIES if request.sight.has_for_all(entry.permission)
    ]
    context = {
        "entries": entries,
        "accounts": [(each.number, each) for each in opened_emergency_accounts()],
        "check": newest_check(),
    }
    return render(request, "accounts/administration.html", context)


@requires_for_all(Permission.CONFIGURE)
@require_GET
def unit_tree(request: MunicipalityRequest) -> HttpResponse:
    """The units on a day, ?on=, with ?ended=1 also those that have ended by then."""
    on = day_of(request)
    shows_ended = request.GET.get("ended") == "1"
    context = {
        "on": on,
        "is_today": on == request.sight.today,
        "rows": tree_rows(on),
        "coming": coming_units(on),
        "n_ended": ended_units(on).count(),
        "ended": ended_units(on) if shows_ended else (),
        "shows_ended": shows_ended,
        "breadcrumb": administration_crumbs(tree_crumb()),
    }
    return render(request, "accounts/unit_tree.html", context)


@requires_for_all(Permission.CONFIGURE)
@require_GET
def unit_setup(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One unit: since when and where, what stands below it on a day, and what can be done with it."""
    unit: Unit = locate_unit(key).thing
    asked = day_of(request)
    on = unit.nearest_day(asked)
    history = history_of(unit, on)
    context = {
        "unit": unit,
        "on": on,
        "facts": [unit.kind.name, dates_in_words(unit)],
        "rows": _facts_of(unit, history.places, history.codes),
        "history": history,
        "children": children_of(unit, on),
        "acts": [] if _has_ended(unit, asked) else acts_for(unit, on),
        "breadcrumb": administration_crumbs(tree_crumb(), (unit.name, "")),
    }
    return render(request, "accounts/unit_setup.html", context)


def day_of(request: MunicipalityRequest) -> datetime.date:
    """The day that the address chooses; today for none, and for one that there is not."""
    try:
        return parse_date(request.GET.get("on", "")) or request.sight.today
    except ValueError:
        return request.sight.today


def administration_crumbs(*crumbs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Administration"), reverse("accounts:administration")), *crumbs]


def tree_crumb() -> tuple[str, str]:
    return _("Units"), reverse("accounts:unit-tree")


def acts_for(unit: Unit, on: datetime.date) -> list[dict[str, Any]]:
    """Label, sentence and address of each act, with the day that it proposes."""
    return [
        {
            "label": kind.label,
            "sentence": kind.sentence,
            "url": f"{reverse('aggregation:reorganise', args=[unit.key, kind.code])}?on={on.isoformat()}",
        }
        for kind in KINDS.values()
        if Level(unit.level) in kind.levels
    ]


def _has_ended(unit: Unit, on: datetime.date) -> bool:
    return unit.valid_to is not None and unit.valid_to <= on


def dates_in_words(dated: Dated) -> str:
    """ "from 1 August 2024", "1 August 2024 to 31 July 2025": the last day is included."""
    begins = date_format(dated.valid_from, "DATE_FORMAT")
    if dated.valid_to is None:
        return _("from %(day)s") % {"day": begins}
    last = dated.valid_to - datetime.timedelta(days=1)
    return _("%(first)s to %(last)s") % {"first": begins, "last": date_format(last, "DATE_FORMAT")}


def _facts_of(
    unit: Unit, places: Sequence[UnitPlacement], codes: Sequence[UnitCode]
) -> list[tuple[str, list[str]]]:
    """Terms with a line for each time."""
    facts = []
    if places:
        lines = [f"{place.parent.name}, {dates_in_words(place)}" for place in places]
        facts.append((_("Stands under"), lines))
    if codes:
        facts.append((_("Official code"), [f"{code.code}, {dates_in_words(code)}" for code in codes]))
    if unit.successor is not None:
        facts.append((_("Goes on as"), [unit.successor.name]))
    return facts
