"""Writes the file: table by table, row by row, so that its memory does not grow with the municipality."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, transaction
from django.utils import timezone

from ..declarations import declarations, type_of
from ..models import Municipality
from ..statements import long_statements
from ..tenancy import municipality_scope
from .places import folders_of
from .rows import lines_of
from .schema import FORMAT, README, VERSION, schema

ROWS, FILES, PART = "rows", "files", ".part"
Report = Callable[[str, int, int], None]


@dataclass
class Entry:
    """n: rows of a table, bytes of a file. digest: SHA-256 of the content."""

    n: int
    digest: str


@dataclass
class Manifest:
    code: str
    name: str
    made_at: str
    with_secrets: bool
    format: str = FORMAT
    version: int = VERSION
    left_out: list[str] = field(default_factory=list)
    tables: dict[str, Entry] = field(default_factory=dict)
    files: dict[str, Entry] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        return sum(each.n for each in self.tables.values())

    @property
    def seal(self) -> str:
        """One digest for the whole: names and digests of all entries."""
        lines = [
            f"{name} {each.n} {each.digest}" for name, each in sorted((self.tables | self.files).items())
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def to_json(self) -> bytes:
        return json.dumps(asdict(self) | {"seal": self.seal}, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        plain: dict[str, Any] = json.loads(content)
        plain.pop("seal")
        for kind in ("tables", "files"):
            plain[kind] = {name: Entry(**each) for name, each in plain[kind].items()}
        return cls(**plain)


def export_municipality(
    municipality: Municipality,
    path: Path,
    *,
    with_secrets: bool = False,
    without_walled: bool = False,
    report: Report | None = None,
) -> Manifest:
    """Writes all rows and files of the municipality. report: told the table, its place and how many there are.

    with_secrets: also what an installation needs to go on as it was (hashes of passwords): for moving, never to hand
    out. without_walled: not what is of a secrecy area of its own; such a file is to be read, not to move with. The file
    is there under its name only once it is whole.
    """
    manifest = Manifest(municipality.code, municipality.name, timezone.now().isoformat(), with_secrets)
    if without_walled:
        manifest.left_out = walled()
    part = path.with_name(path.name + PART)
    try:
        with (
            municipality_scope(municipality),
            _one_moment(),
            only_ours(part) as file,
            ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True) as archive,
        ):
            _write(archive, municipality, manifest, report or (lambda *_told: None))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def walled() -> list[str]:
    """The tables of secrecy areas of their own."""
    return [each.label for each in declarations() if type_of(each.kind).is_walled]


def _write(archive: ZipFile, municipality: Municipality, manifest: Manifest, report: Report) -> None:
    archive.writestr("README.txt", README)
    archive.writestr("schema.json", json.dumps(schema(), ensure_ascii=False, indent=1))
    tables = [each for each in declarations() if each.label not in manifest.left_out]
    for n, declaration in enumerate(tables):
        report(declaration.label, n, len(tables))
        entry, digest = Entry(0, ""), hashlib.sha256()
        with archive.open(f"{ROWS}/{declaration.label}.jsonl", "w", force_zip64=True) as out:
            for line in lines_of(declaration, municipality.pk, with_secrets=manifest.with_secrets):
                out.write(line)
                digest.update(line)
                entry.n += 1
        entry.digest = digest.hexdigest()
        manifest.tables[declaration.label] = entry
    for name, source in files_of(municipality):
        with source.open("rb") as file, archive.open(f"{FILES}/{name}", "w", force_zip64=True) as out:
            shutil.copyfileobj(file, out)
        manifest.files[name] = Entry(source.stat().st_size, digest_of_file(source))
    archive.writestr("manifest.json", manifest.to_json())


def files_of(municipality: Municipality) -> Iterator[tuple[str, Path]]:
    """(folder/name, path) of each whole file of the municipality that belongs to the export."""
    for folder, path in folders_of(municipality, only_exported=True).items():
        for each in sorted(path.glob("*")):
            if each.is_file() and each.suffix != PART:
                yield f"{folder}/{each.name}", each


def digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Within, all tables are read as of one moment; inside a transaction of others, as that one sees them."""
    is_ours = not connection.in_atomic_block
    with transaction.atomic():
        if is_ours and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read")
        with long_statements():
            yield


@contextmanager
def only_ours(path: Path) -> Iterator[Any]:
    """A new file that no other user of the machine can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
