"""Files as answers of pages."""

from __future__ import annotations

from enum import Enum

from django.http import HttpResponse
from django.utils.http import content_disposition_header


class FileType(Enum):
    """The value is the ending of the file's name."""

    XLSX = ".xlsx"
    CSV = ".csv"


CONTENT_TYPES = {
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.CSV: "text/csv; charset=utf-8",
}


def file_response(content: bytes, name: str, file_type: FileType) -> HttpResponse:
    """A file to be saved under the name; kept nowhere on the way."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=CONTENT_TYPES[file_type], headers=headers)
