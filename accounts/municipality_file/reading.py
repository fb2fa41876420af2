"""Reads the file into an installation in which the municipality is not: every row as it was, numbers included.

Numbers are kept, not given anew: they stand in frozen answers, in the log and in released tables, and a log that spoke
of other numbers would be no evidence. So the target must have them free: an empty installation has, and the one that
the municipality came from, since numbers are never given twice. Where they are taken, nothing is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction

from ..declarations import Declaration, declarations
from ..models import Municipality, User
from ..statements import long_statements
from ..tenancy import current_municipality, municipality_scope
from .places import folders_of
from .refused import FileRefused
from .rows import AT_A_TIME, columns_of, row_of
from .schema import FORMAT, VERSION, schema
from .writing import FILES, PART, ROWS, Entry, Manifest


def manifest_of(path: Path) -> Manifest:
    """What the file says of itself. Raises FileRefused if it is none of ours."""
    try:
        with ZipFile(path) as archive:
            manifest = Manifest.from_json(archive.read("manifest.json"))
    except (OSError, BadZipFile, KeyError, ValueError, TypeError) as error:
        raise FileRefused(f"{path} is no whole export of a municipality.") from error
    if (manifest.format, manifest.version) != (FORMAT, VERSION):
        raise FileRefused(f"{path} is of version {manifest.version}; this installation reads {VERSION}.")
    return manifest


def import_municipality(path: Path) -> Municipality:
    """All rows and files of the export, or nothing. Raises FileRefused."""
    manifest = manifest_of(path)
    with ZipFile(path) as archive:
        _check_schema(archive, manifest)
        written: list[Path] = []
        try:
            with transaction.atomic(), long_statements():
                municipality = _read_municipality(archive, manifest)
                with municipality_scope(municipality):
                    for declaration in declarations():
                        if declaration.model is not Municipality:
                            _read_table(archive, manifest, declaration)
                for folder_and_name, entry in manifest.files.items():
                    written.append(_read_file(archive, municipality, folder_and_name, entry))
                connection.check_constraints()
        except DatabaseError as error:
            _take_back(written)
            raise FileRefused(
                "The numbers, user names or codes of the file are taken in this installation, or a row refers to "
                "one that is not in the file. Nothing was written. The database says: " + _first_line(error)
            ) from error
        except BaseException:
            _take_back(written)
            raise
    return municipality


def _check_schema(archive: ZipFile, manifest: Manifest) -> None:
    if manifest.left_out:
        raise FileRefused(
            f"The file leaves out {', '.join(manifest.left_out)}: it is to be read, not to move with. The command "
            "export_municipality makes a whole one."
        )
    theirs: dict[str, Any] = json.loads(archive.read("schema.json"))
    ours = schema()
    differing = sorted(
        label
        for label in ours.keys() | theirs.keys()
        if _shape(ours.get(label)) != _shape(theirs.get(label)) or label not in manifest.tables
    )
    if differing:
        raise FileRefused(
            "The file is of another version of the product. These tables differ: " + ", ".join(differing)
        )


def _shape(table: dict[str, Any] | None) -> list[tuple[str, str, bool]] | None:
    return [(c["column"], c["kind"], c["may_be_empty"]) for c in table["columns"]] if table else None


def _read_municipality(archive: ZipFile, manifest: Manifest) -> Municipality:
    declaration = next(each for each in declarations() if each.model is Municipality)
    if Municipality.objects.filter(code=manifest.code).exists():
        raise FileRefused(f"There already is a municipality with the code {manifest.code}.")
    _read_table(archive, manifest, declaration)
    return Municipality.objects.get(code=manifest.code)


def _read_table(archive: ZipFile, manifest: Manifest, declaration: Declaration) -> None:
    entry, digest, n = manifest.tables[declaration.label], hashlib.sha256(), 0
    columns = columns_of(declaration.model)
    with archive.open(f"{ROWS}/{declaration.label}.jsonl") as lines:
        rest = _digested(lines, digest)
        while portion := list(islice(rest, AT_A_TIME)):
            try:
                rows = [row_of(_without_secrets(line, manifest, declaration), columns) for line in portion]
            except (KeyError, ValueError, ValidationError) as error:
                raise FileRefused(f"{declaration.label}: a row cannot be read.") from error
            if declaration.model is not Municipality:
                _refuse_strangers(declaration.model, columns, rows)
            _insert(declaration.model, columns, rows)
            n += len(rows)
    if (n, digest.hexdigest()) != (entry.n, entry.digest):
        raise FileRefused(f"{declaration.label}: the rows are not those that were written.")
    _go_on_after(declaration.model)


def _without_secrets(line: bytes, manifest: Manifest, declaration: Declaration) -> bytes:
    """A file that says that it holds none may not bring any in."""
    if manifest.with_secrets or not declaration.secrets:
        return line
    return json.dumps(json.loads(line) | dict(declaration.secrets)).encode()


def _refuse_strangers(model: type[models.Model], columns: list[models.Field], rows: list[list[Any]]) -> None:
    """Whoever has had the file in their hands may have changed it: no row is another municipality's, or an operator's.

    Of the tables behind the wall PostgreSQL sees to that; SQLite, and those that are read before a municipality is
    entered, have this alone. Raises FileRefused.
    """
    municipality = current_municipality()
    for n, column in enumerate(columns):
        values = [row[n] for row in rows]
        if column.attname == "municipality_id" and any(value != municipality.pk for value in values):
            raise FileRefused(f"{model._meta.label}: a row is of another municipality.")
        if column.name in ("is_staff", "is_superuser") and any(values):
            raise FileRefused(f"{model._meta.label}: a row would be an operator of the platform.")
        if column.remote_field is not None and column.related_model is User:
            there = User.objects.filter(pk__in=[value for value in values if value is not None])
            if there.exclude(municipality=municipality).exists():
                raise FileRefused(f"{model._meta.label}: a row is of somebody of another municipality.")


def _digested(lines: IO[bytes], digest: Any) -> Iterator[bytes]:
    for line in lines:
        digest.update(line)
        yield line


def _insert(model: type[models.Model], columns: list[models.Field], rows: list[list[Any]]) -> None:
    """As they are: past the fields that write the moment of saving, and past all that listens to new rows."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    sql = f"insert into {quote(model._meta.db_table)} ({names}) values ({places})"  # noqa: S608 – our own names
    prepared = [
        [column.get_db_prep_save(value, connection) for column, value in zip(columns, row, strict=True)]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, prepared)


def _go_on_after(model: type[models.Model]) -> None:
    """The next new row gets a number that is free. SQLite sees to that itself."""
    key = model._meta.pk
    if connection.vendor != "postgresql" or not isinstance(key, models.AutoField | models.BigAutoField):
        return
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), key.column]
        )
        (sequence,) = cursor.fetchone()
        if sequence is None:
            return
        # Never backwards: other municipalities have rows that this connection may not see.
        newest = f"select coalesce(max({connection.ops.quote_name(str(key.column))}), 1) from {table}"  # noqa: S608
        so_far = f"select last_value from {sequence}"  # noqa: S608 – as above, names of our own schema
        cursor.execute(f"select setval(%s, greatest(({so_far}), ({newest})))", [sequence])


def _read_file(archive: ZipFile, municipality: Municipality, folder_and_name: str, entry: Entry) -> Path:
    folder, _slash, name = folder_and_name.partition("/")
    folders = folders_of(municipality, only_exported=True)
    if folder not in folders or name != PurePosixPath(name).name or name in ("", ".", ".."):
        raise FileRefused(f"{folder_and_name} has no place here.")
    path = folders[folder] / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(name + PART)
    descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with archive.open(f"{FILES}/{folder_and_name}") as content, os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(content, out)
    with part.open("rb") as file:
        is_whole = hashlib.file_digest(file, "sha256").hexdigest() == entry.digest
    if not is_whole:
        part.unlink()
        raise FileRefused(f"{folder_and_name}: the file is not the one that was written.")
    return part.replace(path)


def _take_back(written: list[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
