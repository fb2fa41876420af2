"""What a check is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ..draft import Draft
from ..messages import Message


class Check(Protocol):
    """Reads the draft and says what it found; it never writes.

    An error refuses the row that it stands in, a warning and a note are shown and the row goes in.
    """

    def run(self, draft: Draft) -> Iterator[Message]: ...
