from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel

from .indicator import Indicator
from .measurement_round import MeasurementRound


class BreakKind(models.TextChoices):
    NEW_VERSION = "version", _("new version of the test")
    NEW_SCALE = "scale", _("new scale")
    OTHER_TIME = "time", _("taken in another part of the year")
    OTHER = "other", _("another reason")


class SeriesBreak(TenantModel):
    """From a round on, values of an indicator can not be compared with those of the rounds before it."""

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="breaks", verbose_name=_("indicator")
    )
    round = models.ForeignKey(
        MeasurementRound,
        on_delete=models.CASCADE,
        related_name="breaks",
        verbose_name=_("first round after it"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BreakKind)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    class Meta:
        verbose_name = _("break of a series")
        verbose_name_plural = _("breaks of series")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "indicator", "round"], name="seriesbreak_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.round}"
