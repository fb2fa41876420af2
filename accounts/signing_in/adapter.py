"""Where allauth asks us: who may sign in, how often may be guessed, and where to go afterwards."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from ..models import User
from ..single_sign_on.queries import may_use_password
from ..throttle import (
    MOST_FAILURES_FROM_ADDRESS,
    SIGN_IN_FROM,
    address_of,
    count_failure,
    forget_failures,
    is_throttled,
)

# What signing in through a municipality's provider says to allauth's hooks (accounts.single_sign_on.entering).
SINGLE_SIGN_ON = "single_sign_on"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given, never made by oneself; there are no mail addresses, and the pages say things in our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "That user name and password do not match. Check both and try again."
        ),
        "incorrect_password": _("That is not your password. Try again."),
        "incorrect_code": _("That code is not right. Try again with a new one."),
        "too_many_login_attempts": _(
            "There have been too many attempts. Wait a quarter of an hour and try again."
        ),
        "rate_limited": _("There have been too many attempts. Wait a quarter of an hour and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only to our own paths: a link from elsewhere cannot lead away by way of the sign-in."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, None)  # type: ignore[union-attr]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """As for an account that there is none of."""
        return redirect("account_login")

    def add_message(self, *arguments: Any, **named: Any) -> None:
        """Nothing: what has happened is said by our own views."""

    def pre_login(self, request: HttpRequest, user: User, **named: Any) -> HttpResponse | None:
        """No passkey of ours either where single sign-on is the only way in; whoever comes by that says so."""
        refused = super().pre_login(request, user, **named)
        if (
            refused is None
            and SINGLE_SIGN_ON not in (named["signal_kwargs"] or {})
            and not may_use_password(user)
        ):
            refused = self.respond_user_inactive(request, user)
        return refused

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, or nobody. After many failures a pause, for names that nobody has as well."""
        login, address = credentials["username"], address_of(request)
        if is_throttled(login) or is_throttled(address, what=SIGN_IN_FROM, most=MOST_FAILURES_FROM_ADDRESS):
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        if user is None:
            count_failure(login)
            count_failure(address, what=SIGN_IN_FROM)
        else:
            forget_failures(login)
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """A new session id also for whoever is signed in already, and comes in once more by another way."""
        if request.user.is_authenticated:
            request.session.cycle_key()
        super().login(request, user)

    def get_login_stages(self) -> list[str]:
        return ["accounts.signing_in.stages.SecondFactorStage"]

    def is_reauthentication_required(self, *, app: str, **named: Any) -> bool:
        """Never by allauth: `accounts.fresh` is asked instead, at the door of each view."""
        return False
