"""What makes limits impossible, in words."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import DatedQuerySet, Level, Unit

from ..classification import check_limits
from ..models import MeasurementRound, Threshold
from ..scales import Scale, ValueType
from .flips import Decision, values_judged


class LimitsRefused(ValueError):
    """The limits cannot hold; the message says why and what to do, in the reader's language."""


def check_threshold(decision: Decision) -> None:
    """Raises LimitsRefused unless `set_threshold` can be done, given a reason where it needs one. Reads only."""
    _check_scale(decision)
    _check_school(decision)
    thresholds = line_of_decisions(decision)
    later = thresholds.filter(valid_from__gte=decision.from_day).order_by("-valid_from").first()
    if later is not None:
        raise LimitsRefused(
            _("Limits that hold from %(day)s on are decided already. Choose a later day.")
            % {"day": in_words(later.valid_from)}
        )
    limits = decision.limits
    in_force = thresholds.on(decision.from_day)
    if limits and in_force.filter(yellow_limit=limits.yellow, green_limit=limits.green).exists():
        raise LimitsRefused(_("These are the limits that hold already."))
    check_closed_rounds(decision)


def line_of_decisions(decision: Decision) -> DatedQuerySet:
    """The limits of the same indicator and year group, of the same school or of the municipality."""
    return Threshold.objects.filter(
        indicator=decision.indicator, year_group=decision.year_group, school=decision.school
    )


def check_closed_rounds(decision: Decision) -> None:
    judged = values_judged(replace(decision, to_day=None))["round_id"].unique().tolist()
    rounds = MeasurementRound.objects.filter(closed_at__isnull=False, pk__in=judged)
    closed = rounds.order_by("-starts_on").first()
    if closed is not None:
        raise LimitsRefused(
            _("The round “%(round)s” is closed, and has values from %(day)s or later. Choose a later day.")
            % {"round": closed, "day": in_words(decision.from_day)}
        )


def check_reason(school: Unit | None, reason: str) -> None:
    if school is not None and not reason.strip():
        raise LimitsRefused(_("Say why the school has limits of its own."))


def _check_school(decision: Decision) -> None:
    school = decision.school
    if school is None:
        return
    if school.level != Level.SCHOOL:
        raise LimitsRefused(_("Only a school has limits of its own."))
    if not school.is_in_force(decision.from_day):
        raise LimitsRefused(_("“%(unit)s” is not there on that day.") % {"unit": school})


def _check_scale(decision: Decision) -> None:
    if decision.limits is None:
        return
    indicator, limits = decision.indicator, decision.limits
    scale = indicator.scale
    for limit in limits:
        if not _is_limit_of(scale, limit):
            raise LimitsRefused(
                _("The limit is no value of the scale: %(scale)s.") % {"scale": scale.in_words()}
            )
    try:
        check_limits(limits.yellow, limits.green, indicator.is_high_good)
    except ValueError:
        raise LimitsRefused(
            _("The green limit must be at least as high as the yellow one.")
            if indicator.is_high_good
            else _("The green limit must be at most as high as the yellow one.")
        ) from None


def _is_limit_of(scale: Scale, limit: int) -> bool:
    """On a named step, or anywhere between the ends: a limit may lie between two whole values."""
    return (
        scale.contains(limit) if scale.steps else replace(scale, value_type=ValueType.NUMBER).contains(limit)
    )


def in_words(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
