from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.tenancy import LooseTenantModel
from colourmaps.models import Indicator, MeasurementRound

from ..slices import ALL_PUPILS


class UnitSum(LooseTenantModel):
    """How many pupils of a unit have which result on an indicator in a round. Additive counts only.

    A parent is the sum of its children. No percentage is stored: divide last.
    slice: which of the unit's pupils; 0 is all of them (slices.py).
    total, total_of_squares: of the values in hundredths, so of hundredths and of ten-thousandths.
    paired: measured now and before, without a break of the series in between; up, still and down are those of them that
    moved for the better, not, for the worse.
    joined: measured now for the first time: no value of their own on the indicator in any earlier round.
    left: measured in the indicator's round before, and not now (leavers.py says where they are counted).
    computed_at: since when the counts are these; when they were last looked at is in LastCount.
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
    slice = models.IntegerField(_("slice"), default=ALL_PUPILS)
    due = models.IntegerField(_("due"))
    measured = models.IntegerField(_("measured"))
    green = models.IntegerField(_("green"))
    yellow = models.IntegerField(_("yellow"))
    red = models.IntegerField(_("red"))
    paired = models.IntegerField(_("measured both times"))
    up = models.IntegerField(_("better"))
    still = models.IntegerField(_("unchanged"))
    down = models.IntegerField(_("worse"))
    joined = models.IntegerField(_("measured for the first time"), default=0, db_default=0)
    left = models.IntegerField(_("measured the time before, not now"), default=0, db_default=0)
    total = models.BigIntegerField(_("sum"))
    total_of_squares = models.BigIntegerField(_("sum of squares"))
    computed_at = models.DateTimeField(_("computed"))

    class Meta:
        verbose_name = _("sum of a unit")
        verbose_name_plural = _("sums of units")

    def __str__(self) -> str:
        return f"sum {self.pk}"
