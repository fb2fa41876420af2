"""Whom the rows are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Field
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from pupils.models import Pupil

from ..differences import Differences
from ..draft import Draft
from ..mapping import Meaning
from ..match import Match
from ..messages import Level, Message, define

TOO_LONG = define(
    "check.too_long",
    Level.ERROR,
    gettext_lazy("“%(text)s…” is too long for the register: %(what)s has at most %(most)d characters."),
)

PUPIL_FIELDS = {field.name: field for field in Pupil._meta.fields}
UNIT_FIELDS = {field.name: field for field in Unit._meta.fields}
NAMING = (Meaning.IDENTITY, Meaning.PUPIL_ID, Meaning.FULL_NAME, Meaning.FAMILY_NAME, Meaning.GIVEN_NAME)
# So much of a text that is too long is enough to find it.
SHOWN_OF_LONG = 40


class MatchedPupils:
    """Rows about nobody, about several, or with a number that is none."""

    def run(self, draft: Draft) -> Iterator[Message]:
        for at, match in enumerate(draft.matches):
            if match.kind is not None:
                place = named_in(draft, at)
                yield draft.extraction.message(match.kind, at, place, **dict(match.parameters))


def named_in(draft: Draft, at: int) -> Meaning | None:
    """The column that says first whom a row is about."""
    return next((meaning for meaning in NAMING if draft.extraction.written(at, meaning)), None)


class FitsRegister:
    """Texts that the register would have to cut off."""

    def run(self, draft: Draft) -> Iterator[Message]:
        texts_to_take_over = _texts_to_take_over(draft.differences)
        for at, match in enumerate(draft.matches):
            for field, text in [*_texts_to_write(match), *(texts_to_take_over.get(at, ()))]:
                most = field.max_length
                if most is not None and len(text) > most:
                    yield draft.extraction.message(
                        TOO_LONG, at, None, text=text[:SHOWN_OF_LONG], what=field.verbose_name, most=most
                    )


def _texts_to_take_over(differences: Differences) -> dict[int, list[tuple[Field, str]]]:
    """By row, what a person lets the register take over from it."""
    texts: dict[int, list[tuple[Field, str]]] = defaultdict(list)
    for move in differences.moves:
        if move.is_ticked:
            texts[move.at] += [(UNIT_FIELDS["name"], move.home.school_class)]
    for renaming in differences.names:
        if renaming.is_ticked:
            texts[renaming.at] += [
                (PUPIL_FIELDS["family_name"], renaming.family_name),
                (PUPIL_FIELDS["given_name"], renaming.given_name),
            ]
    return texts


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
