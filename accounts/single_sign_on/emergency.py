"""The two emergency accounts: made and sealed by an administrator, and loud when they are opened."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, override

from ..audit import record
from ..keys import KEY_LETTERS, new_key
from ..models import EmergencyAccount, RoleAssignment, User
from ..queries import root_unit
from ..roles import RoleCode
from ..services import add_person, assign_role
from ..signing_in.services import end_sessions, forget_factors
from ..tenancy import current_municipality, municipality_scope
from .queries import EMERGENCY_ACCOUNTS_NEEDED

NUMBERS = range(1, EMERGENCY_ACCOUNTS_NEEDED + 1)
# 25 letters of 27: 118 bits, to be written by hand from paper.
GROUPS_OF_LETTERS, LETTERS_IN_GROUP = 5, 5


@transaction.atomic
def seal_emergency_account(*, number: int, by: User) -> tuple[EmergencyAccount, str]:
    """The account with a new password, which is returned to be shown once; the old one, and its sessions, are gone."""
    account = EmergencyAccount.objects.select_related("user").filter(number=number).first()
    user = account.user if account else _new_user(number)
    password = "-".join(
        get_random_string(LETTERS_IN_GROUP, KEY_LETTERS) for _group in range(GROUPS_OF_LETTERS)
    )
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    forget_factors(user=user, by=by)  # those of whoever has opened it
    end_sessions(user=user, by=by)
    _let_administer(user, by)
    account, _is_new = EmergencyAccount.objects.update_or_create(
        municipality=current_municipality(),
        number=number,
        defaults={"user": user, "sealed_at": timezone.now(), "sealed_by": by, "opened_at": None},
    )
    record("emergency account sealed", by=by, subject=str(number), person=user.pk)
    return account, password


def _new_user(number: int) -> User:
    municipality = current_municipality()
    with override(municipality.language):
        name = gettext("Emergency account %(n)s") % {"n": number}
    # Nobody can guess the name, to lock it by wrong passwords or to take it first elsewhere.
    return add_person(login=f"emergency-{number}-{municipality.code}-{new_key()}", name=name)


def _let_administer(user: User, by: User) -> None:
    today, root = timezone.localdate(), root_unit()
    held = RoleAssignment.objects.on(today).filter(user=user, role=RoleCode.ADMINISTRATOR, unit=root)
    if not held.exists():
        assign_role(user=user, role=RoleCode.ADMINISTRATOR, unit=root, valid_from=today, by=by)


@receiver(user_logged_in)
def tell_of_opened_account(user: User, **_named: Any) -> None:
    """The administration's pages tell of it until the account is sealed anew."""
    if user.municipality is None:
        return
    with municipality_scope(user.municipality):
        opened = EmergencyAccount.objects.filter(user=user).first()
        if opened is None:
            return
        EmergencyAccount.objects.filter(pk=opened.pk, opened_at=None).update(opened_at=timezone.now())
        record("emergency account opened", by=user, subject=str(opened.number))
