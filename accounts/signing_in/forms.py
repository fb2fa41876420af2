from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.contrib.auth.forms import UsernameField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ..models import User
from ..throttle import SECOND_FACTOR, count_failure, forget_failures, is_throttled
from .codes import take_code
from .memory import remember


class SignInForm(forms.Form):
    """User name and password. Same answer for a wrong password, an unknown user and an account that has ended."""

    username = UsernameField(
        label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *arguments: Any, request: HttpRequest, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.request = request

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        adapter = get_adapter(self.request)
        self.user = adapter.authenticate(self.request, **self._credentials())
        if self.user is None:
            raise adapter.validation_error("username_password_mismatch")
        return cleaned

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """On to the second factor, or in."""
        login = Login(user=self.user, redirect_url=redirect_url)
        return perform_password_login(request, self._credentials(), login)

    def _credentials(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("username", "password")}


class PasswordForm(forms.Form):
    """The own password once more, counted and remembered as at the sign-in."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *arguments: Any, request: HttpRequest, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.request = request

    def clean_password(self) -> str:
        adapter, password = get_adapter(self.request), self.cleaned_data["password"]
        user: User = self.request.user  # type: ignore[assignment]  # the door has seen to it
        if adapter.authenticate(self.request, username=user.login, password=password) != user:
            raise adapter.validation_error("incorrect_password")
        return password


class TypedCode(forms.CharField):
    """Six or eight digits, with or without spaces."""

    def __init__(self, **named: Any) -> None:
        attributes = {
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "class": "short",
            "autofocus": True,
        }
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attributes), **named)

    def clean(self, value: Any) -> str:
        return "".join(super().clean(value).split())


class CodeForm(AuthenticateForm):
    """A code of the authenticator app, or a recovery code. Limited per person."""

    code = TypedCode(label=_("Code"))

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        with limited(self.user):
            self.authenticator = take_code(self.user, code)
            if self.authenticator is None:
                raise get_adapter().validation_error("incorrect_code")
        return code


class PasskeyForm(AuthenticateWebAuthnForm):
    """What the browser has signed with a passkey."""

    def clean_credential(self) -> Authenticator:
        with limited(self.user):
            return super().clean_credential()


class AppForm(ActivateTOTPForm):
    """The first code of an authenticator app, which shows that it has got the secret."""

    code = TypedCode(label=_("Code"))


class NewPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(label=_("What is it called?"), max_length=60, required=False)


@contextmanager
def limited(user: User) -> Iterator[None]:
    """A second factor is shown within: failures are counted and remembered, and after many of them comes a pause."""
    if is_throttled(user.key, what=SECOND_FACTOR):
        raise get_adapter().validation_error("too_many_login_attempts")
    try:
        yield
    except forms.ValidationError:
        count_failure(user.key, what=SECOND_FACTOR)
        remember(user, "second factor failed")
        raise
    forget_failures(user.key, what=SECOND_FACTOR)
