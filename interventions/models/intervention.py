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

from .catalogue import CatalogueEntry
from .kinds import Kind


class Intervention(TenantModel):
    """What the adults do differently, for whom, until when, and by whom. Holds no results: see Baseline.

    For the pupils it names; else for the units it covers, as a team's classes or the schools of a programme; else
    for the whole unit where it is decided (population.py). Whom it is for does not change after the start.
    """

    key = KeyField()
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("unit")
    )
    pupils = models.ManyToManyField(
        Pupil, through="InterventionPupil", related_name="interventions", verbose_name=_("pupils")
    )
    covered_units = models.ManyToManyField(
        Unit, through="InterventionUnit", related_name="covered_by", verbose_name=_("units")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("indicator")
    )
    title = models.CharField(_("what we do"), max_length=150)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.TEACHING)
    background = models.TextField(_("background"), max_length=3000, blank=True)
    practice = models.TextField(_("what changes in practice"), max_length=1000, blank=True)
    aim = models.TextField(_("what we want to reach"), max_length=1000)
    expected_change = models.IntegerField(
        _("expected change"),
        null=True,
        blank=True,
        help_text=_(
            "Of the mean, in hundredths of the indicator's unit; asked for before the start, then kept."
        ),
    )
    times_per_week = models.PositiveSmallIntegerField(_("times per week"), null=True, blank=True)
    minutes_each_time = models.PositiveSmallIntegerField(_("minutes each time"), null=True, blank=True)
    participants = models.ManyToManyField(
        User, through="Participant", related_name="+", verbose_name=_("participants")
    )
    other_participants = models.CharField(_("others who take part"), max_length=300, blank=True)
    family_part = models.TextField(_("how pupil and guardian take part"), max_length=1000, blank=True)
    responsible = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("responsible")
    )
    starts_on = models.DateField(_("start"))
    follow_up_on = models.DateField(_("follow-up"))
    planned_until = models.DateField(_("planned until"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    predecessor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("continues"),
    )
    entry = models.ForeignKey(
        CatalogueEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interventions",
        verbose_name=_("from the catalogue"),
    )
    reminded_on = models.DateField(_("reminded of the follow-up"), null=True, blank=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(planned_until__isnull=True) | Q(planned_until__gte=F("starts_on")),
                name="intervention_planned_end_after_start",
            ),
        ]
        indexes = [models.Index(fields=["municipality", "unit", "starts_on"], name="intervention_by_unit")]

    def __str__(self) -> str:
        return self.title

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


class WaitingPupil(TenantModel):
    """A pupil who gets the same later and is compared with until then: the fairest comparison there is."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="waiting")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", verbose_name=_("pupil"))

    class Meta:
        verbose_name = _("pupil who waits for an intervention")
        verbose_name_plural = _("pupils who wait for interventions")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "intervention", "pupil"], name="waitingpupil_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.pupil_id}"


class InterventionUnit(TenantModel):
    """One of several units that an intervention is for: a class of a team, a school of a programme."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("unit of an intervention")
        verbose_name_plural = _("units of interventions")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "intervention", "unit"], name="interventionunit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.unit_id}"


class Participant(TenantModel):
    """Somebody who takes part in an intervention beside the one who answers for it."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="participations")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="participations", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "intervention", "user"], name="participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} {self.user_id}"
