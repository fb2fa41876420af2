"""What is done to all tables of a municipality alike."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, models, transaction

from accounts.models import Municipality
from accounts.signing_in.services import remove_sign_ins
from accounts.tenancy import municipality_scope


def columns_of_municipality() -> list[tuple[str, str]]:
    """(table, column) of all models whose rows belong to a municipality, users among them, quoted for SQL.

    From the right to the left of the import line, so that results come before what they refer to.
    """
    quote = connection.ops.quote_name
    return [
        (quote(model._meta.db_table), quote(field.column))
        for model in reversed(list(apps.get_models()))
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Municipality
    ]


@transaction.atomic
def remove_municipality(municipality: Municipality) -> None:
    """Deletes an invented municipality and its rows in every table, what speaks of others first.

    On PostgreSQL this is the owner's: no other role may delete what was remembered.
    """
    remove_sign_ins(municipality)
    with municipality_scope(municipality), connection.cursor() as cursor:
        for table, column in columns_of_municipality():
            cursor.execute(f"delete from {table} where {column} = %s", [municipality.pk])  # noqa: S608 – our own tables
    municipality.delete()


def gather_statistics() -> None:
    """Tells the database how large its tables have become; else it plans for them as if they were empty."""
    with connection.cursor() as cursor:
        for table, _column in columns_of_municipality():
            cursor.execute(f"analyze {table}")
