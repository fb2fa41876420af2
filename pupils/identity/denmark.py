"""Danish identity numbers: CPR."""

import datetime
import re

from stdnum.dk import cpr
from stdnum.exceptions import ValidationError

from .verdict import Identity, IdentityKind, NotAnIdentity, Remark, Unreadable

_FORM = re.compile(r"([0-9]{6})-?([0-9A-Z]{4})")
# Replacement numbers carry letters, or the day of birth plus this.
_REPLACEMENT = 60


def parse(text: str, on: datetime.date) -> Identity:
    """The identity in a text of 10 characters, with or without a hyphen after the sixth.

    Only form and date are judged: since 2007 numbers are given out that do not fulfil modulus 11 (cpr.dk).
    Replacement numbers have several local forms, so they are kept but held for a person.
    `on` is not needed, since the seventh figure tells the century; every country's rules are called alike.
    Raises NotAnIdentity if the text has another form.
    """
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise NotAnIdentity(Unreadable.NOT_DANISH)
    number = parts[1] + parts[2]
    if not number.isdecimal() or int(number[:2]) > _REPLACEMENT:
        return Identity(IdentityKind.TEMPORARY, number, None, None, Remark.UNKNOWN_FORM)

    birth_date = _birth_date(number)
    remark = None
    if parts[2] == "0000":
        remark = Remark.PLACEHOLDER
    elif birth_date is None:
        remark = Remark.DATE
    return Identity(IdentityKind.REGISTERED, number, birth_date, "M" if int(number[9]) % 2 else "F", remark)


def _birth_date(number: str) -> datetime.date | None:
    try:
        return cpr.get_birth_date(number)
    except ValidationError:
        return None
