"""The second factor: who must have shown one, and whether it was shown in this session.

Asked at the door of every page (web.py). What was shown stands in the session, so asking costs nothing more.
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from .access import Sight
from .models import User
from .roles import ROLES

# In the session: that a second factor was shown in it.
SHOWN = "second_factor_shown"
# In the session of somebody who is about to be signed in: the id of the person for whom the identity provider says so.
VOUCHED = "second_factor_vouched"
# What can be shown; recovery codes stand in for these, and are none by themselves.
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_missing(request: Any) -> bool:
    """Whether the person must have shown a second factor in this session, and has not."""
    if not settings.SECOND_FACTOR_REQUIRED or SHOWN in request.session:
        return False
    sight = getattr(request, "sight", None)
    return must_show(request.user, sight)


def must_show(user: User, sight: Sight | None = None) -> bool:
    """Operators, and whoever holds a role today that sees single pupils or gives rights."""
    if user.municipality_id is None:
        return user.is_staff
    held = (sight or Sight(user)).assignments
    return any(ROLES[each.role].needs_second_factor for each in held)


def factors_of(user: User) -> QuerySet[Authenticator]:
    """The person's authenticator app and passkeys, the oldest first."""
    return Authenticator.objects.filter(user=user, type__in=KINDS).order_by("pk")


def has_factor(user: User) -> bool:
    return factors_of(user).exists()


def vouch(request: HttpRequest, user: User) -> None:
    """The identity provider says that it asked for a second factor itself: called before the person is signed in."""
    request.session[VOUCHED] = user.pk


def is_vouched(request: HttpRequest, user: User) -> bool:
    return request.session.get(VOUCHED) == user.pk


def mark_shown(request: HttpRequest) -> None:
    request.session[SHOWN] = True


def mark_if_shown(request: HttpRequest, user: User) -> None:
    """At the sign-in: whether a factor was shown on the way in, or the identity provider vouches for one."""
    ways = {each["method"] for each in get_authentication_records(request, user)}
    if "mfa" in ways or is_vouched(request, user):
        mark_shown(request)
    request.session.pop(VOUCHED, None)
