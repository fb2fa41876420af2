"""When a kind of meeting is held at a unit, as a rule from which the meetings of a school year are made."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyField
from accounts.models import Unit, User
from accounts.tenancy import TenantModel

from .meeting_setup import MeetingKind


class Rule(models.TextChoices):
    MONTHLY = "monthly", _("every month")
    EACH_ROUND = "round", _("after each measurement round")
    QUARTERLY = "quarterly", _("every quarter")
    EACH_TERM = "term", _("every term")
    EACH_SPRING = "spring", _("every spring")


class MeetingSeries(TenantModel):
    """A meeting that is held again and again, by a rule.

    first_on: its day of the month, or of the week, is that of the others. days_after: after the last day of a round.
    covered_units: a team's classes; without any, the whole unit. ends_on: the last day on which one can be.
    """

    key = KeyField()
    kind = models.ForeignKey(
        MeetingKind, on_delete=models.PROTECT, related_name="series", verbose_name=_("kind of meeting")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="meeting_series", verbose_name=_("unit")
    )
    covered_units = models.ManyToManyField(
        Unit, through="SeriesUnit", related_name="+", verbose_name=_("classes")
    )
    rule = models.CharField(_("how often"), max_length=9, choices=Rule)
    first_on = models.DateField(_("first day"))
    days_after = models.PositiveSmallIntegerField(_("days after the round"), default=14)
    at = models.TimeField(_("time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=120)
    place = models.CharField(_("place"), max_length=100, blank=True)
    lead = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("led by"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("series of meetings")
        verbose_name_plural = _("series of meetings")
        ordering = ["first_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "key"], name="meetingseries_key_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("first_on")),
                name="meetingseries_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["municipality", "unit"], name="meetingseries_by_unit")]

    def __str__(self) -> str:
        return f"series {self.key}"


class SeriesUnit(TenantModel):
    """One of the classes that the meetings of a series are about."""

    series = models.ForeignKey(MeetingSeries, on_delete=models.CASCADE, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("class of a series")
        verbose_name_plural = _("classes of series")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "series", "unit"], name="seriesunit_once")
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.unit_id}"
