"""Which mails a person wants: chosen on the person's own page, or by the way out of a mail."""

from __future__ import annotations

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from accounts.tenancy import current_municipality

from ..letters import Letter
from ..models import Digest, MailChoice


def mail_choice_of(person: User) -> MailChoice:
    """What the person has chosen; a new row, not saved, for who has chosen nothing."""
    found = MailChoice.objects.filter(user=person).first()
    return found or MailChoice(municipality=current_municipality(), user=person)


@transaction.atomic
def choose_mails(*, digest: Digest | str, reminders: bool, by: User) -> MailChoice:
    choice, _is_new = MailChoice.objects.update_or_create(
        user=by,
        defaults={"digest": digest, "reminders": reminders},
        create_defaults={
            "municipality": current_municipality(),
            "digest": digest,
            "reminders": reminders,
        },
    )
    record("mails chosen", by=by, digest=str(digest), reminders=reminders)
    return choice


def stop_mails(*, person: User, letter: Letter) -> MailChoice:
    """By whoever holds a mail to the person; safe to do twice."""
    choice = mail_choice_of(person)
    is_digest = letter is Letter.DIGEST
    return choose_mails(
        digest=Digest.NEVER if is_digest else choice.digest,
        reminders=choice.reminders if is_digest else False,
        by=person,
    )
