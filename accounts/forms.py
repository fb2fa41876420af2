from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Same answer for a wrong password and an unknown user."""

    error_messages = {
        "invalid_login": _("That user name and password do not match. Check both and try again."),
        "inactive": _("That user name and password do not match. Check both and try again."),
    }


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
