"""What is done to somebody's sign-in: by the person, or by an administrator for the person."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import ManyToOneRel
from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Municipality, Session, User
from ..refusal import ActRefused
from ..second_factor import factors_of, must_show
from .memory import remember


class OneTimeTokens(PasswordResetTokenGenerator):
    """Signed; of no use once a password is chosen or somebody has signed in, and after PASSWORD_RESET_TIMEOUT."""

    key_salt = "accounts.one-time-link"


tokens = OneTimeTokens()


@transaction.atomic
def one_time_link(user: User, *, by: User | None = None) -> str:
    """The path at which the person chooses a password, once, within three days. Whoever has it is the person.

    by: the administrator who hands it over; None for the platform's own commands.
    """
    if not user.is_active:
        raise ActRefused(_("The account has ended. Nobody can sign in to it."))
    remember(user, "one-time link given", by=by)
    return reverse("accounts:one-time-link", args=[user.key, tokens.make_token(user)])


def person_of_link(key: str, token: str) -> User | None:
    """Whose link it is; None for one that is used, too old, altered or of an account that has ended."""
    user = User.objects.filter(key=key, is_active=True).first()
    return user if user is not None and tokens.check_token(user, token) else None


@transaction.atomic
def choose_password(*, user: User, password: str, except_session: str = "") -> None:
    """Every session of the person ends, but the one in which it was done: somebody else may have known the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _close_sessions(user, except_session)
    remember(user, "password chosen")


@transaction.atomic
def end_sessions(*, user: User, by: User | None = None, except_session: str = "") -> int:
    """Signs the person out everywhere: the next request of each session is nobody's. Returns how many there were."""
    n_ended = _close_sessions(user, except_session)
    remember(user, "sessions ended", by=by, sessions=n_ended)
    return n_ended


@transaction.atomic
def add_factor_of(*, user: User, authenticator: Authenticator, session_key: str) -> None:
    """What has just been set up is remembered; sessions that were opened without it end."""
    remember(user, "second factor added", subject=authenticator.type)
    if factors_of(user).count() == 1:
        _close_sessions(user, session_key)


@transaction.atomic
def remove_factor(*, user: User, authenticator: Authenticator) -> None:
    """By the person. Raises ActRefused for the last one of somebody who must have one."""
    if factors_of(user).count() == 1:
        if must_show(user):
            raise ActRefused(
                _("Your role needs a second factor, and this is the only one. Set up another one first.")
            )
        Authenticator.objects.filter(user=user).delete()
    else:
        authenticator.delete()
    remember(user, "second factor removed", subject=authenticator.type)


@transaction.atomic
def make_recovery_codes(*, user: User) -> None:
    """Others, in place of those that were."""
    # allauth's own function locks the person together with the municipality, which PostgreSQL refuses.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    remember(user, "recovery codes made")


@transaction.atomic
def forget_factors(*, user: User, by: User | None) -> None:
    """For somebody who has lost them all: sets up a new one at the next sign-in, if the role needs one."""
    n_forgotten, _by_model = Authenticator.objects.filter(user=user).delete()
    _close_sessions(user)
    remember(user, "second factors forgotten", by=by, factors=n_forgotten)


def remove_sign_ins(municipality: Municipality) -> None:
    """All that hangs on the accounts of its people and names no municipality itself: sessions, factors, identities.

    For a municipality that leaves: called before its people are removed.
    """
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):  # one to one is one of these as well
            continue
        table = relation.related_model
        names = {field.name for field in table._meta.get_fields()}
        if "municipality" not in names:
            table._base_manager.filter(**{f"{relation.field.name}__municipality": municipality}).delete()


def _close_sessions(user: User, except_session: str | None = "") -> int:
    n_ended, _by_model = Session.objects.filter(user=user).exclude(session_key=except_session or "").delete()
    return n_ended
