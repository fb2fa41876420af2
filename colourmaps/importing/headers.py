"""From the text of a header, and a look at the cells below it, to what the column probably means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from colourmaps.importing.kinds import ColumnKind
from colourmaps.importing.mapping import Meaning, header_key
from colourmaps.importing.round_names import without_round
from colourmaps.importing.tables import HeaderCell
from colourmaps.importing.values import NoValue, Refused, parse_value
from colourmaps.importing.words import MEANING_BY_WORD, PLACE_WORDS, REMARK_WORDS, VAGUE_WORDS
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
    column: HeaderCell, cells: Sequence[Cell], vocabulary: Vocabulary, *, kind: ColumnKind
) -> Guess:
    """The most probable meaning of a column. cells: filled cells of it, of this kind; the header's words
    decide, the cells confirm.
    """
    guesses = [
        _by_pupil_word(column, cells, kind),
        _by_indicator(column, cells, vocabulary),
        _by_identities(kind),
        _by_remark_word(column),
    ]
    best = max((guess for guess in guesses if guess), key=lambda guess: guess.confidence, default=None)
    return best or Guess(Meaning.IGNORE, 0.2, _("No indicator has this name."))


def _by_pupil_word(column: HeaderCell, cells: Sequence[Cell], kind: ColumnKind) -> Guess | None:
    word = header_key(column.header.replace("_", " "))
    meaning = MEANING_BY_WORD.get(word) or MEANING_BY_WORD.get(
        header_key(_PARENTHESES.sub("", word)).rstrip(":.*")
    )
    if meaning is None:
        return None
    quoted = {"header": " ".join(column.header.split())}
    if meaning in (Meaning.PUPIL_ID, Meaning.FULL_NAME) and kind is ColumnKind.IDENTITY:
        return Guess(Meaning.IDENTITY, 0.97, _("The cells look like identity numbers."))
    if meaning is Meaning.IDENTITY and kind is not ColumnKind.IDENTITY:
        reason = _("The header says “%(header)s”, but the cells do not look like identity numbers.") % quoted
        return Guess(meaning, 0.6, reason)
    if meaning is Meaning.MEASURED_ON and kind not in (ColumnKind.DATE, ColumnKind.EMPTY):
        reason = _("The header says “%(header)s”, but the cells do not look like dates.") % quoted
        return Guess(meaning, 0.4, reason)
    confidence = 0.65 if word in VAGUE_WORDS else 0.95
    if meaning is Meaning.FULL_NAME and word in VAGUE_WORDS:
        if not _are_full_names(cells):
            reason = (
                _("The header says “%(header)s”, but the cells do not look like names of persons.") % quoted
            )
            return Guess(meaning, 0.5, reason)
        confidence = 0.85
    return Guess(meaning, confidence, _("“%(header)s” is a usual header for this.") % quoted)


def _are_full_names(cells: Sequence[Cell]) -> bool:
    """True if most cells are two to five words without digits, and none of the words is one of places."""
    sampled = cells[:SAMPLED_CELLS]
    n_names = sum(isinstance(cell, str) and _is_full_name(cell.casefold().split()) for cell in sampled)
    return n_names > 0 and n_names >= 0.5 * len(sampled)


def _is_full_name(words: Sequence[str]) -> bool:
    is_name = 1 < len(words) <= 5 and not any(letter.isdigit() for word in words for letter in word)
    return is_name and PLACE_WORDS.isdisjoint(words)


def _by_identities(kind: ColumnKind) -> Guess | None:
    if kind is not ColumnKind.IDENTITY:
        return None
    return Guess(Meaning.IDENTITY, 0.9, _("The cells look like identity numbers."))


def _by_remark_word(column: HeaderCell) -> Guess | None:
    if header_key(column.header) not in REMARK_WORDS:
        return None
    return Guess(Meaning.IGNORE, 0.9, _("Free remarks are not imported."))


def _by_indicator(column: HeaderCell, cells: Sequence[Cell], vocabulary: Vocabulary) -> Guess | None:
    """The indicator whose code, name or alias is nearest to the header; its scale must fit the cells."""
    round_name, header, group = _parted(column, vocabulary.rounds)
    nearest = [
        (confidence, reason, indicator)
        for indicator in vocabulary.indicators
        for confidence, reason in [_nearness(header, group, indicator)]
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
        if confidence < WORDS_IN_COMMON:
            return None  # a mere likeness of words, which the cells contradict
        confidence *= 0.5
        reason += " " + _("Only %(fitting)d of %(filled)d values fit its scale.") % {
            "fitting": fitting,
            "filled": filled,
        }
    return Guess(Meaning.INDICATOR, confidence, reason, indicator.code, round_name)


def _parted(column: HeaderCell, rounds: Sequence[str]) -> tuple[str, str, str]:
    """The round, "" if none is named, and the header and group without it.

    A header that is nothing but the round stands below its indicator, so the group takes its place.
    """
    in_header, header = without_round(column.header, rounds)
    in_group, group = without_round(column.group, rounds)
    if in_header:
        return (in_header, header, group) if header else (in_header, group, "")
    return in_group, header, group


def indicator_of(word: str, vocabulary: Vocabulary) -> str:
    """The code of the indicator that a word of a file means beyond doubt; "" if none or several do."""
    header = header_key(word)
    sure = [
        indicator.code for indicator in vocabulary.indicators if _nearness(header, "", indicator)[0] >= ALIAS
    ]
    return sure[0] if len(sure) == 1 else ""


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
