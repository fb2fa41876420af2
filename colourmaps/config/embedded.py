"""Web server, worker and clock in one process, without Redis: the demo and small trials.

Pages are served by waitress on this machine's own address only. One Celery worker runs in a thread, fed
by a broker in memory, and one beat sends what is due. Nothing is lost when the process is killed: a job
is a row in the database, and the sweep at the next start wakes the rows that are left.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable
from threading import Thread
from types import FrameType

from celery import Celery, signals
from celery.beat import Scheduler, Service
from celery.worker import WorkController, state
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

HOST = "127.0.0.1"
WEB_THREADS = 8
# Three: both towns of the demo may be deciding what to release, and a short job still has a thread of its own.
WORKER_THREADS = 3
SECONDS_TO_FINISH = 10


class Worker:
    """A Celery worker for all queues, and the beat, each in a thread of this process."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.controller = WorkController(
            app=app,
            pool="threads",
            concurrency=WORKER_THREADS,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.thread = Thread(target=self.controller.start, name="worker", daemon=True)
        # The plain scheduler keeps its times in memory; it looks up every second, so as to stop soon.
        self.beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
        self.beat_thread = Thread(target=self.beat.start, name="beat", daemon=True)

    def start(self) -> None:
        # Celery's Django part listens to this: it closes a thread's connection after each task.
        signals.worker_init.send(sender=self.controller)
        self.thread.start()
        self.beat_thread.start()
        self.send_what_recurs()

    def send_what_recurs(self) -> None:
        """Wake at once what an earlier run left behind, instead of after the first half minute."""
        for entry in self.app.conf.beat_schedule.values():
            if isinstance(entry["schedule"], float):
                self.app.send_task(entry["task"], **entry.get("options", {}))

    def stop(self) -> bool:
        """Let the running task end; False if it needs longer than a person waits."""
        state.should_stop = 0  # type: ignore[assignment] # its exit status; the stubs know only None
        self.beat.stop(wait=True)
        self.thread.join(timeout=SECONDS_TO_FINISH)
        state.should_stop = None
        return not self.thread.is_alive()


def serve(app: Celery, port: int, ready: Callable[[], None], goodbye: Callable[[], None]) -> None:
    """Serve until Ctrl-C or a polite kill; `ready` is called when the address answers, `goodbye` at the end.

    Raises OSError when the port is taken.
    """
    # Waitress warns whenever a request waits for a free thread, which is what threads are for.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(get_wsgi_application(), host=HOST, port=port, threads=WEB_THREADS, ident=None)
    worker = Worker(app)
    worker.start()
    signal.signal(signal.SIGTERM, _end)
    try:
        ready()
        server.run()  # returns on Ctrl-C and on _end, when requests that were begun are answered
    except (KeyboardInterrupt, SystemExit):
        pass  # before it ran
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server.close()
    print("\nStopping …", flush=True)
    has_ended = worker.stop()
    goodbye()
    if not has_ended:
        # A thread in the middle of a task would keep the process. Its job row says that it is not
        # finished, and it is taken up at the next start.
        sys.stdout.flush()
        os._exit(0)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
