from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput

from ..models import Intervention
from ..rules import check_end


class EndForm(forms.Form):
    """The day an intervention ends."""

    on = forms.DateField(label=_("Last day"), widget=DayInput)

    def __init__(self, data: Any = None, *, intervention: Intervention, today: datetime.date) -> None:
        self.intervention = intervention
        super().__init__(data, initial={"on": max(today, intervention.starts_on)})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_end(self.intervention, cleaned["on"])
            except forms.ValidationError as problems:
                self.add_error(None, problems)
        return cleaned
