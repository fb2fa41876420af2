from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from colourmaps.models import Indicator
from colourmaps.scales import HUNDREDTHS

LARGEST = Decimal(9999)


class ChangeField(forms.DecimalField):
    """An expected change of the mean, as people write it; given back in hundredths of the indicator's unit."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {
            "label": gettext_lazy("Expected change of the mean"),
            "localize": True,
            "max_value": LARGEST,
            "min_value": -LARGEST,
            "decimal_places": 2,
            "widget": forms.TextInput(
                attrs={"class": "short", "inputmode": "decimal", "autocomplete": "off"}
            ),
        }
        super().__init__(**usual | options)

    def to_python(self, value: Any) -> Any:
        """A minus sign is one, also as it is set on pages."""
        return super().to_python(value.replace("−", "-") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / HUNDREDTHS if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        cleaned = super().clean(value)
        return None if cleaned is None else int(cleaned * HUNDREDTHS)


def help_of(indicator: Indicator) -> str:
    """Which way is better, and in what it is counted."""
    sentence = (
        _("Up is better. For example 3, in the unit of %(indicator)s. It is kept from the first day on.")
        if indicator.is_high_good
        else _(
            "Down is better. For example -3, in the unit of %(indicator)s. It is kept from the first day on."
        )
    )
    unit = indicator.scale.unit
    return sentence % {"indicator": f"{indicator.name} ({unit})" if unit else indicator.name}


class ExpectationForm(forms.Form):
    """What is expected of an intervention whose plan did not say it."""

    expected_change = ChangeField()

    def __init__(self, data: Any = None, *, indicator: Indicator) -> None:
        super().__init__(data)
        self.fields["expected_change"].help_text = help_of(indicator)
