"""Files with values of medical pupil health are not taken in: whoever imports stands on the other side of the wall.

The whole file is refused and not kept, since a column that is only left out would stay in the file and its preview.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.secrecy import SecrecyArea

from ..models import Indicator
from .headers import WORDS_IN_COMMON
from .mapping import Mapping, MappingError, Meaning, header_key
from .understanding import UnderstoodSheet, understand
from .vocabulary import vocabulary
from .workbook import UnreadableFile, Workbook


class MedicalColumns(UnreadableFile):
    """The file has columns, or rows, of medical indicators; the message names them and says what to do."""


def refuse_medical_columns(workbook: Workbook, on: datetime.date) -> None:
    """Raises MedicalColumns where a head or a word of the file means a medical indicator. Reads only."""
    codes = set(_medical().values_list("code", flat=True))
    if not codes:
        return
    understood = understand(workbook, vocabulary(on, Indicator.of_all_areas.all()))
    words = list(dict.fromkeys(word for sheet in understood.sheets for word in _medical_words(sheet, codes)))
    if words:
        raise MedicalColumns(
            _(
                "The file has values of medical pupil health: %(words)s. Only the school nurse and the school doctor "
                "may have them, who fill them in themselves. Take them out of the file and upload it again; nothing "
                "of it has been kept."
            )
            % {"words": ", ".join(f"“{word}”" for word in words)}
        )


def refuse_medical_mapping(mapping: Mapping) -> None:
    """Raises MappingError where a mapping reads a medical indicator, or what is called so, as one of the school."""
    indicators = list(_medical())
    if not indicators:
        return
    names = {
        header_key(word)
        for indicator in indicators
        for word in (indicator.code, *indicator.names.values(), *indicator.aliases)
    }
    for word in _words_of(mapping):
        if header_key(word) in names:
            raise MappingError(
                gettext_lazy("“%(word)s” belongs to medical pupil health and cannot be imported"), word=word
            )


def _medical() -> QuerySet[Indicator]:
    return Indicator.of_all_areas.filter(secrecy_area=SecrecyArea.MEDICAL)


def _medical_words(sheet: UnderstoodSheet, codes: set[str]) -> Iterator[str]:
    """Heads of columns, and words in the column that says which indicator a row is about."""
    for column in sheet.columns:
        if column.indicator in codes and column.confidence >= WORDS_IN_COMMON:
            yield " ".join(column.header.split())
        yield from (word for word, code in column.words if code in codes)


def _words_of(mapping: Mapping) -> Iterator[str]:
    yield from mapping.indicator_codes()
    yield from mapping.indicator_names
    for column in mapping.columns:
        if column.meaning is Meaning.INDICATOR:
            yield column.header
    for new in mapping.new_indicators:
        yield from (new.code, *new.names.values())
