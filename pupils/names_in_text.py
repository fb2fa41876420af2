"""Names of a school's pupils in a free text, so that whoever sends the text on can take them out.

Proposes, never judges. Every word is looked at by itself, whatever its case: a given name, a family name or a part of
one, as it stands or with the endings that Nordic languages give a name ("Alvas", "Alva's"). Initials are no names. A
number that looks like one of a pupil counts as a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Level, Unit, UnitPlacement

from .identity import search_key
from .models import Enrolment, Pupil
from .protected import identities_of

# A number with the signs that stand in identity numbers; or a run of letters, an apostrophe inside it included.
WORD = re.compile(r"\d[\d+-]*\d(?![^\W_])|[^\W_]+(?:['’`´][^\W_]+)*")
DIGITS_OF_A_PUPIL, SHORTEST_ID = 6, 4
SHORTEST_NAME = 2
# Parts of family names that are ordinary words, too: never a name without the part that follows.
PARTICLES = frozenset("af al av bin da das de del den der di do dos du el la le van von zu".split())
ENDINGS = ("s", "es")
WITHOUT_NORDIC_LETTERS = str.maketrans("åäöæø", "aaoao")


@dataclass(frozen=True)
class Part:
    """A piece of a text; is_name: it may be the name of a pupil."""

    text: str
    is_name: bool = False

    @property
    def word(self) -> str:
        """As it is confirmed to be no name: wherever it stands in the text."""
        return search_key(self.text)


def names_at(school: Unit) -> frozenset[str]:
    """Every part of the names of the pupils who are or were in a class of the school, folded; and their own ids."""
    classes = UnitPlacement.objects.filter(parent=school, unit__level=Level.SCHOOL_CLASS).values("unit_id")
    pupils = Pupil.objects.filter(
        pk__in=Enrolment.objects.filter(school_class__in=classes).values("pupil_id")
    )
    rows = list(pupils.values_list("given_name", "family_name", "own_id", "protection", "key"))
    names = [row[:3] for row in rows]
    # Who sends a text on must not name a protected pupil either; what is opened for it is shown to nobody.
    protected = identities_of([key for *_names, protection, key in rows if protection])
    names += [(each.given_name, each.family_name, each.own_id) for each in protected.values()]
    return frozenset(part for row in names for name in row for part in parts_of_name(name))


def parts_of_name(name: str) -> Collection[str]:
    """Of "von Essen-Ek": essen and ek."""
    parts = search_key(name).split()
    if len(parts) > 1:
        parts = [part for part in parts if part not in PARTICLES]
    return [part for part in parts if len(part) >= (SHORTEST_ID if part.isdigit() else SHORTEST_NAME)]


def parts_of(text: str, names: Collection[str]) -> list[Part]:
    """The whole text in pieces, so that what may be a name can be marked where it stands."""
    unmarked = {name.translate(WITHOUT_NORDIC_LETTERS) for name in names}
    text = as_it_is_read(text)
    parts, end = [], 0
    for match in WORD.finditer(text):
        if not _is_name(match.group(), names, unmarked):
            continue
        parts += [Part(text[end : match.start()]), Part(match.group(), is_name=True)]
        end = match.end()
    return [part for part in [*parts, Part(text[end:])] if part.text]


def as_it_is_read(text: str) -> str:
    """Without signs that nobody sees, which copied text has inside words; å one letter, not a and a ring."""
    seen = (letter for letter in text if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", "".join(seen))


def names_in(text: str, names: Collection[str], no_names: Collection[str] = ()) -> list[str]:
    """The words of a text that may be names, each once as it first stands.

    no_names: those that are confirmed to be none, as Part.word.
    """
    found = {part.word: part.text for part in reversed(parts_of(text, names)) if part.is_name}
    return [text for word, text in reversed(found.items()) if word not in no_names]


def _is_name(word: str, names: Collection[str], unmarked: Collection[str]) -> bool:
    """unmarked: the names with a and o for the Nordic letters, as somebody types who has none of them."""
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word) >= DIGITS_OF_A_PUPIL or search_key(word) in names
    stems = stems_of(search_key(word))
    if not stems.isdisjoint(names):
        return True
    return word[0].isupper() and not stems.isdisjoint(unmarked)


def stems_of(folded: str) -> set[str]:
    """The word, and what is left of it without an ending."""
    stems = {folded} | {folded.removesuffix(ending) for ending in ENDINGS}
    return {stem for stem in stems if len(stem) >= SHORTEST_NAME}
