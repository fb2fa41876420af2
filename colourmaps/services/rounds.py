"""Measurement rounds made, changed, closed and opened again."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality
from pupils.school_years import shifted_year_group

from ..models import DueIndicator, MeasurementRound, Result
from ..spelling import header_key
from .planning import RoundRefused, keep_rounds_open, plan_round

Due = set[tuple[int, int]]


@transaction.atomic
def add_round(
    *,
    name: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    copy_from: MeasurementRound | None = None,
    by: User | None,
) -> MeasurementRound:
    """A round, in which the same is due as in `copy_from`, or nothing yet. Raises RoundRefused.

    Across the autumn in which the Swedish year groups are counted anew, each indicator stays with its stage.
    """
    check_round(name, starts_on, ends_on)
    round_ = MeasurementRound.objects.create(
        municipality=current_municipality(), name=name, starts_on=starts_on, ends_on=ends_on
    )
    record("round added", by=by, subject=round_.key, starts_on=starts_on.isoformat())
    if copy_from is not None:
        plan_round(round_=round_, due=_due_as_in(copy_from, round_), by=by)
    return round_


@transaction.atomic
def change_round(
    *,
    round_: MeasurementRound,
    name: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    by: User | None,
) -> None:
    """Another name, or other days as long as nothing has been measured. Raises RoundRefused.

    With other days other classes are due, so what is due goes and comes again.
    """
    keep_rounds_open()
    round_.refresh_from_db()
    check_round(name, starts_on, ends_on, round_)
    if (starts_on, ends_on) == (round_.starts_on, round_.ends_on):
        MeasurementRound.objects.filter(pk=round_.pk).update(name=name)
    else:
        due = due_in(round_)
        plan_round(round_=round_, due=(), by=by)
        MeasurementRound.objects.filter(pk=round_.pk).update(name=name, starts_on=starts_on, ends_on=ends_on)
        round_.refresh_from_db()
        plan_round(round_=round_, due=due, by=by)
    record("round changed", by=by, subject=round_.key, starts_on=starts_on.isoformat())


@transaction.atomic
def close_round(*, round_: MeasurementRound, by: User | None) -> None:
    """From now on nothing is recorded in the round, and nobody changes what it shows."""
    keep_rounds_open()
    if MeasurementRound.objects.filter(pk=round_.pk, closed_at=None).update(closed_at=timezone.now()):
        record("round closed", by=by, subject=round_.key)


@transaction.atomic
def open_round(*, round_: MeasurementRound, by: User | None) -> None:
    """A closed round can be recorded in again."""
    if MeasurementRound.objects.filter(pk=round_.pk, closed_at__isnull=False).update(closed_at=None):
        record("round opened", by=by, subject=round_.key)


def due_in(round_: MeasurementRound) -> Due:
    """(indicator id, year group) of all that is due in the round."""
    return set(DueIndicator.objects.filter(round=round_).values_list("indicator_id", "year_group"))


def _due_as_in(earlier: MeasurementRound, round_: MeasurementRound) -> Due:
    country, then, on = round_.municipality.country, earlier.starts_on, round_.starts_on
    return {
        (indicator_id, shifted_year_group(year_group, country, then=then, on=on))
        for indicator_id, year_group in due_in(earlier)
    }


def check_round(
    name: str, starts_on: datetime.date, ends_on: datetime.date, round_: MeasurementRound | None = None
) -> None:
    """Raises RoundRefused unless there can be such a round, or `round_` can become it. Reads only."""
    if ends_on < starts_on:
        raise RoundRefused(_("The last day is before the first."))
    others = MeasurementRound.objects.exclude(pk=round_.pk if round_ else None)
    if header_key(name) in {header_key(known) for known in others.values_list("name", flat=True)}:
        raise RoundRefused(_("There is a round of this name already."))
    same_day = others.filter(starts_on=starts_on).first()
    if same_day is not None:
        raise RoundRefused(
            _(
                "The round “%(round)s” begins on the same day. Rounds are ordered by their first days: choose another."
            )
            % {"round": same_day}
        )
    if round_ is None or (starts_on, ends_on) == (round_.starts_on, round_.ends_on):
        return
    if round_.closed_at is not None:
        raise RoundRefused(_("The round “%(round)s” is closed, and stays as it is.") % {"round": round_})
    first = Result.objects.filter(round=round_).order_by("recorded_at").first()
    if first is not None:
        raise RoundRefused(
            _(
                "Results have been recorded in the round since %(day)s. Its days stay; only its name can change."
            )
            % {"day": date_format(timezone.localdate(first.recorded_at))}
        )
