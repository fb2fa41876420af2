"""Whoever answers for an intervention is reminded of its follow-up by mail, once for each follow-up day.

The task on the start page is there in any case. A mail tells no pupil's name and no title, since titles are free text,
and not what is measured: it says where and by when, and leads to the page.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts.audit import record
from accounts.models import Municipality, User
from accounts.tenancy import municipality_scope

from ..letters import Letter, language_of, mail_address_of, write_letter
from ..models import Intervention, MailChoice
from ..states import DUE_WITHIN, State, in_state

log = logging.getLogger(__name__)


def remind_of_follow_ups() -> int:
    """Of all municipalities; returns how many interventions somebody was reminded of. Safe to run twice."""
    if not settings.SENDS_MAIL:
        return 0
    return sum(_remind_in(municipality) for municipality in Municipality.objects.order_by("pk"))


def _remind_in(municipality: Municipality) -> int:
    today = timezone.localdate()
    with municipality_scope(municipality):
        by_person: dict[User, list[Intervention]] = {}
        for intervention in _to_remind_of(today):
            by_person.setdefault(intervention.responsible, []).append(intervention)
        return sum(_remind(person, due, today) for person, due in by_person.items())


def _to_remind_of(today: datetime.date) -> list[Intervention]:
    """Due within two weeks or late, and not followed up yet; of people who can be written to, and want it."""
    open_ones = in_state(State.RUNNING, today) | in_state(State.LATE, today)
    found = Intervention.objects.filter(
        open_ones,
        follow_up_on__lte=today + DUE_WITHIN,
        follow_ups__isnull=True,
        responsible__is_active=True,
    ).exclude(responsible__in=MailChoice.objects.filter(reminders=False).values("user_id"))
    return [
        one
        for one in found.select_related("responsible", "unit").order_by("follow_up_on", "pk")
        if not _was_reminded(one) and mail_address_of(one.responsible)
    ]


def _was_reminded(intervention: Intervention) -> bool:
    """Of this follow-up day. An earlier reminder was of a day that has been put off since."""
    reminded_on = intervention.reminded_on
    return reminded_on is not None and reminded_on >= intervention.follow_up_on - DUE_WITHIN


def _remind(person: User, due: Iterable[Intervention], today: datetime.date) -> int:
    """One mail of all that is due. Claimed before it is sent, so that of two workers one writes.

    A mail that cannot be sent gives its claims back, and is tried again the next day.
    """
    claimed = [one for one in due if _claim(one, today)]
    if not claimed:
        return 0
    try:
        _mail(person, claimed).send()
    except Exception:  # whatever the server of the mail has against it: the others get theirs
        log.exception("the reminder to user %s could not be sent", person.pk)
        for one in claimed:
            Intervention.objects.filter(pk=one.pk).update(reminded_on=one.reminded_on)
        return 0
    for one in claimed:
        record("intervention reminded of", by=None, unit=one.unit, subject=one.key, responsible=person.pk)
    return len(claimed)


def _claim(intervention: Intervention, today: datetime.date) -> bool:
    unclaimed = Intervention.objects.filter(pk=intervention.pk, reminded_on=intervention.reminded_on)
    if intervention.reminded_on is None:
        unclaimed = Intervention.objects.filter(pk=intervention.pk, reminded_on__isnull=True)
    return bool(unclaimed.update(reminded_on=today))


def _mail(person: User, due: list[Intervention]) -> EmailMessage:
    with translation.override(language_of(person)):
        subject = ngettext(
            "An intervention is to be followed up", "%(n)s interventions are to be followed up", len(due)
        ) % {"n": len(due)}
        rows = [{"intervention": one, "url": f"{settings.PUBLIC_URL}{_path_of(one)}"} for one in due]
        return write_letter(person, Letter.REMINDER, subject, "interventions/reminder.txt", {"rows": rows})


def _path_of(intervention: Intervention) -> str:
    return reverse("interventions:intervention", args=[intervention.key])
