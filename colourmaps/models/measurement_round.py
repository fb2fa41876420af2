from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.known import Former, Known, loose
from accounts.tenancy import TenantModel

from .indicator import Indicator


class MeasurementRound(TenantModel):
    """When a set of indicators is measured. Rounds are ordered by their first day."""

    key = KeyField()
    name = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("measurement round")
        verbose_name_plural = _("measurement rounds")
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="measurementround_key_once"),
            models.UniqueConstraint(fields=["municipality", "name"], name="measurementround_name_once"),
            models.UniqueConstraint(fields=["municipality", "starts_on"], name="measurementround_one_order"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="measurementround_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def counted_on(self) -> datetime.date:
        """The day whose classes and unit tree the round is counted by: its last day."""
        return self.ends_on

    def nearest_day(self, on: datetime.date) -> datetime.date:
        """`on`, or the first or last day of the round: when something was measured, where nobody says it."""
        return min(max(on, self.starts_on), self.ends_on)


class DueIndicator(TenantModel, Known):
    """An indicator that is to be measured in a year group in a round."""

    round = models.ForeignKey(
        MeasurementRound, on_delete=models.CASCADE, related_name="due", verbose_name=_("measurement round")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="due", verbose_name=_("indicator")
    )
    year_group = models.PositiveSmallIntegerField(_("year group"))

    class Meta:
        verbose_name = _("due indicator")
        verbose_name_plural = _("due indicators")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "round", "indicator", "year_group"], name="dueindicator_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.indicator.code} {self.year_group}"


class FormerDueIndicator(Former):
    """What was to be measured, as far as was planned for a time."""

    round = loose(MeasurementRound)
    indicator = loose(Indicator)
    year_group = models.PositiveSmallIntegerField(_("year group"))

    class Meta:
        verbose_name = _("former due indicator")
        verbose_name_plural = _("former due indicators")
        indexes = [models.Index(fields=["municipality", "round"], name="formerdueindicator_by_round")]

    def __str__(self) -> str:
        return f"former due indicator {self.pk}"
