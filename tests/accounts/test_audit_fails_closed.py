"""What cannot be remembered is not shown: a page whose event cannot be written answers with an error and no data."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.services import set_limits
from accounts.tenancy import municipality_scope
from pupils.models import Pupil
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place


@pytest.fixture
def pupil(solviken: Place) -> Pupil:
    with municipality_scope(solviken.municipality):
        round_ = RoundFactory()
        DueIndicatorFactory(round=round_, indicator=IndicatorFactory())
        return PupilFactory(family_name="Kanariefågel", school_class=solviken.class_4a)


def addresses(place: Place, pupil: Pupil) -> list[str]:
    """A page of one, a page of many, and a file."""
    class_map = f"/classes/{place.class_4a.key}/"
    return [f"/pupils/{pupil.key}/", class_map, f"{class_map}map.xlsx", f"{class_map}map.csv"]


@pytest.fixture
def browser(solviken: Place, sign_in: Callable[[User], Client]) -> Client:
    client = sign_in(solviken.teacher)
    client.raise_request_exception = False
    return client


def without(table: str) -> AbstractContextManager[None]:
    """Within, the database takes no rows into a table: a full disk, a right that was taken away."""

    def execute(run: Callable, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if f'insert into "{table}"' in sql.lower():
            raise DatabaseError("the log cannot be written")
        return run(sql, parameters, many, context)

    return connection.execute_wrapper(execute)


def test_pages_answer_while_the_log_can_be_written(solviken: Place, pupil: Pupil, browser: Client) -> None:
    """The guard off: the same pages show the pupil."""
    answers = [browser.get(address) for address in addresses(solviken, pupil)]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert "Kanariefågel" in answers[0].content.decode()
    assert "Kanariefågel" in answers[1].content.decode()


@pytest.mark.parametrize("table", ["accounts_auditevent", "accounts_auditpupil"])
def test_nothing_is_shown_when_the_log_cannot_be_written(
    solviken: Place, pupil: Pupil, browser: Client, table: str
) -> None:
    with municipality_scope(solviken.municipality):
        before = AuditEvent.objects.count()

    for address in addresses(solviken, pupil):
        # As a page has its own transaction: within the test's, what failed would be taken back with all of it.
        with transaction.atomic(), without(table):
            answer = browser.get(address)
            transaction.set_rollback(True)

        assert answer.status_code == 500, address
        assert "Kanarie" not in answer.content.decode(), address
        assert "the log cannot be written" not in answer.content.decode(), address
    with municipality_scope(solviken.municipality):
        assert AuditEvent.objects.count() == before


def test_what_was_to_be_written_is_taken_back_with_its_event(in_solviken: Place) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), without("accounts_auditevent"):
        set_limits(smallest_base=20, smallest_count=5, by=in_solviken.administrator)

    in_solviken.municipality.refresh_from_db()
    assert in_solviken.municipality.smallest_base == 10
