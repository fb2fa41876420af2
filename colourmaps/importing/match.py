"""What becomes of a row of a file: a known pupil, a new one, or a reason why neither."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pupils.identity import Identity
from pupils.school_years import year_group_of_class

from .candidates import once
from .doubts import Doubt
from .messages import Kind
from .pupil_cells import PupilRow, name_of
from .register import KnownPupil, Register, name_keys

SHORTEST_TELLING = 2
"""Letters of a word of a name."""
NEARLY_A_WORD = 0.7
"""Share of letters in common and in order from which two words of names may be the same one: Anna and Ana."""


@dataclass(frozen=True)
class Home:
    """The home class that the import gives a pupil."""

    school: str
    school_class: str
    year_group: int


@dataclass(frozen=True)
class NewPupil:
    """A pupil whom the import will add. keys: what tells pupils apart in the file; a row that shares one is about
    the same pupil.
    """

    keys: tuple[str, ...]
    identity_number: str
    own_id: str
    family_name: str
    given_name: str
    sex: str
    home: Home
    protection: str = ""


@dataclass(frozen=True)
class Match:
    """What became of a row: a known pupil, a new one, or a reason why neither (kind and its parameters).

    home: the class that a known pupil who has none is enrolled in. doubt: what a person is asked about the row, or has
    answered. zero: kind and parameters of a note on a leading zero that was put back.
    """

    known: KnownPupil | None = None
    new: NewPupil | None = None
    home: Home | None = None
    kind: Kind | None = None
    parameters: tuple[tuple[str, object], ...] = ()
    doubt: Doubt | None = None
    zero: tuple[Kind, dict[str, str]] | None = None

    @property
    def keys(self) -> tuple[object, ...]:
        """Equal in two rows about the same pupil; none for a row about nobody."""
        if self.known:
            return (self.known.pk,)
        return self.new.keys if self.new else ()


class Unmatched(Exception):
    """Why a row is about nobody; carries the kind of message and its parameters, and the candidates if there are any.

    may_be_new: a person may say that it is a new pupil.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        candidates: Iterable[KnownPupil] = (),
        may_be_new: bool = False,
        **parameters: Any,
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.candidates = once(candidates)
        self.may_be_new = may_be_new
        self.parameters = tuple(parameters.items())


@dataclass
class Reading:
    """A row under way: its keys as they were understood, and whom they find at once.

    fault: why the identity number cannot be relied on; then it finds nobody.
    """

    row: PupilRow
    identity: Identity | None = None
    own_id: str = ""
    known: KnownPupil | None = None
    fault: Kind | None = None
    reason: object = ""
    stopped: Unmatched | None = None
    zero: tuple[Kind, dict[str, str]] | None = None

    @property
    def who(self) -> str:
        return self.row.identity or self.row.own_id or name_of(self.row)


def year_group_in(row: PupilRow, register: Register) -> int | None:
    """The year group that the file says, else that of the class itself, else of its name."""
    if row.year_group is not None:
        return row.year_group
    class_id = register.class_id(row.school, row.school_class)
    year_group = register.year_groups.get(class_id) if class_id else None
    return year_group_of_class(row.school_class) if year_group is None else year_group


def is_called_otherwise(known: KnownPupil, row: PupilRow) -> bool:
    """Whether the row names the pupil, and not as the register does."""
    family, given = known.family_name, known.given_name
    if (row.family_name, row.given_name) == (family, given) or row.full_name == f"{given} {family}":
        return False  # nearly every row: as it is written, without a closer look
    names = name_keys(row.family_name, row.given_name, row.full_name)
    return bool(names) and known.search_name not in names


def shares_no_name(known: KnownPupil, row: PupilRow) -> bool:
    """Whether the two names have not one word in common, be it nearly. A name that has changed keeps one."""
    words = {
        word for name in name_keys(row.family_name, row.given_name, row.full_name) for word in name.split()
    }
    own_words = known.search_name.split()
    if not own_words or min(map(len, words), default=0) < SHORTEST_TELLING:
        return False  # initials tell nothing
    return not have_a_word_in_common(words, own_words)


def have_a_word_in_common(words: Iterable[str], others: Collection[str]) -> bool:
    """Whether a word of the one is, or nearly is, a word of the others."""
    return any(
        SequenceMatcher(None, word, other, autojunk=False).ratio() >= NEARLY_A_WORD
        for word in words
        for other in others
    )
