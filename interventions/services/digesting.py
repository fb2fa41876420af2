"""The summary by mail: at most once per chosen period, only with content, and to those who want it."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.audit import record
from accounts.models import Municipality, RoleAssignment, User
from accounts.tenancy import current_municipality, municipality_scope

from ..digest import digest_of
from ..letters import Letter, language_of, mail_address_of, write_letter
from ..models import Digest, MailChoice
from .mail_choices import mail_choice_of

log = logging.getLogger(__name__)

PERIODS = {Digest.WEEKLY: datetime.timedelta(days=7), Digest.MONTHLY: datetime.timedelta(days=30)}


def send_digests() -> int:
    """Of all municipalities; returns how many were sent. Safe to run twice, and by two workers at once."""
    if not settings.SENDS_MAIL:
        return 0
    return sum(_send_in(municipality) for municipality in Municipality.objects.order_by("pk"))


def _send_in(municipality: Municipality) -> int:
    today = timezone.localdate()
    with municipality_scope(municipality):
        return sum(_send(person, today) for person in _readers(today))


def _readers(today: datetime.date) -> Iterator[User]:
    """Who has a role today, can be written to, wants it, and has had none for a week or a month."""
    held = RoleAssignment.objects.on(today).values("user_id")
    choices = {choice.user_id: choice for choice in MailChoice.objects.all()}
    for person in User.objects.filter(pk__in=held, is_active=True).order_by("pk"):
        choice = choices.get(person.pk) or MailChoice(user=person)
        if _is_due(choice, today) and mail_address_of(person):
            yield person


def _is_due(choice: MailChoice, today: datetime.date) -> bool:
    if choice.digest == Digest.NEVER:
        return False
    return choice.last_sent_on is None or choice.last_sent_on + PERIODS[Digest(choice.digest)] <= today


def _send(person: User, today: datetime.date) -> int:
    """Claimed before it is sent, so that of two workers one writes; a mail that cannot be sent gives its claim back,
    and is tried again the next day."""
    choice = mail_choice_of(person)
    if not _is_due(choice, today):
        return 0
    since = choice.last_sent_on or today - PERIODS[Digest(choice.digest)]
    try:
        letter = _letter(person, since)
        if letter is None or not _claim(choice, today):
            return 0
    except Exception:  # one person's figures must not keep the others' from them
        log.exception("the summary for user %s could not be written", person.pk)
        return 0
    try:
        letter.send()
    except Exception:  # whatever the server of the mail has against it: the others get theirs
        log.exception("the summary to user %s could not be sent", person.pk)
        MailChoice.objects.filter(user=person, last_sent_on=today).update(last_sent_on=choice.last_sent_on)
        return 0
    record("summary sent", by=None, subject=person.key)
    return 1


def _claim(choice: MailChoice, today: datetime.date) -> bool:
    """Only as it was read: neither sent meanwhile nor chosen otherwise."""
    row, _is_new = MailChoice.objects.get_or_create(
        user=choice.user, defaults={"municipality": current_municipality()}
    )
    unclaimed = MailChoice.objects.filter(pk=row.pk, digest=choice.digest)
    if choice.last_sent_on is None:
        return bool(unclaimed.filter(last_sent_on__isnull=True).update(last_sent_on=today))
    return bool(unclaimed.filter(last_sent_on=choice.last_sent_on).update(last_sent_on=today))


def _letter(person: User, since: datetime.date) -> EmailMessage | None:
    """None where there is nothing to tell."""
    with translation.override(language_of(person)):
        contents = digest_of(Sight(person), since)
        if contents.is_empty:
            return None
        subject = _subject(len(contents.late))
        start = f"{settings.PUBLIC_URL}/"
        context = {"contents": contents, "since": since, "start_url": start}
        return write_letter(person, Letter.DIGEST, subject, "interventions/digest.txt", context)


def _subject(n_late: int) -> str:
    municipality = current_municipality().name
    if n_late:
        return _("What waits for you, and is late: %(municipality)s") % {"municipality": municipality}
    return _("What waits for you, and what was learnt: %(municipality)s") % {"municipality": municipality}
