"""Uploaded files: kept below UPLOAD_ROOT under random names, one folder per municipality, never served directly."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string

from accounts.models import Municipality
from accounts.tenancy import current_municipality

PART = ".part"


@dataclass(frozen=True)
class StoredFile:
    """stored_as: the random name; digest: SHA-256 of the content, in hexadecimal."""

    stored_as: str
    digest: str
    n_bytes: int


def store(upload: UploadedFile) -> StoredFile:
    """Writes the upload to disk: first under a temporary name, so that a half file never has a real one."""
    name = get_random_string(32)
    digest = hashlib.sha256()
    _write(path_of(name), _digested(upload.chunks(), digest))
    return StoredFile(name, digest.hexdigest(), upload.size or 0)


def store_beside(stored_as: str, content: bytes) -> None:
    """Keeps a file that was made from a stored one, in place of the one before; it goes when that one goes."""
    _write(path_beside(stored_as), [content])


def remove_beside(stored_as: str) -> None:
    path_beside(stored_as).unlink(missing_ok=True)


def remove(stored_as: str) -> None:
    """The stored file, and what was made from it."""
    remove_beside(stored_as)
    path_of(stored_as).unlink(missing_ok=True)


def remove_orphans(known: Collection[str], *, before: datetime.datetime) -> int:
    """Removes files of the municipality that are none of the known ones, nor made from one; returns how many.

    before: younger ones stay, since a file is there a moment before the row that knows it.
    """
    n_removed = 0
    for path in _folder().glob("*"):
        is_old = path.stat().st_mtime < before.timestamp()
        if is_old and (path.suffix == PART or path.name.partition(".")[0] not in known):
            path.unlink(missing_ok=True)
            n_removed += 1
    return n_removed


def _digested(chunks: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{get_random_string(8)}{PART}")
    with open(temporary, "xb", opener=_for_us_alone) as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _for_us_alone(path: str, flags: int) -> int:
    """Opens a new file that no other user of the machine can read, whatever the process usually lets them."""
    return os.open(path, flags, 0o600)


def path_of(stored_as: str) -> Path:
    """Where a stored file of the municipality lies. stored_as comes from our own table, never from a request."""
    return _folder() / stored_as


def path_beside(stored_as: str) -> Path:
    """Where the file lies that was made from a stored one, should there be one."""
    return _folder() / f"{stored_as}.xlsx"


def paths_of(stored_as: str) -> tuple[Path, Path]:
    """Where the file lies, and where what was made from it would."""
    return path_of(stored_as), path_beside(stored_as)


def folder_of(municipality: Municipality) -> Path:
    """Where all files of a municipality lie."""
    return Path(settings.UPLOAD_ROOT) / str(municipality.pk)


def _folder() -> Path:
    return folder_of(current_municipality())
