"""What the pages about indicators show, put into words."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Municipality

from .indicator_words import kind_in_words, measured_in_words, year_groups_in_words
from .models import Indicator, IndicatorArea, Threshold
from .services import offers_of
from .services.adopting import Offer
from .starter_sets import StarterSet

AREAS = list(IndicatorArea)


def rows_by_area(municipality: Municipality, on: datetime.date) -> list[dict[str, Any]]:
    """The municipality's indicators under their areas, in the order of the map."""
    limited = set(Threshold.objects.on(on).values_list("indicator_id", flat=True).distinct())
    indicators = sorted(
        Indicator.of_all_areas.all(),
        key=lambda each: (AREAS.index(IndicatorArea(each.area)), each.position, each.code),
    )
    return [
        {
            "area": str(IndicatorArea(area).label).capitalize(),
            "rows": [
                {
                    "indicator": each,
                    "kind": kind_in_words(each),
                    "year_groups": measured_in_words(each, municipality, on),
                    "has_limits": each.pk in limited,
                }
                for each in members
            ],
        }
        for area, members in groupby(indicators, key=lambda each: each.area)
    ]


def n_in_words(n: int) -> str:
    return ngettext("%(n)s indicator", "%(n)s indicators", n) % {"n": n}


def sets_shown(sets: list[StarterSet], municipality: Municipality, on: datetime.date) -> list[dict[str, Any]]:
    """The starter sets with what each would add."""
    return [_set_shown(each, municipality, on) for each in sets]


def _set_shown(starter: StarterSet, municipality: Municipality, on: datetime.date) -> dict[str, Any]:
    offers = offers_of(starter)
    n_new = sum(not offer.taken for offer in offers)
    return {
        "set": starter,
        "n": len(offers),
        "n_new": n_new,
        "button": ngettext("Add %(n)s indicator", "Add %(n)s indicators", n_new) % {"n": n_new},
        "rows": [_offer_shown(offer, municipality, on) for offer in offers],
    }


def _offer_shown(offer: Offer, municipality: Municipality, on: datetime.date) -> dict[str, Any]:
    starter, definition = offer.indicator, offer.indicator.definition
    return {
        "code": definition.code,
        "name": starter.name,
        "kind": kind_in_words(Indicator(**definition.columns())),
        "year_groups": year_groups_in_words(definition.year_groups, municipality.country, on),
        "limits": starter.limits.source if starter.limits else _("the municipality sets them"),
        "source": f"{definition.source}. {definition.legal_ground}.",
        "taken": offer.taken,
    }
