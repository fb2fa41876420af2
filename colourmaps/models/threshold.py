from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.dated import Dated
from accounts.tenancy import DatedTenantModel

from .indicator import Indicator


class Threshold(DatedTenantModel):
    """From which value an indicator is yellow and green in a year group, between two dates. Never edited in place.

    valid_from and valid_to say which values it judges; decided_at since when that has been known.
    The limits are hundredths of the indicator's unit. A value on a limit gets the better colour. Where low is good
    the green limit is the lower one.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="thresholds", verbose_name=_("indicator")
    )
    year_group = models.PositiveSmallIntegerField(_("year group"))
    yellow_limit = models.IntegerField(_("yellow limit"))
    green_limit = models.IntegerField(_("green limit"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    decided_at = models.DateTimeField(
        _("decided"),
        null=True,
        editable=False,
        help_text=_("When it was entered; empty if it has held for as long as is known."),
    )

    class Meta(Dated.Meta):
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year_group", "valid_from"], name="threshold_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year_group"],
                condition=models.Q(valid_to__isnull=True),
                name="threshold_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.year_group}"
