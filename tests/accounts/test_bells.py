"""Bells: no more of them on their way than somebody needs to hear."""

from typing import Any

import pytest

from accounts import bells
from accounts.bells import heard, wake, wake_once, wake_once_in

TASK = "tests.count_sheep"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[Any], float | None]]:
    """What has been rung for: (arguments, countdown), in order."""
    rung: list[tuple[list[Any], float | None]] = []

    def send_task(task: str, args: tuple[Any, ...], retry: bool, countdown: float | None = None) -> None:
        rung.append((list(args), countdown))

    monkeypatch.setattr(bells.current_app, "send_task", send_task)
    return rung


def test_bell_that_nobody_has_heard_is_enough(rung: list) -> None:
    for _n in range(3):
        wake_once(TASK, 1)

    assert rung == [([1], None)]


def test_bell_that_was_heard_rings_again(rung: list) -> None:
    wake_once(TASK, 1)
    heard(TASK, 1)
    wake_once(TASK, 1)

    assert rung == [([1], None)] * 2


def test_each_municipality_and_each_task_has_its_own_bell(rung: list) -> None:
    wake_once(TASK, 1)
    wake_once(TASK, 2)
    wake_once("tests.count_goats", 1)

    assert rung == [([1], None), ([2], None), ([1], None)]


def test_later_bell_rings_once_and_keeps_none_from_ringing_now(rung: list) -> None:
    for _n in range(3):
        wake_once_in(2, TASK, 1)
    wake_once(TASK, 1)

    assert rung == [([1], 2), ([1], None)]


def test_without_a_cache_every_bell_rings(
    rung: list, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise ConnectionError("nobody there")

    monkeypatch.setattr(bells, "cache", Away())

    for _n in range(2):
        wake_once(TASK, 1)
        wake_once_in(2, TASK, 1)
        heard(TASK, 1)

    assert rung == [([1], None), ([1], 2)] * 2
    assert "no cache" in caplog.text


def test_broker_that_is_away_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreachable(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(bells.current_app, "send_task", unreachable)

    wake(TASK, 1, 2)

    assert caplog.messages == [f"no broker: {TASK} waits for the sweep"]
