"""Whether the name in a row is still the pupil's: as it was written there, or corrected by the person who filled it in.

The row's key says whose it is. The name is the check on it: where only some columns were sorted, it is another pupil's.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from pupils.services import search_name

from ..importing.match import have_a_word_in_common
from .base import Base, BaseRow


def is_as_written(name: str, row: BaseRow) -> bool:
    return name.split() == row.label.split()


class WrittenNames:
    """The names of a workbook as they were written in it, folded: without case and punctuation."""

    def __init__(self, base: Base) -> None:
        self.classes = [{row.key: _folded(row.label) for row in rows} for rows in base.classes.values()]
        self.all = {name for names in self.classes for name in names.values()}

    def is_misspelt(self, name: str, row: BaseRow) -> bool:
        """Whether the name is nearly that of the row's pupil, and of nobody else.

        A word must be the same, or nearly; no other pupil of the workbook may be called so, and none of the class may
        have a name that is as near: brothers and sisters share a word.
        """
        written, own = _folded(name), _folded(row.label)
        if not have_a_word_in_common(written.split(), own.split()):
            return False
        if written != own and written in self.all:
            return False
        classmates = next(names for names in self.classes if row.key in names)
        nearness = _nearness(written, own)
        return all(
            _nearness(written, other) < nearness for key, other in classmates.items() if key != row.key
        )


def _nearness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _folded(name: str) -> str:
    return search_name(name.replace(",", " "), "")
