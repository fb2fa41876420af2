"""Workbooks of the kinds .xlsx and .xlsm: values by calamine, the rest by a scan of our own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from . import ooxml
from .markup import elements
from .output import Box, ErrorValue, write_sheet
from .refusal import Exit, Limits, Refused
from .xlsx_scan import FULL_HEIGHT, FULL_WIDTH, Place, SheetScan, is_on, percent_styles
from .zip_guard import CHUNK, PADDING_FROM, Package

EMPTY_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")?(?: t="[a-z]+")? ?/>')
SHEET = re.compile(rb"<(?:\w+:)?sheet [^<>]*/>")
RELATION = re.compile(rb"""\w+:id=["']([^"']*)["']""")
EMPTY_ROW = re.compile(rb'<row r="[0-9]+"[^<>]*(?:/>|></row>)')


def write_workbook(package: Package, limits: Limits, out: TextIO) -> None:
    import python_calamine as calamine

    parts = dict(sheet_parts(package, limits))
    if set(parts.values()) - package.names:
        leave_out_sheets_without_part(package)
    for part in parts.values():
        if part in package.names and package.members[part].n_empty > PADDING_FROM:
            take_padding_out(package, part)
    check_n_cells(package, [*parts.values()], limits)
    scans = scan_sheets(package, parts, limits)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(package.as_file())
        sheets = [
            sheet for sheet in workbook.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        limits.check_sheets(len(sheets))
        for metadata in sheets:
            sheet = workbook.get_sheet_by_name(metadata.name)
            hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
            write_calamine_sheet(sheet, hidden, scans.get(metadata.name), limits, out)
    except calamine.PasswordError as error:
        raise Refused(Exit.PASSWORD) from error
    except (Refused, MemoryError, OSError):
        raise
    except BaseException as error:  # a panic inside calamine is no Exception
        raise Refused(Exit.DAMAGED) from error


def sheet_parts(package: Package, limits: Limits) -> Iterator[tuple[str, str]]:
    """Name and zip member of each sheet, those of charts included."""
    n_sheets = 0
    related = ooxml.related_parts(package, ooxml.XLSX_WORKBOOK)
    for element, attributes in elements(package.open(ooxml.XLSX_WORKBOOK)):
        if element == "sheet":
            n_sheets += 1
            limits.check_sheets(n_sheets)
            identifier = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            _kind, member = related.get(identifier, ("", ""))
            yield attributes.get("name", ""), member


def leave_out_sheets_without_part(package: Package) -> None:
    """Some programs list a sheet (of macros) that is not in the file, and calamine gives up on it."""
    related = ooxml.related_parts(package, ooxml.XLSX_WORKBOOK)

    def is_there(sheet: re.Match[bytes]) -> bytes:
        key = RELATION.search(sheet[0])
        _kind, member = related.get(key[1].decode() if key else "", ("", ""))
        return sheet[0] if member in package.names else b""

    workbook = package.read(ooxml.XLSX_WORKBOOK)
    package.changed[ooxml.XLSX_WORKBOOK] = SHEET.sub(is_there, workbook)


def take_padding_out(package: Package, part: str) -> None:
    """Leave out of a sheet the cells and rows that are only formatted: some go down to row 1,048,576."""
    kept = []
    rest = b""
    n_cells = 0
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            chunk = rest + chunk
            end = chunk.rfind(b">") + 1
            chunk, rest = chunk[:end], chunk[end:]
            chunk, n_empty = EMPTY_CELL.subn(b"", chunk)
            n_cells += n_empty
            kept.append(EMPTY_ROW.sub(b"", chunk))
    package.changed[part] = b"".join([*kept, rest])
    package.members[part].n_cells -= n_cells


def check_n_cells(package: Package, parts: list[str], limits: Limits) -> None:
    """Before calamine takes room for them. Several sheets may claim to be the same part."""
    if sum(package.members[part].n_cells for part in parts if part in package.names) > limits.cells:
        raise Refused(Exit.TOO_MANY_CELLS)


def scan_sheets(package: Package, parts: dict[str, str], limits: Limits) -> dict[str, SheetScan]:
    """Read again the sheets that need it, by name of sheet."""
    styles = ooxml.part_of_kind(package, ooxml.XLSX_WORKBOOK, "styles")
    percent = percent_styles(package.open(styles)) if styles else frozenset()
    scans = {}
    for sheet, part in parts.items():
        if part in package.names and (percent or package.members[part].is_curious):
            scans[sheet] = SheetScan(percent, limits)
            with package.open(part) as stream:
                scans[sheet].parse(stream)
    if is_reckoned_on_load(package) and not any(scan.has_results for scan in scans.values()):
        for scan in scans.values():
            scan.errors |= scan.zeros
    return scans


def is_reckoned_on_load(package: Package) -> bool:
    """Whether the file asks the program that opens it to work out all formulas.

    Some programs (XlsxWriter) do so and put 0 for every result.
    """
    return any(
        element == "calcPr" and is_on(attributes.get("fullCalcOnLoad"))
        for element, attributes in elements(package.open(ooxml.XLSX_WORKBOOK))
    )


def write_calamine_sheet(
    sheet: Any, hidden: bool, scan: SheetScan | None, limits: Limits, out: TextIO
) -> None:
    scan = scan or SheetScan(frozenset(), limits)
    box = box_of(sheet, scan.errors)
    n_rows, n_columns = box.bottom - box.top + 1, box.right - box.left + 1
    limits.check_size(n_rows, n_columns)
    limits.spend_cells(n_rows * n_columns)
    rows = rows_within(box, sheet)
    for (row, column), text in scan.errors.items():
        if is_place(row, column):
            rows[row - box.top][column - box.left] = ErrorValue(text)
    scan.traits.merged = [
        (first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1)
        for first, last in sheet.merged_cell_ranges or ()
    ]
    write_sheet(out, limits, sheet.name, rows, hidden=hidden, top=box.top, left=box.left, traits=scan.traits)


def box_of(sheet: Any, errors: Mapping[Place, str]) -> Box:
    """The cells that calamine found, and those of formulas without a result, which it passes over."""
    places = [place for place in errors if is_place(*place)]
    if sheet.start:
        top, left = sheet.start
        places += [(top + 1, left + 1), (top + sheet.height, left + sheet.width)]
    if not places:
        return Box(1, 1, 0, 0)
    rows, columns = zip(*places, strict=True)
    return Box(min(rows), min(columns), max(rows), max(columns))


def rows_within(box: Box, sheet: Any) -> list[list[Any]]:
    """What calamine read, with empty cells around it as far as the box reaches."""
    rows: list[list[Any]] = sheet.to_python() if sheet.start else []
    top, left = sheet.start or (box.bottom, box.left - 1)
    width = box.right - box.left + 1
    before, after = left + 1 - box.left, box.right - left - sheet.width
    if before or after:
        rows = [[None] * before + row + [None] * after for row in rows]
    above = [[None] * width for _ in range(box.top, top + 1)]
    below = [[None] * width for _ in range(box.bottom - box.top + 1 - len(above) - len(rows))]
    return above + rows + below


def is_place(row: int, column: int) -> bool:
    """Whether there is such a cell; a reference can claim anything."""
    return 1 <= row <= FULL_HEIGHT and 1 <= column <= FULL_WIDTH
