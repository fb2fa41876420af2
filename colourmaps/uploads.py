"""Uploaded files: kept below UPLOAD_ROOT under random names, one folder per municipality, never served directly."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string

from accounts.tenancy import current_municipality


@dataclass(frozen=True)
class StoredFile:
    """stored_as: the random name; digest: SHA-256 of the content, in hexadecimal."""

    stored_as: str
    digest: str
    n_bytes: int


def store(upload: UploadedFile) -> StoredFile:
    """Writes the upload to disk: first under a temporary name, so that a half file never has a real one."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = get_random_string(32)
    temporary = folder / f"{name}.part"
    digest = hashlib.sha256()
    with open(temporary, "xb", opener=_for_us_alone) as file:
        for chunk in upload.chunks():
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder / name)
    return StoredFile(name, digest.hexdigest(), upload.size or 0)


def _for_us_alone(path: str, flags: int) -> int:
    """Opens a new file that no other user of the machine can read, whatever the process usually lets them."""
    return os.open(path, flags, 0o600)


def path_of(stored_as: str) -> Path:
    """Where a stored file of the municipality lies. stored_as comes from our own table, never from a request."""
    return _folder() / stored_as


def _folder() -> Path:
    return Path(settings.UPLOAD_ROOT) / str(current_municipality().pk)
