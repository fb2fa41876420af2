"""What the lines above a table and the name of its sheet say: school, measurement round, class."""

from __future__ import annotations

import re
from collections.abc import Sequence

from colourmaps.importing.headers import Vocabulary
from colourmaps.importing.mapping import header_key
from colourmaps.importing.round_names import term_in

_ROUND_LABEL = re.compile(
    r"(?:mättillfälle|mätning|termin|måletidspunkt|måling|tidspunkt|measurement round|round|term)\s*:\s*(.+)",
    re.IGNORECASE,
)
_SCHOOL_LABEL = re.compile(r"(?:skola|skolenhet|skole|school)\s*:\s*(.+)", re.IGNORECASE)
_SCHOOL_NAME = re.compile(
    r"(?:[A-ZÅÄÖÆØ][\w.-]*\s)*[A-ZÅÄÖÆØ][\w.-]*(?:skolan|skola|skolen|skole|school)\b"
    r"|(?:[A-ZÅÄÖÆØ][\w.-]*\s)+(?:skolan|skola|skole|[Ss]chool)\b"
)
_KINDS_OF_SCHOOL = frozenset(
    {
        "grundskola",
        "grundskolan",
        "förskola",
        "gymnasieskola",
        "anpassad grundskola",
        "grunnskole",
        "grundskole",
    }
)
_CLASS_LABEL = re.compile(r"(?:klass|klasse|class)\s*:?\s*([0-9F][\w:.-]{0,5})\b", re.IGNORECASE)
_CLASS_NAME = re.compile(r"(?:10|[0-9]|F)(?:[-/]?[0-9])?\s?[A-ZÅÄÖÆØ]{0,2}[0-9]?", re.IGNORECASE)


def school_in(titles: Sequence[str], vocabulary: Vocabulary) -> str:
    """The school that the lines name: a known one by name or code, else what looks like a school's name,
    else "".
    """
    for text in titles:
        for school in vocabulary.schools:
            if _names(text, school.name) or (school.code and _names(text, school.code)):
                return school.name
    for text in titles:
        if match := _SCHOOL_LABEL.fullmatch(text):
            return match[1].strip()
        match = _SCHOOL_NAME.search(text)
        if match and header_key(match[0]) not in _KINDS_OF_SCHOOL:
            return match[0]
    return ""


def round_in(titles: Sequence[str], vocabulary: Vocabulary) -> str:
    """The measurement round that the lines name: a known one, else what follows a label, else a term, else
    "".
    """
    for text in titles:
        for name in sorted(vocabulary.rounds, key=len, reverse=True):
            if _names(text, name):
                return name
    for text in titles:
        if match := _ROUND_LABEL.search(text):
            return match[1].strip()
    for text in titles:
        if term := term_in(text):
            return term
    return ""


def class_in(titles: Sequence[str], sheet_name: str, vocabulary: Vocabulary) -> str:
    """The class: the sheet's name if it is known or looks like a class, else what the lines call a class,
    else "".
    """
    known = {header_key(name): name for name in vocabulary.classes}
    name = sheet_name.strip()
    if header_key(name) in known:
        return known[header_key(name)]
    if name and _CLASS_NAME.fullmatch(name):
        return name
    for text in (name, *titles):
        if match := _CLASS_LABEL.search(text):
            return match[1]
    return ""


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(header_key(name))}(?!\w)", header_key(text)) is not None
