from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from colourmaps.models import MeasurementRound

from .intervention import Intervention


class Baseline(TenantModel):
    """How it stood when the intervention began: population, values, colours, limits. Never recomputed.

    values: one entry per pupil, {"pupil": id, "value": hundredths, "mark": code, "colour": code}, so that a
    correction made later does not change what the decision rested on. value is null where there was a mark,
    and both are where there was no result.
    limits: per year group, {"4": [yellow, green]}, in hundredths.
    analysis: why it was decided, as it was written when it began (Intervention.background can be written on).
    """

    intervention = models.OneToOneField(
        Intervention, on_delete=models.CASCADE, related_name="baseline", verbose_name=_("intervention")
    )
    round = models.ForeignKey(
        MeasurementRound,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("measurement round"),
    )
    frozen_at = models.DateTimeField(_("frozen"))
    values = models.JSONField(_("values"), default=list)
    limits = models.JSONField(_("limits"), default=dict)
    analysis = models.TextField(_("analysis"), blank=True)

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")

    def __str__(self) -> str:
        return f"baseline of {self.intervention_id}"

    @property
    def has_values(self) -> bool:
        return any(entry["value"] is not None for entry in self.values)


class FollowUp(TenantModel):
    """How it stood when the intervention was followed up in a round, and what came of it. Never recomputed.

    values, limits: as of Baseline, of the same pupils; each with "class", the id of the pupil's class in the round, and
    "has_moved": true where the pupil was at another school by then, and nothing is kept of what became of it there.
    comparison: one entry per pupil who was compared with, {"pupil": id, "start": hundredths, "follow_up": hundredths,
    "year_group": 4, "class": id of the class}. answer: frozen_answer.Answer in its plain form.
    verdict, reason: of effect.py, so that lists can ask for them.
    """

    intervention = models.ForeignKey(
        Intervention, on_delete=models.CASCADE, related_name="follow_ups", verbose_name=_("intervention")
    )
    round = models.ForeignKey(
        MeasurementRound, on_delete=models.PROTECT, related_name="+", verbose_name=_("measurement round")
    )
    frozen_at = models.DateTimeField(_("frozen"))
    frozen_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("followed up by")
    )
    values = models.JSONField(_("values"), default=list)
    limits = models.JSONField(_("limits"), default=dict)
    comparison = models.JSONField(_("comparison"), default=list)
    answer = models.JSONField(_("answer"), default=dict)
    verdict = models.CharField(_("verdict"), max_length=15)
    reason = models.CharField(_("reason"), max_length=25, blank=True)

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        # The last one is the answer that counts, wherever one is told.
        ordering = ["round__starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "intervention", "round"], name="followup_once_a_round"
            )
        ]

    def __str__(self) -> str:
        return f"follow-up of {self.intervention_id} in {self.round_id}"


class NextStep(models.TextChoices):
    CONTINUE = "continue", _("go on as before")
    CHANGE = "change", _("go on in another way")
    SPREAD = "spread", _("do it in more places")
    STOP = "stop", _("stop")


class Evaluation(TenantModel):
    """What was learnt, also when it did not help, and what follows from it. Rests on a follow-up, always."""

    intervention = models.OneToOneField(
        Intervention, on_delete=models.CASCADE, related_name="evaluation", verbose_name=_("intervention")
    )
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.PROTECT, related_name="+", verbose_name=_("follow-up")
    )
    learnt = models.TextField(_("what we have learnt"), max_length=3000)
    next_step = models.CharField(_("what follows"), max_length=8, choices=NextStep)
    evaluated_at = models.DateTimeField(_("evaluated"), auto_now_add=True)
    evaluated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("evaluated by")
    )

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")

    def __str__(self) -> str:
        return f"evaluation of {self.intervention_id}"
