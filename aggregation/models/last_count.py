from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.tenancy import LooseTenantModel
from colourmaps.models import MeasurementRound


class LastCount(LooseTenantModel):
    """When the sums of a unit in a round were last counted, whether or not one of them came out otherwise than before.

    One row for the many sums of a unit, so that a recount that finds them right writes next to nothing.
    """

    pk = models.CompositePrimaryKey("municipality_id", "unit_id", "round_id")
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("last count of a unit")
        verbose_name_plural = _("last counts of units")

    def __str__(self) -> str:
        return f"last count {self.pk}"
