"""Measurement rounds as files name them: known ones by their name, others as a term, "HT25" or "VT 2026". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from colourmaps.importing.mapping import header_key

_TERM = re.compile(
    r"(?<!\w)(?:(?P<autumn>ht|höst(?:en|termin(?:en)?)?)|vt|vår(?:en|termin(?:en)?)?)"
    r"[\s_-]{0,2}(?P<year>(?:20)?[0-9]{2})(?!\w)",
    re.IGNORECASE,
)


def term_in(text: str) -> str:
    """The term that a text names, as terms are usually written: "vt-26" and "våren 2026" are "VT 2026"; "" if none."""
    match = _TERM.search(text)
    return _written(match) if match else ""


def without_round(text: str, rounds: Sequence[str]) -> tuple[str, str]:
    """The round that a text names ("" if none), and the rest of the text as headers are compared.

    rounds: names of the known ones; a term in another spelling is the known round of that term.
    """
    text = header_key(text)
    for name in sorted(rounds, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(header_key(name))}(?!\w)"
        if re.search(pattern, text):
            return name, _rest(re.sub(pattern, " ", text))
    match = _TERM.search(text)
    if match is None:
        return "", text
    term = _written(match)
    known = {header_key(term_in(name)): name for name in rounds if term_in(name) == name}
    return known.get(header_key(term), term), _rest(text[: match.start()] + " " + text[match.end() :])


def _written(match: re.Match[str]) -> str:
    year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    return f"{'HT' if match['autumn'] else 'VT'} {year}"


def _rest(text: str) -> str:
    return header_key(text).strip(" -–—:,()[]/|")
