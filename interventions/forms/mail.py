from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..models import Digest


class MailChoiceForm(forms.Form):
    """Which mails a person wants."""

    digest = forms.ChoiceField(
        label=_("Summary of what waits for you, and of what has come of interventions"),
        choices=[(value, capfirst(label)) for value, label in Digest.choices],
        widget=forms.RadioSelect,
        help_text=_("It comes only when there is something to tell, and never names a pupil."),
    )
    reminders = forms.BooleanField(
        label=_("Remind me by mail when an intervention is to be followed up"), required=False
    )
