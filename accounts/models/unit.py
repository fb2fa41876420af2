from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..dated import Dated
from ..keys import KeyField
from ..known import Former, Known, loose
from ..tenancy import DatedTenantModel, TenantModel


class Level(models.IntegerChoices):
    """Where in the tree a kind of unit stands, from the whole to the class."""

    MUNICIPALITY = 10, _("municipality")
    ADMINISTRATION = 20, _("administration")
    AREA = 30, _("area")
    SCHOOL = 40, _("school")
    SCHOOL_CLASS = 50, _("class")


class UnitKind(TenantModel):
    """What a municipality calls a kind of unit; the level says how the product treats it."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("kind of unit")
        verbose_name_plural = _("kinds of units")
        constraints = [models.UniqueConstraint(fields=["municipality", "name"], name="unitkind_name_once")]

    def __str__(self) -> str:
        return self.name


class Unit(DatedTenantModel, Known):
    """A node of the municipality's tree: the municipality itself, an administration, area, school or class.

    A school class is a unit for one school year; the class that its pupils go on to is its successor.
    """

    key = KeyField()
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT, related_name="units", verbose_name=_("kind"))
    level = models.PositiveSmallIntegerField(
        _("level"),
        choices=Level,
        editable=False,
        help_text=_("Its kind's level, repeated here for set-based SQL."),
    )
    name = models.CharField(_("name"), max_length=100)
    year_group = models.PositiveSmallIntegerField(
        _("year group"), null=True, blank=True, help_text=_("Of a class; empty when the class is mixed.")
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )

    class Meta(Dated.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["municipality", "key"], name="unit_key_once"),
        ]
        indexes = [models.Index(fields=["municipality", "level", "name"], name="unit_by_level")]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.level = self.kind.level
        super().save(**kwargs)

    @property
    def is_school_class(self) -> bool:
        return self.level == Level.SCHOOL_CLASS


class UnitPlacement(DatedTenantModel, Known):
    """Under which parent a unit stands, and when: the dated edges of the tree."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="placements", verbose_name=_("unit")
    )
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="child_placements", verbose_name=_("parent")
    )

    class Meta(Dated.Meta):
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(unit=F("parent")), name="unitplacement_not_under_itself"),
            models.UniqueConstraint(
                fields=["municipality", "unit", "valid_from"], name="unitplacement_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["municipality", "unit"],
                condition=Q(valid_to__isnull=True),
                name="unitplacement_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} – {self.parent}"


class FormerUnit(Former, Dated):
    """What a unit was called, and when it was there, as far as was known for a time."""

    unit = loose(Unit)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("former state of a unit")
        verbose_name_plural = _("former states of units")
        indexes = [models.Index(fields=["municipality", "unit"], name="formerunit_by_unit")]

    def __str__(self) -> str:
        return self.name


class FormerUnitPlacement(Former, Dated):
    """Where a unit stood, as far as was known for a time."""

    unit = loose(Unit)
    parent = loose(Unit)

    class Meta:
        verbose_name = _("former placement")
        verbose_name_plural = _("former placements")
        indexes = [models.Index(fields=["municipality", "unit"], name="formerunitplacement_by_unit")]

    def __str__(self) -> str:
        return f"former placement {self.pk}"


class UnitCode(DatedTenantModel):
    """An official code of a unit, for example its eight-digit school unit code; it changes on reorganisation (N25)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="codes", verbose_name=_("unit"))
    code = models.CharField(_("code"), max_length=40)

    class Meta(Dated.Meta):
        verbose_name = _("unit code")
        verbose_name_plural = _("unit codes")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["municipality", "code", "valid_from"], name="unitcode_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.code
