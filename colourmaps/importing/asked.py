"""What the preview asks a person: rows in doubt, and differences from the register; kept with the batch as JSON.

Pupils of the register are kept by id alone, so that whoever is protected meanwhile is not shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from .decisions import PUPIL
from .differences import Differences, Move, Renaming, is_elsewhere
from .doubts import Doubt
from .draft import Draft
from .mapping import header_key
from .match import Match, is_called_otherwise
from .messages import Message, shortened
from .pupil_cells import PupilRow, name_of

# So many are kept; of the others only the number, until these are answered.
MOST_DOUBTS = 1000
# Of moves and of names: all that the page then offers is within DATA_UPLOAD_MAX_NUMBER_FIELDS, ticked at once.
MOST_DIFFERENCES = 1500
# Places of a row in doubt that stands many times in the file.
MOST_PLACES = 5

Difference = TypeVar("Difference", Move, Renaming)


def asked_of(draft: Draft) -> dict[str, Any]:
    """pupils: rows in doubt, still open ones first; moves and names: differences, those not ticked first.

    n_: how many there are in all.
    """
    doubts = _doubts(draft)
    differences: Differences = draft.differences
    return {
        "pupils": doubts[:MOST_DOUBTS],
        "n_pupils": len(doubts),
        "n_open": sum(not doubt["answer"] for doubt in doubts),
        "moves": [_move(draft, move) for move in _first(differences.moves)],
        "names": [_renaming(draft, renaming) for renaming in _first(differences.names)],
        "n_beyond": _n_beyond(differences),
    }


def _first(rows: Sequence[Difference]) -> list[Difference]:
    """Those not ticked come first, so that ticking and checking again brings on the next ones."""
    return sorted(rows, key=lambda row: row.is_ticked)[:MOST_DIFFERENCES]


def _n_beyond(differences: Differences) -> int:
    return sum(max(len(rows) - MOST_DIFFERENCES, 0) for rows in (differences.moves, differences.names))


def _doubts(draft: Draft) -> list[dict[str, Any]]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, match in enumerate(draft.matches):
        if match.doubt:
            places[match.doubt.key].append(at)
    found = [_doubt(draft, of_key) for of_key in places.values()]
    return sorted(found, key=lambda doubt: bool(doubt["answer"]))


def _doubt(draft: Draft, places: list[int]) -> dict[str, Any]:
    row, match = draft.extraction.pupils[places[0]], draft.matches[places[0]]
    doubt = match.doubt
    if doubt is None:
        raise ValueError("only rows in doubt are asked about")
    return {
        "key": doubt.key,
        "places": [
            [draft.extraction.pupils[at].sheet, draft.extraction.pupils[at].row]
            for at in places[:MOST_PLACES]
        ],
        "n_rows": len(places),
        **_words(row),
        "sentence": _sentence(row, match),
        "candidates": [pupil.pk for pupil in doubt.candidates],
        "answers": [f"{PUPIL}{pupil.key}" for pupil in doubt.candidates],
        "may_be_new": doubt.new is not None,
        "answer": doubt.answer,
        "is_plain": _is_plain(draft, row, doubt),
    }


def _is_plain(draft: Draft, row: PupilRow, doubt: Doubt) -> bool:
    """One candidate only, and with exactly the row's name and class: only the register lacks the row's number or id."""
    if len(doubt.candidates) != 1 or not row.school_class or not name_of(row):
        return False
    pupil = doubt.candidates[0]
    is_there = pupil.school_class_id is not None and not is_elsewhere(pupil, row, draft.register)
    has_other_key = (row.identity and pupil.identity_number) or (
        row.own_id and pupil.own_id not in ("", row.own_id)
    )
    return is_there and not has_other_key and not is_called_otherwise(pupil, row)


def _words(row: PupilRow) -> dict[str, str]:
    """Who the row is about, as it is written."""
    said = {
        "name": name_of(row),
        "number": row.identity,
        "own_id": row.own_id,
        "school_class": row.school_class,
        "school": row.school,
    }
    return {word: shortened(text) for word, text in said.items()}


def _sentence(row: PupilRow, match: Match) -> dict[str, Any]:
    """The message of an open doubt, as JSON; {} for an answered one."""
    if match.kind is None:
        return {}
    return Message(match.kind, row.sheet, row.row, parameters=dict(match.parameters)).to_json()


def _place(draft: Draft, at: int) -> list[Any]:
    row = draft.extraction.pupils[at]
    return [row.sheet, row.row]


def _move(draft: Draft, move: Move) -> dict[str, Any]:
    """group: the same for all pupils of a class who go to the same class."""
    school = draft.register.school_of.get(move.pupil.school_class_id or 0)
    is_other_school = school is not None and draft.register.school_id(move.home.school) != school.pk
    to_school = move.home.school if is_other_school else ""
    return {
        "pupil": move.pupil.pk,
        "key": move.pupil.key,
        "place": _place(draft, move.at),
        "from": move.pupil.school_class,
        "from_school": school.name if school and is_other_school else "",
        "to": move.home.school_class,
        "to_school": to_school,
        "group": f"{move.pupil.school_class_id}/{header_key(move.home.school)}/{header_key(move.home.school_class)}",
        "is_ticked": move.is_ticked,
    }


def _renaming(draft: Draft, renaming: Renaming) -> dict[str, Any]:
    return {
        "pupil": renaming.pupil.pk,
        "key": renaming.pupil.key,
        "place": _place(draft, renaming.at),
        "family_name": renaming.family_name,
        "given_name": renaming.given_name,
        "is_ticked": renaming.is_ticked,
    }
