"""Sessions are planned, added, marked and taken away. Counts only: who came is written nowhere."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User

from ..models import Intervention, Session, SessionState
from ..session_rules import Mark, check_day, check_mark, check_open


@transaction.atomic
def plan_sessions(
    *, intervention: Intervention, days: Collection[datetime.date], n_expected: int, by: User
) -> int:
    """Sessions on the days; those that have one keep it. Returns how many are new."""
    intervention = _locked(intervention)
    known = set(intervention.sessions.values_list("on", flat=True))
    new = sorted(set(days) - known)
    for day in new:
        check_day(intervention, day)
    Session.objects.bulk_create(_session(intervention, day, n_expected) for day in new)
    if new:
        facts = {"first": new[0].isoformat(), "last": new[-1].isoformat(), "n": len(new)}
        _record("sessions planned", intervention, by, **facts)
    return len(new)


@transaction.atomic
def add_session(
    *, intervention: Intervention, on: datetime.date, n_expected: int, n_present: int | None, by: User
) -> Session:
    """One more session; held already, if it is known how many came. Raises ValidationError by the field."""
    intervention = _locked(intervention)
    mark = Mark(SessionState.PLANNED if n_present is None else SessionState.HELD, n_expected, n_present)
    try:
        check_day(intervention, on)
    except ValidationError as refusal:
        raise ValidationError({"on": refusal.messages}) from None
    check_mark(on, mark)
    if intervention.sessions.filter(on=on).exists():
        raise ValidationError(
            {"on": _("There is a session on %(day)s already. Mark that one.") % {"day": date_format(on)}}
        )
    session = _session(intervention, on, n_expected)
    session.state, session.n_present = mark.state, mark.n_present
    session.save()
    _record("session added", intervention, by, on=on.isoformat(), state=mark.state)
    return session


@transaction.atomic
def mark_session(*, session: Session, mark: Mark, was: str, by: User) -> Session:
    """What came of a session. was: the token of the mark that the person saw.

    The same mark twice is one. Raises ValidationError if somebody else has marked it otherwise meanwhile.
    """
    intervention = _locked(session.intervention)
    session = Session.objects.get(pk=session.pk)
    before = Mark.of(session)
    if before == mark:
        return session
    if before.token != was:
        raise ValidationError(
            _("Somebody has marked it meanwhile: %(mark)s. Mark it again if that is not right.")
            % {"mark": before.in_words}
        )
    check_mark(session.on, mark)
    session.state, session.n_present, session.n_expected = mark.state, mark.n_present, mark.n_expected
    session.save(update_fields=["state", "n_present", "n_expected"])
    facts = {"on": session.on.isoformat(), "state": mark.state, "was": before.state}
    _record("session marked", intervention, by, **facts)
    return session


@transaction.atomic
def mark_sessions(*, intervention: Intervention, chosen: Collection[int], is_held: bool, by: User) -> int:
    """Several at once: held, with everybody who was expected, or not held. Returns how many were marked.

    chosen: ids. What is marked already, by whomever, is left as it is, and so is a day that has not been.
    """
    intervention = _locked(intervention)
    unmarked = intervention.sessions.filter(pk__in=chosen, state=SessionState.PLANNED)
    if is_held:
        unmarked = unmarked.filter(on__lte=timezone.localdate())
        n_marked = unmarked.update(state=SessionState.HELD, n_present=F("n_expected"))
    else:
        n_marked = unmarked.update(state=SessionState.CANCELLED)
    if n_marked:
        state = SessionState.HELD if is_held else SessionState.CANCELLED
        _record("sessions marked", intervention, by, n=n_marked, state=state.value)
    return n_marked


@transaction.atomic
def remove_sessions(*, intervention: Intervention, chosen: Collection[int], by: User) -> int:
    """Takes planned sessions away, as when they fall on a holiday. What is marked stays. Returns how many went."""
    intervention = _locked(intervention)
    n_removed, _of_models = intervention.sessions.filter(pk__in=chosen, state=SessionState.PLANNED).delete()
    if n_removed:
        _record("sessions taken away", intervention, by, n=n_removed)
    return n_removed


def _session(intervention: Intervention, on: datetime.date, n_expected: int) -> Session:
    return Session(
        municipality_id=intervention.municipality_id, intervention=intervention, on=on, n_expected=n_expected
    )


def _locked(intervention: Intervention) -> Intervention:
    """Whoever writes sessions of an intervention waits for whoever is writing; so nothing is overwritten unseen."""
    found = Intervention.objects.select_for_update(of=("self",)).get(pk=intervention.pk)
    check_open(found)
    return found


def _record(action: str, intervention: Intervention, by: User, **facts: Any) -> None:
    record(action, by=by, unit=intervention.unit, subject=intervention.key, pupils=(), **facts)
