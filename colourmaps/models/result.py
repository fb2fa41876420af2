from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.tenancy import LooseTenantModel
from pupils.models import Pupil

from ..scales import Mark
from .import_batch import ImportBatch
from .indicator import Indicator
from .measurement_round import MeasurementRound


def _loose(to: type[models.Model], **options: Any) -> models.ForeignKey:
    """A reference that is checked once per statement, not row by row (migration 0002, docs/performance.md)."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, **options
    )


class ResultRow(LooseTenantModel):
    """What is known of one pupil on one indicator in one round.

    value: hundredths of the indicator's unit; null when there is only a mark (absent, no basis, exempt).
    colour: by the threshold in force when it was measured, and kept.
    movement: since the pupil's own previous comparable value, direction applied.
    school_class, year_group: of the pupil's home class on the round's last day; null if there was none.
    """

    pupil = _loose(Pupil)
    indicator = _loose(Indicator)
    round = _loose(MeasurementRound)
    school_class = _loose(Unit, null=True)
    year_group = models.SmallIntegerField(_("year group"), null=True)
    value = models.IntegerField(_("value"), null=True)
    mark = models.SmallIntegerField(_("mark"), default=Mark.MEASURED)
    colour = models.SmallIntegerField(_("colour"), default=0)
    movement = models.SmallIntegerField(_("movement"), default=0)
    measured_on = models.DateField(_("measured on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = _loose(User, null=True)
    batch = _loose(ImportBatch, null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(mark=Mark.MEASURED, value__isnull=False)
                | (~Q(mark=Mark.MEASURED) & Q(value__isnull=True)),
                name="%(class)s_value_or_mark",
            )
        ]


class Result(ResultRow):
    """The result in force: one per pupil, indicator and round, by its key."""

    pk = models.CompositePrimaryKey("municipality_id", "pupil_id", "indicator_id", "round_id")

    class Meta(ResultRow.Meta):
        verbose_name = _("result")
        verbose_name_plural = _("results")
        indexes = [models.Index(fields=["municipality", "school_class", "round"], name="result_by_class")]

    def __str__(self) -> str:
        return f"result {self.pk}"


class FormerStamp(LooseTenantModel):
    """What was stamped on a result until another result, or its pupil's enrolment, gave it another stamp.

    recorded_at: of the result that had them. Rows are only ever added.
    """

    pupil = _loose(Pupil)
    indicator = _loose(Indicator)
    round = _loose(MeasurementRound)
    school_class = _loose(Unit, null=True)
    year_group = models.SmallIntegerField(_("year group"), null=True)
    colour = models.SmallIntegerField(_("colour"))
    movement = models.SmallIntegerField(_("movement"))
    recorded_at = models.DateTimeField(_("recorded at"))
    known_until = models.DateTimeField(_("known until"))

    class Meta:
        verbose_name = _("former stamp")
        verbose_name_plural = _("former stamps")
        indexes = [models.Index(fields=["municipality", "pupil"], name="formerstamp_by_pupil")]

    def __str__(self) -> str:
        return f"former stamp {self.pk}"


class SupersededResult(ResultRow):
    """A result that was in force from recorded_at to superseded_at. Rows are only ever added.

    is_removed: it was taken away, and nothing came in its place.
    """

    id = models.BigAutoField(primary_key=True)
    superseded_at = models.DateTimeField(_("superseded at"))
    is_removed = models.BooleanField(_("removed"), default=False, db_default=False)
    superseded_by_batch = _loose(ImportBatch, null=True)

    class Meta(ResultRow.Meta):
        verbose_name = _("superseded result")
        verbose_name_plural = _("superseded results")
        indexes = [
            models.Index(
                fields=["municipality", "pupil", "indicator", "round"], name="supersededresult_by_result"
            )
        ]

    def __str__(self) -> str:
        return f"superseded result {self.pk}"
