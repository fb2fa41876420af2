"""Where the pupils of the file go to school, by the file and by the register."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from django.utils.translation import gettext_lazy

from accounts.dated import in_force
from pupils.queries import home_enrolments

from ...models import MeasurementRound
from ..alike import tell
from ..differences import is_elsewhere
from ..draft import Draft
from ..mapping import Meaning, header_key
from ..messages import Level, Message, define

OTHER_CLASS = define(
    "check.other_class",
    Level.WARNING,
    gettext_lazy(
        "The file says class %(written)s, the register says %(known)s. The result is kept in %(known)s; if the pupil "
        "has changed class, say in the preview that the register is to be changed."
    ),
)
OTHER_CLASS_KEPT = define(
    "check.other_class_kept",
    Level.WARNING,
    gettext_lazy(
        "The file says class %(written)s, the register says %(known)s. The result is kept in %(known)s; if that is not "
        "right, correct the class in the register."
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


class SameClass:
    """The file and the register name different classes for a pupil, or classes of different schools.

    Of a class that the register does not have at all KnownClasses tells.
    """

    def run(self, draft: Draft) -> Iterator[Message]:
        class_ids = cache(draft.register.class_ids)
        can_move = {move.pupil.pk for move in draft.differences.moves}
        for at, (pupil, match) in enumerate(zip(draft.extraction.pupils, draft.matches, strict=True)):
            known = match.known
            if known is None or not is_elsewhere(known, pupil, draft.register):
                continue
            if known.pk in draft.differences.moved or not class_ids(pupil.school, pupil.school_class):
                continue
            school = draft.register.school_of.get(known.school_class_id or 0)
            in_other_school = school and pupil.school and draft.register.school_id(pupil.school) != school.pk
            written, registered = pupil.school_class, known.school_class
            if school and in_other_school:
                written, registered = f"{written}, {pupil.school}", f"{registered}, {school.name}"
            if known.is_protected:
                yield draft.extraction.message(
                    OTHER_CLASS_PROTECTED, at, Meaning.SCHOOL_CLASS, written=written
                )
            else:
                kind = OTHER_CLASS if known.pk in can_move else OTHER_CLASS_KEPT
                yield draft.extraction.message(
                    kind, at, Meaning.SCHOOL_CLASS, written=written, known=registered
                )


class InSomeClass:
    """Results of pupils who have no class on the day by which the round is counted."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for name in draft.extraction.rounds:
            round_ = draft.rounds.get(header_key(name))
            if round_ is None:
                continue
            is_homeless = np.array(_are_homeless(draft, round_), dtype=bool)
            rows = np.flatnonzero(is_homeless & draft.extraction.has_result(name))
            told = {"day": round_.counted_on.isoformat(), "round": round_.name}
            yield from tell(draft.extraction, NO_HOME, rows, said=told)


def _are_homeless(draft: Draft, round_: MeasurementRound) -> list[bool]:
    """Which rows are about a pupil who has no class then and will not get one by the import."""
    day = round_.counted_on
    at_home = home_enrolments(day).filter(in_force(day, "school_class__"))
    pupil_ids = set(at_home.values_list("pupil_id", flat=True))
    gets_home = day < draft.register.school_year.valid_to
    return [
        bool(match.keys)
        and not (match.known is not None and match.known.pk in pupil_ids)
        and not (gets_home and (match.new or match.home))
        for match in draft.matches
    ]
