"""Which pupil each row is about. Never a silent merge, never a silent new pupil: a doubt is a question to a person."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy

from pupils.identity import NotAnIdentity, Remark, Status, parse_identity

from .candidates import Candidates
from .decisions import LEAVE, NEW, NO_DECISIONS, PUPIL, Decisions, row_keys
from .doubts import (
    DECIDED_ELSEWHERE,
    DOUBTFUL_IDENTITY,
    KEYS_OF_TWO,
    LEFT_OUT,
    MAY_BE_KNOWN,
    NAME_ALONE,
    NAME_OF_ANOTHER,
    NAMESAKE,
    NOT_AN_IDENTITY,
    NUMBER_IN_DOUBT,
    OTHER_IDENTITY,
    OTHER_NAME,
    SEVERAL_PUPILS,
    UNKNOWN_CLASS,
    UNKNOWN_PUPIL,
    UNKNOWN_SCHOOL,
    Doubt,
)
from .mapping import KEY_MEANINGS, Mapping, Meaning
from .match import Match, NewPupil, Reading, Unmatched, is_called_otherwise, shares_no_name
from .messages import Kind, Level, define
from .new_pupils import NewPupils
from .pupil_cells import PupilRow, name_of
from .register import KnownPupil, Register

ZERO_OF_NUMBER = define(
    "match.zero_of_number",
    Level.NOTE,
    gettext_lazy("The identity number “%(written)s” has lost a leading zero and is read as “%(read)s”."),
)
ZERO_OF_ID = define(
    "match.zero_of_id",
    Level.NOTE,
    gettext_lazy("The id “%(written)s” has lost its leading zeros and is read as “%(read)s”."),
)

# Nobody chooses well between more; such a row has to say more itself.
MOST_CANDIDATES = 8


def match_pupils(
    rows: Sequence[PupilRow],
    mapping: Mapping,
    register: Register,
    *,
    country: str,
    on: datetime.date,
    adds_pupils: bool,
    decisions: Decisions = NO_DECISIONS,
) -> list[Match]:
    """One Match per row, in their order.

    adds_pupils: a row about nobody in the register becomes a new pupil, if the number is beyond doubt and the file
    says which class; a known pupil without a class in the school year gets the file's.
    decisions: what a person has said of rows in doubt; an answer counts while it is still among the choices.
    """
    matcher = _Matcher(mapping, register, country, on, adds_pupils)
    readings = [matcher.read(row) for row in rows]
    matcher.remember(readings)
    matches = [matcher.match(reading) for reading in readings]
    in_doubt = [at for at, match in enumerate(matches) if match.doubt]
    keys = row_keys([rows[at] for at in in_doubt], is_long=mapping.repeats_pupils)
    for at, key in zip(in_doubt, keys, strict=True):
        matches[at] = matcher.answered(readings[at], matches[at], key, decisions.pupils.get(key, ""))
    return [_as_marked(row, match) for row, match in zip(rows, matches, strict=True)]


def _as_marked(row: PupilRow, match: Match) -> Match:
    """Whom the file itself marks as protected is shown nowhere from now on, and asked about by nobody."""
    if not row.protection or match.known is None:
        return match
    return replace(match, known=replace(match.known, is_protected=True), doubt=None)


class _Matcher:
    """First every row by its keys as they stand; then, knowing whom the file speaks of, the rows that found nobody."""

    def __init__(
        self, mapping: Mapping, register: Register, country: str, on: datetime.date, adds_pupils: bool
    ) -> None:
        self.register = register
        self.country = country
        self.on = on
        self.adds_pupils = adds_pupils
        self.is_long = mapping.repeats_pupils
        self.keys = set(mapping.pupil_key or KEY_MEANINGS)
        self.headers = {column.meaning: column.header for column in mapping.columns}
        self.candidates = Candidates(register, country, on)
        self.new_pupils = NewPupils(register, adds_pupils=adds_pupils)
        # Pupils whom a row of the sheet is about beyond doubt: another row with nearly their words is about others.
        self.claimed: dict[str, set[int]] = defaultdict(set)

    # ---- the keys as they stand

    def read(self, row: PupilRow) -> Reading:
        reading = Reading(row)
        try:
            self._read_identity(reading)
            self._read_own_id(reading)
            if not reading.fault:
                reading.known = self._known(reading)
        except Unmatched as stopped:
            reading.stopped = stopped
        return reading

    def remember(self, readings: Iterable[Reading]) -> None:
        """A long table has many rows about a pupil, so a row there tells nothing of whom the others are about."""
        if self.is_long:
            return
        for reading in readings:
            if reading.known:
                self.claimed[reading.row.sheet].add(reading.known.pk)

    def _read_identity(self, reading: Reading) -> None:
        """The identity number of the row, if the mapping goes by it."""
        written = reading.row.identity
        if not written or Meaning.IDENTITY not in self.keys:
            return
        try:
            identity = parse_identity(written, self.country, on=self.on)
        except NotAnIdentity as error:
            reading.fault, reading.reason = NOT_AN_IDENTITY, error.reason
            return
        if identity is None:
            return
        reading.identity = identity
        if identity.status is Status.DOUBTFUL and identity.number not in self.register.by_identity:
            reading.fault, reading.reason = DOUBTFUL_IDENTITY, identity.reason
        elif identity.remark in (Remark.ZERO_RESTORED, Remark.ZERO_GUESSED):
            reading.zero = ZERO_OF_NUMBER, {"written": written, "read": f"0{written}"}

    def _read_own_id(self, reading: Reading) -> None:
        if Meaning.PUPIL_ID not in self.keys:
            return
        reading.own_id = written = reading.row.own_id
        restored = self.register.own_id_without_zeros.get(written)
        if restored:
            reading.own_id = restored
            reading.zero = ZERO_OF_ID, {"written": written, "read": restored}

    def _known(self, reading: Reading) -> KnownPupil | None:
        if reading.identity is None and not reading.own_id:
            return self._known_by_name(reading.row)
        by_identity = self.register.by_identity.get(reading.identity.number) if reading.identity else None
        by_own_id = self.register.by_own_id.get(reading.own_id)
        if by_own_id and reading.identity and by_own_id != by_identity:
            columns: dict[str, Any] = {
                "identity_column": self.headers.get(Meaning.IDENTITY, ""),
                "id_column": self.headers.get(Meaning.PUPIL_ID, ""),
                "own_id": reading.own_id,
            }
            if by_identity:
                raise Unmatched(KEYS_OF_TWO, candidates=[by_identity, by_own_id], **columns)
            if by_own_id.identity_number:
                raise Unmatched(OTHER_IDENTITY, candidates=[by_own_id], **columns)
        known = by_identity or by_own_id
        if known:
            self._refuse_name_of_another(known, reading.row)
        return known

    def _refuse_name_of_another(self, known: KnownPupil, row: PupilRow) -> None:
        """Rows that have slipped against each other: the number of one child beside the name of another."""
        if not is_called_otherwise(known, row):
            return
        others = [pupil for pupil in self.candidates.called_there(row) if pupil.pk != known.pk]
        if others:
            raise Unmatched(NAME_OF_ANOTHER, candidates=[known, *others], who=name_of(row))
        # Whoever writes of a protected pupil writes another name on purpose.
        if not (known.is_protected or row.protection) and shares_no_name(known, row):
            raise Unmatched(OTHER_NAME, candidates=[known], who=name_of(row))

    def _known_by_name(self, row: PupilRow) -> KnownPupil | None:
        if not row.school and not row.school_class:
            return None
        found = self.candidates.called_there(row)
        if len(found) > 1:
            raise Unmatched(SEVERAL_PUPILS, candidates=found, who=name_of(row), n=len(found))
        return found[0] if found else None

    # ---- what a row that found nobody is about

    def match(self, reading: Reading) -> Match:
        try:
            if reading.stopped:
                raise reading.stopped
            if reading.known:
                return Match(
                    reading.known, home=self.new_pupils.home_of(reading.known, reading.row), zero=reading.zero
                )
            return Match(new=self._new(reading), zero=reading.zero)
        except Unmatched as stopped:
            return self._unmatched(reading, stopped)

    def _unmatched(self, reading: Reading, stopped: Unmatched) -> Match:
        candidates = stopped.candidates
        if len(candidates) > MOST_CANDIDATES or any(pupil.is_protected for pupil in candidates):
            return Match(kind=DECIDED_ELSEWHERE)
        new = self.new_pupils.if_possible(reading) if stopped.may_be_new else None
        doubt = Doubt(tuple(candidates), new) if candidates or new else None
        return Match(kind=stopped.kind, parameters=stopped.parameters, doubt=doubt)

    def _new(self, reading: Reading) -> NewPupil:
        if reading.fault:
            raise self._number_in_doubt(reading, reading.fault)
        self._refuse_if_known_nearly(reading)
        if not self.adds_pupils or not (reading.identity or reading.own_id or name_of(reading.row)):
            raise self._unknown(reading)
        return self.new_pupils.described(reading)

    def _number_in_doubt(self, reading: Reading, fault: Kind) -> Unmatched:
        row = reading.row
        found = [
            *([self.register.by_own_id[reading.own_id]] if reading.own_id in self.register.by_own_id else []),
            *self.candidates.called_there(row),
            *self._unclaimed(row, self.candidates.numbered_nearly(row.identity)),
            *self.candidates.called_nearly(row, self._is_unclaimed(row)),
        ]
        may_be_new = self.new_pupils.if_possible(reading) is not None
        kind = NUMBER_IN_DOUBT if found or may_be_new else fault
        return Unmatched(
            kind, candidates=found, may_be_new=may_be_new, number=row.identity, reason=reading.reason
        )

    def _refuse_if_known_nearly(self, reading: Reading) -> None:
        """Before somebody is new, or unknown: is there a pupil of that name, or nearly of that name?"""
        row = reading.row
        is_by_name = not reading.identity and not reading.own_id
        if is_by_name and not row.school and not row.school_class:
            found = self.candidates.called_anywhere(row)
            if found:
                raise Unmatched(NAME_ALONE, candidates=found, who=name_of(row))
            return
        there = self._possible(reading, self.candidates.called_there(row))
        anywhere = self._unclaimed(row, self._possible(reading, self.candidates.called_anywhere(row)))
        classless = [pupil for pupil in anywhere if pupil.school_class_id is None]
        if self.adds_pupils and (there or classless):
            raise Unmatched(NAMESAKE, candidates=[*there, *anywhere], may_be_new=True, who=name_of(row))
        if not self.adds_pupils:
            # Whoever has the name in the class is offered, whatever number the register has: one of them is wrong.
            there = self.candidates.called_there(row)
        is_unclaimed = self._is_unclaimed(row)
        nearly = self.candidates.called_nearly(
            row, lambda pupil: is_unclaimed(pupil) and bool(self._possible(reading, [pupil]))
        )
        found = [*there, *self._not_hidden([*anywhere, *nearly])]
        if found:
            raise Unmatched(MAY_BE_KNOWN, candidates=found, may_be_new=True, who=reading.who)

    def _possible(self, reading: Reading, pupils: Iterable[KnownPupil]) -> list[KnownPupil]:
        return [
            pupil
            for pupil in pupils
            if not self.candidates.is_told_apart(pupil, reading.identity, reading.own_id)
        ]

    def _is_unclaimed(self, row: PupilRow) -> Callable[[KnownPupil], bool]:
        claimed = self.claimed.get(row.sheet, ())
        return lambda pupil: pupil.pk not in claimed

    def _unclaimed(self, row: PupilRow, pupils: Iterable[KnownPupil]) -> list[KnownPupil]:
        return list(filter(self._is_unclaimed(row), pupils))

    def _not_hidden(self, pupils: list[KnownPupil]) -> list[KnownPupil]:
        """Where nobody is added, a protected pupil who is only like the row is not even hinted at."""
        return pupils if self.adds_pupils else [pupil for pupil in pupils if not pupil.is_protected]

    def _unknown(self, reading: Reading) -> Unmatched:
        """Nobody, and nobody is added: with the school or class, if the register lacks that too."""
        row, who = reading.row, reading.who
        if row.school and self.register.school_id(row.school) is None:
            return Unmatched(UNKNOWN_SCHOOL, who=who, school=row.school)
        if row.school_class and not self.candidates.class_ids(row.school, row.school_class):
            return Unmatched(UNKNOWN_CLASS, who=who, school_class=row.school_class)
        return Unmatched(UNKNOWN_PUPIL, who=who)

    # ---- what a person has said

    def answered(self, reading: Reading, match: Match, key: str, answer: str) -> Match:
        """The match as it has been decided; still in doubt if the answer is no longer one of the choices."""
        doubt = match.doubt
        if doubt is None:
            return match
        asked = replace(match, doubt=replace(doubt, key=key))
        decided = replace(doubt, key=key, answer=answer)
        chosen = next((pupil for pupil in doubt.candidates if answer == f"{PUPIL}{pupil.key}"), None)
        if answer == LEAVE:
            return Match(kind=LEFT_OUT, parameters=(("who", reading.who),), doubt=decided)
        if answer == NEW and doubt.new:
            # Two rows of which a person has said so one by one are two pupils, though their words are the same.
            keys = doubt.new.keys if reading.identity or reading.own_id else (f"row {key}",)
            return Match(new=replace(doubt.new, keys=keys), doubt=decided, zero=reading.zero)
        if chosen is None:
            return asked
        try:
            home = self.new_pupils.home_of(chosen, reading.row)
        except Unmatched as stopped:
            return Match(kind=stopped.kind, parameters=stopped.parameters, doubt=decided)
        return Match(chosen, home=home, doubt=decided, zero=reading.zero)
