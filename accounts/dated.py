from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def midnight_of(day: datetime.date) -> datetime.datetime:
    """Where a day begins, by the clock of the place."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def in_force(on: datetime.date, prefix: str = "") -> Q:
    """Condition for rows whose half-open range [valid_from, valid_to) holds the day `on`."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )


class DatedQuerySet(models.QuerySet):
    def on(self, day: datetime.date) -> Self:
        return self.filter(in_force(day))


class Dated(models.Model):
    """Something that holds from one day up to, but not including, another; no end means until further notice."""

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to, not included"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(class)s_dates_in_order",
            )
        ]

    def is_in_force(self, on: datetime.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def nearest_day(self, on: datetime.date) -> datetime.date:
        """`on`, or the first or last day of the range when `on` falls outside it."""
        if on < self.valid_from:
            return self.valid_from
        if self.valid_to is not None and on >= self.valid_to:
            return self.valid_to - datetime.timedelta(days=1)
        return on
