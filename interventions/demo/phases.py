"""One line per phase of a long command: what was made, how many, how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Prints one line.
Say = Callable[[str], None]


@dataclass
class Phase:
    """What goes on; whoever does it sets the count."""

    n_made: int = 0


@contextmanager
def phase(name: str, say: Say) -> Iterator[Phase]:
    """Says the name, the count and the seconds when the block has ended."""
    started = time.monotonic()
    current = Phase()
    yield current
    say(f"  {name:<28}{current.n_made:>10,}  {time.monotonic() - started:6.1f} s")
