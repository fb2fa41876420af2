"""Swedish identity numbers: personnummer, samordningsnummer and the temporary numbers of schools."""

import datetime
import re
from typing import Literal

import personnummer.personnummer as swedish_register
from stdnum import luhn

from .verdict import Identity, IdentityKind, NotAnIdentity, Remark, Unreadable

_FORM = re.compile(
    r"(?P<century>[0-9]{2})?(?P<year>[0-9]{2})-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})"
    r"(?P<separator>[-+]?)(?P<serial>[0-9A-Z]{4})"
)
# In a coordination number the day is the day of birth plus this.
_COORDINATION = 60


def parse(text: str, on: datetime.date) -> Identity:
    """The identity in a text of 10 or 12 characters, with or without hyphens; `on` settles the century of 10.

    Sources: folkbokföringslagen (1991:481) 18 §; the Tax Agency's coordination numbers (day + 60, month or
    day 00 when birth is uncertain); Skolverket's specification of temporary pupil numbers (YYYYMMDD, TF, two
    characters), of which some regions have a variant (YYYYMMDD, T, three characters).
    Raises NotAnIdentity if the text has another form.
    """
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise NotAnIdentity(Unreadable.NOT_SWEDISH)
    month, day, serial = parts["month"], parts["day"], parts["serial"]
    if parts["century"]:
        year = parts["century"] + parts["year"]
    else:
        year = f"{_full_year(int(parts['year']), parts['separator'], on):04}"
    number = year + month + day + serial
    if not serial.isdecimal():
        return _temporary(number)

    is_coordination = int(day) >= _COORDINATION
    birth_day = int(day) % _COORDINATION
    return Identity(
        kind=IdentityKind.COORDINATION if is_coordination else IdentityKind.REGISTERED,
        number=number,
        birth_date=_birth_date(int(year), int(month), birth_day),
        # The last of the three figures of the birth number: odd for boys, even for girls.
        sex=_sex(number[10]),
        remark=_remark(number, is_uncertain=is_coordination and 0 in (int(month), birth_day)),
    )


def _full_year(two_figures: int, separator: str, on: datetime.date) -> int:
    """The year of birth. A plus replaces the hyphen from the year in which a person turns a hundred."""
    latest = on.year - 100 if separator == "+" else on.year
    return latest - (latest - two_figures) % 100


def _temporary(number: str) -> Identity:
    """A number with letters. It has no check digit; the form TF tells the sex by its second last figure."""
    birth_date = _birth_date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    remark = None
    if number[8] != "T":
        remark = Remark.UNKNOWN_FORM
    elif birth_date is None:
        remark = Remark.DATE
    sex = _sex(number[10]) if number[8:10] == "TF" and number[10].isdecimal() else None
    return Identity(IdentityKind.TEMPORARY, number, birth_date, sex, remark)


def _remark(number: str, *, is_uncertain: bool) -> Remark | None:
    """Why a number without letters is doubtful. is_uncertain: month or day of birth is written 00."""
    if swedish_register.valid(number):
        return None
    if number[8:11] == "000":
        return Remark.PLACEHOLDER
    # The check digit covers the ten last figures, not the century.
    if not luhn.is_valid(number[2:]):
        return Remark.CHECK_DIGIT
    # The library asks for a full date, which a coordination number need not have.
    return None if is_uncertain else Remark.DATE


def _birth_date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _sex(figure: str) -> Literal["F", "M"]:
    return "M" if int(figure) % 2 else "F"
