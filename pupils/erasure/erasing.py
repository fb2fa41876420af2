"""The execution: what is about the pupil goes, what is shared loses the pupil, in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone

from accounts.audit import record
from accounts.declarations import Declaration, Emptied, declarations
from accounts.declarations.removing import Ids, portions, remove_rows
from accounts.models import ExportedFile
from accounts.municipality_file import cache_keys_of
from accounts.municipality_file.keeping import remove_files
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality

from ..models import Erasure, Pupil
from ..signals import pupil_leaving
from .entries import remove_entries, rows_with_entries
from .keeping import kept
from .listing import note_on_list
from .texts import strike
from .words import TAKEN_OUT, words_of


@dataclass(frozen=True)
class Places:
    """Where something of the pupil stands: rows by table. doubtful: see models.Erasure."""

    going: dict[str, int]
    emptied: dict[str, int]
    entries: dict[str, int]
    struck: dict[str, int]
    doubtful: list[Any] = field(default_factory=list)


def places_of(pupil: Pupil, *, strikes_shared_names: bool = False) -> Places:
    """What an erasure would touch; nothing is changed. Files are not opened for it."""
    going, emptied = _rows_about(pupil.pk)
    words = words_of(pupil)
    struck = strike(words.everywhere if strikes_shared_names else words, only_count=True)
    entries = {
        each.label: n
        for each in declarations()
        if (n := len({pk for pk, _found in rows_with_entries(each, pupil.pk)}))
    }
    return Places(
        {model._meta.label: len(ids) for model, ids in going.items() if ids},
        {each.label: len(ids) for each, ids in emptied.items() if ids},
        entries,
        struck.rows,
        struck.doubtful,
    )


def erase(erasure: Erasure) -> Erasure:
    """Carries the decision out, all of it or nothing; once done, it does nothing more.

    Raises ActRefused while work is under way that would bring the pupil back.
    """
    with transaction.atomic(), long_statements():
        hold_lock("results")
        erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
        pupil = Pupil.objects.select_for_update().filter(pk=erasure.pupil_id).first()
        if erasure.erased_at is None and pupil is not None:
            _carry_out(erasure, pupil)
    return erasure


def _carry_out(erasure: Erasure, pupil: Pupil) -> None:
    words = words_of(pupil)
    if erasure.strikes_shared_names:
        words = words.everywhere
    # An export holds everything, so the pupil too; whoever needs it asks for another.
    exports = list(ExportedFile.objects.exclude(stored_as=""))
    transaction.on_commit(lambda: remove_files(exports))
    changed: dict[str, dict[str, int]] = {"files": {}}
    told: list[tuple[Any, Any]] = pupil_leaving.send(sender=erase, pupil=pupil, words=words)
    for _receiver, n_files in told:
        changed["files"] |= n_files or {}
    going, emptied = _rows_about(pupil.pk)
    with kept([pupil.pk]):
        changed["entries"] = remove_entries(pupil.pk)
        changed["emptied"] = {each.label: _empty(each, ids) for each, ids in emptied.items() if ids}
        struck = strike(words)
        changed["struck"] = struck.rows
        changed["gone"] = remove_rows(going)
    connection.check_constraints()
    erasure.rows, erasure.doubtful, erasure.digest = changed, struck.doubtful, _digest_of(going)
    erasure.erased_at = timezone.now()
    erasure.save(update_fields=["rows", "doubtful", "digest", "erased_at"])
    record("pupil erased", by=erasure.asked_by, subject=erasure.key, pupils=[erasure.pupil_id])
    forget_cached()
    note_on_list(erasure)


def _rows_about(pupil_id: int) -> tuple[Ids, dict[Declaration, set[Any]]]:
    """(what goes, what is emptied), before anything is changed: a reference that is gone leads nowhere."""
    going: Ids = {}
    emptied: dict[Declaration, set[Any]] = {}
    for declaration in declarations():
        rows = declaration.rows_about(pupil_id)
        if declaration.alone:
            rows = _of_nobody_else(declaration, rows, pupil_id)
        ids = set(rows.values_list("pk", flat=True))
        if declaration.emptied:
            emptied[declaration] = ids
        elif ids:
            going[declaration.model] = ids
    return going, emptied


def _of_nobody_else(declaration: Declaration, rows: QuerySet, pupil_id: int) -> QuerySet:
    manager = declaration.model._default_manager
    shared = manager.filter(**{f"{declaration.alone}__gt": pupil_id}).values("pk")
    also = manager.filter(**{f"{declaration.alone}__lt": pupil_id}).values("pk")
    return rows.exclude(pk__in=shared).exclude(pk__in=also)


def _empty(declaration: Declaration, ids: set[Any]) -> int:
    """What was written gives way to a sign, so that nobody takes the row for one in which nothing was written."""
    emptied = declaration.emptied or Emptied(())
    texts = {
        name: Case(When(**{name: ""}, then=Value("")), default=Value(TAKEN_OUT)) for name in emptied.texts
    }
    nothing = dict.fromkeys(emptied.forgets)
    for portion in portions(ids):
        declaration.model._default_manager.filter(pk__in=portion).update(**texts, **nothing)
    return len(ids)


def _digest_of(going: Ids) -> str:
    lines = [f"{model._meta.label} {pk}" for model, ids in going.items() for pk in ids]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def forget_cached() -> None:
    """What jobs have told of themselves, and who is shown a message: small, and soon told anew."""
    keys = cache_keys_of(current_municipality())
    transaction.on_commit(lambda: cache.delete_many(keys))
