from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...models import DevelopmentArea, Whose
from .looked import offer

NOT_SORTED = ("", _("Not sorted yet"))


class AboutForm(forms.Form):
    """Whose something is to change, and what it is about; `offer_areas` first."""

    whose = forms.ChoiceField(label=_("Whose is it to change?"), choices=Whose, widget=forms.RadioSelect)
    area = forms.ChoiceField(label=_("What it is about"), required=False)

    def offer_areas(self, areas: Sequence[DevelopmentArea]) -> None:
        self.areas = {area.key: area for area in areas}
        offer(self, "area", [NOT_SORTED, *((key, area.name) for key, area in self.areas.items())])

    @property
    def chosen_area(self) -> DevelopmentArea | None:
        return self.areas.get(self.cleaned_data["area"])


class SortForm(AboutForm):
    def __init__(self, *args: Any, areas: Sequence[DevelopmentArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_areas(areas)
