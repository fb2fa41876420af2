"""What can be wrong with a file, one check per class. A check reads the draft and says what it found; it never writes.

An error refuses the row that it stands in, a warning and a note are shown and the row goes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.dated import in_force
from accounts.models import Unit
from pupils.models import Pupil
from pupils.queries import home_enrolments

from ..models import DueIndicator, ImportBatch, ImportState
from .draft import Draft
from .mapping import header_key
from .matching import Match
from .messages import Level, Message, define

PUPIL_TWICE = define(
    "check.pupil_twice",
    Level.ERROR,
    gettext_lazy(
        "The same pupil stands in row %(first_row)d of “%(first_sheet)s” too. Keep one of the rows."
    ),
)
OTHER_CLASS = define(
    "check.other_class",
    Level.WARNING,
    gettext_lazy(
        "The file says class %(written)s, the register says %(known)s. The result is kept in %(known)s; if the pupil "
        "has changed class, change the register."
    ),
)
OTHER_CLASS_PROTECTED = define(
    "check.other_class_protected",
    Level.WARNING,
    gettext_lazy(
        "The file says class %(written)s, the register says another. The result is kept where the register has the "
        "pupil; if the pupil has changed class, change the register."
    ),
)
NO_HOME = define(
    "check.no_home",
    Level.WARNING,
    gettext_lazy(
        "The register has no class for the pupil on %(day)s, the day by which %(round)s is counted. The results are "
        "kept, but they are not in any class's map."
    ),
)
TOO_LONG = define(
    "check.too_long",
    Level.ERROR,
    gettext_lazy("“%(text)s…” is too long for the register: %(what)s has at most %(most)d characters."),
)
UNKNOWN_ROUND = define(
    "check.unknown_round",
    Level.ERROR,
    gettext_lazy("There is no measurement round “%(name)s”. Choose one that exists."),
)
NO_ROUND = define(
    "check.no_round",
    Level.ERROR,
    gettext_lazy("The file does not say which measurement round the results are from. Choose the round."),
)
CLOSED_ROUND = define(
    "check.closed_round",
    Level.ERROR,
    gettext_lazy("The measurement round %(name)s is closed and takes no more results."),
)
NOT_DUE = define(
    "check.not_due",
    Level.WARNING,
    gettext_lazy(
        "%(indicator)s is not to be measured in year group %(year_group)s in %(round)s, but %(n)d values are."
    ),
)
EMPTY_COLUMN = define(
    "check.empty_column",
    Level.NOTE,
    gettext_lazy("The column for %(indicator)s has no results and changes nothing."),
)
ALREADY_IMPORTED = define(
    "check.already_imported",
    Level.NOTE,
    gettext_lazy("The same file was imported %(when)s by %(who)s."),
)


PUPIL_FIELDS = {field.name: field for field in Pupil._meta.fields}
UNIT_FIELDS = {field.name: field for field in Unit._meta.fields}
# So much of a text that is too long is enough to find it.
SHOWN_OF_LONG = 40


class Check(Protocol):
    def run(self, draft: Draft) -> Iterator[Message]: ...


class MatchedPupils:
    """Rows about nobody, about several, or with a number that is none."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for at, match in enumerate(draft.matches):
            if match.kind is not None:
                yield draft.extraction.message(match.kind, at, None, **dict(match.parameters))


class PupilOnce:
    """Two rows about the same pupil: which of them is right is not for the import to guess."""

    def run(self, draft: Draft) -> Iterator[Message]:
        first_of: dict[object, int] = {}
        for at, match in enumerate(draft.matches):
            first_at = min((first_of.setdefault(key, at) for key in match.keys), default=at)
            if first_at != at:
                first = draft.extraction.pupils[first_at]
                yield draft.extraction.message(PUPIL_TWICE, at, first_row=first.row, first_sheet=first.sheet)


class SameClass:
    """The file and the register name different classes for a pupil, or classes of different schools."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for at, (pupil, match) in enumerate(zip(draft.extraction.pupils, draft.matches, strict=True)):
            known = match.known
            if known is None or known.school_class_id is None or not pupil.school_class:
                continue
            school = draft.register.school_of.get(known.school_class_id)
            in_other_school = school and pupil.school and draft.register.school_id(pupil.school) != school.pk
            if header_key(pupil.school_class) == header_key(known.school_class) and not in_other_school:
                continue
            written, registered = pupil.school_class, known.school_class
            if school and in_other_school:
                written, registered = f"{written}, {pupil.school}", f"{registered}, {school.name}"
            if known.is_protected:
                yield draft.extraction.message(OTHER_CLASS_PROTECTED, at, written=written)
            else:
                yield draft.extraction.message(OTHER_CLASS, at, written=written, known=registered)


class InSomeClass:
    """Results of pupils who have no class on the day by which the round is counted."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for name in dict.fromkeys(column.round for column in draft.extraction.columns):
            round_ = draft.rounds.get(header_key(name))
            if round_ is None:
                continue
            has_result = np.zeros(len(draft.matches), bool)
            for column in draft.extraction.columns:
                if column.round == name:
                    has_result |= column.marks >= 0
            at_home = home_enrolments(round_.counted_on).filter(in_force(round_.counted_on, "school_class__"))
            pupil_ids = set(at_home.values_list("pupil_id", flat=True))
            gets_home = round_.counted_on < draft.register.school_year.valid_to
            for at in np.flatnonzero(has_result).tolist():
                match = draft.matches[at]
                is_at_home = match.known is not None and match.known.pk in pupil_ids
                if not match.keys or is_at_home or (gets_home and (match.new or match.home)):
                    continue
                yield draft.extraction.message(
                    NO_HOME, at, day=round_.counted_on.isoformat(), round=round_.name
                )


class FitsRegister:
    """Texts that the register would have to cut off."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for at, match in enumerate(draft.matches):
            for field, text in _texts_to_write(match):
                most = field.max_length
                if most is not None and len(text) > most:
                    yield draft.extraction.message(
                        TOO_LONG, at, None, text=text[:SHOWN_OF_LONG], what=field.verbose_name, most=most
                    )


def _texts_to_write(match: Match) -> Iterator[tuple[Field, str]]:
    """The fields of the register that the row would fill, each with its text."""
    new, home = match.new, match.new.home if match.new else match.home
    if new:
        yield PUPIL_FIELDS["identity_number"], new.identity_number
        yield PUPIL_FIELDS["own_id"], new.own_id
        yield PUPIL_FIELDS["family_name"], new.family_name
        yield PUPIL_FIELDS["given_name"], new.given_name
    if home:
        yield UNIT_FIELDS["name"], home.school_class
        yield UNIT_FIELDS["name"], home.school


class KnownRounds:
    """Every column belongs to a round that exists and is open."""

    def run(self, draft: Draft) -> Iterator[Message]:
        new = {header_key(round_.name) for round_ in draft.mapping.new_rounds}
        for name in dict.fromkeys(column.round for column in draft.extraction.columns):
            round_ = draft.rounds.get(header_key(name))
            if not name:
                yield Message(NO_ROUND)
            elif round_ is None and header_key(name) not in new:
                yield Message(UNKNOWN_ROUND, parameters={"name": name})
            elif round_ is not None and round_.closed_at is not None:
                yield Message(CLOSED_ROUND, parameters={"name": round_.name})


class FilledColumns:
    """A column without a single result is probably the wrong one."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for column in draft.extraction.columns:
            if draft.extraction.pupils and not column.n_results:
                yield Message(EMPTY_COLUMN, parameters={"indicator": _name(draft, column.indicator)})


class DueYearGroups:
    """Values for year groups in which the indicator is not to be measured in that round."""

    def run(self, draft: Draft) -> Iterator[Message]:
        year_groups = np.array(
            [-1 if pupil.year_group is None else pupil.year_group for pupil in draft.extraction.pupils]
        )
        due = set(DueIndicator.objects.values_list("round_id", "indicator_id", "year_group"))
        planned = {key[:2] for key in due}
        for column in draft.extraction.columns:
            round_, indicator = (
                draft.rounds.get(header_key(column.round)),
                draft.indicators.get(column.indicator),
            )
            if round_ is None or indicator is None or (round_.pk, indicator.pk) not in planned:
                continue
            found, counts = np.unique(year_groups[column.marks >= 0], return_counts=True)
            for year_group, n in zip(found.tolist(), counts.tolist(), strict=True):
                if year_group >= 0 and (round_.pk, indicator.pk, year_group) not in due:
                    names = {"indicator": indicator.name, "round": round_.name}
                    yield Message(NOT_DUE, parameters={**names, "year_group": year_group, "n": n})


CHECKS: tuple[Check, ...] = (
    KnownRounds(),
    MatchedPupils(),
    PupilOnce(),
    SameClass(),
    InSomeClass(),
    FitsRegister(),
    FilledColumns(),
    DueYearGroups(),
)


def run_checks(draft: Draft) -> None:
    """Adds what every check says to the draft's messages."""
    for check in CHECKS:
        draft.messages.extend(check.run(draft))


def earlier_import(batch: ImportBatch) -> Message | None:
    """Says it when the same file has been imported before: importing it again changes nothing."""
    earlier = (
        ImportBatch.objects.filter(digest=batch.digest, state=ImportState.IMPORTED)
        .exclude(pk=batch.pk)
        .select_related("by")
        .order_by("-imported_at")
        .first()
    )
    if earlier is None:
        return None
    who = earlier.by.name if earlier.by else "–"
    when = f"{timezone.localtime(earlier.imported_at):%Y-%m-%d %H:%M}"
    return Message(ALREADY_IMPORTED, parameters={"when": when, "who": who})


def _name(draft: Draft, code: str) -> str:
    return draft.indicators[code].name if code in draft.indicators else code
