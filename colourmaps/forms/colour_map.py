"""The forms of maps: what a map is called and holds, and what a school looks at of it. services/maps.py saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from ..models import ColourMap, Indicator, IndicatorArea, MapAdoption

LONGEST_NAME = 60
NAME, PLACE = "name_", "place_"


class MapForm(forms.Form):
    """A name per language, and the place of each indicator that belongs to it.

    After `is_valid`: names, cleaned_data["area"], and chosen, the indicators in their order.
    """

    area = forms.ChoiceField(
        label=gettext_lazy("All indicators of an area"),
        required=False,
        help_text=gettext_lazy(
            "They come after those that have a place, and so does every indicator that the area gets later."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        language: str,
        indicators: Sequence[Indicator],
        colour_map: ColourMap | None = None,
    ) -> None:
        """language: of the municipality, in which there must be a name."""
        self.indicators = indicators
        super().__init__(data, initial=_as_initial(colour_map))
        for code, _name in sorted(settings.LANGUAGES, key=lambda each: each[0] != language):
            self.fields[NAME + code] = forms.CharField(
                label=_("Name: %(language)s") % {"language": get_language_info(code)["name_local"]},
                max_length=LONGEST_NAME,
                required=code == language,
            )
        areas = [(area.value, str(area.label).capitalize()) for area in IndicatorArea]
        self.fields["area"].choices = [("", _("No area")), *areas]  # type: ignore[attr-defined]  # a field of choices
        for indicator in indicators:
            self.fields[f"{PLACE}{indicator.pk}"] = forms.IntegerField(
                label=indicator.name,
                min_value=1,
                max_value=999,
                required=False,
                widget=forms.NumberInput(attrs={"class": "place"}),
            )

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(NAME)]

    @property
    def places(self) -> list[tuple[Indicator, forms.BoundField]]:
        return [(indicator, self[f"{PLACE}{indicator.pk}"]) for indicator in self.indicators]

    @property
    def names(self) -> dict[str, str]:
        said = {code: self.cleaned_data[NAME + code].strip() for code, _name in settings.LANGUAGES}
        return {code: name for code, name in said.items() if name}

    @property
    def chosen(self) -> list[Indicator]:
        """By their places; of the same place, as in the municipality's own order."""
        placed = [each for each in self.indicators if self._place(each) is not None]
        return sorted(placed, key=lambda each: self._place(each) or 0)

    def _place(self, indicator: Indicator) -> int | None:
        place: int | None = self.cleaned_data.get(f"{PLACE}{indicator.pk}")
        return place

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.chosen and not cleaned["area"]:
            self.add_error(None, _("Give at least one indicator a place, or choose an area."))
        return cleaned


def _as_initial(colour_map: ColourMap | None) -> dict[str, Any]:
    if colour_map is None:
        return {}
    places = {f"{PLACE}{place.indicator_id}": place.position for place in colour_map.places.all()}
    names = {NAME + code: name for code, name in colour_map.names.items()}
    return {"area": colour_map.area, **names, **places}


class SubsetForm(forms.Form):
    """Which of a map's indicators a school looks at. After `is_valid`, left_out has the codes of the others."""

    indicators = forms.MultipleChoiceField(
        label=gettext_lazy("Indicators that the school looks at"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy(
                "Choose at least one indicator. If the school needs none of them, leave the map instead."
            )
        },
    )

    def __init__(self, data: Any = None, *, adoption: MapAdoption, indicators: Sequence[Indicator]) -> None:
        """indicators: of the map, in its order."""
        self.codes = [indicator.code for indicator in indicators]
        looked_at = [code for code in self.codes if code not in adoption.left_out]
        super().__init__(data, initial={"indicators": looked_at})
        self.fields["indicators"].choices = [(each.code, each.name) for each in indicators]  # type: ignore[attr-defined]  # as above

    @property
    def left_out(self) -> list[str]:
        return [code for code in self.codes if code not in self.cleaned_data["indicators"]]
