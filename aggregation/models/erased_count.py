from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.tenancy import LooseTenantModel
from colourmaps.models import Indicator, MeasurementRound


class ErasedCount(LooseTenantModel):
    """What pupils counted for in a class whose results are gone, so that sums of rounds that are over stay.

    Added up over all who have gone, indicator by indicator and slice by slice: no row, and no two rows, say what
    belonged to one child. It holds exactly the stored sum less the results that are left, and so nothing that whoever
    has both could not work out. Counts as of UnitSum; those of all pupils (slice 0) follow from the year groups.
    """

    pk = models.CompositePrimaryKey("municipality_id", "unit_id", "round_id", "indicator_id", "slice")
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    slice = models.IntegerField(_("slice"))
    due = models.IntegerField(_("due"))
    measured = models.IntegerField(_("measured"))
    green = models.IntegerField(_("green"))
    yellow = models.IntegerField(_("yellow"))
    red = models.IntegerField(_("red"))
    paired = models.IntegerField(_("measured both times"))
    up = models.IntegerField(_("better"))
    still = models.IntegerField(_("unchanged"))
    down = models.IntegerField(_("worse"))
    joined = models.IntegerField(_("measured for the first time"))
    left = models.IntegerField(_("measured the time before, not now"))
    total = models.BigIntegerField(_("sum"))
    total_of_squares = models.BigIntegerField(_("sum of squares"))

    class Meta:
        verbose_name = _("count of erased pupils")
        verbose_name_plural = _("counts of erased pupils")

    def __str__(self) -> str:
        return f"erased count {self.pk}"
