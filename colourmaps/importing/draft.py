"""An import before it is done: every row with the pupil it is about, and what the checks say of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.utils.crypto import salted_hmac

from ..models import Indicator, MeasurementRound
from .differences import Differences
from .mapping import Mapping
from .match import Match
from .messages import Level, Message
from .register import Register
from .rows import Extraction
from .same_pupil import NOBODY, RepeatedResults, Rows, are_repeated, first_rows, said_together


@dataclass
class Draft:
    """What a file would do to the municipality. Nothing is written before every check has run.

    matches: one per row of the extraction. messages: those of the extraction and of the checks.
    differences: of class and name between file and register; only what a person has ticked is done.
    An error anywhere in a row refuses the row.
    """

    extraction: Extraction
    mapping: Mapping
    matches: Sequence[Match]
    register: Register
    indicators: dict[str, Indicator]
    rounds: dict[str, MeasurementRound]
    messages: list[Message] = field(default_factory=list)
    differences: Differences = field(default_factory=Differences)

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

    @cached_property
    def pupil_of(self) -> Rows:
        """Of each row the first row about the same pupil."""
        return first_rows(self.matches)

    @cached_property
    def rows_by_pupil(self) -> dict[int, list[int]]:
        """The rows about each pupil who has several, by the first of them."""
        rows: dict[int, list[int]] = defaultdict(list)
        for at in np.flatnonzero(are_repeated(self.pupil_of)).tolist():
            rows[int(self.pupil_of[at])].append(at)
        return dict(rows)

    @cached_property
    def repeated(self) -> RepeatedResults:
        return RepeatedResults.of(self.extraction, self.pupil_of)

    def pupils(self) -> dict[int, Match]:
        """What the accepted rows say of each pupil, by the first row about the pupil."""
        accepted = self.accepted & (self.pupil_of != NOBODY)
        pupils = {at: self.matches[at] for at in np.flatnonzero(accepted).tolist() if self.pupil_of[at] == at}
        for first, rows in self.rows_by_pupil.items():
            if said := [self.matches[at] for at in rows if accepted[at]]:
                pupils[first] = said_together(said)
        return pupils

    def who(self) -> str:
        """Tells apart two drafts of a file that are about other pupils, or change the register otherwise.

        The results alone do not: as many new ones of a namesake are counted alike. Keyed, since it holds names.
        """
        known = [(match.known.pk, match.home) if match.known else None for match in self.matches]
        moves = [
            (move.pupil.pk, move.pupil.school_class_id, move.home)
            for move in self.differences.moves
            if move.is_ticked
        ]
        names = [
            (name.pupil.pk, name.pupil.family_name, name.pupil.given_name)
            for name in self.differences.names
            if name.is_ticked
        ]
        said = repr((known, self.pupil_of.tolist(), sorted(self.refused), moves, names))
        return salted_hmac("colourmaps.importing.draft", said, algorithm="sha256").hexdigest()

    @property
    def has_columns_of_several_rounds(self) -> bool:
        """A row is about several rounds at once."""
        return len(self.extraction.rounds) > 1 and not self.mapping.names_rounds_by_row

    def name_of(self, code: str) -> str:
        """The indicator's name, or its code if the municipality has no such indicator."""
        return self.indicators[code].name if code in self.indicators else code
