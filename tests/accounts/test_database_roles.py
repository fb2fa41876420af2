"""The roles of the database, and what is said of one that could step over the wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from accounts.tenancy import municipality_scope
from accounts.walls.checks import faults_of
from accounts.walls.database_roles import APPEND_ONLY, PROCESSES, READERS
from accounts.walls.policies import tenant_models
from colourmaps.config import start
from tests.factories.accounts import MunicipalityFactory
from tests.walls import is_postgresql, only_on_postgresql, without_wall

OWNER = "walls_test"
ROLES = Path(settings.BASE_DIR) / "docs" / "deploy" / "roles.sql"
BEYOND = {"accounts.E001", "accounts.E002", "accounts.E003", "accounts.E004"}


def test_documented_roles_are_those_of_the_command() -> None:
    said = StringIO()
    call_command("setup_database_roles", sql=True, stdout=said)

    assert ROLES.read_text(encoding="utf-8") == said.getvalue(), (
        "manage.py setup_database_roles --sql > docs/deploy/roles.sql"
    )


def test_name_of_an_owner_is_a_word() -> None:
    with pytest.raises(CommandError, match="letters, digits"):
        call_command("setup_database_roles", owner='x"; drop database y', sql=True)


@pytest.mark.skipif(is_postgresql, reason="is of SQLite")
def test_sqlite_has_no_roles_and_nothing_to_check() -> None:
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("setup_database_roles")
    checks = run_checks(tags=[Tags.database], include_deployment_checks=True, databases=["default"])
    assert checks == []


@pytest.fixture
def roles(db: None) -> None:
    """The command has been run, by a superuser; it is taken back with the test."""
    with without_wall():
        call_command("setup_database_roles", owner=OWNER, stdout=StringIO())
        call_command("setup_database_roles", owner=OWNER, stdout=StringIO())  # it can be run again


@contextmanager
def acting_as(role: str) -> Iterator[Any]:
    with without_wall(), connection.cursor() as cursor:
        cursor.execute(f'set role "{role}"')
        yield cursor


def refusal_of(cursor: Any, statement: str) -> str:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic():
        cursor.execute(statement)
    return str(refused.value)


@only_on_postgresql
def test_roles_are_below_the_wall_and_own_nothing(roles: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication, rolcanlogin,
                (select count(*) from pg_class c where c.relowner = r.oid)
            from pg_roles r where rolname like %s
            """,
            [f"{OWNER}%"],
        )
        found = {name: rest for name, *rest in cursor.fetchall()}

    n_owned = found.pop(OWNER)[-1]
    assert n_owned > len(tenant_models())
    assert found == {
        f"{OWNER}_app": [False, False, 0],
        **{f"{OWNER}_{kind}": [False, True, 0] for kind in PROCESSES},
    }


@only_on_postgresql
@pytest.mark.parametrize("kind", READERS)
def test_process_reads_and_writes_rows_and_nothing_else(roles: None, kind: str) -> None:
    with municipality_scope(MunicipalityFactory()), acting_as(f"{OWNER}_{kind}") as cursor:
        cursor.execute("update accounts_unit set name = 'Ny' returning municipality_id")
        assert len(cursor.fetchall()) == 1
        cursor.execute("create temporary table staged_for_a_moment (id int)")  # as bulk loads do

        for forbidden in (
            "truncate accounts_job",
            "create table public.own (id int)",
            "alter table accounts_job disable row level security",
            "drop policy municipality on accounts_unit",
            "insert into django_migrations (app, name, applied) values ('a', 'b', now())",
            *(f"update {table} set municipality_id = 1" for table in APPEND_ONLY),  # noqa: S608 – tables of our own
            *(f"delete from {table}" for table in APPEND_ONLY),  # noqa: S608 – as above
        ):
            words = refusal_of(cursor, forbidden)
            assert "permission denied" in words or "must be owner" in words, forbidden


@only_on_postgresql
def test_beat_sees_no_table(roles: None) -> None:
    with municipality_scope(MunicipalityFactory()), acting_as(f"{OWNER}_beat") as cursor:
        for model in tenant_models():
            assert "permission denied" in refusal_of(cursor, f"select from {model._meta.db_table}")


@only_on_postgresql
def test_owner_is_bound_by_the_policies_too(roles: None) -> None:
    own, other = MunicipalityFactory(), MunicipalityFactory()
    with municipality_scope(own), acting_as(OWNER) as cursor:
        cursor.execute("select municipality_id from accounts_unit")
        assert {value for (value,) in cursor.fetchall()} == {own.pk} != {other.pk}


@contextmanager
def signed_in_as(role: str) -> Iterator[Any]:
    """A connection that signs in by that name, as a process of a deployment does."""
    beside = connections.create_connection("default")
    options = {**beside.settings_dict["OPTIONS"], "options": ""}
    beside.settings_dict = {**beside.settings_dict, "USER": role, "OPTIONS": options}
    try:
        yield beside
    finally:
        beside.close()


@only_on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("kind", PROCESSES)
def test_check_finds_nothing_with_a_role_of_a_process(kind: str) -> None:
    owner = connection.settings_dict["USER"]
    with signed_in_as(f"{owner}_{kind}") as beside:
        assert list(faults_of(beside)) == []


@only_on_postgresql
@pytest.mark.django_db
def test_check_finds_a_superuser_even_behind_a_role() -> None:
    """The tests themselves act as the role of the web, and could be the superuser again with one statement."""
    with signed_in_as(connection.settings_dict["USER"]) as beside:
        assert {fault.id for fault in faults_of(beside)} == BEYOND
    checks = run_checks(tags=[Tags.database], include_deployment_checks=True, databases=["default"])
    assert {fault.id for fault in checks} == BEYOND


@only_on_postgresql
@pytest.mark.django_db
def test_check_finds_a_table_without_its_wall() -> None:
    with without_wall(), connection.cursor() as cursor:
        cursor.execute("alter table pupils_pupil no force row level security")
    faults = [fault for fault in faults_of(connection) if fault.id == "accounts.E005"]

    assert [fault.msg for fault in faults] == ["Tables stand without their wall: pupils_pupil."]


@only_on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("attribute", ["superuser", "bypassrls"])
def test_check_finds_what_a_role_has_been_given(roles: None, attribute: str) -> None:
    with without_wall(), connection.cursor() as cursor:
        cursor.execute(f"alter role {OWNER}_app {attribute}")
        cursor.execute(f"set session authorization {OWNER}_web")
        found = {fault.id for fault in faults_of(connection)}
        cursor.execute("reset session authorization")

    assert found == {"accounts.E001" if attribute == "superuser" else "accounts.E002"}


@only_on_postgresql
@pytest.mark.django_db
def test_process_is_not_started_with_a_role_above_the_wall(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    started: list[str] = []
    monkeypatch.setattr("os.execvp", lambda program, _arguments: started.append(program))

    assert start.main(["gunicorn"]) == 1
    assert started == []
    assert "accounts.E001" in capsys.readouterr().err


def test_process_is_started_when_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("os.execvp", lambda _program, arguments: started.append(arguments))
    monkeypatch.setattr("django.core.management.call_command", lambda *_words: None)

    start.main(["gunicorn", "colourmaps.config.wsgi"])
    assert started == [["gunicorn", "colourmaps.config.wsgi"]]
