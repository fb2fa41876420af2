"""What apps on the right do around the erasure of pupils or their results, so that what rests on them stays.

Each gives a context manager: it looks before, and writes afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

Around = Callable[[Collection[int] | None], AbstractContextManager[None]]
_around: list[Around] = []


def add_around(around: Around) -> None:
    """around: gets the ids of the pupils, or None where results of all pupils go."""
    _around.append(around)


@contextmanager
def kept(pupil_ids: Collection[int] | None) -> Iterator[None]:
    with ExitStack() as entered:
        for around in _around:
            entered.enter_context(around(pupil_ids))
        yield
