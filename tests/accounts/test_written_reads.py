"""Statements written out by hand: they stay in the municipality, and their objects are those of the ORM."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import Municipality, Unit, User
from accounts.tenancy import ScopeError
from accounts.written_reads import Columns, listed, moment_of, rows_of, rows_of_all
from tests.fixtures import Place

NAMES_SQL = "select name from accounts_unit where municipality_id = %(municipality)s order by id"


def test_statement_reads_the_municipality_that_is_entered(in_solviken: Place) -> None:
    names = list(Unit.objects.order_by("pk").values_list("name", flat=True))

    assert [row[0] for row in rows_of(NAMES_SQL)] == names


@pytest.mark.django_db
def test_statement_outside_of_a_municipality_is_refused() -> None:
    with pytest.raises(ScopeError):
        rows_of(NAMES_SQL)


def test_statement_that_names_no_municipality_is_refused(in_solviken: Place) -> None:
    with pytest.raises(ValueError, match="does not name it"):
        rows_of("select name from accounts_unit")


def test_municipality_cannot_be_chosen_by_the_caller(in_solviken: Place) -> None:
    with pytest.raises(TypeError):
        rows_of(NAMES_SQL, municipality=0)


@pytest.mark.parametrize(("ids", "sql"), [([], "(null)"), ([3], "(3)"), ([3, 4], "(3, 4)")])
def test_ids_are_listed_as_sql(ids: list[int], sql: str) -> None:
    assert listed(ids) == sql


def test_what_is_no_number_is_not_listed() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        listed(["0) or (1 = 1"])  # type: ignore[list-item]  # what a mistake could bring


def test_several_objects_come_out_of_one_row(in_solviken: Place) -> None:
    user, municipality = Columns(User, "u"), Columns(Municipality, "m")
    person = in_solviken.teacher
    person.last_login = timezone.now()
    person.save()

    row = rows_of_all(
        f"select {user.sql}, {municipality.sql} from accounts_user u "  # noqa: S608 – columns of our own models
        "join accounts_municipality m on m.id = u.municipality_id where u.id = %(id)s",
        id=person.pk,
    )[0]

    found, home = user.made_of(row), municipality.made_of(row, user.number)
    assert (found, found.last_login, found.is_active) == (person, person.last_login, True)
    assert (home, home.name) == (person.municipality, person.municipality.name)
    assert not found.get_deferred_fields()


def test_moment_that_a_function_gives_has_its_zone(in_solviken: Place) -> None:
    person = in_solviken.teacher
    person.last_login = datetime.datetime(2026, 11, 3, 8, 30, tzinfo=datetime.UTC)
    person.save()

    found = rows_of_all("select max(last_login) from accounts_user")[0][0]

    assert moment_of(found) == person.last_login
    assert moment_of(None) is None
