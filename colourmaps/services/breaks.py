"""Breaks of a series: from a round on, values of an indicator are not compared with those of the rounds before.

A new version of a test, another scale, or a test that was taken in another part of the year: the values are still
results and keep their colours, but no arrow goes from one side of the break to the other. A break that is added or
taken away judges again how pupils have moved, from its round on, and the maps as they were read before stay in the
history.
"""

from __future__ import annotations

import pandas as pd
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..models import BreakKind, Indicator, MeasurementRound, Result, SeriesBreak
from ..signals import results_changed
from .planning import keep_rounds_open
from .rewriting import rewrite_stamp
from .stamping import RESULTS, Touched, movements_judged_again

LONGEST_REASON = 300


class BreakRefused(ValueError):
    """The series cannot break there; the message says why and what to do, in the reader's language."""


@transaction.atomic
def add_break(
    *, indicator: Indicator, round_: MeasurementRound, kind: BreakKind, reason: str = "", by: User | None
) -> SeriesBreak:
    """The series of the indicator breaks before the round. Raises BreakRefused.

    Movements from the round on are judged again, and the classes and rounds in which one changes are announced.
    """
    hold_lock(RESULTS)
    keep_rounds_open()
    check_break(indicator, round_, kind, reason)
    added = SeriesBreak.objects.create(
        municipality=current_municipality(),
        indicator=indicator,
        round=round_,
        kind=kind,
        reason=reason.strip(),
    )
    n_changed = _judge_again(added)
    record(
        "series break added",
        by=by,
        subject=indicator.code,
        round=round_.key,
        kind=str(kind),
        n_changed=n_changed,
    )
    return added


@transaction.atomic
def remove_break(*, series_break: SeriesBreak, by: User | None) -> None:
    """The values on both sides are compared again. Raises BreakRefused if that would change a closed round."""
    hold_lock(RESULTS)
    keep_rounds_open()
    indicator, round_ = series_break.indicator, series_break.round
    _check_open(indicator, round_)
    SeriesBreak.objects.filter(pk=series_break.pk).delete()
    n_changed = _judge_again(series_break)
    record("series break removed", by=by, subject=indicator.code, round=round_.key, n_changed=n_changed)


def check_break(
    indicator: Indicator, round_: MeasurementRound, kind: BreakKind | str, reason: str = ""
) -> None:
    """Raises BreakRefused unless `add_break` can be done. Reads only."""
    if kind not in BreakKind.values:
        raise BreakRefused(_("Choose why the series breaks."))
    if kind == BreakKind.OTHER and not reason.strip():
        raise BreakRefused(_("Say why the values cannot be compared."))
    if len(reason.strip()) > LONGEST_REASON:
        raise BreakRefused(_("The reason is too long. Say it in fewer words."))
    if SeriesBreak.objects.filter(indicator=indicator, round=round_).exists():
        raise BreakRefused(_("The series breaks there already."))
    _check_open(indicator, round_)


def _check_open(indicator: Indicator, round_: MeasurementRound) -> None:
    """A closed round stays as it is: how its pupils have moved must not change any more."""
    measured = Result.objects.filter(indicator=indicator).order_by()
    rounds = _rounds_judged(indicator, round_).filter(
        closed_at__isnull=False, pk__in=measured.values("round")
    )
    closed = rounds.order_by("-starts_on").first()
    if closed is not None:
        raise BreakRefused(
            _("The round “%(round)s” is closed, and its movements would change. Choose a later round.")
            % {"round": closed}
        )


def _rounds_judged(indicator: Indicator, round_: MeasurementRound) -> QuerySet[MeasurementRound]:
    """The rounds in which a break before the round decides: its own and the later ones, up to the break after it."""
    later = SeriesBreak.objects.filter(indicator=indicator, round__starts_on__gt=round_.starts_on)
    rounds = MeasurementRound.objects.filter(starts_on__gte=round_.starts_on)
    after = later.select_related("round").order_by("round__starts_on").first()
    return rounds if after is None else rounds.filter(starts_on__lt=after.round.starts_on)


def _judge_again(series_break: SeriesBreak) -> int:
    """How many results have another movement by the break that has come or gone."""
    indicator = series_break.indicator
    rounds = _rounds_judged(indicator, series_break.round).order_by("starts_on")
    found = [movements_judged_again(round_, indicator.pk) for round_ in rounds]
    changed = pd.concat([each for each in found if not each.empty] or [pd.DataFrame()])
    rewrite_stamp(indicator, "movement", changed)
    touched = _classes_of(changed)
    if touched:
        results_changed.send(sender=add_break, touched=touched)
    return len(changed)


def _classes_of(changed: pd.DataFrame) -> Touched:
    if changed.empty:
        return set()
    pairs = changed[["school_class_id", "round_id"]].dropna().drop_duplicates()
    return {(int(class_id), int(round_id)) for class_id, round_id in pairs.itertuples(index=False)}
