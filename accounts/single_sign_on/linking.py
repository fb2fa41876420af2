"""Codes that link an account to a subject: made by an administrator, handed to the person, good once.

A code is kept only as a digest under the installation's key, of the code and the municipality together: typed at
another municipality's page, it is another code. Once typed it is bound to the browser's session by what that has begun.
"""

from __future__ import annotations

import datetime

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from ..audit import record
from ..keys import KEY_LETTERS
from ..models import Identity, LinkCode, User
from ..refusal import ActRefused
from ..signing_in.services import end_sessions
from ..tenancy import current_municipality
from .refusals import Reason, SignInRefused

DAYS_GOOD = 7
GROUPS_OF_LETTERS, LETTERS_IN_GROUP = 4, 4


@transaction.atomic
def make_link_code(*, user: User, by: User) -> str:
    """A new code for the person's account, to be shown once; earlier ones that were not used are good no more."""
    if user.municipality_id != current_municipality().pk:
        raise ActRefused("The account belongs to another municipality.")
    LinkCode.objects.filter(user=user, used_at=None).delete()
    letters = get_random_string(GROUPS_OF_LETTERS * LETTERS_IN_GROUP, KEY_LETTERS)
    LinkCode.objects.create(
        municipality=current_municipality(),
        user=user,
        digest=_digest_of(letters),
        good_until=timezone.now() + datetime.timedelta(days=DAYS_GOOD),
    )
    record("link code made", by=by, subject=user.key, person=user.pk)
    return "-".join(letters[at : at + LETTERS_IN_GROUP] for at in range(0, len(letters), LETTERS_IN_GROUP))


def code_typed(typed: str) -> LinkCode | None:
    """The code of the municipality that is entered, if it is still good."""
    letters = "".join(each for each in typed.lower() if each in KEY_LETTERS)
    return _good().filter(digest=_digest_of(letters)).first()


@transaction.atomic
def link_by_code(*, code_id: int, issuer: str, subject: str) -> Identity:
    """Links the subject to the account that the code is for, and spends it. Raises SignInRefused."""
    code = _good().select_related("user").select_for_update(of=("self",)).filter(pk=code_id).first()
    if code is None or not _good().filter(pk=code_id).update(used_at=timezone.now()):
        raise SignInRefused(Reason.CODE_SPENT)
    if Identity.objects.filter(issuer=issuer, user=code.user).exists():
        raise SignInRefused(Reason.LINKED_BEFORE)
    try:
        with transaction.atomic():
            identity = Identity.objects.create(
                municipality=current_municipality(), issuer=issuer, subject=subject, user=code.user
            )
    except IntegrityError as problem:  # two windows at the same moment
        raise SignInRefused(Reason.LINKED_BEFORE) from problem
    record("identity linked", by=code.user, subject=identity.key, person=code.user_id)
    return identity


@transaction.atomic
def unlink(*, identity: Identity, by: User) -> None:
    """The subject opens no account from now on, and the person's open sessions end."""
    record("identity unlinked", by=by, subject=identity.key, person=identity.user_id)
    end_sessions(user=identity.user, by=by)
    identity.delete()


def _good() -> models.QuerySet[LinkCode]:
    return LinkCode.objects.filter(used_at=None, good_until__gt=timezone.now(), user__is_active=True)


def _digest_of(letters: str) -> str:
    municipality = current_municipality()
    return salted_hmac(
        "single_sign_on.linking", f"{municipality.pk}:{letters}", algorithm="sha256"
    ).hexdigest()
