from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.secrecy import SecrecyArea
from accounts.tenancy import TenantModel, scoped_manager

from ..merit import Rule, Subject
from ..scales import Scale, Step, ValueType


class Direction(models.TextChoices):
    HIGH_IS_GOOD = "high", _("high is good")
    LOW_IS_GOOD = "low", _("low is good")


class IndicatorArea(models.TextChoices):
    """The areas by which a map's columns are grouped, in the order of the map."""

    LANGUAGE = "language", _("language")
    MATHEMATICS = "mathematics", _("mathematics")
    OTHER_SUBJECTS = "subjects", _("other subjects")
    HEALTH = "health", _("health")
    ATTENDANCE = "attendance", _("attendance")
    LEARNING_ENVIRONMENT = "environment", _("learning environment")


class OfTheSchool(models.Manager):
    """Leaves out what belongs to another secrecy area than the school's."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(secrecy_area=SecrecyArea.SCHOOL)


class Indicator(TenantModel):
    """What is measured: definition, scale, direction, owner, source and version.

    All numbers are hundredths of the indicator's own unit, as everywhere in the tables.

    `objects` leaves medical indicators out, so that whoever forgets them shows none. `of_all_areas` has them too: for
    the definitions, which are no secret, and for the medical part itself (docs/secrecy.md).
    """

    objects: ClassVar[Any] = scoped_manager(OfTheSchool)
    of_all_areas: ClassVar[Any] = scoped_manager()

    code = models.CharField(_("code"), max_length=30)
    names = models.JSONField(_("names"), default=dict, help_text=_("Name per language."))
    aliases = models.JSONField(
        _("other names"), default=list, blank=True, help_text=_("Column heads that mean it.")
    )
    definitions = models.JSONField(
        _("definitions"),
        default=dict,
        blank=True,
        help_text=_("Per language: what is counted, and of what; of a share, which whole it is a share of."),
    )
    area = models.CharField(_("area"), max_length=20, choices=IndicatorArea)
    value_type = models.CharField(
        _("kind of value"), max_length=12, choices=[(t.value, t.value) for t in ValueType]
    )
    minimum = models.IntegerField(_("smallest value"), null=True, blank=True)
    maximum = models.IntegerField(_("greatest value"), null=True, blank=True)
    steps = models.JSONField(_("steps"), default=list, blank=True, help_text=_("Labels and their numbers."))
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    unit = models.CharField(_("unit of the value"), max_length=20, blank=True)
    direction = models.CharField(
        _("direction"), max_length=4, choices=Direction, default=Direction.HIGH_IS_GOOD
    )
    measurement_error = models.PositiveIntegerField(
        _("measurement error"), default=0, help_text=_("A change within it counts as unchanged.")
    )
    shelf_life_months = models.PositiveSmallIntegerField(
        _("shelf life in months"),
        null=True,
        blank=True,
        help_text=_(
            "An earlier value that stands in for a missing one is outdated after so many months; empty: at once."
        ),
    )
    year_groups = models.JSONField(
        _("year groups"), default=list, blank=True, help_text=_("In which it is measured; empty: in any.")
    )
    secrecy_area = models.CharField(
        _("secrecy area"),
        max_length=10,
        choices=SecrecyArea,
        default=SecrecyArea.SCHOOL,
        help_text=_("It stays as it is: results of one area never become those of another."),
    )
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    legal_ground = models.CharField(_("legal ground"), max_length=200, blank=True)
    subject = models.CharField(
        _("subject"),
        max_length=5,
        choices=Subject,
        blank=True,
        help_text=_("Of a grade: from it merit value and eligibility are worked out."),
    )
    rule = models.CharField(
        _("worked out by"),
        max_length=12,
        choices=Rule,
        blank=True,
        help_text=_(
            "By which rule its values are worked out from the pupil's grades; empty: they are measured."
        ),
    )
    position = models.PositiveSmallIntegerField(_("position in the map"), default=0)
    source = models.CharField(_("source"), max_length=200, blank=True)
    owner = models.CharField(_("owner"), max_length=100, blank=True)
    version = models.CharField(_("version"), max_length=20, default="1")

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="indicator_code_once"),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gt=F("minimum")),
                name="indicator_scale_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in whatever language there is one."""
        return self.names.get(get_language() or "sv") or next(iter(self.names.values()), self.code)

    @property
    def definition(self) -> str:
        """What it says, in the reader's language, else in whatever language that is said; may be empty."""
        return self.definitions.get(get_language() or "sv") or next(iter(self.definitions.values()), "")

    @property
    def scale(self) -> Scale:
        return Scale(
            value_type=ValueType(self.value_type),
            minimum=self.minimum,
            maximum=self.maximum,
            steps=tuple(Step(label, number) for label, number in self.steps),
            decimals=self.decimals,
            unit=self.unit,
        )

    @property
    def is_high_good(self) -> bool:
        return self.direction == Direction.HIGH_IS_GOOD
