from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel

from .intervention import Intervention


class SessionState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    CANCELLED = "cancelled", _("not held")


class Session(TenantModel):
    """A day on which the intervention was to be given, and how many came: counting, no names.

    n_expected, n_present: pupils. n_present is there when, and only when, it was held.
    """

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="sessions")
    on = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=9, choices=SessionState, default=SessionState.PLANNED)
    n_expected = models.PositiveSmallIntegerField(_("pupils expected"))
    n_present = models.PositiveSmallIntegerField(_("pupils present"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "intervention", "on"], name="session_once_a_day"),
            models.CheckConstraint(
                condition=Q(state=SessionState.HELD, n_present__isnull=False)
                | (~Q(state=SessionState.HELD) & Q(n_present__isnull=True)),
                name="session_counted_when_held",
            ),
            models.CheckConstraint(
                condition=Q(n_present__isnull=True) | Q(n_present__lte=F("n_expected")),
                name="session_no_more_than_expected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.on}"
