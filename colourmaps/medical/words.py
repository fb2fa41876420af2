"""Crossings put into words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Municipality
from accounts.roles import RoleCode
from colourmaps.models import Indicator

from .grounds import ground_in_words
from .models import Crossing

Facts = list[tuple[str, str]]


def receiver_in_words(crossing: Crossing) -> str:
    if crossing.receiver is not None:
        return crossing.receiver.name
    return f"{RoleCode(crossing.role).label}, {crossing.unit}"


def names_of(codes: Collection[str], indicators: Sequence[Indicator]) -> str:
    """In the order of the map."""
    return ", ".join(indicator.name for indicator in indicators if indicator.code in codes)


def decision_in_words(crossing: Crossing, municipality: Municipality) -> Facts:
    """What the receiver reads of the decision: all of it but how the ground is met."""
    return [
        (_("What for"), f"{crossing.get_purpose_display()}: {crossing.reason}"),
        (_("Legal ground"), ground_in_words(municipality.country, crossing.ground)),
        (_("Shared with"), receiver_in_words(crossing)),
        (
            _("Decided"),
            _("%(day)s by %(name)s")
            % {"day": date_format(crossing.decided_at, "DATE_FORMAT"), "name": crossing.decided_by.name},
        ),
        (
            pgettext("crossing", "Holds"),
            _("from %(first)s to %(last)s")
            % {
                "first": date_format(crossing.valid_from, "DATE_FORMAT"),
                "last": date_format(crossing.last_on, "DATE_FORMAT"),
            },
        ),
    ]
