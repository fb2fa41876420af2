from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel
from colourmaps.models import Indicator
from pupils.models import Pupil


class Intervention(TenantModel):
    """What the adults do differently, for whom, until when, and by whom. Holds no results: see Baseline.

    For the whole unit, or for the pupils it names.
    """

    key = KeyField()
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("unit")
    )
    pupils = models.ManyToManyField(
        Pupil, through="InterventionPupil", related_name="interventions", verbose_name=_("pupils")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("indicator")
    )
    title = models.CharField(_("what we do"), max_length=150)
    aim = models.TextField(_("what we want to reach"), max_length=1000)
    responsible = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("responsible")
    )
    starts_on = models.DateField(_("start"))
    follow_up_on = models.DateField(_("follow-up"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="intervention_key_once"),
            models.CheckConstraint(
                condition=Q(follow_up_on__gt=F("starts_on")), name="intervention_follow_up_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")),
                name="intervention_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["municipality", "unit", "starts_on"], name="intervention_by_unit")]

    def __str__(self) -> str:
        return self.title

    def is_running(self, on: datetime.date) -> bool:
        return self.starts_on <= on and (self.ended_on is None or on <= self.ended_on)

    def is_late(self, on: datetime.date) -> bool:
        """The follow-up day has passed and the intervention has not ended."""
        return self.ended_on is None and self.follow_up_on < on


class InterventionPupil(TenantModel):
    """A pupil whom an intervention is for."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="members")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", verbose_name=_("pupil"))

    class Meta:
        verbose_name = _("pupil of an intervention")
        verbose_name_plural = _("pupils of interventions")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "intervention", "pupil"], name="interventionpupil_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.pupil_id}"
