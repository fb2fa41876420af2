from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Municipality
from accounts.models.municipality import FLOOR_OF_BASE, FLOOR_OF_COUNT

# Beyond these nearly every school of a small municipality is hidden, which is a mistyped number and not a wish.
MOST_BASE, MOST_COUNT = 100, 50


class LimitsForm(forms.Form):
    """From how many pupils on figures are shown to those who see no pupils; never below the floor in the code."""

    smallest_base = forms.IntegerField(
        label=_("Pupils that a figure must rest on"),
        min_value=FLOOR_OF_BASE,
        max_value=MOST_BASE,
        help_text=_("A school with fewer measured pupils is shown together with others, or not at all."),
    )
    smallest_count = forms.IntegerField(
        label=_("Pupils that must have the same colour"),
        min_value=FLOOR_OF_COUNT,
        max_value=MOST_COUNT,
        help_text=_("A colour that fewer pupils have, but not none, is not shown of a school by itself."),
    )

    def __init__(self, data: Any = None, *, municipality: Municipality) -> None:
        super().__init__(
            data,
            initial={
                "smallest_base": municipality.smallest_base,
                "smallest_count": municipality.smallest_count,
            },
        )
