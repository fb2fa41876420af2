"""Files that are no table, told by how they begin, so that the answer can say what was sent."""

import re

from .refusal import Exit

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
DOCUMENT_PARTS = ("word/document.xml", "ppt/presentation.xml", "visio/document.xml")
DOCUMENT_TYPES = (
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.graphics",
    "application/epub+zip",
)

HTML = re.compile(r"<!doctype\s+html|<(html|head|body|table|meta|title|style|script|div|center|font)\b", re.I)
BEFORE_ROOT = re.compile(r"\A(\s|<\?[^>]*>|<!--.*?-->)+", re.S)
MIME_PAGE = re.compile(r"(MIME-Version|Content-Type|From):[^\0]{0,4000}text/html", re.I)
SYLK = re.compile(r"ID;P[^\r\n]*\r?\n[BCFNOP];")
DIF = re.compile(r"TABLE\r?\n0,1\r?\n")


def kind_of_bytes(content: bytes) -> Exit | None:
    """What a file is that is no text; None if it may be a text."""
    if b"%PDF-" in content[:1024]:
        return Exit.PDF
    if content.startswith(PICTURES[:3]) or content[4:12] in (b"ftypheic", b"ftypavif", b"ftypmif1"):
        return Exit.PICTURE
    # These are short enough to begin a text as well; then no byte is zero.
    if content.startswith(PICTURES[3:]) and b"\0" in content[:64]:
        return Exit.PICTURE
    if content.startswith(ARCHIVES):
        return Exit.ARCHIVE
    return None


def kind_of_text(text: str) -> Exit | None:
    """What a text is that is no table; None if it may be one."""
    head = text[:10_000].lstrip("\ufeff \t\r\n")
    if head.startswith("{\\rtf"):
        return Exit.DOCUMENT
    if SYLK.match(head) or DIF.match(head):
        return Exit.TOO_OLD
    if MIME_PAGE.match(head):
        return Exit.WEB_PAGE
    if not head.startswith("<"):
        return None
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and not HTML.match(head):
        return Exit.EXCEL_2003_XML
    return Exit.WEB_PAGE if HTML.match(BEFORE_ROOT.sub("", head)) else Exit.NOT_A_WORKBOOK


def kind_of_zip(names: frozenset[str], mimetype: str) -> Exit:
    """What a zip file is that holds no spreadsheet."""
    if any(part in names for part in DOCUMENT_PARTS) or mimetype.startswith(DOCUMENT_TYPES):
        return Exit.DOCUMENT
    if any(name.endswith(".iwa") for name in names) or "index.apxl" in names:
        return Exit.NUMBERS
    if any("worksheets" in name for name in names):
        return Exit.DAMAGED
    if any(name.casefold() == "[content_types].xml" for name in names) or mimetype:
        return Exit.NOT_A_WORKBOOK
    return Exit.ARCHIVE
