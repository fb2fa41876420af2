"""Changes and differences of means in words: "4.1 points", "12 percentage points"."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from colourmaps.models import Indicator
from colourmaps.scales import HUNDREDTHS, ValueType, format_number

# In a mean, one decimal tells more than the values themselves have; a mean of grades needs no second one either.
DECIMALS = 1
WORDS = {
    ValueType.POINTS: gettext_lazy("%(n)s points"),
    ValueType.PERCENT: gettext_lazy("%(n)s percentage points"),
    ValueType.YES_NO: gettext_lazy("%(n)s percentage points"),
    ValueType.STANINE: gettext_lazy("%(n)s steps of the stanine scale"),
    ValueType.GRADE: gettext_lazy("%(n)s grade points"),
    ValueType.STEPS: gettext_lazy("%(n)s steps"),
    ValueType.SURVEY: gettext_lazy("%(n)s steps of the survey's scale"),
    ValueType.MINUTES: gettext_lazy("%(n)s minutes"),
}


def number_in_words(amount: float, indicator: Indicator, step: float | None = None) -> str:
    """The number alone: with one decimal, or as exactly as it is rounded."""
    hundredths = amount * HUNDREDTHS * (HUNDREDTHS if _is_share(indicator) else 1)
    decimals = DECIMALS if step is None else _decimals_of(step * (HUNDREDTHS if _is_share(indicator) else 1))
    shown = round(hundredths / HUNDREDTHS, decimals) * HUNDREDTHS
    return format_number(round(shown), decimals if step is None else 0)


def amount_in_words(amount: float, indicator: Indicator, step: float | None = None) -> str:
    number = number_in_words(amount, indicator, step)
    words = WORDS.get(indicator.scale.value_type)
    if words is not None:
        return words % {"n": number}
    if indicator.unit:
        return _("%(n)s %(unit)s") % {"n": number, "unit": indicator.unit}
    return number


def _is_share(indicator: Indicator) -> bool:
    """The mean of yes and no is a share."""
    return indicator.scale.value_type is ValueType.YES_NO


def _decimals_of(step: float) -> int:
    return max(0, min(2, math.ceil(-math.log10(step) - 1e-9)))
