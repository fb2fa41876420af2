"""New limits for an indicator: from a day on, never back over what was decided.

A value keeps the colour of the limits that were in force when it was measured. So new limits act forward: values that
were measured before their first day stay as they are. Values of that day or later which are recorded already (the day
lies in the past, or values came in ahead of it) are judged again. A value that gets another colour by it leaves its old
row in the history, as a correction does, with the same value and the same origin: the map as it was read before the
decision can be shown again. How pupils have moved rests on values alone, and does not change.

A school's own limits go before the municipality's for the pupils whose class stood under the school when the round was
counted. When they end, the municipality's hold there again.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.known import change, remove
from accounts.models import Unit, User
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..limits import Limits
from ..models import Indicator, Threshold
from ..signals import results_changed
from .flips import Decision, Flips, flipped, summarised, values_judged
from .limit_checks import (
    LimitsRefused,
    check_closed_rounds,
    check_reason,
    check_threshold,
    in_words,
    line_of_decisions,
)
from .planning import keep_rounds_open
from .rewriting import rewrite_stamp
from .stamping import RESULTS


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
    school: Unit | None = None,
    reason: str = "",
) -> Flips:
    """New limits (hundredths of the indicator's unit) from the day on; those in force until then end that day.

    school: whose own they are, for the reason given; None for the municipality's. Values measured on the day or later
    are judged again, and the classes and rounds in which one of them gets another colour are announced. Returns what
    has flipped. Raises LimitsRefused.
    """
    _hold_still()
    decision = Decision(indicator, year_group, Limits(yellow, green), from_day, school=school)
    check_threshold(decision)
    check_reason(school, reason)
    decision = replace(decision, to_day=_end_those_in_force(decision))
    Threshold.objects.create(
        municipality=current_municipality(),
        indicator=indicator,
        year_group=year_group,
        school=school,
        yellow_limit=yellow,
        green_limit=green,
        source=source,
        reason=reason.strip(),
        by=by,
        decided_at=timezone.now(),
        valid_from=from_day,
        valid_to=decision.to_day,
    )
    return _judge_again("threshold set", decision, by=by)


@transaction.atomic
def set_thresholds(*, year_groups: Collection[int], **decision: Any) -> list[Flips]:
    """As `set_threshold` for several year groups: all of them, or none. Raises LimitsRefused."""
    return [set_threshold(year_group=year_group, **decision) for year_group in sorted(year_groups)]


@transaction.atomic
def end_own_limits(*, threshold: Threshold, from_day: datetime.date, by: User | None) -> Flips:
    """From the day on the school has the municipality's limits again. Raises LimitsRefused."""
    _hold_still()
    threshold = _as_it_is_now(threshold)
    if threshold.school is None:
        raise LimitsRefused(_("The municipality's limits end when new ones begin."))
    if not threshold.is_in_force(from_day) or from_day == threshold.valid_from:
        raise LimitsRefused(_("The limits do not hold on that day, or begin on it. Choose another day."))
    decision = _decision_of(threshold, None, from_day)
    check_closed_rounds(decision)
    change(Threshold.objects.filter(pk=threshold.pk), valid_to=from_day)
    return _judge_again("own limits ended", decision, by=by)


@transaction.atomic
def take_back_threshold(*, threshold: Threshold, today: datetime.date, by: User | None) -> Flips:
    """Limits that have not begun yet never will; those before them go on. Raises LimitsRefused."""
    _hold_still()
    threshold = _as_it_is_now(threshold)
    if threshold.valid_from <= today:
        raise LimitsRefused(
            _("The limits have held since %(day)s. Decide on new ones instead.")
            % {"day": in_words(threshold.valid_from)}
        )
    line = line_of_decisions(_decision_of(threshold, None, threshold.valid_from))
    before = line.filter(valid_to=threshold.valid_from).first()
    limits = Limits(before.yellow_limit, before.green_limit) if before else None
    decision = replace(_decision_of(threshold, limits, threshold.valid_from), to_day=threshold.valid_to)
    check_closed_rounds(decision)
    remove(Threshold.objects.filter(pk=threshold.pk))
    if before is not None:
        change(line.filter(pk=before.pk), valid_to=threshold.valid_to)
    return _judge_again("threshold taken back", decision, by=by)


def _hold_still() -> None:
    """Until the transaction ends nobody writes results or closes a round."""
    hold_lock(RESULTS)
    keep_rounds_open()


def _as_it_is_now(threshold: Threshold) -> Threshold:
    """A page may have read it before somebody else changed it or took it back."""
    found = Threshold.objects.filter(pk=threshold.pk).select_related("indicator", "school").first()
    if found is None:
        raise LimitsRefused(_("The limits have been taken back already."))
    return found


def _decision_of(threshold: Threshold, limits: Limits | None, from_day: datetime.date) -> Decision:
    return Decision(
        threshold.indicator, threshold.year_group, limits, from_day, threshold.valid_to, threshold.school
    )


def _judge_again(action: str, decision: Decision, *, by: User | None) -> Flips:
    """Writes the colours that the decision changes, and announces them."""
    values = values_judged(decision)
    flips = summarised(values)
    recoloured = flipped(values)
    rewrite_stamp(decision.indicator, "colour", recoloured.assign(colour=recoloured["new_colour"]))
    facts: dict[str, Any] = {"year_group": decision.year_group}
    if decision.limits is not None:
        facts |= {"yellow": decision.limits.yellow, "green": decision.limits.green}
    facts |= {"from_day": decision.from_day.isoformat(), "flips": flips.n_certain_flips}
    if flips.near:
        facts["flips_near_a_limit"] = flips.near.total()
    record(action, by=by, unit=decision.school, subject=decision.indicator.code, **facts)
    if flips.touched:
        results_changed.send(sender=set_threshold, touched=flips.touched)
    return flips


def _end_those_in_force(decision: Decision) -> datetime.date | None:
    """Returns the day on which they were to end in any case, if there is one."""
    threshold = line_of_decisions(decision).on(decision.from_day).first()
    if threshold is None:
        return None
    change(Threshold.objects.filter(pk=threshold.pk), valid_to=decision.from_day)
    return threshold.valid_to
