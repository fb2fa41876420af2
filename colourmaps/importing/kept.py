"""What stays of a reading on its batch: counts, messages, and what was understood of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Q

from ..models import ImportBatch, ImportMessage, MeasurementRound, Result
from .apply import Outcome
from .chosen_sheets import LEFT_OUT_SHEETS
from .doubts import UNKNOWN
from .mapping import Mapping, header_key
from .messages import Level, Message, shortened
from .understanding import Understanding, UnderstoodColumn

# Beyond so many, messages are counted but not kept: nobody reads them, the file is the wrong one.
MOST_MESSAGES = 2000
ROWS_AT_A_TIME = 1000
# What stands among the counts and stays when they are counted again: which mapping is remembered.
NOT_OF_THE_OUTCOME = ("remembered",)


def keep_outcome(batch: ImportBatch, outcome: Outcome, base: str = "") -> None:
    """Counts and messages on the batch, in place of those of the reading before. Does not save the batch itself.

    base: what `base_of` said of the results that the outcome was compared with; "" if nobody will confirm it.
    """
    by_level = Counter(message.level for message in outcome.messages)
    of_the_batch = {name: batch.counts[name] for name in NOT_OF_THE_OUTCOME if name in batch.counts}
    batch.counts = (
        of_the_batch
        | outcome.counts
        | {
            "has_failed": outcome.has_failed,
            "base": base,
            "who": outcome.who,
            "messages": {level.name.lower(): by_level[level] for level in Level},
            "left_out": len(refused_places(outcome.messages)),
            "unknown_pupils": sum(message.kind in UNKNOWN for message in outcome.messages),
        }
    )
    batch.effect = outcome.effect
    batch.decisions = batch.decisions | {"asked": outcome.asked}
    batch.messages.all().delete()
    kept = worth_keeping(outcome.messages)
    ImportMessage.objects.bulk_create((_stored(batch, message) for message in kept), ROWS_AT_A_TIME)


def keep_made(batch: ImportBatch, outcome: Outcome) -> None:
    """What an import that is done has added, so that it can be undone. The questions have served: they are personal."""
    batch.made = outcome.made | {"batch": batch.pk} if outcome.made else {}
    batch.decisions = without_questions(batch.decisions)


def base_of(mapping: Mapping, classes: Iterable[int]) -> str:
    """When the newest result that an import changes or stands beside came in, as ISO text; "" if there is none.

    classes: ids of those whose maps the import touches. Pupils may have no class, so results without one count too.
    """
    names = {header_key(name) for name in mapping.round_names()}
    rounds = [
        round_.pk
        for round_ in MeasurementRound.objects.all()
        if mapping.names_rounds_by_row or header_key(round_.name) in names
    ]
    beside = Result.objects.filter(Q(school_class__in=classes) | Q(school_class=None), round__in=rounds)
    newest = beside.aggregate(newest=Max("recorded_at"))["newest"]
    return newest.isoformat() if newest else ""


def refused_places(messages: Iterable[Message]) -> set[tuple[str, int]]:
    """(sheet, row) of each row with an error, also of rows that name no pupil and so are not counted as rows."""
    return {
        (message.sheet, message.row) for message in messages if message.level is Level.ERROR and message.row
    }


def worth_keeping(messages: Iterable[Message]) -> list[Message]:
    """The worst first, and first of those what is wrong with the whole file.

    Of too many, each refused row keeps its first error: the workbook of refused rows has to know all of them.
    """
    worst_first = sorted(messages, key=lambda message: (-message.level, message.row > 0))
    kept, beyond = worst_first[:MOST_MESSAGES], worst_first[MOST_MESSAGES:]
    told = {(message.sheet, message.row) for message in kept}
    for message in beyond:
        if message.level is Level.ERROR and (message.sheet, message.row) not in told:
            told.add((message.sheet, message.row))
            kept.append(message)
    return kept


def _stored(batch: ImportBatch, message: Message) -> ImportMessage:
    as_json = message.to_json()
    return ImportMessage(
        municipality=batch.municipality,
        batch=batch,
        level=as_json["level"],
        code=message.code,
        sheet=message.sheet[:100],
        row=message.row or None,
        column=message.column[:150],
        value=message.value,
        parameters=as_json["parameters"],
        text=as_json["text"],
    )


def message_of(stored: ImportMessage) -> Message:
    """The message that was kept, which speaks the reader's language."""
    return Message.from_json(
        {
            "code": stored.code,
            "level": stored.level,
            "sheet": stored.sheet,
            "row": stored.row or 0,
            "column": stored.column,
            "value": stored.value,
            "parameters": stored.parameters,
            "text": stored.text,
        }
    )


def described(understood: Understanding, mapping: Mapping, outcome: Outcome) -> list[dict[str, Any]]:
    """What was understood, for the page: the sheets, and for each column what it seems to be and why.

    is_read: whether the mapping found its columns in the sheet. meaning, indicator, round: what was proposed, which
    the mapping need not have followed. examples are cells of the file, so personal data: see `without_examples`.
    """
    left_out = {message.sheet for message in outcome.messages if message.kind in LEFT_OUT_SHEETS}
    return [
        {
            "name": sheet.name,
            "hidden": sheet.hidden,
            "is_read": bool(sheet.columns and mapping.columns)
            and (sheet.name in mapping.sheets if mapping.sheets else sheet.name not in left_out),
            "n_rows": sheet.n_rows,
            "columns": [_described(column) for column in sheet.columns],
        }
        for sheet in understood.sheets
    ]


def _described(column: UnderstoodColumn) -> dict[str, Any]:
    return {
        "letters": column.letters,
        "header": " ".join(column.header.split()),
        "group": " ".join(column.group.split()),
        "meaning": column.meaning.value,
        "indicator": column.indicator,
        "round": column.round,
        "confidence": column.confidence,
        "reason": column.reason,
        "examples": [shortened(example) for example in column.examples],
    }


def without_questions(decisions: dict[str, Any]) -> dict[str, Any]:
    """The answers alone: the questions quote names and numbers of the file."""
    return {name: said for name, said in decisions.items() if name != "asked"}


def without_examples(understood: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same without the cells of the file: they have served when the file is imported."""
    return [
        {
            **sheet,
            "columns": [{**column, "examples": [], "scale": {}, "words": []} for column in sheet["columns"]],
        }
        for sheet in understood
    ]
