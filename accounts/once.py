"""A form that is sent twice, by a double click or a reload, makes one row.

The key of the row is chosen when the form is shown and sent with it: the database takes each key once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from .keys import KEY_LENGTH, KEY_LETTERS, new_key

FIELD = "once"
KEY = re.compile(f"[{KEY_LETTERS}]{{{KEY_LENGTH}}}")
Row = TypeVar("Row", bound=Model)


def key_of_form(request: HttpRequest) -> str:
    """The key that the form was shown with; a new one for a form that is shown first, or was sent without."""
    sent = request.POST.get(FIELD, "")
    return sent if KEY.fullmatch(sent) else new_key()


def made_once(own: QuerySet[Row], key: str, make: Callable[[str], Row]) -> Row:
    """The row of the key, made now unless it is there already.

    own: the rows that the sender has made; where the key is somebody else's, the row gets another.
    """
    found = own.filter(key=key).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return make(key)
    except IntegrityError:
        return own.filter(key=key).first() or make(new_key())
