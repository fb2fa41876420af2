"""The program that reads a foreign file, alone in a child process with limits on memory, time and output.

Started by workbook.py as `python -I sandbox.py LIMITS`, with the file as standard input. It imports
nothing of this project, knows no secret, and may be killed at any moment: a reader that panics, aborts or
never ends harms nobody. Before any parser sees a zip, every member is unpacked in a stream and counted,
since the sizes in its directory can lie.

Output, one JSON value per line: for each sheet a head (object), then its rows (lists of rows); last
{"end": true}. A cell is text, number, true/false or null; {"d"|"m"|"t": ISO text} is a date, moment or
time of day, {"s": seconds} a duration, {"e": text} an error value such as #N/A, or the formula itself if
the file holds no result for it. Exit status: 0, or one of the codes below, which workbook.py turns into a
sentence.
"""

import csv
import io
import json
import re
import signal
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, TextIO
from xml.parsers import expat

EXIT_NOT_A_WORKBOOK = 3
EXIT_PASSWORD = 4
EXIT_UNPACKS_TOO_BIG = 5
EXIT_TOO_MANY_SHEETS = 6
EXIT_TOO_MANY_CELLS = 7
EXIT_DAMAGED = 8
EXIT_OUT_OF_MEMORY = 9

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds a password-protected OOXML workbook inside an OLE file."""

ROWS_PER_LINE = 1000
CHUNK = 1 << 18
BUILT_IN_PERCENT = frozenset({"9", "10"})
"""Number formats 0% and 0.00% of ECMA-376 part 1, 18.8.30."""

TELLTALES = (
    b't="e"',
    b"t='e'",
    b"<f",
    b":f>",
    b":f ",
    b'hidden="1',
    b'hidden="t',
    b"hidden='1",
    b"hidden='t",
)
"""Signs of what calamine does not tell: error values, formulas that may have no result, hidden rows. Only
a sheet with one of them, or a workbook with a percent format, is read a second time."""
DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
"""No spreadsheet program writes it; it is where entities are declared that unpack into gigabytes."""

MOST_MERGED_AREAS = 5000
"""Of a sheet, from the top: they matter only around the header."""

QUOTED_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,  # a packing method that Python does not know
    ValueError,
    KeyError,
)


class Refused(Exception):
    """The file is not read; `status` is the exit status that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def main() -> int:
    limits = json.loads(sys.argv[1])
    restrict(limits)
    try:
        read(sys.stdin.buffer.read(), limits, sys.stdout)
        sys.stdout.flush()
    except Refused as refused:
        return refused.status
    except MemoryError:
        return EXIT_OUT_OF_MEMORY
    except OSError:
        return EXIT_TOO_MANY_CELLS  # standard output reached RLIMIT_FSIZE
    return 0


def restrict(limits: dict[str, Any]) -> None:
    """Put the operating system's limits on this process; where it has none, the parent's clock still ends
    it.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = limits["cpu_seconds"]
    memory = limits["memory_bytes"]
    for name, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, limits["output_bytes"]),
    ):
        try:
            resource.setrlimit(name, (limit, limit))
        except (ValueError, OSError):  # a system that does not know or allow this limit
            continue
    # RLIMIT_CPU counts whole seconds; this timer ends the process, native code included, by its default
    # action.
    signal.setitimer(signal.ITIMER_PROF, seconds)


def read(content: bytes, limits: dict[str, Any], out: TextIO) -> None:
    """Write all sheets of the file to `out`. Raises Refused."""
    if content.startswith(ZIP_MAGIC):
        write_workbook(content, look_into_zip(content, limits), limits, out)
    elif content.startswith(OLE_MAGIC):
        if ENCRYPTED_STREAM in content:
            raise Refused(EXIT_PASSWORD)
        write_workbook(content, {}, limits, out)
    else:
        write_text_table(content, limits, out)
    write(out, {"end": True})


# --- zip
# ----------------------------------------------------------------------------------------------------


def look_into_zip(content: bytes, limits: dict[str, Any]) -> dict[str, "SheetScan"]:
    """Check every member against the limits; returns what calamine hides, by name of sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            curious = check_members(archive, len(content), limits)
            return scan_sheets(archive, curious)
    except BROKEN_ZIP as error:
        raise Refused(EXIT_DAMAGED) from error


def check_members(archive: zipfile.ZipFile, packed: int, limits: dict[str, Any]) -> set[str]:
    """Unpack each member in a stream and count; returns the members that have something calamine does not
    tell.
    """
    members = archive.infolist()
    if len(members) > limits["zip_entries"]:
        raise Refused(EXIT_UNPACKS_TOO_BIG)
    if any(member.flag_bits & 1 for member in members):
        raise Refused(EXIT_PASSWORD)
    most = min(limits["unpacked_bytes"], max(limits["ratio_free_bytes"], packed * limits["ratio"]))
    total = 0
    curious = set()
    for member in members:
        window = b""
        is_xml = member.filename.endswith((".xml", ".rels"))
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if total > most:
                    raise Refused(EXIT_UNPACKS_TOO_BIG)
                if is_xml:
                    window = window[-20:] + chunk
                    if any(doctype in window for doctype in DOCTYPES):
                        raise Refused(EXIT_DAMAGED)
                    if member.filename not in curious and any(mark in window for mark in TELLTALES):
                        curious.add(member.filename)
    return curious


def scan_sheets(archive: zipfile.ZipFile, curious: set[str]) -> dict[str, "SheetScan"]:
    """Read again the sheets that need it. Empty for other zip files than OOXML workbooks."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    percent = percent_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else frozenset()
    scans = {}
    for sheet, part in sheet_parts(archive):
        if part in names and (percent or part in curious):
            scans[sheet] = SheetScan(percent)
            with archive.open(part) as stream:
                scans[sheet].parse(stream)
    return scans


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and zip member of each sheet."""
    target_by_id = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for element, attributes in elements(archive.read("xl/_rels/workbook.xml.rels"))
        if element == "Relationship"
    }
    for element, attributes in elements(archive.read("xl/workbook.xml")):
        if element == "sheet":
            identifier = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            target = target_by_id.get(identifier, "")
            yield attributes.get("name", ""), target[1:] if target.startswith("/") else f"xl/{target}"


def percent_styles(styles: bytes) -> frozenset[str]:
    """Numbers of the cell styles that show a share as percent, as they stand in the attribute s of a
    cell.
    """
    formats = set(BUILT_IN_PERCENT)
    styles_of_cells: list[str] = []
    in_cell_formats = False
    for element, attributes in elements(styles, ends=True):
        if element == "numFmt" and "%" in QUOTED_IN_FORMAT.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif element in ("cellXfs", "/cellXfs"):
            in_cell_formats = element == "cellXfs"
        elif element == "xf" and in_cell_formats:
            styles_of_cells.append(attributes.get("numFmtId", ""))
    return frozenset(str(at) for at, number_format in enumerate(styles_of_cells) if number_format in formats)


def elements(xml: bytes, *, ends: bool = False) -> list[tuple[str, dict[str, str]]]:
    """Local name and attributes of each element in order; with ends also ("/name", {}) where it closes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = safe_parser()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    if ends:
        parser.EndElementHandler = lambda name: found.append(("/" + name.rpartition(":")[2], {}))
    parser.Parse(xml, True)
    return found


def safe_parser() -> expat.XMLParserType:
    """An XML parser that refuses documents with a DTD, and with it all entities of their own."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


def refuse_doctype(*_: object) -> None:
    raise Refused(EXIT_DAMAGED)


class SheetScan:
    """What a sheet's XML says and calamine does not; rows and columns are counted from 1."""

    def __init__(self, percent_styles: frozenset[str]) -> None:
        self.errors: dict[tuple[int, int], str] = {}
        self.percent: dict[int, list[list[int]]] = {}  # column -> runs of rows [first, last]
        self.hidden_rows: list[int] = []
        self._percent_styles = percent_styles
        self._row = self._column = 0
        self._is_error = False
        self._value = ""
        self._formula: list[str] | None = None
        self._text: list[str] = []

    def parse(self, stream: Any) -> None:
        self._parser = parser = safe_parser()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.ParseFile(stream)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c" or name.endswith(":c"):
            self._start_cell(attributes)
        elif name == "v" or name.endswith(":v"):
            if self._is_error or self._formula is not None:
                self._listen()
        elif name == "f" or name.endswith(":f"):
            self._listen()
        elif name == "row" or name.endswith(":row"):
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden_rows.append(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = column_number(reference) if reference else self._column + 1
        kind = attributes.get("t")
        self._is_error = kind == "e"
        self._value = ""
        self._formula = None
        if kind in (None, "n") and attributes.get("s") in self._percent_styles:
            runs = self.percent.setdefault(self._column, [])
            if runs and runs[-1][1] == self._row - 1:
                runs[-1][1] = self._row
            else:
                runs.append([self._row, self._row])

    def _listen(self) -> None:
        self._text = []
        self._parser.CharacterDataHandler = self._text.append

    def _end(self, name: str) -> None:
        if name == "c" or name.endswith(":c"):
            if self._is_error:
                self.errors[self._row, self._column] = self._value or "#N/A"
            elif self._formula is not None and not self._value:
                self.errors[self._row, self._column] = "=" + "".join(self._formula)
        elif name == "f" or name.endswith(":f"):
            self._formula = self._text
            self._parser.CharacterDataHandler = None
        elif (self._is_error or self._formula is not None) and (name == "v" or name.endswith(":v")):
            self._value = "".join(self._text).strip()
            self._parser.CharacterDataHandler = None


def column_number(reference: str) -> int:
    """The number of the column in a reference such as "AB12", counted from 1."""
    number = 0
    for character in reference:
        if not character.isalpha():
            break
        number = number * 26 + ord(character) - 64
    return number


# --- workbooks
# ----------------------------------------------------------------------------------------------


def write_workbook(content: bytes, scans: dict[str, SheetScan], limits: dict[str, Any], out: TextIO) -> None:
    """Read all sheets with calamine, which knows .xlsx, .xlsm, .xlsb, .xls and .ods by their content."""
    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            sheet for sheet in workbook.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        if len(sheets) > limits["sheets"]:
            raise Refused(EXIT_TOO_MANY_SHEETS)
        for metadata in sheets:
            sheet = workbook.get_sheet_by_name(metadata.name)
            hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
            write_sheet(sheet, hidden, scans.get(metadata.name), limits, out)
    except calamine.PasswordError as error:
        raise Refused(EXIT_PASSWORD) from error
    except (Refused, MemoryError, OSError):
        raise
    except BaseException as error:  # a panic inside calamine is no Exception
        is_workbook = isinstance(error, calamine.XmlError) or bool(scans)
        raise Refused(EXIT_DAMAGED if is_workbook else EXIT_NOT_A_WORKBOOK) from error


def write_sheet(
    sheet: Any, hidden: bool, scan: SheetScan | None, limits: dict[str, Any], out: TextIO
) -> None:
    limits["cells"] -= sheet.height * sheet.width
    if sheet.height > limits["rows"] or sheet.width > limits["columns"] or limits["cells"] < 0:
        raise Refused(EXIT_TOO_MANY_CELLS)
    top, left = sheet.start or (0, 0)
    rows = sheet.to_python()
    if scan:
        for (row, column), text in scan.errors.items():
            at, across = row - 1 - top, column - 1 - left
            if 0 <= at < len(rows) and 0 <= across < len(rows[at]):
                rows[at][across] = ErrorValue(text)
    head = {
        "sheet": sheet.name,
        "hidden": hidden,
        "first_row": top + 1,
        "first_column": left + 1,
        "merged": merged_areas(sheet, limits),
        "percent": scan.percent if scan else {},
        "hidden_rows": scan.hidden_rows if scan else [],
    }
    write_rows(head, rows, out)


def merged_areas(sheet: Any, limits: dict[str, Any]) -> list[list[int]]:
    """First row, first column, last row, last column of each merged area, counted from 1.

    Only what lies among the sheet's cells, however far an area claims to reach; its cells count as cells.
    """
    top, left = sheet.start or (0, 0)
    bottom, right = top + sheet.height - 1, left + sheet.width - 1
    areas = []
    for (first_row, first_column), (last_row, last_column) in sorted(sheet.merged_cell_ranges or ()):
        first_row, last_row = max(first_row, top), min(last_row, bottom)
        first_column, last_column = max(first_column, left), min(last_column, right)
        if first_row > last_row or first_column > last_column:
            continue
        limits["cells"] -= (last_row - first_row + 1) * (last_column - first_column + 1)
        if limits["cells"] < 0:
            raise Refused(EXIT_TOO_MANY_CELLS)
        areas.append([first_row + 1, first_column + 1, last_row + 1, last_column + 1])
        if len(areas) == MOST_MERGED_AREAS:
            break
    return areas


class ErrorValue:
    """A cell that has no value: an error such as #DIV/0!, or a formula without a stored result."""

    def __init__(self, text: str) -> None:
        self.text = text


# --- text tables
# --------------------------------------------------------------------------------------------


def write_text_table(content: bytes, limits: dict[str, Any], out: TextIO) -> None:
    """Read comma, semicolon, tab or pipe separated text; every cell is text."""
    text = decode(content)
    if "\0" in text:
        raise Refused(EXIT_NOT_A_WORKBOOK)
    csv.field_size_limit(32_767)
    rows: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True):
            rows.append(list(row))
            limits["cells"] -= len(row)
            if len(rows) > limits["rows"] or len(row) > limits["columns"] or limits["cells"] < 0:
                raise Refused(EXIT_TOO_MANY_CELLS)
    except csv.Error as error:
        raise Refused(EXIT_DAMAGED) from error
    width = max(map(len, rows), default=0)
    if width < 2:
        raise Refused(EXIT_NOT_A_WORKBOOK)
    for row in rows:
        row.extend([""] * (width - len(row)))
    write_rows({"sheet": "", "hidden": False, "first_row": 1, "first_column": 1}, rows, out)


def decode(content: bytes) -> str:
    """Text by its byte order mark, else strict UTF-8, else Windows-1252, as spreadsheet programs write
    it.
    """
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise Refused(EXIT_NOT_A_WORKBOOK) from None
        return content.decode("cp1252", errors="replace")


def delimiter(text: str) -> str:
    """The separator that most of the first lines have equally often.

    A comma may also be a decimal sign or stand in a name, and a tab or pipe hardly ever does, so the comma
    is last.
    """
    lines = [line for line in text[:65_536].splitlines() if line.strip()][:50]

    def agreeing_lines(mark: str) -> int:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return max(counts.values(), default=0)

    return max(";\t|,", key=agreeing_lines)


# --- output
# -------------------------------------------------------------------------------------------------


def write_rows(head: dict[str, Any], rows: list[list[Any]], out: TextIO) -> None:
    write(out, head)
    for start in range(0, len(rows), ROWS_PER_LINE):
        # calamine and csv have "" for an empty cell
        write(
            out,
            [[None if cell == "" else cell for cell in row] for row in rows[start : start + ROWS_PER_LINE]],
        )


def write(out: TextIO, value: object) -> None:
    out.write(json.dumps(value, default=encode_cell, separators=(",", ":")) + "\n")


def encode_cell(cell: object) -> dict[str, Any]:
    if isinstance(cell, ErrorValue):
        return {"e": cell.text}
    if isinstance(cell, datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time):
        return {"t": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"s": cell.total_seconds()}
    raise TypeError(type(cell).__name__)


if __name__ == "__main__":
    sys.exit(main())
