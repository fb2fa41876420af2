"""Since when a row has been known as it stands, and how it stood before: what was shown on a day can be shown again.

valid_from and valid_to say when something holds; known_from and known_until when the municipality knew it so. A table
with a history has a second one, Former<Model>, to which a row is copied before it is changed or taken away. So the
tables that pages read hold only what is known now, and cost no more to read.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .tenancy import LooseTenantModel

# Rows copied at a time.
BATCH = 5000


def now() -> datetime.datetime:
    return timezone.now()


class Known(models.Model):
    """known_from: since when the row has been known as it stands; empty for as long as is known."""

    known_from = models.DateTimeField(_("known since"), null=True, editable=False, default=now)

    class Meta:
        abstract = True


class Former(LooseTenantModel):
    """A row as it was known from known_from up to, but not including, known_until. Rows are only ever added."""

    known_from = models.DateTimeField(_("known since"), null=True, editable=False)
    known_until = models.DateTimeField(_("known until"), editable=False)

    class Meta:
        abstract = True


def loose(to: Any, **options: Any) -> models.ForeignKey:
    """A reference from the history: what it names may be gone."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, **options
    )


def as_known(model: type[models.Model], at: datetime.datetime) -> list[QuerySet]:
    """The rows of the model as they were known at a moment: those that still stand so, and those of the history."""
    known = Q(known_from__isnull=True) | Q(known_from__lte=at)
    standing = model._default_manager.filter(known)
    return [standing, former_model(model)._default_manager.filter(known, known_until__gt=at)]


def former_model(model: type[models.Model]) -> type[models.Model]:
    return apps.get_model(model._meta.app_label, f"Former{model.__name__}")


@transaction.atomic
def change(rows: QuerySet, **changes: Any) -> int:
    """Updates the rows, after a copy of each has gone to the history. Returns how many there are."""
    moment = timezone.now()
    ids = _keep(rows, moment)
    return rows.model._default_manager.filter(pk__in=ids).update(known_from=moment, **changes)


@transaction.atomic
def remove(rows: QuerySet) -> None:
    """Deletes the rows; the history keeps how they stood."""
    rows.model._default_manager.filter(pk__in=_keep(rows, timezone.now())).delete()


def _keep(rows: QuerySet, moment: datetime.datetime) -> list[int]:
    """Copies the rows to the history; returns their ids."""
    former = former_model(rows.model)
    sources = {
        field.attname: "pk" if field.related_model is rows.model else field.attname
        for field in former._meta.concrete_fields
        if field.attname not in ("id", "known_until")
    }
    found = list(rows.values_list("pk", *sources.values()))
    former._default_manager.bulk_create(
        [former(known_until=moment, **dict(zip(sources, values, strict=True))) for _pk, *values in found],
        batch_size=BATCH,
    )
    return [pk for pk, *_values in found]
