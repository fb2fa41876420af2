from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel
from colourmaps.models import MeasurementRound

from .intervention import Intervention


class Baseline(TenantModel):
    """How it stood when the intervention began: population, values, colours, limits. Never recomputed.

    values: one entry per pupil, {"pupil": id, "value": hundredths, "mark": code, "colour": code}, so that a
    correction made later does not change what the decision rested on. value is null where there was a mark,
    and both are where there was no result.
    limits: per year group, {"4": [yellow, green]}, in hundredths.
    """

    intervention = models.OneToOneField(
        Intervention, on_delete=models.CASCADE, related_name="baseline", verbose_name=_("intervention")
    )
    round = models.ForeignKey(
        MeasurementRound,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("measurement round"),
    )
    frozen_at = models.DateTimeField(_("frozen"))
    values = models.JSONField(_("values"), default=list)
    limits = models.JSONField(_("limits"), default=dict)

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")

    def __str__(self) -> str:
        return f"baseline of {self.intervention_id}"
