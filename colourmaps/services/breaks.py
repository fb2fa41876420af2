"""Breaks of a series: from a round on, values of an indicator are not compared with those of the rounds before."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.statements import hold_lock
from accounts.tenancy import current_municipality

from ..models import BreakKind, Indicator, MeasurementRound, SeriesBreak
from .stamping import RESULTS


class BreakRefused(ValueError):
    """The series cannot break there; the message says why and what to do, in the reader's language."""


@transaction.atomic
def add_break(
    *, indicator: Indicator, round_: MeasurementRound, kind: BreakKind, reason: str = "", by: User | None
) -> SeriesBreak:
    """The series of the indicator breaks before the round. Raises BreakRefused."""
    hold_lock(RESULTS)
    check_break(indicator, round_, kind, reason)
    added = SeriesBreak.objects.create(
        municipality=current_municipality(),
        indicator=indicator,
        round=round_,
        kind=kind,
        reason=reason.strip(),
    )
    record("series break added", by=by, subject=indicator.code, round=round_.key, kind=str(kind))
    return added


def check_break(
    indicator: Indicator, round_: MeasurementRound, kind: BreakKind | str, reason: str = ""
) -> None:
    """Raises BreakRefused unless `add_break` can be done. Reads only."""
    if SeriesBreak.objects.filter(indicator=indicator, round=round_).exists():
        raise BreakRefused(_("The series breaks there already."))
    if round_.closed_at is not None:
        raise BreakRefused(
            _("The round “%(round)s” is closed, and its movements would change. Choose a later round.")
            % {"round": round_}
        )
