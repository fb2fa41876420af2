"""The list of erasures beside the database, since a backup that is put back knows nothing of those after it.

One line of JSON per erasure in settings.ERASURE_LIST, only ever added to: numbers and keyed hashes, no names. It is
backed up apart from the database. Without the setting the rows of the database are the only list.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from ..models import Erasure

FIELDS = (
    "key",
    "pupil_id",
    "key_hash",
    "number_hash",
    "own_id_hash",
    "decided_by",
    "reference",
    "ground",
    "strikes_shared_names",
    "digest",
)


def note_on_list(erasure: Erasure) -> None:
    """After commit: a line for what was not done would be worse than one that the next replay finds in the rows."""
    line = {name: getattr(erasure, name) for name in FIELDS} | {
        "municipality": erasure.municipality.code,
        "decided_on": erasure.decided_on.isoformat(),
        "erased_at": erasure.erased_at.isoformat() if erasure.erased_at else "",
    }
    transaction.on_commit(lambda: _add(line))


def _add(line: dict[str, Any]) -> None:
    path = list_path()
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def listed() -> Iterator[dict[str, Any]]:
    path = list_path()
    if path is not None and path.exists():
        for line in path.read_text().splitlines():
            yield json.loads(line)


def list_path() -> Path | None:
    return Path(settings.ERASURE_LIST) if settings.ERASURE_LIST else None
