"""A new workbook and its bytes: dressing of cells, printing, and nothing in its properties but the product's name."""

from __future__ import annotations

import io
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_APP, ARC_CORE
from openpyxl.xml.functions import tostring

from .looks import FRAME, TOKENS, Look
from .safe_cells import without_forbidden, write

# On every computer, or one with letters as wide.
FONT = "Arial"
FONT_SIZE, TITLE_SIZE = 10, 14
PAPER_A4 = 9
APPLICATION = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>%s</Application></Properties>"
)
# The oldest day that a zip archive can tell.
NO_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Style:
    """How a cell is shown: look, number format, place, and type. size: of the letters, in points."""

    look: Look = FRAME
    number_format: str = "General"
    horizontal: str | None = None
    vertical: str = "center"
    is_bold: bool = False
    wraps: bool = False
    shrinks: bool = False
    size: int = FONT_SIZE


class Pen:
    """Writes into the cells of a workbook. Each style is made once: a map has hundreds of cells and a dozen styles."""

    def __init__(self) -> None:
        self._made: dict[Style, Any] = {}

    def write(self, sheet: Worksheet, row: int, column: int, value: object, style: Style) -> None:
        """value: None dresses the cell and leaves it empty."""
        cell = cast(Cell, sheet.cell(row, column))
        made = self._made.get(style)
        if made is None:
            _dress(cell, style)
            self._made[style] = copy(cell._style)  # type: ignore[attr-defined]  # where openpyxl keeps it
        else:
            cell._style = copy(made)  # type: ignore[attr-defined]  # as above
        if value is not None:
            write(cell, value)


def _dress(cell: Cell, style: Style) -> None:
    look = style.look
    cell.font = Font(
        name=FONT,
        size=style.size,
        bold=style.is_bold,
        color=_rgb(look.ink),
        underline="single" if look.is_underlined else None,
    )
    cell.number_format = style.number_format
    cell.alignment = Alignment(
        horizontal=style.horizontal,
        vertical=style.vertical,
        wrap_text=style.wraps,
        shrink_to_fit=style.shrinks,
    )
    if look.is_hatched:
        background = _rgb(look.fill) if look.fill else _rgb("page")
        cell.fill = PatternFill("lightUp", fgColor=_rgb("rule"), bgColor=background)
    elif look.fill:
        cell.fill = PatternFill("solid", fgColor=_rgb(look.fill))
    if look.edge:
        side = Side(look.edge, color=_rgb("rule" if look.edge == "thin" else "rule-strong"))
        cell.border = Border(left=side, right=side, top=side, bottom=side)


def _rgb(token: str) -> str:
    return f"FF{TOKENS[token][1:]}"


def new_workbook(title: str) -> Workbook:
    """Without a sheet; the title is that of its properties."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.title = without_forbidden(title)
    return workbook


def set_up_printing(sheet: Worksheet, header_rows: tuple[int, int], left: str, middle: str) -> None:
    """Landscape on A4, as wide as the page, heads on each page; the texts and the page number at the foot."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPER_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header_rows[0]}:{header_rows[1]}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.footer = 0.3
    foot = cast(Any, sheet.oddFooter)
    foot.left.text, foot.center.text = _literal(left), _literal(middle)
    foot.right.text = _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"}


def _literal(text: str) -> str:
    """A text in a foot, where "&" begins a code; a digit at its start would be taken for a size of letters."""
    return f" {without_forbidden(text)}".replace("&", "&&")


def workbook_bytes(workbook: Workbook) -> bytes:
    """The file. The same workbook at the same moment gives the same bytes."""
    content = io.BytesIO()
    workbook.properties.creator = _("Colour maps")
    with _Archive(content, workbook.properties) as archive:
        ExcelWriter(workbook, archive).write_data()
    return content.getvalue()


class _Archive(ZipFile):
    """The parts of the file, without the name and the version of what wrote them, and without days of their own."""

    def __init__(self, content: io.BytesIO, properties: DocumentProperties) -> None:
        super().__init__(content, "w", ZIP_DEFLATED)
        now = timezone.now().replace(microsecond=0, tzinfo=None)
        self._core = copy(properties)
        self._core.created = self._core.modified = now

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_args: Any, **_options: Any) -> None:
        if zinfo_or_arcname == ARC_APP:
            data = APPLICATION % _("Colour maps")
        elif zinfo_or_arcname == ARC_CORE:
            data = tostring(self._core.to_tree())
        super().writestr(ZipInfo(zinfo_or_arcname, NO_DAY), data, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_options: Any) -> None:
        self.writestr(arcname, Path(filename).read_bytes())
