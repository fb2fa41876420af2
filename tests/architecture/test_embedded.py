"""The worker that runs beside the pages in one process, on a Celery application of its own."""

from collections.abc import Iterator
from threading import Event

import pytest
from celery import Celery

from colourmaps.config import celery_app, embedded

SECONDS = 10

pytestmark = pytest.mark.slow


class Trial:
    """One recurring task that says that it ran, and one that runs until it is let go."""

    def __init__(self) -> None:
        self.ran, self.began, self.let_go = Event(), Event(), Event()
        self.app = Celery("trial", broker="memory://localhost/", set_as_current=False)
        self.app.conf.update(
            task_ignore_result=True,
            worker_hijack_root_logger=False,
            task_default_queue="trial",
            broker_transport_options={"polling_interval": 0.05},
            beat_schedule={"often": {"task": "trial.often", "schedule": 3600.0}},
        )
        self.app.task(name="trial.often", shared=False)(self.often)
        self.app.task(name="trial.long", shared=False)(self.long)

    def often(self) -> None:
        self.ran.set()

    def long(self) -> None:
        self.began.set()
        self.let_go.wait(SECONDS)


@pytest.fixture
def trial() -> Iterator[Trial]:
    trial = Trial()
    trial.app.set_default()  # a thread of the worker asks for the default application
    yield trial
    trial.let_go.set()
    celery_app.set_default()


def test_what_recurs_is_run_at_once_and_the_worker_ends_when_told(trial: Trial) -> None:
    worker = embedded.Worker(trial.app)

    worker.start()

    assert trial.ran.wait(SECONDS)
    assert worker.stop() is True
    assert not worker.thread.is_alive()
    assert not worker.beat_thread.is_alive()


def test_task_that_needs_longer_is_not_waited_for(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "SECONDS_TO_FINISH", 2)
    worker = embedded.Worker(trial.app)
    worker.start()
    trial.app.send_task("trial.long")
    assert trial.began.wait(SECONDS)

    assert worker.stop() is False

    trial.let_go.set()
    worker.thread.join(SECONDS)
    assert not worker.thread.is_alive()
