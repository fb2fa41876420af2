from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from .throttle import count_failure, forget_failures, is_throttled


class ThrottledForm(AuthenticationForm):
    """Same answer for a wrong password and an unknown user; after many failures, a pause for both."""

    error_messages = {
        "invalid_login": _("That user name and password do not match. Check both and try again."),
        "inactive": _("That user name and password do not match. Check both and try again."),
        "throttled": _("There have been too many attempts. Wait a quarter of an hour and try again."),
    }

    def clean(self) -> dict[str, Any]:
        login = self.data.get("username", "")
        if is_throttled(login):
            raise forms.ValidationError(self.error_messages["throttled"], code="throttled")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            count_failure(login)
            raise
        forget_failures(login)
        return cleaned


class SignInForm(ThrottledForm):
    """The way in for everybody in a municipality."""


class OperatorSignInForm(ThrottledForm, AdminAuthenticationForm):
    """The way in to the operator's pages."""


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
