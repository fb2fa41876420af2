"""What a plan consists of beside its texts: steps with dates, and what it costs."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel

from .intervention import Intervention


class Step(TenantModel):
    """Something that is to have happened by a day, on the way from plan to changed practice."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(_("what"), max_length=200)
    due_on = models.DateField(_("to be done by"))
    done_on = models.DateField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["municipality", "intervention"], name="step_by_intervention")]

    def __str__(self) -> str:
        return self.what


class CostLine(TenantModel):
    """What a part of the intervention costs, in money (whole units of the country's currency) and in hours."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="costs")
    what = models.CharField(_("what"), max_length=100)
    money = models.PositiveIntegerField(_("money"), default=0)
    hours = models.DecimalField(
        _("hours"), max_digits=7, decimal_places=1, default=0, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(hours__gte=0), name="costline_hours_not_negative"),
            models.CheckConstraint(
                condition=Q(money__gt=0) | Q(hours__gt=0), name="costline_costs_something"
            ),
        ]
        indexes = [models.Index(fields=["municipality", "intervention"], name="costline_by_intervention")]

    def __str__(self) -> str:
        return self.what
