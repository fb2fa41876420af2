"""What a person has answered where a file left a doubt, and by which key the answer finds its row again.

An answer belongs to one import. It is not carried over to the next file: there the same words can be about somebody
else, a second Kim Berg who has come since.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping as ReadOnlyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac

from pupils.models import Pupil

from .mapping import header_key
from .pupil_cells import PupilRow

NEW, LEAVE = "new", "leave"
PUPIL = "pupil:"


@dataclass(frozen=True)
class Decisions:
    """The answers of ImportBatch.decisions.

    pupils: by key of the row "pupil:<Pupil.key>", "new" or "leave". moves, names: keys of the pupils whose class or
    name the register takes over from the file; moves_on: the day from which they are in the new class.
    """

    pupils: ReadOnlyMapping[str, str] = field(default_factory=dict)
    moves: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    moves_on: datetime.date | None = None

    @classmethod
    def from_json(cls, stored: ReadOnlyMapping[str, Any]) -> Decisions:
        moves_on = stored.get("moves_on")
        return cls(
            pupils=stored.get("pupils", {}),
            moves=frozenset(stored.get("moves", ())),
            names=frozenset(stored.get("names", ())),
            moves_on=datetime.date.fromisoformat(moves_on) if moves_on else None,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "pupils": dict(self.pupils),
            "moves": sorted(self.moves),
            "names": sorted(self.names),
            "moves_on": self.moves_on.isoformat() if self.moves_on else "",
        }


NO_DECISIONS = Decisions()


def row_keys(rows: Sequence[PupilRow], *, is_long: bool) -> list[str]:
    """A key per row by which an answer is kept. It tells nothing of the pupil, and is the same at every reading.

    Rows with the same words share a key, and so an answer. Where each row is a pupil of its own (not is_long), a
    sheet that says the same words twice may mean two pupils, so each of its rows is asked about by itself.
    """
    words = [_words(row) for row in rows]
    repeated = set() if is_long else _repeated(rows, words)
    keys = [
        (*of_row, row.sheet, str(row.row)) if of_row in repeated else of_row
        for row, of_row in zip(rows, words, strict=True)
    ]
    return [_digest(key) for key in keys]


def _words(row: PupilRow) -> tuple[str, ...]:
    said = (row.identity, row.own_id, row.family_name, row.given_name, row.full_name)
    return tuple(header_key(text) for text in (*said, row.school_class, row.school))


def _repeated(rows: Sequence[PupilRow], words: Sequence[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Words that one sheet says more than once."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    repeated = set()
    for row, of_row in zip(rows, words, strict=True):
        if of_row in found[row.sheet]:
            repeated.add(of_row)
        found[row.sheet].add(of_row)
    return repeated


def _digest(parts: Sequence[str]) -> str:
    """Keyed, since a bare digest of an identity number is found by trying all numbers."""
    return salted_hmac("colourmaps.importing.decisions", "\x1f".join(parts), algorithm="sha256").hexdigest()


def pupils_of(decisions: Decisions) -> list[int]:
    """Ids of the register's pupils whom the answers name."""
    chosen = {answer.removeprefix(PUPIL) for answer in decisions.pupils.values() if answer.startswith(PUPIL)}
    keys = chosen | decisions.moves | decisions.names
    return list(Pupil.objects.filter(key__in=keys).values_list("pk", flat=True))
