"""Names of people: found, compared and put in order as Nordic readers expect."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Generic, TypeVar

Key = TypeVar("Key")

# Letters of the Nordic alphabets, which are letters of their own and not a or o with a mark.
_NORDIC_LETTERS = frozenset("åäöæø")
# Letters that Unicode does not take apart into a base letter and a mark.
_PLAIN_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "þ": "th", "œ": "oe", "ħ": "h", "ı": "i"})
_APOSTROPHES = re.compile("['`´\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}]")
_NO_WORD = re.compile(r"[\W_]+")

# The last letters of each alphabet; { | } follow z in code order. By the rules of CLDR for sv, nb, nn and da.
_SWEDISH_ORDER = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})
_DANISH_NORWEGIAN_ORDER = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y"})
_DANISH_NORWEGIAN_LANGUAGES = frozenset({"da", "nb", "nn", "no"})


def search_key(text: str) -> str:
    """The text as it is searched for: lower case, words parted by single blanks, accents off, å ä ö æ ø kept.

    Stored beside the name, since SQLite cannot compare å and Å without regard to case.
    """
    return _fold(text, keep=_NORDIC_LETTERS)


def name_sort_key(family: str, given: str, language: str) -> tuple[str, str, str]:
    """Key that sorts names as a telephone directory of the language: … z å ä ö, or … z æ ø å.

    language: a code such as "sv", "nb" or "da-DK"; all but Norwegian and Danish sort as Swedish.
    In Norwegian and Danish aa is sorted as å. Names equal but for accents and signs are told apart last.
    """
    is_danish_norwegian = language.partition("-")[0].lower() in _DANISH_NORWEGIAN_LANGUAGES

    def primary(name: str) -> str:
        folded = _fold(name, keep=_NORDIC_LETTERS | {"ü"})
        if is_danish_norwegian:
            return folded.replace("aa", "å").translate(_DANISH_NORWEGIAN_ORDER)
        return folded.translate(_SWEDISH_ORDER)

    return primary(family), primary(given), f"{family} {given}".casefold()


def _fold(text: str, keep: frozenset[str]) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _APOSTROPHES.sub("", text).translate(_PLAIN_LETTERS)
    bare = "".join(letter if letter in keep else _without_marks(letter) for letter in text)
    return _NO_WORD.sub(" ", bare).strip()


def _without_marks(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """A candidate that may be the same person. score: 0-1; 1 is the same but for case, accents and order."""

    key: Key
    name: str
    score: float


def propose_matches(
    name: str, candidates: Mapping[Key, str], *, at_least: float = 0.8, at_most: int = 5
) -> list[Match[Key]]:
    """The candidates with a similar name, best first: proposals for a person to judge, never a decision.

    candidates: key -> name, as many as a school has; each costs about 0.1 ms.
    Given and family name may come in any order.
    """
    scored = [Match(key, candidate, _similarity(name, candidate)) for key, candidate in candidates.items()]
    similar = [match for match in scored if match.score >= at_least]
    return sorted(similar, key=lambda match: -match.score)[:at_most]


def _similarity(one: str, other: str) -> float:
    """Share of letters in common and in order, 0-1, the same both ways; an empty name shares nothing."""
    first, second = sorted((search_key(one), search_key(other)))
    if not first or not second:
        return 0.0
    return max(_ratio(first, second), _ratio(_words_in_order(first), _words_in_order(second)))


def _words_in_order(key: str) -> str:
    return " ".join(sorted(key.split()))


def _ratio(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
