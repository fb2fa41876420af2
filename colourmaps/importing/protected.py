"""Takes the name of a pupil who has got protected identity out of what is kept of imports.

At once, with the act: messages, questions, examples and former names in the tables. In the files themselves by a job
that begins when the act is committed: a kept file that holds the name or the number goes, as if it were old.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.background import queue_job
from pupils.identity import search_key
from pupils.models import Pupil
from pupils.protected import Identity, identities_of

from .. import uploads
from ..models import ImportBatch, ImportMessage, ImportState
from .hiding import IN_PLACE_OF_IT, all_words, tells
from .kept import without_examples, without_questions
from .retention import UNANSWERED
from .workbook import UnreadableFile, read_workbook

ROWS_AT_A_TIME = 2000


def forget_names(pupil_ids: Collection[int]) -> None:
    """Within the transaction of the act. The files follow: what may hold a name can take minutes to read."""
    for pupil in Pupil.objects.filter(pk__in=pupil_ids):
        identity = identities_of([pupil.key]).get(pupil.key)
        if identity is not None:
            _forget_in_messages(identity)
            _forget_in_batches(pupil, identity)
    for pupil_id in sorted(pupil_ids):
        queue_job("colourmaps.tasks.remove_files_that_name", by=None, is_heavy=True, pupil=pupil_id)


def without_told_examples(
    understood: list[dict[str, Any]], identities: Collection[Identity]
) -> list[dict[str, Any]]:
    """The sheets as they were understood, without the cells of the columns that have a part of a protected name."""
    return [
        {**sheet, "columns": [_without_cells(column, identities) for column in sheet["columns"]]}
        for sheet in understood
    ]


def _without_cells(column: dict[str, Any], identities: Collection[Identity]) -> dict[str, Any]:
    cells = all_words([column.get(name) for name in ("examples", "scale", "words")])
    words, figures = set(search_key(cells).split()), "".join(filter(str.isalnum, cells)).lower()
    is_told = any(
        word in words or (word.isalnum() and any(map(str.isdigit, word)) and word in figures)
        for identity in identities
        for word in identity.words
    )
    return without_examples([{"columns": [column]}])[0]["columns"][0] if is_told else column


def _forget_in_messages(identity: Identity) -> None:
    """A message that tells of the pupil is left without the words of the file; its place and its kind stay."""
    told = [
        message.pk
        for message in ImportMessage.objects.iterator(chunk_size=ROWS_AT_A_TIME)
        if tells(f"{message.value} {all_words(message.parameters)} {message.text}", identity)
    ]
    for start in range(0, len(told), ROWS_AT_A_TIME):
        for message in ImportMessage.objects.filter(pk__in=told[start : start + ROWS_AT_A_TIME]):
            message.value = IN_PLACE_OF_IT
            message.text = IN_PLACE_OF_IT
            message.parameters = {
                name: IN_PLACE_OF_IT if isinstance(said, str) else said
                for name, said in message.parameters.items()
            }
            message.save(update_fields=["value", "text", "parameters"])


def _forget_in_batches(pupil: Pupil, identity: Identity) -> None:
    for batch in ImportBatch.objects.iterator(chunk_size=100):
        changes: dict[str, Any] = {}
        understood = without_told_examples(batch.understood, [identity])
        if understood != batch.understood:
            changes["understood"] = understood
        if tells(all_words(batch.decisions), identity):
            changes["decisions"] = without_questions(batch.decisions)
        names = batch.made.get("names", [])
        if any(name[0] == pupil.pk for name in names):
            changes["made"] = batch.made | {"names": [name for name in names if name[0] != pupil.pk]}
        if tells(batch.file_name, identity):
            changes["file_name"] = IN_PLACE_OF_IT
        if tells(batch.failure, identity):
            changes["failure"] = IN_PLACE_OF_IT
        if changes:
            ImportBatch.objects.filter(pk=batch.pk).update(**changes)


# ---- the files


def remove_files_that_name(pupil: Pupil) -> int:
    """Removes the kept files of imports that hold the name or number, and those that cannot be read to make sure."""
    identity = identities_of([pupil.key]).get(pupil.key)
    if identity is None:
        return 0
    kept = ImportBatch.objects.filter(file_removed_at=None).exclude(stored_as="")
    named = [batch for batch in kept if _file_tells(batch, identity)]
    for batch in named:
        _let_go(batch)
    return len(named)


def _file_tells(batch: ImportBatch, identity: Identity) -> bool:
    try:
        workbook = read_workbook(uploads.path_of(batch.stored_as))
    except FileNotFoundError:
        return False
    except UnreadableFile:
        return True
    return any(
        tells(" ".join(str(cell) for cell in row if cell is not None), identity)
        for sheet in workbook.sheets
        for row in sheet.rows
    )


def _let_go(batch: ImportBatch) -> None:
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state in UNANSWERED:
            locked.state = ImportState.CANCELLED
        locked.file_removed_at = timezone.now()
        locked.understood = without_examples(locked.understood)
        locked.decisions = without_questions(locked.decisions)
        locked.save(update_fields=["state", "file_removed_at", "understood", "decisions"])
        locked.messages.all().delete()
        record("import file removed", by=None, subject=locked.key, purpose="protected identity")
    uploads.remove(batch.stored_as)
