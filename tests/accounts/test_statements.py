"""Rows of work that are asked for in a transaction: gathered, written once and last, or not at all."""

import pytest
from django.db import transaction

from accounts.statements import hold_lock, put_off, try_lock, work_asked_last

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> list[set[str]]:
    return []


def test_work_asked_for_alone_is_written_at_once(written: list[set[str]]) -> None:
    put_off(written.append, ["a", "a"])

    assert written == [{"a"}]


def test_work_asked_for_several_times_is_written_once_at_the_end(written: list[set[str]]) -> None:
    with transaction.atomic(), work_asked_last():
        put_off(written.append, ["b", "a"])
        put_off(written.append, ["a", "c"])
        assert written == []

    assert written == [{"a", "b", "c"}]


def test_kinds_of_work_are_written_in_one_order() -> None:
    order = []

    def first(asked_for: set[str]) -> None:
        order.append(("first", asked_for))

    def second(asked_for: set[str]) -> None:
        order.append(("second", asked_for))

    with transaction.atomic(), work_asked_last():
        put_off(second, "b")
        put_off(first, "a")

    assert order == [("first", {"a"}), ("second", {"b"})]


def test_inner_block_leaves_its_work_to_the_outer_one(written: list[set[str]]) -> None:
    with transaction.atomic(), work_asked_last():
        put_off(written.append, "a")
        with work_asked_last():
            put_off(written.append, "b")
        assert written == []

    assert written == [{"a", "b"}]


def test_work_of_what_is_taken_back_is_not_written(written: list[set[str]]) -> None:
    with transaction.atomic(), work_asked_last():
        put_off(written.append, "a")
        with transaction.atomic(), work_asked_last():
            put_off(written.append, "b")
            transaction.set_rollback(True)

    assert written == [{"a"}]


def test_work_of_what_fails_is_not_written_and_later_work_is(written: list[set[str]]) -> None:
    def fail() -> None:
        with transaction.atomic(), work_asked_last():
            put_off(written.append, "a")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    put_off(written.append, "b")

    assert written == [{"b"}]


@pytest.mark.parametrize("ask", [hold_lock, try_lock])
def test_lock_without_a_place_in_the_order_is_refused(ask) -> None:
    with pytest.raises(ValueError, match="no place in the order"):
        ask("something new")
