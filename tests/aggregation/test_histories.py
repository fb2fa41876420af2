"""A thousand random histories: the sums come out as a recount from scratch, in SQL of its own and by hand, has them.

Half of them on each database, so that both together take no longer than one: SQLite the first, PostgreSQL the others.
"""

import pytest
from django.db import connection, transaction

from aggregation.rollup import recount_municipality
from aggregation.verification import differences
from tests.fixtures import Place

from .histories import History, SmallTown, make_small_town
from .naive import naive_sums, stored_sums

pytestmark = [pytest.mark.usefixtures("ticking"), pytest.mark.slow]

N_HISTORIES, PER_TEST = 1000, 50
MOST_ACTS = 3
# The recount by hand asks the database for every pupil, and so looks at one history in so many.
ONE_BY_HAND_IN = 25


@pytest.fixture
def town(in_solviken: Place) -> SmallTown:
    return make_small_town(in_solviken)


@pytest.mark.parametrize("first", range(0, N_HISTORIES // 2, PER_TEST))
def test_sums_of_a_random_history_equal_a_recount_from_scratch(town: SmallTown, first: int) -> None:
    """Every history begins in the same town, and is taken back after it."""
    first += N_HISTORIES // 2 if connection.vendor == "postgresql" else 0
    for seed in range(first, first + PER_TEST):
        with transaction.atomic():
            history = History(town, seed)
            history.run(1 + seed % MOST_ACTS)
            check(history, by_hand=seed % ONE_BY_HAND_IN == 0)
            town.batches.clear()
            transaction.set_rollback(True)


def check(history: History, *, by_hand: bool) -> None:
    counted = stored_sums()
    assert differences() == [], history.told
    if by_hand:
        assert counted == naive_sums(), history.told
    recount_municipality()
    assert stored_sums() == counted, history.told


def test_history_without_its_recounts_would_be_found_out(town: SmallTown, monkeypatch) -> None:
    """The fault that the work is there for: here nobody does it."""
    monkeypatch.setattr("tests.aggregation.histories.do_waiting_recounts", lambda: True)
    monkeypatch.setattr("tests.aggregation.histories.DELIVERIES", ())
    history = History(town, seed=1)

    history.run(MOST_ACTS)

    assert differences() != []
