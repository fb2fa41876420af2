"""The rows that an import leaves out, as a workbook beside the file. The job makes it: no page reads files."""

from __future__ import annotations

from collections.abc import Iterable

from .. import uploads
from ..exporting.refused_rows import refused_rows
from ..models import ImportBatch
from .apply import Outcome
from .hiding import reasons_without
from .kept import refused_places
from .mapping import Mapping
from .messages import Level, Message
from .vocabulary import indicator_words, scales
from .workbook import Workbook

# With more than this it is the file or the way in which it is read that has to be mended, not its rows.
MOST_ROWS = 5000


def keep_refused_rows(batch: ImportBatch, workbook: Workbook, mapping: Mapping, outcome: Outcome) -> None:
    """Puts the workbook in the place of the one before; none if no row is refused, or too many are.

    Rows of protected pupils are not in it: they are in no file.
    """
    reasons = reasons_without(_reasons(outcome.messages), outcome.hidden)
    if reasons and len(refused_places(outcome.messages)) <= MOST_ROWS:
        content = refused_rows(workbook, mapping, scales(), reasons, indicator_words())
        uploads.store_beside(batch.stored_as, content)
    else:
        uploads.remove_beside(batch.stored_as)


def _reasons(messages: Iterable[Message]) -> dict[str, dict[int, list[str]]]:
    """Sheet -> row -> why it is refused, in sentences that name the column."""
    reasons: dict[str, dict[int, list[str]]] = {}
    for message in messages:
        if message.level is Level.ERROR and message.row:
            sentence = f"{message.column}: {message.text}" if message.column else message.text
            reasons.setdefault(message.sheet, {}).setdefault(message.row, []).append(sentence)
    return reasons
