"""A results workbook of a given size: a row per pupil, a column per indicator, as plain XML in a zip.

openpyxl would need longer to write it than the product needs to import it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from colourmaps.importing.workbook import column_letters

IDENTITY = "Personnummer"
ABSENT = "frånv."
# One value in so many is no number but says that the pupil was absent.
ABSENT_EVERY = 97
POINTS = 41

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{SHEET}" xmlns:r="{DOCUMENT}">'
        '<sheets><sheet name="Resultat" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def write_results_file(path: Path, identities: Sequence[str], codes: Sequence[str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in PARTS.items():
            file.writestr(name, part)
        file.writestr("xl/worksheets/sheet1.xml", "".join(_sheet(identities, codes)))


def value_of(pupil: int, indicator: int) -> int | None:
    """Points of the pupil and indicator at these places; None for absent."""
    mixed = pupil * 7919 + indicator * 104729
    return None if mixed % ABSENT_EVERY == 0 else mixed % POINTS


def _sheet(identities: Sequence[str], codes: Sequence[str]) -> Iterator[str]:
    letters = [column_letters(number) for number in range(1, len(codes) + 2)]
    yield f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">'
    yield "".join(_text(f"{letter}1", head) for letter, head in zip(letters, [IDENTITY, *codes], strict=True))
    yield "</row>"
    for pupil, identity in enumerate(identities):
        row = pupil + 2
        yield f'<row r="{row}">{_text(f"A{row}", identity)}'
        yield "".join(_cell(f"{letter}{row}", value_of(pupil, n)) for n, letter in enumerate(letters[1:]))
        yield "</row>"
    yield "</sheetData></worksheet>"


def _cell(place: str, value: int | None) -> str:
    return _text(place, ABSENT) if value is None else f'<c r="{place}"><v>{value}</v></c>'


def _text(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
