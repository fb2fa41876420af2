"""Schools and classes that a file names and the register does not have, or no longer has.

For a pupil whom the register knows it is a warning: the result is kept where the register has the pupil. Whether a new
pupil can be added is for the matching to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy

from ..draft import Draft
from ..mapping import Meaning, header_key
from ..messages import Kind, Level, Message, define
from ..pupil_cells import PupilRow

UNKNOWN_SCHOOL = define(
    "check.unknown_school",
    Level.WARNING,
    gettext_lazy(
        "The register has no school “%(name)s”, which %(count)d rows name. Their pupils are in the register, and their "
        "results are kept there. Check the name of the school."
    ),
)
CLOSED_SCHOOL = define(
    "check.closed_school",
    Level.WARNING,
    gettext_lazy(
        "The school “%(name)s”, which %(count)d rows name, was closed on %(day)s. Their pupils' results are kept where "
        "the register has the pupils. Check that the file is the right one."
    ),
)
UNKNOWN_CLASS = define(
    "check.unknown_class",
    Level.WARNING,
    gettext_lazy(
        "The register has no class “%(name)s”, which %(count)d rows name. Their pupils are in the register, and their "
        "results are kept there. Check the name of the class."
    ),
)
CLOSED_CLASS = define(
    "check.closed_class",
    Level.WARNING,
    gettext_lazy(
        "The class “%(name)s”, which %(count)d rows name, was closed on %(day)s. Their pupils' results are kept where "
        "the register has the pupils. Check that the file is the right one."
    ),
)

Named = tuple[str, str]
"""School and class as the file writes them."""


class KnownSchools:
    def run(self, draft: Draft) -> Iterator[Message]:
        for named, rows in _rows_by_name(draft, lambda pupil: (pupil.school, "")):
            school, _ = named
            if not school or draft.register.school_id(school) is not None:
                continue
            closed_on = draft.register.closed_schools.get(header_key(school))
            kind, day = (CLOSED_SCHOOL, {"day": closed_on.isoformat()}) if closed_on else (UNKNOWN_SCHOOL, {})
            yield _message(draft, kind, rows, Meaning.SCHOOL, name=school, **day)


class KnownClasses:
    """Classes of schools that there are; of a school that is not known nobody knows the classes."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for named, rows in _rows_by_name(draft, lambda pupil: (pupil.school, pupil.school_class)):
            school, name = named
            school_id = draft.register.school_id(school)
            if not name or (school and school_id is None) or draft.register.class_ids(school, name):
                continue
            closed_on = _closed_on(draft, school_id, name)
            kind, day = (CLOSED_CLASS, {"day": closed_on}) if closed_on else (UNKNOWN_CLASS, {})
            yield _message(draft, kind, rows, Meaning.SCHOOL_CLASS, name=name, **day)


def _closed_on(draft: Draft, school_id: int | None, name: str) -> str:
    """The last day of a class of the name that was closed, in the school if there is one; "" if there is no such."""
    days = [
        day
        for (of_school, key), day in draft.register.closed_classes.items()
        if key == header_key(name) and school_id in (None, of_school)
    ]
    return max(days).isoformat() if days else ""


def _rows_by_name(draft: Draft, naming: Callable[[PupilRow], Named]) -> Iterator[tuple[Named, list[int]]]:
    """The rows about known pupils who stay where they are, by the names that they give and by sheet."""
    as_written: dict[tuple[str, Named], list[int]] = defaultdict(list)
    for at, (pupil, match) in enumerate(zip(draft.extraction.pupils, draft.matches, strict=True)):
        known = match.known
        if known is not None and match.home is None and known.pk not in draft.differences.moved:
            as_written[pupil.sheet, naming(pupil)].append(at)
    spellings: dict[tuple[str, str, str], Named] = {}
    rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for (sheet, named), of_name in as_written.items():
        key = (sheet, header_key(named[0]), header_key(named[1]))
        spellings.setdefault(key, named)
        rows[key] += of_name
    for key, of_name in rows.items():
        yield spellings[key], of_name


def _message(draft: Draft, kind: Kind, rows: list[int], column: Meaning, **said: str) -> Message:
    """One for all rows that give the name, at the first of them."""
    return draft.extraction.message(kind, rows[0], column, count=len(rows), **said)
