"""Identity numbers as they come in files and forms, and as they are shown."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from . import denmark, norway, sweden
from .cells import text_of_cell
from .verdict import Identity, Remark

# Nobody in a school register is older; an earlier year is a mistyped century.
_OLDEST_YEARS = 130
_MASK = "•"
# Length of a normalised number -> length of its birth date, and what stands after it.
_SHOWN_PARTS = {12: (8, "-"), 11: (6, " "), 10: (6, "-")}


@dataclass(frozen=True)
class _Rules:
    """A country's rules: how to read a text, its shortest length, what to say if that lacked a zero."""

    parse: Callable[[str, datetime.date], Identity]
    shortest: int
    zero_lost: Remark


_RULES = {
    "SE": _Rules(sweden.parse, 10, Remark.ZERO_RESTORED),
    "NO": _Rules(norway.parse, 11, Remark.ZERO_RESTORED),
    # No check digit can confirm that it was a zero that fell away.
    "DK": _Rules(denmark.parse, 10, Remark.ZERO_GUESSED),
}


def parse_identity(cell: object, country: str, *, on: datetime.date) -> Identity | None:
    """The identity in a cell or a form field, by the rules of a country; None if it is empty.

    cell: text in any common spelling, or the number that a spreadsheet made of it.
    country: "SE", "NO" or "DK"; KeyError for others.
    on: the day the list is from; it settles the century of short Swedish numbers and what is in the future.
    Raises NotAnIdentity if it has not the form of a number; what has the form is returned, doubtful or not.
    """
    rules = _RULES[country]
    text = text_of_cell(cell)
    if not text:
        return None
    has_lost_zero = text.isdecimal() and len(text) == rules.shortest - 1
    identity = rules.parse("0" + text if has_lost_zero else text, on)
    remark = identity.remark or _remark_on_date(identity, on)
    if remark is None and has_lost_zero:
        remark = rules.zero_lost
    return replace(identity, remark=remark)


def _remark_on_date(identity: Identity, on: datetime.date) -> Remark | None:
    if identity.birth_date is None:
        return None
    if identity.birth_date > on:
        return Remark.BORN_LATER
    return Remark.DATE if on.year - identity.birth_date.year > _OLDEST_YEARS else None


def display_identity(number: str, *, masked: bool = True) -> str:
    """A normalised number as people write it, its last figures masked unless asked for: 20090127-••••.

    All that follows the birth date is masked: four characters, in Norway five. A number of unknown length is
    masked whole. Its country is known by its length.
    """
    if len(number) not in _SHOWN_PARTS:
        return _MASK * len(number) if masked else number
    length, separator = _SHOWN_PARTS[len(number)]
    serial = number[length:]
    return number[:length] + separator + (_MASK * len(serial) if masked else serial)
