"""Workbooks of the kind .ods."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

from .cells import Error, Formula, Percent, Table

NAMESPACES = (
    " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
HIDING = (
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)


def ods_bytes(tables: Sequence[Table], *, is_1904: bool = False) -> bytes:
    """is_1904: dates are written as dates, so that it makes no difference."""
    return ods_with("".join(map(_table, tables)))


def ods_with(tables: str, *, manifest: str = "") -> bytes:
    """A file with this XML as its tables."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), MIMETYPE)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            ' manifest:version="1.2">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>'
            f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{manifest}'
            "</manifest:file-entry></manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES} office:version="1.2">'
            f"<office:automatic-styles>{HIDING}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


def _table(table: Table) -> str:
    style = ' table:style-name="hidden"' if table.is_hidden else ""
    columns = "".join(
        f"<table:table-column{_hiding(number in table.hidden_columns)}/>"
        for number in range(1, table.width + 1)
    )
    rows = "".join(_row(table, number, cells) for number, cells in enumerate(table.rows, 1))
    return f'<table:table table:name="{escape(table.name)}"{style}>{columns}{rows}</table:table>'


def _hiding(is_hidden: bool) -> str:
    return ' table:visibility="collapse"' if is_hidden else ""


def _row(table: Table, number: int, cells: Sequence[Any]) -> str:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in table.merged}
    content = "".join(_cell(value, spans.get((number, column))) for column, value in enumerate(cells, 1))
    return f"<table:table-row{_hiding(number in table.hidden_rows)}>{content}</table:table-row>"


def _cell(value: Any, span: tuple[int, int] | None) -> str:
    attributes, shown = _content(value)
    if span:
        attributes += f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n")) if shown else ""
    return f"<table:table-cell{attributes}>{lines}</table:table-cell>"


def _content(value: Any) -> tuple[str, str]:
    """Attributes of a cell, and the text that it shows."""

    def typed(kind: str, name: str, content: object, shown: str) -> tuple[str, str]:
        return f' office:value-type="{kind}" office:{name}="{content}"', shown

    match value:
        case None:
            return "", ""
        case bool():
            return typed("boolean", "boolean-value", str(value).lower(), str(value).upper())
        case Error(text):
            error = ' office:value-type="string" office:string-value="" calcext:value-type="error"'
            return f' table:formula="of:={text}"{error}', text
        case Percent(share):
            return typed("percentage", "value", share, f"{share:.0%}")
        case date():
            return typed("date", "date-value", value.isoformat(), value.isoformat())
        case Formula(text, None):
            return f' table:formula="of:={escape(text)}"', ""
        case Formula(text, result):
            attributes, shown = typed("float", "value", result, f"{result:g}")
            return f' table:formula="of:={escape(text)}"{attributes}', shown
        case str():
            return ' office:value-type="string"', value
        case _:
            return typed("float", "value", value, f"{value:g}")
