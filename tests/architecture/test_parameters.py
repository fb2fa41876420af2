"""No oracle and no stumbling: nonsense in any parameter, parameters twice, orders by what is not shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django_tables2 import Column, Table
from pytest_django import Settings

from accounts.models import User
from accounts.web import configure_table
from tests.fixtures import Place

from .parameters import NONSENSE, nonsense, parameters_read
from .permission_matrix import MATRIX, make_world
from .walk import HTMX, Walker

pytestmark = [pytest.mark.slow, pytest.mark.walk]

# What stands beside the columns in the database, and ways of the ORM to walk on from there.
HIDDEN = (
    "responsible__password",
    "pupil__given_name",
    "pk",
)
# What the most read pages are narrowed down by.
NARROWED = {
    "colourmaps:class-map": ("round", "as_of", "sort"),
    "aggregation:unit-map": ("round", "year_group"),
    "interventions:question-list": ("page", "sort"),
    "accounts:unit-tree": ("on",),
}
ROW = re.compile(r"<tr[^>]*>\s*<t[hd][^>]*>(.*?)</t[hd]>", re.S)
QUERY = re.compile(r"\?[^\"']*")


# Each look is a row of the log itself, so these pages have one more the second time.
GROW = frozenset({"pupils:log", "pupils:log-account", "pupils:log-pupil", "pupils:seen-by"})


@pytest.fixture
def walker(solviken: Place, settings: Settings, sign_in: Callable[[User], Client]) -> Walker:
    """Browsers to which an error is an answer."""

    def signed_in(person: User) -> Client:
        browser = sign_in(person)
        browser.raise_request_exception = False
        return browser

    settings.LIMITS_PER_USER = dict.fromkeys(settings.LIMITS_PER_USER, (10**6, 3600))
    world = make_world(solviken, "Solberg", "LAS")
    assert world.refused_import.key  # is made where it is asked for, and stands in lists from then on
    return Walker(world, signed_in)


def without_fields_of(name: str, content: dict) -> dict:
    return {key: value for key, value in content.items() if key not in MATRIX[name].form}


def test_names_of_parameters_are_found_in_the_code() -> None:
    assert {"sort", "round", "show", "ended", "on", "q", "next", "language", "code"} <= set(parameters_read())


def test_nonsense_in_any_parameter_is_no_error(walker: Walker) -> None:
    """All parameters at once, each with another value in each turn: an address must not mind what it does not read."""
    faults = []
    for turn, headers in ((0, {}), (13, HTMX)):
        for name in MATRIX:
            content = without_fields_of(name, nonsense(turn))
            if walker.ask(name, content=content, headers=headers).response.status_code >= 500:
                faults.append((name, turn))

    assert faults == []


def test_nonsense_in_what_narrows_a_page_down_is_no_error(walker: Walker) -> None:
    """Each value in one parameter alone, so that no other ends the reading before it."""
    faults = []
    for name in (
        "colourmaps:class-map",
        "aggregation:unit-map",
        "interventions:question-list",
        "accounts:unit-tree",
    ):
        for parameter in ("round", "on", "as_of", "sort", "show", "page", "map", "slice"):
            for value in NONSENSE:
                if walker.ask(name, content={parameter: value}).response.status_code >= 500:
                    faults.append((name, parameter, value))

    assert faults == []


def test_parameters_that_come_twice_are_no_error(walker: Walker) -> None:
    twice = {name: ["1", "2"] for name in parameters_read()}

    faults = [
        name
        for name in MATRIX
        if walker.ask(name, content=without_fields_of(name, twice)).response.status_code >= 500
    ]

    assert faults == []


def pages_with_rows(walker: Walker) -> dict[str, list[str]]:
    """The rows of all pages that have some, by address."""
    found = {}
    for name, address in MATRIX.items():
        if address.method == "get" and address.answer == 200:
            answer = walker.ask(name)
            rows = rows_in(answer.body) if answer.is_page else []
            if len(rows) > 1:
                found[name] = rows
    return found


def rows_in(body: bytes) -> list[str]:
    """What the rows of all tables begin with, in their order, without the query that their links repeat."""
    return ROW.findall(QUERY.sub("", body.decode()))


def test_nothing_is_ordered_by_what_is_not_shown(walker: Walker) -> None:
    """An order tells of what it is made from. What is no column of a list changes nothing at all."""
    changed = [
        (name, hidden)
        for name, rows in pages_with_rows(walker).items()
        if name not in GROW
        for hidden in HIDDEN
        if rows_in(walker.ask(name, content={"sort": hidden, "ordering": f"-{hidden}"}).body) != rows
    ]

    assert changed == []


class Names(Table):
    name = Column()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("name", ["a", "b"]), ("secret", ["b", "a"]), ("-secret", ["b", "a"]), ("../../etc", ["b", "a"])],
)
def test_table_is_ordered_by_its_own_columns_alone(
    rf: RequestFactory, sort: str, expected: list[str]
) -> None:
    table = Names([{"name": "b", "secret": 2}, {"name": "a", "secret": 1}])

    configure_table(rf.get("/", {"sort": sort}), table, 10)

    assert [row.get_cell("name") for row in table.rows] == expected
