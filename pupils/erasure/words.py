"""The words of one pupil in a text or a JSON value, taken out. Pure but for the reading of names.

A name that nobody else has is taken out wherever it stands, with its Nordic endings and whatever its case. A name that
another pupil or somebody of the staff has as well is taken out only beside another part of the pupil's name, since
elsewhere it is probably the other one; such places are counted, and a person looks at them. Numbers always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User

from ..identity import search_key
from ..models import Pupil
from ..names_in_text import SHORTEST_ID, WORD, as_it_is_read, parts_of_name, stems_of
from ..protected import Identity, identity_of

TAKEN_OUT = "[…]"
# A Swedish number is written with and without its century.
WITH_CENTURY, CENTURY = 12, 2


@dataclass(frozen=True)
class Words:
    """own: parts of names that nobody else has; shared: that others have as well; numbers: digits, and own ids."""

    own: frozenset[str]
    shared: frozenset[str]
    numbers: frozenset[str]

    @property
    def everywhere(self) -> Words:
        """As if nobody else had any of the names."""
        return Words(self.own | self.shared, frozenset(), self.numbers)


@dataclass(frozen=True)
class Taken:
    """The text without the words; n_taken of them; n_left: words that may be somebody else's."""

    text: str
    n_taken: int = 0
    n_left: int = 0


def own_words(pupil: Pupil) -> frozenset[str]:
    """The parts of the name, folded, and the numbers; of a pupil with protected identity, those of the sealed one."""
    who = _who(pupil)
    return frozenset({*parts_of_name(who.given_name), *parts_of_name(who.family_name), *_numbers(who)})


def _who(pupil: Pupil) -> Pupil | Identity:
    return identity_of(pupil) if pupil.is_protected else pupil


def words_of(pupil: Pupil) -> Words:
    """Of a pupil with protected identity, those of the sealed one."""
    who = _who(pupil)
    names = {*parts_of_name(who.given_name), *parts_of_name(who.family_name)}
    others: set[str] = set()
    rest = Pupil.objects.exclude(pk=pupil.pk).values_list("given_name", "family_name")
    staff = User.objects.filter(municipality=pupil.municipality_id).values_list("name")
    for row in [*rest.iterator(), *staff.iterator()]:
        others.update(part for name in row for part in parts_of_name(name))
    return Words(frozenset(names - others), frozenset(names & others), frozenset(_numbers(who)))


def _numbers(who: Pupil | Identity) -> set[str]:
    number, own_id = who.identity_number, search_key(who.own_id)
    found = {number, number[CENTURY:]} if len(number) == WITH_CENTURY else {number}
    return {each for each in found | {own_id} if len(each) >= SHORTEST_ID}


def taken_out(text: str, words: Words) -> Taken:
    """The text as it is where nothing of the pupil stands in it, to the byte."""
    read = as_it_is_read(text)
    matches = list(WORD.finditer(read))
    kinds = [_kind(match.group(), words) for match in matches]
    beside = [
        kind == "shared"
        and any(near in ("own", "shared") for near in kinds[max(0, n - 1) : n] + kinds[n + 1 : n + 2])
        for n, kind in enumerate(kinds)
    ]
    pieces, end, n_taken = [], 0, 0
    for match, kind, is_beside in zip(matches, kinds, beside, strict=True):
        if kind in ("own", "number") or is_beside:
            pieces += [read[end : match.start()], TAKEN_OUT]
            end, n_taken = match.end(), n_taken + 1
    n_left = sum(kind == "shared" and not near for kind, near in zip(kinds, beside, strict=True))
    return Taken("".join([*pieces, read[end:]]) if n_taken else text, n_taken, n_left)


def _kind(word: str, words: Words) -> str:
    folded = search_key(word)
    if folded in words.numbers or "".join(each for each in word if each.isdigit()) in words.numbers:
        return "number"
    if word[0].isdigit():
        return ""
    stems = stems_of(folded)
    return "own" if stems & words.own else "shared" if stems & words.shared else ""


def taken_out_of(value: Any, words: Words) -> tuple[Any, int, int]:
    """As `taken_out` for every text in a JSON value, names of its parts included: value, taken, left."""
    if isinstance(value, str):
        taken = taken_out(value, words)
        return taken.text, taken.n_taken, taken.n_left
    if isinstance(value, list):
        parts = [taken_out_of(each, words) for each in value]
        return [part[0] for part in parts], sum(p[1] for p in parts), sum(p[2] for p in parts)
    if isinstance(value, dict):
        named = [(taken_out(str(name), words), taken_out_of(each, words)) for name, each in value.items()]
        return (
            {name.text: part[0] for name, part in named},
            sum(name.n_taken + part[1] for name, part in named),
            sum(name.n_left + part[2] for name, part in named),
        )
    return value, 0, 0
