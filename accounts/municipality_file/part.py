"""A file with some rows of a municipality, for its archive, in the format of the whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import QuerySet
from django.utils import timezone

from ..declarations import Declaration, declaration_of
from ..models import Municipality
from .rows import columns_of, line_of
from .schema import README, schema
from .writing import PART, ROWS, Entry, Manifest, only_ours


def write_part(municipality: Municipality, rows: Iterable[QuerySet], path: Path) -> Manifest:
    """The rows by table, each table once."""
    by_table: dict[Declaration, list[QuerySet]] = {}
    for each in rows:
        by_table.setdefault(declaration_of(each.model), []).append(each)
    manifest = Manifest(municipality.code, municipality.name, timezone.now().isoformat(), False)
    part = path.with_name(path.name + PART)
    with only_ours(part) as file, ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        archive.writestr("README.txt", README)
        described = {
            label: table for label, table in schema().items() if label in {each.label for each in by_table}
        }
        archive.writestr("schema.json", json.dumps(described, ensure_ascii=False, indent=1))
        for declaration, querysets in by_table.items():
            manifest.tables[declaration.label] = _write_table(archive, declaration, querysets)
        archive.writestr("manifest.json", manifest.to_json())
    part.replace(path)
    return manifest


def _write_table(archive: ZipFile, declaration: Declaration, querysets: list[QuerySet]) -> Entry:
    entry, digest = Entry(0, ""), hashlib.sha256()
    columns = columns_of(declaration.model)
    with archive.open(f"{ROWS}/{declaration.label}.jsonl", "w", force_zip64=True) as out:
        for rows in querysets:
            for values in rows.order_by("pk").values_list(*[each.attname for each in columns]).iterator():
                line = line_of(columns, values, declaration.secrets)
                out.write(line)
                digest.update(line)
                entry.n += 1
    entry.digest = digest.hexdigest()
    return entry
