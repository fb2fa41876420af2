"""A municipality that leaves: its rows, files, keys of the cache and sessions, and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.db import connection, transaction

from ..declarations import Declaration, declarations
from ..models import Municipality, Session
from ..statements import long_statements
from ..tenancy import across_municipalities, municipality_scope
from .places import cache_keys_of, folders_of
from .reading import manifest_of
from .refused import FileRefused
from .rows import digest_of, lines_of


@dataclass(frozen=True)
class Gone:
    """What has gone, or would go: rows by table, files, keys of the cache, sessions."""

    rows: dict[str, int]
    n_files: int
    n_keys: int
    n_sessions: int

    @property
    def n_rows(self) -> int:
        return sum(self.rows.values())


def what_would_go(municipality: Municipality) -> Gone:
    with municipality_scope(municipality):
        rows = {each.label: each.rows_of(municipality.pk).count() for each in declarations()}
        n_files = sum(len(_files_in(folder)) for folder in folders_of(municipality).values())
        return Gone(rows, n_files, len(cache_keys_of(municipality)), len(_sessions_of(municipality)))


def changed_since(path: Path, municipality: Municipality) -> list[str]:
    """The tables whose rows are not those of the export any more: it is no proof of what they hold now.

    Raises FileRefused if it is the export of another municipality, or of none.
    """
    manifest = manifest_of(path)
    if manifest.code != municipality.code:
        raise FileRefused(f"{path} is the export of {manifest.name} ({manifest.code}).")
    with municipality_scope(municipality):
        return [
            each.label
            for each in declarations()
            if each.label not in manifest.tables
            or digest_of(each, municipality.pk, with_secrets=manifest.with_secrets)
            != manifest.tables[each.label].digest
        ]


def remove_municipality(municipality: Municipality, *, export: Path) -> Gone:
    """Raises FileRefused unless the export holds exactly what goes; then nothing has gone."""
    with transaction.atomic(), long_statements():
        changed = changed_since(export, municipality)
        if changed:
            raise FileRefused(
                "Something has changed since the export, so it is no proof. Export again, and then at once. "
                "Changed: " + ", ".join(changed)
            )
        gone = what_would_go(municipality)
        keys = list(cache_keys_of_scope(municipality))
        folders = list(folders_of(municipality).values())
        Session.objects.filter(session_key__in=_sessions_of(municipality)).delete()
        with municipality_scope(municipality):
            for declaration in reversed(declarations()):
                if declaration.model is not Municipality:
                    _delete(declaration, municipality)
            Municipality.objects.filter(pk=municipality.pk)._raw_delete(connection.alias)
        connection.check_constraints()
        transaction.on_commit(lambda: _clear(keys, folders))
    return gone


def _delete(declaration: Declaration, municipality: Municipality) -> None:
    """In one statement, past what listens to deletions: there is nobody left to whom it would be news."""
    rows = declaration.rows_of(municipality.pk).order_by()
    if "__" in declaration.owner:
        rows = declaration.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))
    rows._raw_delete(rows.db)


def cache_keys_of_scope(municipality: Municipality) -> list[str]:
    with municipality_scope(municipality):
        return cache_keys_of(municipality)


def _clear(keys: list[str], folders: list[Path]) -> None:
    """After the rows: a file without its row is an orphan, a row without its file would be a loss."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    cache.delete_many(keys)


def _files_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def _sessions_of(municipality: Municipality) -> list[str]:
    """Keys of the sessions in which somebody of the municipality is signed in."""
    return list(Session.objects.filter(user__municipality=municipality).values_list("session_key", flat=True))


def fingerprint_of_others(municipality_id: int) -> str:
    """SHA-256 of every row of all other municipalities: the same before and after, or something was touched."""
    digest = hashlib.sha256()
    with across_municipalities():
        others = list(Municipality.objects.exclude(pk=municipality_id).order_by("pk"))
    for other in others:
        with municipality_scope(other):
            for declaration in declarations():
                for line in lines_of(declaration, other.pk, with_secrets=True):
                    digest.update(line)
    return digest.hexdigest()
