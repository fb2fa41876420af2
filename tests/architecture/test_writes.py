"""A GET writes nothing but who has looked; a form writes nothing but its own fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, User
from tests.fixtures import Place
from tests.walls import everywhere, without_wall

from .import_line import LINE
from .permission_matrix import MATRIX, make_world
from .walk import Walker, opener_of, path_of

pytestmark = [pytest.mark.slow, pytest.mark.walk]

# What a GET may leave behind: who has looked, that the session is still used, and that what waits is looked at, so
# that it is counted first.
MAY_GROW = {"accounts_auditevent", "accounts_auditpupil", "accounts_session", "aggregation_rollupwork"}
# Of new rows: other numbers at each time, also of what has been taken back.
NUMBERS = {"id", "job_id"}
KEY = re.compile(r"'[bcdfghjkmnpqrstvwxz0-9]{12}'")


@pytest.fixture
def walker(solviken: Place, settings: Settings, sign_in: Callable[[User], Client]) -> Walker:
    settings.LIMITS_PER_USER = dict.fromkeys(settings.LIMITS_PER_USER, (10**6, 3600))
    walker = Walker(make_world(solviken, "Solberg", "LAS"), sign_in)
    for address in MATRIX.values():
        walker.browser(opener_of(address))
    assert walker.world.refused_import.key  # is made where it is asked for
    assert walker.world.exported.key  # as well
    return walker


def rows_of_all_tables() -> dict[str, list[str]]:
    """Of all but those that may grow; without the numbers and keys of new rows, which are others at each time."""
    rows = {}
    with without_wall(), connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - MAY_GROW):
            cursor.execute(f"select * from {table}")  # noqa: S608 – our own tables
            kept = [n for n, column in enumerate(cursor.description) if column[0] not in NUMBERS]
            rows[table] = sorted(KEY.sub("key", repr([row[n] for n in kept])) for row in cursor.fetchall())
    return rows


def tables_that_differ(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [table for table in before if before[table] != after.get(table)]


def rows_after(walker: Walker, name: str, extra: dict[str, str]) -> dict[str, list[str]]:
    """The rows that a form leaves; they are taken back."""
    browser = walker.browser(opener_of(MATRIX[name]))
    with transaction.atomic():
        browser.post(path_of(name, walker.world), {**extra, **MATRIX[name].form})
        rows = rows_of_all_tables()
        transaction.set_rollback(True)
    return rows


def n_events() -> int:
    with everywhere():
        return AuditEvent.objects.count()


def test_a_get_changes_nothing(walker: Walker) -> None:
    """Every address is asked for by GET, also those that only take forms, and with what their forms send."""
    before, seen_before = rows_of_all_tables(), n_events()

    changed = []
    for name in MATRIX:
        answer = walker.ask(name, method="get", content={"step": "do", "confirm": "1"}, keeps=True)
        after = rows_of_all_tables()
        if after != before:
            changed.append((name, answer.response.status_code, tables_that_differ(before, after)))
            before = after

    assert changed == []
    assert n_events() > seen_before + 30


def test_a_get_that_writes_would_be_found(walker: Walker) -> None:
    before = rows_of_all_tables()

    walker.ask("accounts:language", content={"language": "da"}, person="teacher", keeps=True)

    assert tables_that_differ(before, rows_of_all_tables()) == ["accounts_user"]


def columns_of_all_models() -> dict[str, str]:
    """The names of all columns, each with a value that it would take."""
    columns: dict[str, str] = {}
    for model in apps.get_models():
        if model._meta.app_label in LINE:
            for field in model._meta.concrete_fields:
                value = "true" if isinstance(field, models.BooleanField) else "1"
                columns[field.name] = columns[field.attname] = value
    return columns


# Columns that are fields of some form: there a value that is sent is meant. Everything else no form has.
FIELDS_OF_FORMS = frozenset(
    "text name title aim kind language due_on date on why measure outcome place lead round area source reason".split()
)


def form_that_does_something(name: str) -> bool:
    return MATRIX[name].method == "post" and MATRIX[name].answer == 302


def test_fields_that_a_form_does_not_have_change_nothing(walker: Walker) -> None:
    """Each form twice, as it is and with the names of all columns: the same rows afterwards."""
    extra = {name: value for name, value in columns_of_all_models().items() if name not in FIELDS_OF_FORMS}
    assert {
        "municipality",
        "is_superuser",
        "password",
        "protection",
        "identity_number",
        "asked_by",
    } <= extra.keys()

    changed = {}
    for name in filter(form_that_does_something, MATRIX):
        differing = tables_that_differ(rows_after(walker, name, {}), rows_after(walker, name, extra))
        if differing:
            changed[name] = differing

    assert changed == {}


def test_a_form_that_takes_every_column_would_be_found(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes_all(*, by: User, language: str) -> None:
        User.objects.filter(pk=by.pk).update(language=language, is_active=False)

    plain = rows_after(walker, "accounts:language", {})
    monkeypatch.setattr("accounts.services.choose_language", takes_all)

    laden = rows_after(walker, "accounts:language", {"is_active": "false"})

    assert tables_that_differ(plain, laden) == ["accounts_user"]
