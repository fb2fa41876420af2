"""The mail to whoever answers for a class that somebody else has opened in an emergency: at once, and without names.

It can not be turned off: it is no summary. The start page tells the same, and waits until it is taken note of.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import EmergencyAccess, RoleAssignment, User
from accounts.queries import line_of
from accounts.roles import ROLES, Permission

from ..letters import language_of, mail_address_of

log = logging.getLogger(__name__)
TELLS = [code for code, role in ROLES.items() if Permission.GUARD_PUPILS in role.permissions]


def owners_of(access: EmergencyAccess) -> Sequence[User]:
    """Who answers for the class and sees its pupils; nobody is told of the own emergency."""
    today = timezone.localdate()
    line = line_of(access.unit, today)
    held = RoleAssignment.objects.on(today).filter(unit__in=line, role__in=TELLS, user__is_active=True)
    people = {each.user_id: each.user for each in held.exclude(user=access.user_id).select_related("user")}
    return [each for each in people.values() if Sight(each).can_in_line(Permission.SEE_PUPILS, line)]


def tell_of_emergency(access: EmergencyAccess) -> int:
    """Returns how many mails were sent."""
    if not settings.SENDS_MAIL:
        return 0
    sent = 0
    for person in owners_of(access):
        if not mail_address_of(person):
            continue
        try:
            with translation.override(language_of(person)):
                sent += _letter(access, person).send()
        except Exception:  # the others are told all the same, and the start page tells this one
            log.exception("user %s could not be told of an emergency", person.pk)
    return sent


def _letter(access: EmergencyAccess, person: User) -> EmailMessage:
    url = f"{settings.PUBLIC_URL}{reverse('pupils:emergency-note', args=[access.key])}"
    text = render_to_string(
        "interventions/emergency_letter.txt", {"person": person, "unit": access.unit, "url": url}
    )
    subject = _("Pupils of your school were opened in an emergency")
    return EmailMessage(
        subject, text, to=[mail_address_of(person)], headers={"Auto-Submitted": "auto-generated"}
    )
