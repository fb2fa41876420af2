"""Which pupil somebody means who opens one pupil in an emergency. Reads only."""

from __future__ import annotations

import datetime

from accounts.models import Unit
from accounts.tenancy import current_municipality

from .identity import NotAnIdentity, parse_identity, search_key
from .models import Protection
from .queries import home_enrolments


def one_pupil(text: str, school_class: Unit, on: datetime.date) -> int | None:
    """The only pupil of the class with the number, id or name. None for nobody, for several, and for who is protected:
    all three are answered alike.
    """
    wanted, number = search_key(text), _number(text, on)
    homes = home_enrolments(on).filter(school_class=school_class, pupil__protection=Protection.NONE)
    found = [
        home.pupil_id
        for home in homes.select_related("pupil")
        if text.strip() == home.pupil.own_id
        or (number and number == home.pupil.identity_number)
        or (home.pupil.search_name and sorted(wanted.split()) == sorted(home.pupil.search_name.split()))
    ]
    return found[0] if len(found) == 1 else None


def _number(text: str, on: datetime.date) -> str:
    try:
        identity = parse_identity(text, current_municipality().country, on=on)
    except NotAnIdentity:
        return ""
    return identity.number if identity else ""
