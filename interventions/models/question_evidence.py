"""The figures behind a question, kept as they were."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.tenancy import TenantModel
from colourmaps.models import Indicator, MeasurementRound

from .question import Question


class Audience(models.TextChoices):
    SCHOOL = "school", _("those who see the school's pupils")
    HEADS = "heads", _("heads above the school")


class QuestionEvidence(TenantModel):
    """The figures behind a question as they were when it was asked. Never recomputed.

    For the school: those of the unit, or for a question from a cell, of the cell. For heads: what had been released to
    them of the school as a whole, and nothing if that was not shown of the school alone.
    value: hundredths. Counts: of pupils; None where they are not shown, or there is a cell instead.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="evidence")
    audience = models.CharField(_("for whom"), max_length=6, choices=Audience)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator")
    )
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.PROTECT, related_name="+", verbose_name=_("measurement round")
    )
    state = models.CharField(_("what stood in the cell"), max_length=10, blank=True)
    value = models.IntegerField(_("value"), null=True, blank=True)
    movement = models.PositiveSmallIntegerField(_("movement"), null=True, blank=True)
    green = models.PositiveIntegerField(_("green"), null=True, blank=True)
    yellow = models.PositiveIntegerField(_("yellow"), null=True, blank=True)
    red = models.PositiveIntegerField(_("red"), null=True, blank=True)
    missing = models.PositiveIntegerField(_("missing"), null=True, blank=True)

    class Meta:
        verbose_name = _("figures behind a question")
        verbose_name_plural = _("figures behind questions")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "question", "audience"], name="questionevidence_once"
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.SCHOOL)
                | Q(state="", value__isnull=True, movement__isnull=True),
                name="questionevidence_no_cell_above_the_school",
            ),
        ]

    def __str__(self) -> str:
        return f"figures behind {self.question_id} for {self.audience}"
