from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.tenancy import TenantModel
from colourmaps.models import MeasurementRound


class RollupWork(TenantModel):
    """A class whose sums of a round are to be counted again. Written in the transaction of the change itself.

    The generation grows with every change; a worker deletes the row only if the generation is the one it began with,
    so a change that comes while it counts is never lost.
    """

    read_across = "the sweep wakes a worker for every municipality in which something waits"

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("class"))
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.CASCADE, related_name="+", verbose_name=_("measurement round")
    )
    generation = models.PositiveIntegerField(_("generation"), default=1)
    queued_at = models.DateTimeField(_("queued"))
    wanted_at = models.DateTimeField(
        _("wanted"), null=True, help_text=_("When somebody first looked at the figures that wait for it.")
    )

    class Meta:
        verbose_name = _("roll-up to do")
        verbose_name_plural = _("roll-ups to do")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "unit", "round"], name="rollupwork_once")
        ]

    def __str__(self) -> str:
        return f"roll-up {self.unit_id} {self.round_id}"
