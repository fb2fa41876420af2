"""Norwegian identity numbers: fødselsnummer, D-nummer and auxiliary numbers."""

import datetime
import re
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

from .verdict import Identity, IdentityKind, NotAnIdentity, Remark, Unreadable

_FORM = re.compile(r"([0-9]{6})-?([0-9]{5})")
# From this day numbers are given out by new rules; the old ones stay valid.
_NEW_RULES_FROM = datetime.date(2032, 1, 1)
# Remainders of the first check digit: 0 by the old rules, any of these by the new ones.
_ACCEPTED_REMAINDERS = range(4)
_OLD_REMAINDER = 0


def parse(text: str, on: datetime.date) -> Identity:
    """The identity in a text of 11 figures, with or without a hyphen after the sixth.

    From 2032 a number tells neither sex nor century, and new ones may look like old ones, since 0 is one of
    the remainders of both. So on days from 2032, and for every other remainder, sex and birth date are None:
    they come from the register.
    Sources: the Tax Administration's page on numbers from 2032; day + 40 in D-numbers, month + 40 or + 80 in
    auxiliary and test numbers, day + 80 in joint auxiliary numbers (which hold no date at all).
    Raises NotAnIdentity if the text has another form.
    """
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise NotAnIdentity(Unreadable.NOT_NORWEGIAN)
    number = parts[1] + parts[2]
    is_old = on < _NEW_RULES_FROM and _first_remainder(number) == _OLD_REMAINDER
    tells_person = is_old and not _is_joint(number)
    birth_date = _birth_date(number) if tells_person else None
    return Identity(
        kind=_kind(number),
        number=number,
        birth_date=birth_date,
        sex=_sex(number) if tells_person else None,
        remark=_remark(number, is_date_missing=tells_person and birth_date is None),
    )


def _is_joint(number: str) -> bool:
    return number[0] in "89"


def _kind(number: str) -> IdentityKind:
    if _is_joint(number) or int(number[2:4]) > 40:
        return IdentityKind.TEMPORARY
    return IdentityKind.COORDINATION if int(number[:2]) > 40 else IdentityKind.REGISTERED


def _remark(number: str, *, is_date_missing: bool) -> Remark | None:
    if number.endswith("00000"):
        return Remark.PLACEHOLDER
    if not _check_digits_hold(number):
        return Remark.CHECK_DIGIT
    if is_date_missing or not (_is_joint(number) or _is_day_of_some_year(number)):
        return Remark.DATE
    return None


def _check_digits_hold(number: str) -> bool:
    first_holds = _first_remainder(number) in _ACCEPTED_REMAINDERS
    return first_holds and number[10] == fodselsnummer.calc_check_digit2(number)


def _first_remainder(number: str) -> int:
    """Weighted sum of the first ten figures, modulus 11; the tenth is the check digit, with weight 1."""
    return (int(number[9]) - int(fodselsnummer.calc_check_digit1(number))) % 11


def _birth_date(number: str) -> datetime.date | None:
    """The date by the old rules, where the three figures after it tell the century."""
    month = int(number[2:4])
    if month > 80:
        # The library knows month + 40 but not month + 80.
        number = f"{number[:2]}{month - 80:02}{number[4:]}"
    try:
        return fodselsnummer.get_birth_date(number)
    except ValidationError:
        return None


def _is_day_of_some_year(number: str) -> bool:
    """Whether day and month exist, with the 29th of February among them, once 40 and 80 are taken off."""
    try:
        datetime.date(2000, int(number[2:4]) % 40, int(number[:2]) % 40)
    except ValueError:
        return False
    return True


def _sex(number: str) -> Literal["F", "M"]:
    return "M" if int(number[8]) % 2 else "F"
