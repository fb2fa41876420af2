from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit
from accounts.tenancy import TenantModel

from .indicator import Indicator, IndicatorArea


class ColourMap(TenantModel):
    """A named choice of indicators in an order of its own ("maths map"), made by the municipality for its schools.

    It defines nothing anew: indicators, limits and rounds are the municipality's, and a map only chooses columns.
    """

    key = KeyField()
    names = models.JSONField(_("names"), default=dict, help_text=_("Name per language."))
    area = models.CharField(
        _("area"),
        max_length=20,
        choices=IndicatorArea,
        blank=True,
        help_text=_("All its indicators belong to the map, after those that have a place."),
    )
    shared_at = models.DateTimeField(_("shared with the schools"), null=True, blank=True)

    class Meta:
        verbose_name = _("map")
        verbose_name_plural = _("maps")
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="colourmap_key_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in whatever language there is one."""
        return self.names.get(get_language() or "sv") or next(iter(self.names.values()), self.key)


class MapIndicator(TenantModel):
    """An indicator's place in a map."""

    colour_map = models.ForeignKey(
        ColourMap, on_delete=models.CASCADE, related_name="places", verbose_name=_("map")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="+", verbose_name=_("indicator")
    )
    position = models.PositiveSmallIntegerField(_("place in the map"))

    class Meta:
        verbose_name = _("indicator of a map")
        verbose_name_plural = _("indicators of maps")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "colour_map", "indicator"], name="mapindicator_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.colour_map} {self.indicator.code}"


class MapAdoption(TenantModel):
    """A school uses a map. left_out: codes of the map's indicators that the school does not look at."""

    colour_map = models.ForeignKey(
        ColourMap, on_delete=models.CASCADE, related_name="adoptions", verbose_name=_("map")
    )
    school = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("school"))
    left_out = models.JSONField(_("left out"), default=list, blank=True)
    adopted_at = models.DateTimeField(_("adopted"), auto_now_add=True)

    class Meta:
        verbose_name = _("adoption of a map")
        verbose_name_plural = _("adoptions of maps")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "school", "colour_map"], name="mapadoption_once")
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.colour_map}"
