"""Which municipality a query belongs to. The only import of the scoping library.

A query on a tenant table outside `municipality_scope()` raises ScopeError instead of answering for everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django_scopes import ScopedManager, get_scope, scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from .dated import Dated, DatedQuerySet

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from .models.municipality import Municipality

__all__ = [
    "DatedTenantModel",
    "LooseTenantModel",
    "ScopeError",
    "TenantModel",
    "across_municipalities",
    "current_municipality",
    "municipality_scope",
]


def municipality_scope(municipality: Municipality) -> AbstractContextManager[None]:
    """Inside, queries on tenant tables see this municipality's rows alone."""
    return scope(municipality=municipality)


def across_municipalities() -> AbstractContextManager[None]:
    """Inside, queries see every municipality: for migrations, sweeps and the platform's own commands."""
    return scopes_disabled()


def current_municipality() -> Municipality:
    """The municipality of the scope that is entered. Raises ScopeError outside one."""
    municipality = get_scope().get("municipality")
    if municipality is None:
        raise ScopeError("No municipality is entered.")
    return municipality


class TenantModel(models.Model):
    """A table that belongs to a municipality; its unique keys begin with the municipality."""

    municipality = models.ForeignKey(
        "accounts.Municipality", on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )

    objects: ClassVar[Any] = ScopedManager(municipality="municipality")

    class Meta:
        abstract = True


class DatedTenantModel(TenantModel, Dated):
    """A tenant table whose rows hold between two days; its manager also has `.on(day)`."""

    objects: ClassVar[Any] = ScopedManager(
        municipality="municipality", _manager_class=models.Manager.from_queryset(DatedQuerySet)
    )

    class Meta(Dated.Meta):
        abstract = True


class LooseTenantModel(TenantModel):
    """A tenant table whose references the database does not check row by row.

    For the few tables that are written a hundred thousand rows at a time (triggers per row are the largest
    cost of loading, see docs/performance.md) or that must outlive what they speak of (the audit log).
    """

    municipality = models.ForeignKey(
        "accounts.Municipality",
        on_delete=models.DO_NOTHING,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True
