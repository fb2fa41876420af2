"""Leading zeros that a spreadsheet has dropped from numbers, ids and codes: put back, and said where."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from ..alike import few_alike
from ..draft import Draft
from ..mapping import Meaning, header_key
from ..matching import ZERO_OF_ID, ZERO_OF_NUMBER
from ..messages import Level, Message, define

ZERO_OF_SCHOOL = define(
    "check.zero_of_school",
    Level.NOTE,
    gettext_lazy("The school code “%(written)s” has lost its leading zeros and is read as “%(read)s”."),
)
COLUMNS = {ZERO_OF_NUMBER: Meaning.IDENTITY, ZERO_OF_ID: Meaning.PUPIL_ID}


class LeadingZeros:
    """A note per number and id, and one per sheet and school code."""

    def run(self, draft: Draft) -> Iterator[Message]:
        yield from few_alike(self._of_pupils(draft))
        yield from self._of_schools(draft)

    def _of_pupils(self, draft: Draft) -> Iterator[Message]:
        for at, match in enumerate(draft.matches):
            if match.zero:
                kind, parameters = match.zero
                yield draft.extraction.message(kind, at, COLUMNS[kind], **parameters)

    def _of_schools(self, draft: Draft) -> Iterator[Message]:
        told = set()
        for at, row in enumerate(draft.extraction.pupils):
            if not row.school or (row.sheet, row.school) in told:
                continue
            told.add((row.sheet, row.school))
            code = draft.register.code_without_zeros.get(header_key(row.school))
            if code:
                yield draft.extraction.message(
                    ZERO_OF_SCHOOL, at, Meaning.SCHOOL, written=row.school, read=code
                )
