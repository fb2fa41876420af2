"""How often and how long, and what it costs, in words: of a plan, and of an entry of the catalogue."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def dose_in_words(times_per_week: int | None, minutes_each_time: int | None) -> str:
    """ "3 times a week, 20 minutes each time"; as much as is known, and empty where nothing is."""
    if times_per_week and minutes_each_time:
        return ngettext(
            "%(times)s time a week, %(minutes)s minutes each time",
            "%(times)s times a week, %(minutes)s minutes each time",
            times_per_week,
        ) % {"times": times_per_week, "minutes": minutes_each_time}
    if times_per_week:
        return ngettext("%(n)s time a week", "%(n)s times a week", times_per_week) % {"n": times_per_week}
    if minutes_each_time:
        return ngettext("%(n)s minute each time", "%(n)s minutes each time", minutes_each_time) % {
            "n": minutes_each_time
        }
    return ""


def money_in_words(money: int) -> str:
    """All three countries count in kronor."""
    return _("%(money)s kr") % {"money": number_format(money, force_grouping=True)}


def hours_in_words(hours: Decimal | float) -> str:
    """ "12 h", "2,5 h"."""
    shown = number_format(hours, decimal_pos=0 if hours == int(hours) else 1, force_grouping=True)
    return _("%(hours)s h") % {"hours": shown}
