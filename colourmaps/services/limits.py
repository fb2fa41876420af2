"""New limits for an indicator: from a day on, never back over what was decided.

A value keeps the colour of the limits that were in force when it was measured. So new limits act forward: values that
were measured before their first day stay as they are. Values of that day or later which are recorded already (the day
lies in the past, or values came in ahead of it) are judged again. A value that gets another colour by it leaves its old
row in the history, as a correction does, with the same value and the same origin: the map as it was read before the
decision can be shown again. How pupils have moved rests on values alone, and does not change.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..classification import check_limits
from ..limits import Limits
from ..models import Indicator, MeasurementRound, Result, Threshold
from ..scales import Scale, ValueType
from ..signals import results_changed
from .flips import Flips, flipped, flips_of, values_judged
from .planning import keep_rounds_open
from .rewriting import rewrite_stamp
from .stamping import RESULTS


class LimitsRefused(ValueError):
    """The limits cannot hold; the message says why and what to do, in the reader's language."""


@transaction.atomic
def set_threshold(
    *,
    indicator: Indicator,
    year_group: int,
    yellow: int,
    green: int,
    from_day: datetime.date,
    by: User | None,
    source: str = "",
) -> Flips:
    """New limits (hundredths of the indicator's unit) from the day on; those in force until then end that day.

    Values measured on the day or later are judged again, and the classes and rounds in which one of them gets another
    colour are announced. Returns what has flipped. Raises LimitsRefused.
    """
    hold_lock(RESULTS)
    keep_rounds_open()
    limits = Limits(yellow, green)
    check_threshold(indicator, year_group, limits, from_day)
    to_day = _end_those_in_force(indicator, year_group, from_day)
    Threshold.objects.create(
        municipality=current_municipality(),
        indicator=indicator,
        year_group=year_group,
        yellow_limit=yellow,
        green_limit=green,
        source=source,
        decided_at=timezone.now(),
        valid_from=from_day,
        valid_to=to_day,
    )
    flips = flips_of(indicator, year_group, limits, from_day=from_day, to_day=to_day)
    recoloured = flipped(values_judged(indicator, year_group, limits, from_day=from_day, to_day=to_day))
    rewrite_stamp(indicator, "colour", recoloured.assign(colour=recoloured["new_colour"]))
    record(
        "threshold set",
        by=by,
        subject=indicator.code,
        year_group=year_group,
        yellow=yellow,
        green=green,
        from_day=from_day.isoformat(),
        flips=flips.n_flips,
    )
    if flips.touched:
        results_changed.send(sender=set_threshold, touched=flips.touched)
    return flips


def check_threshold(indicator: Indicator, year_group: int, limits: Limits, from_day: datetime.date) -> None:
    """Raises LimitsRefused unless `set_threshold` can be done. Reads only."""
    _check_scale(indicator, limits)
    thresholds = Threshold.objects.filter(indicator=indicator, year_group=year_group)
    later = thresholds.filter(valid_from__gte=from_day).order_by("-valid_from").first()
    if later is not None:
        raise LimitsRefused(
            _("Limits that hold from %(day)s on are decided already. Choose a later day.")
            % {"day": date_format(later.valid_from, "DATE_FORMAT")}
        )
    if thresholds.on(from_day).filter(yellow_limit=limits.yellow, green_limit=limits.green).exists():
        raise LimitsRefused(_("These are the limits that hold already."))
    judged = Result.objects.filter(indicator=indicator, year_group=year_group, measured_on__gte=from_day)
    rounds = MeasurementRound.objects.filter(closed_at__isnull=False, pk__in=judged.values("round"))
    closed = rounds.order_by("-starts_on").first()
    if closed is not None:
        raise LimitsRefused(
            _("The round “%(round)s” is closed, and has values from %(day)s or later. Choose a later day.")
            % {"round": closed, "day": date_format(from_day, "DATE_FORMAT")}
        )


def _check_scale(indicator: Indicator, limits: Limits) -> None:
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


def _end_those_in_force(
    indicator: Indicator, year_group: int, from_day: datetime.date
) -> datetime.date | None:
    """Returns the day on which they were to end in any case, if there is one."""
    threshold = Threshold.objects.on(from_day).filter(indicator=indicator, year_group=year_group).first()
    if threshold is None:
        return None
    to_day, threshold.valid_to = threshold.valid_to, from_day
    threshold.save(update_fields=["valid_to"])
    return to_day
