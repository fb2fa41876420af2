"""Workbooks of the kind .ods (OpenDocument 1.0 to 1.4)."""

import re
from collections.abc import Iterator
from typing import TextIO

from . import foreign, markup
from .ods_tables import TableReader
from .refusal import Exit, Limits, Refused, allow_time_for_xml
from .zip_guard import Package

SPREADSHEETS = (
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.sun.xml.calc",
)
ENCRYPTION = re.compile(rb"<(manifest:)?encryption-data\b|<loext:keyinfo\b")


def write_workbook(package: Package, limits: Limits, out: TextIO) -> None:
    """Raises Refused, also if the zip file is something else."""
    if "META-INF/manifest.xml" in package.names and ENCRYPTION.search(package.read("META-INF/manifest.xml")):
        raise Refused(Exit.PASSWORD)
    mimetype = package.read("mimetype").decode("latin-1") if "mimetype" in package.names else ""
    if "content.xml" not in package.names or (mimetype and not mimetype.startswith(SPREADSHEETS)):
        raise Refused(foreign.kind_of_zip(package.names, mimetype))
    allow_time_for_xml(package.members["content.xml"].n_bytes, len(package.content))
    reader = TableReader(limits, hidden_sheet_styles(package))
    with package.open("content.xml") as stream:
        reader.parse(stream)
    if not reader.tables:
        raise Refused(Exit.NOT_A_WORKBOOK)
    for table in reader.tables:
        table.write(out)


def hidden_sheet_styles(package: Package) -> frozenset[str]:
    """Names of the table styles of styles.xml that hide a sheet; most are in content.xml itself."""
    if "styles.xml" not in package.names:
        return frozenset()
    return frozenset(_hiding(markup.elements(package.open("styles.xml"))))


def _hiding(elements: Iterator[tuple[str, markup.Attributes]]) -> Iterator[str]:
    name = ""
    for element, attributes in elements:
        if element == "style":
            name = attributes.get("style:name", "")
        elif element == "table-properties" and attributes.get("table:display") == "false":
            yield name
