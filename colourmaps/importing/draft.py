"""An import before it is done: every row with the pupil it is about, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..models import Indicator, MeasurementRound
from .mapping import Mapping
from .matching import Match
from .messages import Level, Message
from .register import Register
from .rows import Extraction


@dataclass
class Draft:
    """What a file would do to the municipality. Nothing is written before every check has run.

    matches: one per row of the extraction. messages: those of the extraction and of the checks.
    An error anywhere in a row refuses the row.
    """

    extraction: Extraction
    mapping: Mapping
    matches: Sequence[Match]
    register: Register
    indicators: dict[str, Indicator]
    rounds: dict[str, MeasurementRound]
    messages: list[Message] = field(default_factory=list)

    @cached_property
    def row_of_place(self) -> dict[tuple[str, int], int]:
        return {(pupil.sheet, pupil.row): at for at, pupil in enumerate(self.extraction.pupils)}

    @property
    def refused(self) -> set[int]:
        """Indexes of the rows that have an error."""
        places = {(message.sheet, message.row) for message in self.messages if message.level is Level.ERROR}
        return {self.row_of_place[place] for place in places if place in self.row_of_place}

    @property
    def has_failed(self) -> bool:
        """An error that concerns the whole file or a whole sheet: nothing can be imported."""
        return any(message.level is Level.ERROR and not message.row for message in self.messages)

    @property
    def accepted(self) -> np.ndarray:
        """One bool per row."""
        accepted = np.ones(len(self.extraction.pupils), bool)
        accepted[list(self.refused)] = False
        return accepted
