from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from colourmaps.models import Indicator
from colourmaps.scales import Mark
from pupils.models import Pupil


class MedicalResult(TenantModel):
    """What medical pupil health knows of one pupil on one medical indicator, measured on a day.

    A table of its own is the wall: no map, sum, file, meeting or intervention of the school reads it. In force while
    superseded_at is empty; a correction adds a row. is_removed: it was taken away, and nothing came in its place.
    value: hundredths of the indicator's unit; null when there is only a mark. note: for the medical part alone.
    """

    id = models.BigAutoField(primary_key=True)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+", verbose_name=_("pupil"))
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator")
    )
    measured_on = models.DateField(_("measured on"))
    value = models.IntegerField(_("value"), null=True, blank=True)
    mark = models.SmallIntegerField(_("mark"), default=Mark.MEASURED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    superseded_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("superseded by"),
    )
    is_removed = models.BooleanField(_("removed"), default=False)

    class Meta:
        verbose_name = _("medical result")
        verbose_name_plural = _("medical results")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "pupil", "indicator", "measured_on"],
                condition=Q(superseded_at__isnull=True),
                name="medicalresult_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(mark=Mark.MEASURED, value__isnull=False)
                | (~Q(mark=Mark.MEASURED) & Q(value__isnull=True)),
                name="medicalresult_value_or_mark",
            ),
            models.CheckConstraint(
                condition=Q(is_removed=False) | Q(superseded_at__isnull=False),
                name="medicalresult_removed_is_superseded",
            ),
        ]

    def __str__(self) -> str:
        return f"medical result {self.pk}"
