"""Keeps protected pupils out of all that an import says and stores: rows of theirs are named by a pseudonym at most.

Whether somebody is protected already or is marked so by this very file makes no difference, also in the preview.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pupils.identity import search_key
from pupils.models import Pupil
from pupils.protected import Identity
from pupils.protecting import protect_pupil

from .doubts import DECIDED_ELSEWHERE
from .draft import Draft
from .messages import Message
from .pupil_cells import PupilRow

IN_PLACE_OF_IT = "…"
MARKED = "class list"
Place = tuple[str, int]


def tells(text: str, identity: Identity) -> bool:
    """Whether a text has a number of the pupil's, or the whole name in any order; folded, as names are searched."""
    figures = "".join(filter(str.isalnum, text)).upper()
    if identity.identity_number and identity.identity_number[2:] in figures:
        return True
    words = set(search_key(text).split())
    if identity.own_id and search_key(identity.own_id) in words:
        return True
    name = search_key(f"{identity.family_name} {identity.given_name}").split()
    return len(name) > 1 and words.issuperset(name)


def tells_of_any(text: str, identities: Collection[Identity]) -> bool:
    return any(tells(text, identity) for identity in identities)


def all_words(kept: Any) -> str:
    """Every text within JSON, one after the other."""
    if isinstance(kept, dict):
        return " ".join(map(all_words, kept.values()))
    if isinstance(kept, list | tuple):
        return " ".join(map(all_words, kept))
    return kept if isinstance(kept, str) else ""


def identity_in(row: PupilRow) -> Identity:
    """Who the pupil of a row is, in the file's own words."""
    return Identity(row.family_name, row.given_name, row.identity, row.own_id)


def hidden_identities(draft: Draft) -> list[Identity]:
    """Who is protected, by the register and by the marks of the file."""
    return [*draft.register.sealed, *(identity_in(row) for row in draft.extraction.pupils if row.protection)]


def hidden_rows(draft: Draft) -> set[Place]:
    """Rows of the file that are no one's to read but theirs who are named: they stand in no list of refused rows."""
    identities = hidden_identities(draft)
    return {
        (row.sheet, row.row)
        for row, match in zip(draft.extraction.pupils, draft.matches, strict=True)
        if row.protection
        or (match.known and match.known.is_protected)
        or match.kind is DECIDED_ELSEWHERE
        or (identities and tells_of_any(all_words(list(_said(row))), identities))
    }


def _said(row: PupilRow) -> tuple[str, ...]:
    return row.identity, row.own_id, row.family_name, row.given_name, row.full_name


def without_names(messages: Collection[Message], identities: Collection[Identity]) -> list[Message]:
    """The messages; those that would tell of a protected pupil without the words of the file."""
    if not identities:
        return list(messages)
    return [_without(message) if _tells(message, identities) else message for message in messages]


def _tells(message: Message, identities: Collection[Identity]) -> bool:
    if message.kind is DECIDED_ELSEWHERE:
        return True
    return tells_of_any(f"{message.value} {all_words(dict(message.parameters))}", identities)


def _without(message: Message) -> Message:
    said = {
        name: IN_PLACE_OF_IT if isinstance(value, str) else value
        for name, value in message.parameters.items()
    }
    return replace(message, value=IN_PLACE_OF_IT, parameters=said)


def without_questions_about(asked: dict[str, Any], identities: Collection[Identity]) -> dict[str, Any]:
    """What is asked of a person, without the rows that have the whole name or the number of a protected pupil."""
    if not identities:
        return asked
    kept = [each for each in asked["pupils"] if not tells_of_any(all_words(each), identities)]
    n_open = sum(not each["answer"] for each in asked["pupils"]) - sum(not each["answer"] for each in kept)
    return asked | {
        "pupils": kept,
        "n_pupils": asked["n_pupils"] - len(asked["pupils"]) + len(kept),
        "n_open": asked["n_open"] - n_open,
    }


def reasons_without(
    reasons: Mapping[str, Mapping[int, list[str]]], hidden: Collection[Place]
) -> dict[str, dict[int, list[str]]]:
    found = {
        sheet: {row: said for row, said in rows.items() if (sheet, row) not in hidden}
        for sheet, rows in reasons.items()
    }
    return {sheet: rows for sheet, rows in found.items() if rows}


def protect_marked(draft: Draft, *, by: Any) -> int:
    """Pupils of the register whom the file marks get protected identity, whatever becomes of their results."""
    marks = {
        match.known.pk: row.protection
        for row, match in zip(draft.extraction.pupils, draft.matches, strict=True)
        if match.known and row.protection
    }
    unprotected = Pupil.objects.filter(pk__in=marks, protection="")
    for pupil in unprotected:
        protect_pupil(pupil=pupil, protection=marks[pupil.pk], by=by, reason=MARKED)
    return len(unprotected)
