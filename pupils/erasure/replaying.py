"""After a backup was put back: whoever was erased since, is erased again, by the same decision."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Q

from accounts.tenancy import current_municipality

from ..models import Erasure, Pupil
from .erasing import erase
from .hashes import hash_of
from .listing import listed


def replay() -> int:
    """Erases again whoever stands on the list and is there, in the municipality that is entered; returns how many.

    Told by the keyed hashes, never by the row's number alone: after a restore a number may be another pupil's.
    """
    return sum(_erase_again(line) for line in _lines())


def _lines() -> list[dict[str, Any]]:
    """Of the file, and of the rows of the database, each decision once."""
    code = current_municipality().code
    of_file = {line["key"]: line for line in listed() if line["municipality"] == code}
    of_rows = {
        each.key: {name: getattr(each, name) for name in ("key", "pupil_id", "key_hash")}
        for each in Erasure.objects.exclude(erased_at=None)
    }
    return list((of_rows | of_file).values())


def _erase_again(line: dict[str, Any]) -> bool:
    """Whether the pupil was there. By the key: it is random, and given once; a number may come back rightly."""
    municipality = current_municipality()
    keys = Pupil.objects.values_list("pk", "key").iterator()
    found = [pk for pk, key in keys if hash_of("key", key, municipality.pk) == line["key_hash"]]
    if not found:
        return False
    erasure = Erasure.objects.filter(key=line["key"]).first() or _decision_of(line)
    Erasure.objects.filter(Q(pk=erasure.pk)).update(erased_at=None, pupil_id=found[0])
    erase(erasure)
    return True


def _decision_of(line: dict[str, Any]) -> Erasure:
    """The row that the restore has taken away, as the list knows it."""
    names = ("key", "key_hash", "number_hash", "own_id_hash", "decided_by", "reference", "ground")
    municipality = current_municipality()
    return Erasure.objects.create(
        municipality=municipality,
        pupil_id=line["pupil_id"],
        strikes_shared_names=line["strikes_shared_names"],
        decided_on=datetime.date.fromisoformat(line["decided_on"]),
        asked_by=None,
        **{name: line[name] for name in names},
    )
