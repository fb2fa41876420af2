"""Mails to one person, each with a way out that works without signing in.

Source: RFC 2369 and RFC 8058 (List-Unsubscribe, one click).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Municipality, User
from accounts.tenancy import current_municipality

SALT = "interventions.letters"


class Letter(TextChoices):
    """The kinds of mails that can be turned off one by one."""

    DIGEST = "digest", _("the summary of what waits and what has come of it")
    REMINDER = "reminder", _("reminders of follow-ups")


def mail_address_of(person: User) -> str:
    """The user name, where it is an address; empty where it is not: then the start page must do."""
    try:
        validate_email(person.login)
    except ValidationError:
        return ""
    return person.login


def language_of(person: User) -> str:
    """The person's, else the municipality's."""
    return person.language or current_municipality().language


def way_out(person: User, letter: Letter) -> str:
    """The whole address of the page that turns such mails off. Signed, so that nobody can do it for somebody else."""
    token = signing.Signer(salt=SALT).sign_object([person.key, letter.value])
    return f"{settings.PUBLIC_URL}{reverse('interventions:mail-stop', args=[token])}"


def read_way_out(token: str) -> tuple[User, Municipality, Letter] | None:
    """Whose mails, where, of which kind a way out turns off; None where it is not whole, or the person is gone."""
    try:
        key, letter = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    person = User.objects.filter(key=key).first()
    if person is None or person.municipality is None or letter not in Letter.values:
        return None
    return person, person.municipality, Letter(letter)


def write_letter(
    person: User, letter: Letter, subject: str, template: str, context: Mapping[str, Any]
) -> EmailMessage:
    """A text mail in the language that is spoken now. The template gets person, way_out and choice_url besides."""
    out = way_out(person, letter)
    choice = f"{settings.PUBLIC_URL}{reverse('interventions:mail-choice')}"
    text = render_to_string(template, {**context, "person": person, "way_out": out, "choice_url": choice})
    headers = {
        "List-Unsubscribe": f"<{out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject, text, to=[mail_address_of(person)], headers=headers)
