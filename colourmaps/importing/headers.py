"""From the text of a header, and a look at the cells below it, to what the column probably means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from colourmaps.importing.mapping import Meaning, header_key
from colourmaps.importing.tables import HeaderCell
from colourmaps.importing.values import NoValue, Refused, parse_value
from colourmaps.importing.words import MEANING_BY_WORD, REMARK_WORDS, VAGUE_WORDS
from colourmaps.importing.workbook import Cell
from colourmaps.scales import Scale


@dataclass(frozen=True, slots=True)
class KnownIndicator:
    """An indicator of the municipality; names in its languages, aliases as files have called it, area as
    shown.
    """

    code: str
    names: tuple[str, ...]
    scale: Scale
    aliases: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True, slots=True)
class KnownSchool:
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a municipality knows and a file may name: indicators, names of rounds, schools, names of
    classes.
    """

    indicators: tuple[KnownIndicator, ...] = ()
    rounds: tuple[str, ...] = ()
    schools: tuple[KnownSchool, ...] = ()
    classes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Guess:
    """A proposed meaning; confidence 0–1, reason one sentence."""

    meaning: Meaning
    confidence: float
    reason: str
    indicator: str = ""
    round: str = ""


SURE_CODE, SURE_NAME, BARE_NAME, ALIAS, WORDS_IN_COMMON = 1.0, 0.97, 0.92, 0.9, 0.8
LEAST_SIMILARITY = 0.72
FITTING_SHARE = 0.5
"""If fewer of the cells are values of the indicator's scale, the header alone does not convince."""

SAMPLED_CELLS = 60

_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_UNITS = re.compile(
    r"%|\bprocent\b|\bprosent\b|\bpercent\b|\bstanine\b|\bpoäng\b|\bpoeng\b|\bpoints?\b|\bord/min\b"
)
_PUNCTUATION = re.compile(r"[^\w]+")


def guess_meaning(
    column: HeaderCell, cells: Sequence[Cell], vocabulary: Vocabulary, *, looks_like_identities: bool
) -> Guess:
    """The most probable meaning of a column. cells: filled cells of it; the header's words decide, the
    cells confirm.
    """
    guesses = [
        _by_pupil_word(column, looks_like_identities),
        _by_indicator(column, cells, vocabulary),
        _by_identities(looks_like_identities),
        _by_remark_word(column),
    ]
    best = max((guess for guess in guesses if guess), key=lambda guess: guess.confidence, default=None)
    return best or Guess(Meaning.IGNORE, 0.2, _("No indicator has this name."))


def _by_pupil_word(column: HeaderCell, looks_like_identities: bool) -> Guess | None:
    word = header_key(column.header)
    meaning = MEANING_BY_WORD.get(word) or MEANING_BY_WORD.get(
        header_key(_PARENTHESES.sub("", word)).rstrip(":.*")
    )
    if meaning is None:
        return None
    quoted = {"header": " ".join(column.header.split())}
    if meaning in (Meaning.PUPIL_ID, Meaning.FULL_NAME) and looks_like_identities:
        return Guess(Meaning.IDENTITY, 0.97, _("The cells look like identity numbers."))
    if meaning is Meaning.IDENTITY and not looks_like_identities:
        reason = _("The header says “%(header)s”, but the cells do not look like identity numbers.") % quoted
        return Guess(meaning, 0.6, reason)
    confidence = 0.65 if word in VAGUE_WORDS else 0.95
    return Guess(meaning, confidence, _("“%(header)s” is a usual header for this.") % quoted)


def _by_identities(looks_like_identities: bool) -> Guess | None:
    if not looks_like_identities:
        return None
    return Guess(Meaning.IDENTITY, 0.9, _("The cells look like identity numbers."))


def _by_remark_word(column: HeaderCell) -> Guess | None:
    if header_key(column.header) not in REMARK_WORDS:
        return None
    return Guess(Meaning.IGNORE, 0.9, _("Free remarks are not imported."))


def _by_indicator(column: HeaderCell, cells: Sequence[Cell], vocabulary: Vocabulary) -> Guess | None:
    """The indicator whose code, name or alias is nearest to the header; its scale must fit the cells."""
    round_name, header = _without_round(header_key(column.header), vocabulary.rounds)
    nearest = [
        (confidence, reason, indicator)
        for indicator in vocabulary.indicators
        for confidence, reason in [_nearness(header, header_key(column.group), indicator)]
        if confidence
    ]
    if not nearest:
        return None
    confidence, reason, indicator = max(nearest, key=lambda candidate: candidate[0])
    rivals = sum(other[0] == confidence for other in nearest) - 1
    if rivals:
        confidence *= 0.6
        reason += " " + _("Other indicators have the same name.")
    fitting, filled = _fitting(cells, indicator.scale)
    if filled and fitting < FITTING_SHARE * filled:
        confidence *= 0.5
        reason += " " + _("Only %(fitting)d of %(filled)d values fit its scale.") % {
            "fitting": fitting,
            "filled": filled,
        }
    return Guess(Meaning.INDICATOR, confidence, reason, indicator.code, round_name)


def _without_round(header: str, rounds: tuple[str, ...]) -> tuple[str, str]:
    """The round that a header names ("" if none), and the header without it."""
    for name in sorted(rounds, key=len, reverse=True):
        key = header_key(name)
        if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", header):
            return name, header_key(header.replace(key, " ")).strip(" -–:,()")
    return "", header


def _nearness(header: str, group: str, indicator: KnownIndicator) -> tuple[float, str]:
    """Confidence that a header means an indicator, and why; (0, "") if it is far off."""
    name = indicator.names[0]
    if header == header_key(indicator.code):
        return SURE_CODE, _("The header is the code of “%(name)s”.") % {"name": name}
    names = [header_key(known) for known in indicator.names]
    if header in names:
        return SURE_NAME, _("The header is the name of “%(name)s”.") % {"name": name}
    bare = bare_name(header)
    bare_names = [bare_name(known) for known in names]
    if bare and bare in bare_names:
        return BARE_NAME, _("Without its unit the header is the name of “%(name)s”.") % {"name": name}
    if {header, bare} & {
        text for alias in indicator.aliases for text in (header_key(alias), bare_name(alias))
    }:
        return ALIAS, _("“%(name)s” has had this header before.") % {"name": name}
    if group and bare_name(f"{group} {header}") in bare_names:
        return ALIAS, _("With the cell above, the header is the name of “%(name)s”.") % {"name": name}
    similarity = max((_similarity(bare, known) for known in bare_names if known), default=0.0)
    if bare and similarity >= LEAST_SIMILARITY:
        return WORDS_IN_COMMON * similarity, _("The header resembles “%(name)s”.") % {"name": name}
    return 0.0, ""


def bare_name(text: str) -> str:
    """A header without units, parentheses and punctuation: "Läshastighet (ord/min)" is "läshastighet"."""
    text = _UNITS.sub(" ", _PARENTHESES.sub(" ", header_key(text)))
    return _PUNCTUATION.sub(" ", text).strip()


def _similarity(one: str, other: str) -> float:
    """0–1: likeness of the letters, or of the sorted words if their order differs."""
    letters = SequenceMatcher(None, one, other).ratio()
    words = SequenceMatcher(None, " ".join(sorted(one.split())), " ".join(sorted(other.split()))).ratio()
    return max(letters, words)


def _fitting(cells: Sequence[Cell], scale: Scale) -> tuple[int, int]:
    """How many of some cells are a value or a mark on the scale, and of how many that hold anything."""
    parsed = [parse_value(cell, scale) for cell in cells[:SAMPLED_CELLS]]
    filled = [value for value in parsed if not isinstance(value, NoValue)]
    return sum(not isinstance(value, Refused) for value in filled), len(filled)
