from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from .throttle import count_failure, forget_failures, is_throttled


class SignInForm(AuthenticationForm):
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


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
