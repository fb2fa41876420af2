"""What .xlsx and .xlsb have in common: parts, and relationships between them."""

import posixpath

from .markup import elements
from .zip_guard import Package

XLSX_WORKBOOK = "xl/workbook.xml"
XLSB_WORKBOOK = "xl/workbook.bin"


def related_parts(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Kind (worksheet, chartsheet, styles, …) and zip member of each part that a part names, by its id there."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in package.names:
        return {}
    return {
        attributes.get("Id", ""): (
            posixpath.basename(attributes.get("Type", "")),
            member_name(folder, attributes.get("Target", "")),
        )
        for element, attributes in elements(package.open(relations))
        if element == "Relationship" and attributes.get("TargetMode") != "External"
    }


def member_name(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")


def part_of_kind(package: Package, part: str, kind: str) -> str | None:
    """The member of this kind that a part names, if the file has it."""
    for found, member in related_parts(package, part).values():
        if found == kind and member in package.names:
            return member
    return None
