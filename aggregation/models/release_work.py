from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel
from colourmaps.models import MeasurementRound


class ReleaseWork(TenantModel):
    """A round whose figures have changed since they were last released. Written in the transaction of the recount.

    The generation grows with every recount; a worker deletes the row only if the generation is the one it began with.
    """

    read_across = "the sweep wakes a worker for every municipality in which something waits"

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.CASCADE, related_name="+", verbose_name=_("measurement round")
    )
    generation = models.PositiveIntegerField(_("generation"), default=1)
    queued_at = models.DateTimeField(_("queued"))

    class Meta:
        verbose_name = _("release to do")
        verbose_name_plural = _("releases to do")
        constraints = [models.UniqueConstraint(fields=["municipality", "round"], name="releasework_once")]

    def __str__(self) -> str:
        return f"release {self.round_id}"
