"""What a file seems to be, for the command line: on any table, with pupils in it or without.

Run as a program it starts no app and opens no database, so it answers in a fraction of the time:
python -m colourmaps.importing.inspection FILE [--json]. docs/inspect_file.md describes the JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from colourmaps.importing.headers import Vocabulary
from colourmaps.importing.kinds import ColumnKind
from colourmaps.importing.mapping import Meaning, header_key
from colourmaps.importing.understanding import UnderstoodColumn, UnderstoodSheet, understand
from colourmaps.importing.workbook import UnreadableFile, read_workbook

UNREADABLE = 2
"""Exit status."""

LANGUAGES = ("sv", "en", "nb", "da")
LOCALE = Path(__file__).resolve().parents[2] / "locale"

UNKNOWN, VALUES_OF_SOMETHING = 0.2, 0.5
"""Confidence of a column whose header nobody knows; of one that holds values all the same."""

VALUE_KINDS = frozenset({ColumnKind.NUMBER, ColumnKind.PERCENT, ColumnKind.GRADE, ColumnKind.YES_NO})
_CALLED_BY_NUMBER = re.compile(r"(?:kod|kode|code|\bnr|nummer|number|\bid|år|year)\b")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_FORMAT_BY_MEMBER = {"xl/workbook.bin": "xlsb", "xl/workbook.xml": "xlsx", "content.xml": "ods"}


def inspection(path: Path, vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """The file as JSON. vocabulary: what a municipality knows; without it only words that all schools use.

    Raises UnreadableFile with one sentence, also for a path that is no readable file.
    """
    try:
        if not path.is_file():
            raise UnreadableFile(_("There is no such file: %(path)s") % {"path": path})
        workbook = read_workbook(path)
        file_format = _format(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", "") or str(error)
        sentence = _("The file cannot be opened: %(reason)s.") % {"reason": reason}
        raise UnreadableFile(sentence) from error
    understood = understand(workbook, vocabulary or Vocabulary())
    return {
        "file": path.name,
        "format": file_format,
        "sheets": [_sheet(sheet) for sheet in understood.sheets],
    }


def answer(path: Path, *, as_json: bool, vocabulary: Vocabulary | None = None) -> tuple[str, int]:
    """What the command prints, and its exit status."""
    try:
        inspected = inspection(path, vocabulary)
    except UnreadableFile as error:
        failure = {"error": str(error)}
        return (_dumped(failure) if as_json else str(error)), UNREADABLE
    return (_dumped(inspected) if as_json else "\n".join(_in_words(inspected))), 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--json", action="store_true", help="print JSON, as docs/inspect_file.md describes it"
    )


def _dumped(value: dict[str, Any]) -> str:
    # A text of a foreign file can hold half a character pair, which is no UTF-8.
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _format(path: Path) -> str:
    """ "xlsx", "xlsm", "xlsb", "xls", "ods" or "text", by the content of a file that could be read."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE or start[:2] in _BIFF:
        return "xls"
    if start[:2] != b"PK":
        return "text"
    with zipfile.ZipFile(path) as archive:
        members = {name.casefold() for name in archive.namelist()}
    if "xl/vbaproject.bin" in members and "xl/workbook.xml" in members:
        return "xlsm"
    return next((name for member, name in _FORMAT_BY_MEMBER.items() if member in members), "xlsx")


def _sheet(sheet: UnderstoodSheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "header_rows": list(sheet.header_rows),
        "data_rows": sheet.n_rows,
        "first_data_row": sheet.first_row or None,
        "last_data_row": sheet.last_row or None,
        "hidden_rows": sheet.n_hidden_rows,
        "titles": list(sheet.titles),
        "notes": [
            {"row": note.row or None, "level": note.level.name.lower(), "text": note.text}
            for note in sheet.notes
        ],
        "shape": "long" if sheet.is_long else "wide",
        "columns": [_column(column) for column in sheet.columns],
    }


def _column(column: UnderstoodColumn) -> dict[str, Any]:
    meaning, confidence, reason = column.meaning, column.confidence, column.reason
    if could_be_new_indicator(column):
        meaning, confidence = Meaning.INDICATOR, VALUES_OF_SOMETHING
        reason = _("The cells are values, but no indicator of this name is known. It can become a new one.")
    return {
        "column": column.letters,
        "header": " ".join(column.header.split()),
        "group": " ".join(column.group.split()),
        "unit": column.unit,
        "kind": column.kind.value,
        "meaning": meaning.value,
        "indicator": column.indicator,
        "round": column.round,
        "confidence": confidence,
        "reason": reason,
        "examples": list(column.examples),
        "filled": column.n_filled,
    }


def could_be_new_indicator(column: UnderstoodColumn) -> bool:
    """Whether a column that means nothing yet holds values, and not numbers by which things are called."""
    is_unknown = column.meaning is Meaning.IGNORE and column.confidence <= UNKNOWN
    return (
        is_unknown and column.kind in VALUE_KINDS and not _CALLED_BY_NUMBER.search(header_key(column.header))
    )


def _in_words(inspected: dict[str, Any]) -> Iterator[str]:
    """Lines for a person."""
    yield f"{inspected['file']} ({inspected['format']})"
    for sheet in inspected["sheets"]:
        yield ""
        yield from _sheet_in_words(sheet)


def _sheet_in_words(sheet: dict[str, Any]) -> Iterator[str]:
    hidden = f" ({_('hidden')})" if sheet["hidden"] else ""
    yield f"{sheet['name'] or _('The table')}{hidden}"
    if not sheet["columns"]:
        yield "  " + _("No table was found in it.")
        return
    header = ", ".join(map(str, sheet["header_rows"])) or "–"
    yield "  " + _("Header in row %(header)s; %(count)d data rows") % {
        "header": header,
        "count": sheet["data_rows"],
    }
    for note in sheet["notes"]:
        yield f"  {note['text']}"
    for column in sheet["columns"]:
        head = f"{column['group']} / {column['header']}" if column["group"] else column["header"]
        meaning = " ".join(part for part in (column["meaning"], column["indicator"], column["round"]) if part)
        examples = ", ".join(column["examples"])
        yield (
            f"  {column['column']:>3} {head[:40]:40} {column['kind']:8} {meaning:20}"
            f" {column['confidence']:.2f}  {examples[:60]}"
        )


def main(arguments: list[str]) -> int:
    """The command without the rest of the program around it. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="manage.py inspect_file", allow_abbrev=False)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    _start()
    text, status = answer(options.file, as_json=options.json)
    write(text, status, as_json=options.json)
    return status


def write(text: str, status: int, *, as_json: bool) -> None:
    """Print the answer as UTF-8; a failure that is no JSON goes where failures go."""
    stream = sys.stderr if status and not as_json else sys.stdout
    stream.buffer.write((text + "\n").encode("utf-8", "backslashreplace"))
    stream.flush()


def _start() -> None:
    """No more of Django than sentences in one's language need."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=[],
        LANGUAGE_CODE=LANGUAGES[0],
        LANGUAGES=[(code, code) for code in LANGUAGES],
        LOCALE_PATHS=[LOCALE],
        LOGGING_CONFIG=None,
    )
    django.setup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
