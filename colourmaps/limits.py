"""Limits in words: "green from 26, yellow from 16"."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from .models import Indicator
from .scales import ValueType, format_value


class Limits(NamedTuple):
    """From where a value is yellow and green, in hundredths of the indicator's unit."""

    yellow: int
    green: int


class OwnLimits(NamedTuple):
    """Why a school has limits of its own, and the municipality's, if there are any, which do not hold there."""

    reason: str
    elsewhere: Limits | None


def limits_in_words(indicator: Indicator, limits: Limits | None) -> str:
    """One sentence part; says the direction, so that nobody has to know whether high is good."""
    if limits is None:
        return _("no limits, so no colour")
    if indicator.scale.value_type is ValueType.YES_NO:
        worst, best = (step.label for step in indicator.scale.steps)
        words = {"best": best, "worst": worst} if indicator.is_high_good else {"best": worst, "worst": best}
        return _("green: %(best)s, red: %(worst)s") % words
    numbers = {
        "green": format_value(limits.green, indicator.scale, with_unit=True),
        "yellow": format_value(limits.yellow, indicator.scale, with_unit=True),
    }
    if indicator.is_high_good:
        return _("green from %(green)s, yellow from %(yellow)s") % numbers
    return _("green up to %(green)s, yellow up to %(yellow)s") % numbers


def own_in_words(indicator: Indicator, own: OwnLimits) -> str:
    """That limits are the school's own, why, and what holds elsewhere: said after the limits themselves."""
    elsewhere = limits_in_words(indicator, own.elsewhere)
    return _("the school's own limits, because: %(reason)s (in the municipality: %(limits)s)") % {
        "reason": own.reason.rstrip("."),
        "limits": elsewhere,
    }
