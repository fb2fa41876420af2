"""Pupils whose log somebody asks for. Those with protected identity are found by their number alone."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.tenancy import current_municipality

from ..identity import NotAnIdentity, parse_identity, search_key
from ..models import Protection, Pupil
from ..protected import NUMBER, OWN_ID, numbered

MOST_FOUND = 30
SHORTEST = 2


def pupils_by(text: str) -> list[Pupil]:
    """By number exactly, else by all the words of a name."""
    text = text.strip()
    numbers = _numbers(text)
    sealed = [*numbered([text], OWN_ID).values(), *numbered(numbers, NUMBER).values()]
    by_number = Pupil.objects.filter(Q(own_id=text) | Q(identity_number__in=numbers) | Q(pk__in=sealed))
    if text and (found := list(by_number[:MOST_FOUND])):
        return found
    wanted = search_key(text)
    if len(wanted) < SHORTEST:
        return []
    named = Pupil.objects.filter(protection=Protection.NONE)
    for word in wanted.split():
        named = named.filter(search_name__contains=word)
    return list(named.order_by("search_name")[:MOST_FOUND])


def _numbers(text: str) -> list[str]:
    try:
        identity = parse_identity(text, current_municipality().country, on=timezone.localdate())
    except NotAnIdentity:
        return []
    return [identity.number] if identity else []
