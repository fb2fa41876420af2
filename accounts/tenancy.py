"""Which municipality a query belongs to. The only import of the scoping library.

A query on a tenant table outside `municipality_scope()` raises ScopeError instead of answering for everybody. That is
the first wall. The second is the database's own, which is told the same scope: docs/tenancy.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django_scopes import ScopedManager, get_scope, scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from .dated import Dated, DatedQuerySet
from .postgresql.setting import ACROSS, NOWHERE

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
    "scoped_manager",
    "told_to_the_database",
]


def municipality_scope(municipality: Municipality) -> AbstractContextManager[None]:
    """Inside, queries on tenant tables see this municipality's rows alone."""
    return scope(municipality=municipality)


def across_municipalities() -> AbstractContextManager[None]:
    """Inside, queries see every municipality: for sweeps that ask where something waits, and for secrets that find one.

    An act of the platform. PostgreSQL lets it read the models that say why in `read_across`, write nothing, and raises
    on every other table. Go through the municipalities one by one instead, wherever that is possible.
    """
    return scopes_disabled()


def current_municipality() -> Municipality:
    """The municipality of the scope that is entered. Raises ScopeError outside one."""
    municipality = get_scope().get("municipality")
    if municipality is None:
        raise ScopeError("No municipality is entered.")
    return municipality


def told_to_the_database() -> str:
    """What PostgreSQL is to know of the scope: the municipality's id, or one of two words (postgresql/setting.py)."""
    scope = get_scope()
    if not scope.get("_enabled", True):
        return ACROSS
    municipality = scope.get("municipality")
    return NOWHERE if municipality is None or municipality.pk is None else str(municipality.pk)


def scoped_manager(manager: type[models.Manager] = models.Manager) -> Any:
    """A manager of a tenant table beside the usual one: it asks for a municipality all the same."""
    return ScopedManager(municipality="municipality", _manager_class=manager)


class TenantModel(models.Model):
    """A table that belongs to a municipality; its unique keys begin with the municipality.

    PostgreSQL walls it off by itself at the next `migrate` (walls/policies.py). read_across: why its rows of all
    municipalities may be read at once, within `across_municipalities`; empty for nearly all tables.
    """

    read_across: ClassVar[str] = ""

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
