"""What the file calls the pupils, and what the register does."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from ..alike import few_alike
from ..draft import Draft
from ..messages import Level, Message, define
from ..pupil_cells import name_of

OTHER_NAME = define(
    "check.other_name",
    Level.WARNING,
    gettext_lazy(
        "The file says the name “%(written)s”, the register says “%(known)s” for the same pupil. The result is kept "
        "for that pupil; say in the preview whether the register is to take over the name."
    ),
)


class SameName:
    """The file calls a pupil otherwise than the register does.

    Not where a person lets the register take the name over, or has said whom the row is about.
    """

    def run(self, draft: Draft) -> Iterator[Message]:
        yield from few_alike(self._all(draft))

    def _all(self, draft: Draft) -> Iterator[Message]:
        for renaming in draft.differences.names:
            pupil = renaming.pupil
            known = f"{pupil.given_name} {pupil.family_name}".strip()
            if known and not renaming.is_ticked and not draft.matches[renaming.at].doubt:
                written = name_of(draft.extraction.pupils[renaming.at])
                yield draft.extraction.message(OTHER_NAME, renaming.at, None, written=written, known=known)
