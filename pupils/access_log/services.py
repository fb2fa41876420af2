"""Controls of the log: made, judged, signed. A signed one is never changed again."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import AuditEvent, User
from accounts.refusal import ActRefused
from accounts.tenancy import current_municipality

from ..models import Judgement, LogControl, LogControlLine
from .selection import select

LONGEST_PERIOD = datetime.timedelta(days=92)
SEEDS = 2**31


@transaction.atomic
def make_control(
    *,
    first_on: datetime.date,
    last_on: datetime.date,
    selections: Sequence[str],
    n_random: int,
    day_begins: int,
    day_ends: int,
    by: User,
    seed: int | None = None,
) -> LogControl:
    """Draws the lines of a new control. seed: of an earlier one, to draw its lines again."""
    if last_on - first_on > LONGEST_PERIOD:
        raise ActRefused(_("A control covers three months at most."))
    municipality = current_municipality()
    control = LogControl(
        municipality=municipality,
        first_on=first_on,
        last_on=last_on,
        selections=list(selections),
        n_random=n_random,
        day_begins=day_begins,
        day_ends=day_ends,
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
        made_by=by,
        made_at=timezone.now(),
    )
    reasons, control.found, control.n_reads = select(control)
    control.save()
    LogControlLine.objects.bulk_create(
        LogControlLine(municipality=municipality, control=control, event_id=event_id, why=why)
        for event_id, why in sorted(reasons.items())
    )
    record("log control made", by=by, subject=control.key, seed=control.seed, n_lines=len(reasons))
    return control


def is_own(line: LogControlLine, by: User) -> bool:
    """Whether it is about what the person has read."""
    return AuditEvent.objects.filter(pk=line.event_id, actor_id=by.pk).exists()


@transaction.atomic
def judge_line(*, line: LogControlLine, judgement: str, note: str, by: User) -> None:
    """Raises ActRefused for a signed control, and for what the person has read: nobody judges that alone."""
    control = LogControl.objects.select_for_update().get(pk=line.control_id)
    _check_open(control)
    if is_own(line, by):
        raise ActRefused(_("You have read this yourself: somebody else has to judge it."))
    line.judgement, line.note = judgement, note.strip()
    line.judged_by, line.judged_at = (by, timezone.now()) if judgement else (None, None)
    line.save(update_fields=["judgement", "note", "judged_by", "judged_at"])
    record("log control line judged", by=by, subject=control.key, line=line.key, judgement=judgement)


@transaction.atomic
def sign_control(*, control: LogControl, outcome: str, by: User) -> None:
    """Closes the control with a name and a time. Raises ActRefused while a line has no judgement."""
    control = LogControl.objects.select_for_update().get(pk=control.pk)
    _check_open(control)
    n_left = control.lines.filter(judgement=Judgement.NONE).count()
    if n_left:
        raise ActRefused(_("%(n)d reads have not been judged yet.") % {"n": n_left})
    if not outcome.strip():
        raise ActRefused(_("Write what the control came to."))
    control.outcome, control.signed_by, control.signed_at = outcome.strip(), by, timezone.now()
    control.save(update_fields=["outcome", "signed_by", "signed_at"])
    record("log control signed", by=by, subject=control.key)


def _check_open(control: LogControl) -> None:
    if control.is_signed:
        raise ActRefused(_("The control has been signed and is not changed any more."))
