"""Files that mean harm or are something else: each is one clear sentence, soon."""

import io
import json
import os
import re
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from colourmaps.importing import workbook
from colourmaps.importing.reader import cells, output, refusal, xlsx
from colourmaps.importing.reader.refusal import Exit
from colourmaps.importing.workbook import UnreadableFile, read_workbook
from tests.factories.spreadsheets import WRITERS, Table, xls_bytes, xlsx_bytes
from tests.factories.spreadsheets.ods import ods_with
from tests.factories.spreadsheets.ole import ole_bytes
from tests.factories.spreadsheets.xls import record
from tests.factories.spreadsheets.xlsx import changed_members

TABLE = Table("4A", [["Namn", "Poäng"], ["Ada", 3]])
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def status_of(tmp_path) -> Callable[[bytes], Exit | str]:
    """The status with which a file is refused; else what other sentence says so."""

    def status(content: bytes) -> Exit | str:
        path = tmp_path / "resultat.xlsx"
        path.write_bytes(content)
        with pytest.raises(UnreadableFile) as caught:
            read_workbook(path)
        sentences = {sentence: status for status, sentence in reversed(workbook.SENTENCES.items())}
        return sentences.get(caught.value.sentence, str(caught.value))

    return status


def zip_of(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return content.getvalue()


XML = '<?xml version="1.0"?>\n'
FOREIGN = {
    "html": (b"<html><body><table><tr><td>1;2</td></tr></table></body></html>", Exit.WEB_PAGE),
    "html after a declaration": (f"{XML}<!-- x --><table><tr><td>1;2".encode(), Exit.WEB_PAGE),
    "html in utf-16": ("<table><tr><td>1;2</td></tr></table>".encode("utf-16"), Exit.WEB_PAGE),
    "web archive": (b"MIME-Version: 1.0\nContent-Type: multipart/related; type=text/html\n;;", Exit.WEB_PAGE),
    "excel 2003": (
        f'{XML}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">;</Workbook>'.encode(),
        Exit.EXCEL_2003_XML,
    ),
    "other xml": (f"{XML}<book><title>a;b</title></book>".encode(), Exit.NOT_A_WORKBOOK),
    "pdf": (b"%PDF-1.7\n1;2\n", Exit.PDF),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Exit.PICTURE),
    "bmp": (b"BM\x36\0\0\0", Exit.PICTURE),
    "gzip": (b"\x1f\x8b\x08\0", Exit.ARCHIVE),
    "rtf": (b"{\\rtf1 a;b}", Exit.DOCUMENT),
    "sylk": (b"ID;PWXL;N;E\nC;Y1;X1;K1\nE\n", Exit.TOO_OLD),
    "docx": (zip_of(word__document_xml="<w/>"), Exit.DOCUMENT),
    "odt": (zip_of(mimetype="application/vnd.oasis.opendocument.text", content_xml="<a/>"), Exit.DOCUMENT),
    "numbers": (zip_of(Index__Document_iwa="x"), Exit.NUMBERS),
    "zip": (zip_of(bild_txt="x"), Exit.ARCHIVE),
    "doc": (ole_bytes({"WordDocument": b"x"}), Exit.DOCUMENT),
    "msi": (ole_bytes({"Property": b"x"}), Exit.NOT_A_WORKBOOK),
    "excel 4": (b"\x09\x04\x06\x00\0\0\x10\0", Exit.TOO_OLD),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_other_files_are_called_what_they_are(status_of, what):
    content, status = FOREIGN[what]
    assert status_of(content) is status


def test_text_that_only_begins_like_something_else_is_a_table(tmp_path):
    path = tmp_path / "resultat.csv"
    for text in ("BM;Poäng\nx;1\n", "ID;Poäng\n1;2\n", "ID;Personnummer\n1;2\n"):
        path.write_text(text, encoding="utf-8")
        assert len(read_workbook(path).sheets[0].rows) == 2


@pytest.mark.parametrize(
    "content",
    [
        ole_bytes({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
        xls_bytes([TABLE], extra=record(0x2F, bytes(6))),
        ods_with("x", manifest="<manifest:encryption-data/>"),
    ],
    ids=["xlsx", "xls", "ods"],
)
def test_password_is_named(status_of, content):
    assert status_of(content) is Exit.PASSWORD


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
def test_file_broken_off_anywhere_is_one_sentence(status_of, kind):
    whole = WRITERS[kind]([TABLE])
    if kind == "xls":
        whole = whole[:-512]  # the table of sectors, of which only the beginning is in use
    for share in (0.02, 0.3, 0.6, 0.9, 0.98):
        assert isinstance(status_of(whole[: int(len(whole) * share)]), Exit)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
def test_bytes_changed_anywhere_crash_nothing(tmp_path, kind):
    whole = bytearray(WRITERS[kind]([TABLE]))
    path = tmp_path / "resultat"
    for at in range(7, len(whole), len(whole) // 8):
        changed = bytearray(whole)
        changed[at : at + 4] = b"\xff\xfe\0\xff"
        path.write_bytes(changed)
        assert outcome(path) in (None, *workbook.SENTENCES.values(), workbook.CRASHED, workbook.EMPTY_FILE)


def outcome(path: Path) -> object:
    """The sentence with which a file is refused; None if it is read."""
    try:
        read_workbook(path)
    except UnreadableFile as refused:
        return refused.sentence
    return None


def with_cells(cells: bytes) -> bytes:
    """A workbook with more cells after its own."""
    book = xlsx_bytes([TABLE])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        xml = archive.read(SHEET)
    return changed_members(book, {SHEET: xml.replace(b"</sheetData>", cells + b"</sheetData>")})


def test_empty_cells_without_a_place_count_as_cells(tmp_path):
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(with_cells(b"<row>" + b"<c/>" * 60_000 + b"</row>"))
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path, limits=workbook.ReadLimits(cells=20_000))
    assert caught.value.sentence == workbook.SENTENCES[Exit.TOO_MANY_CELLS]


def test_format_down_to_the_last_row_is_no_cell(tmp_path):
    cells = b"".join(
        b'<row r="%d" s="1" ht="15"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (r, r, r)
        for r in range(3, 40_003)
    )
    rows = b"".join(b'<row r="%d" s="1" customFormat="1"/>' % r for r in range(40_003, 80_003))
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(with_cells(cells + rows + b'<row r="80003"><c r="A80003"/></row>'))
    (sheet,) = read_workbook(path, limits=workbook.ReadLimits(cells=80_000)).sheets
    assert sheet.rows == [["Namn", "Poäng"], ["Ada", 3]]


def test_only_empty_cells_are_padding():
    kept = b'<c r="A1" s="1"><v>1</v></c><c r="B1" t="s"><v>0</v></c><row r="3"><c r="A3"><v>1</v></c></row>'
    assert xlsx.EMPTY_ROW.sub(b"", xlsx.EMPTY_CELL.sub(b"", kept)) == kept
    assert xlsx.EMPTY_ROW.sub(b"", b'<row r="7" hidden="1"></row><row r="8"/>') == b""


def test_cell_far_below_is_too_many_rows_and_alone_is_one_cell(tmp_path, status_of):
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    assert status_of(with_cells(far)) is Exit.TOO_MANY_CELLS
    book = with_cells(far)
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        xml = archive.read(SHEET)
    alone = re.sub(rb"<sheetData>.*(?=<row r=.1048576)", b"<sheetData>", xml, flags=re.S)
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(changed_members(book, {SHEET: alone}))
    assert (read_workbook(path).sheets[0].first_row, read_workbook(path).sheets[0].rows) == (
        1_048_576,
        [[1.0]],
    )


def test_values_repeated_without_end_are_refused(status_of):
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="{}"/>'
    for rows, columns in ((1_048_576, 1), (1, 16_384), (60_000, 1000)):
        row = f'<table:table-row table:number-rows-repeated="{rows}">{cell.format(columns)}</table:table-row>'
        assert status_of(ods_with(f'<table:table table:name="4A">{row}</table:table>')) is Exit.TOO_MANY_CELLS


REPEATED = {
    "number": 'office:value-type="float" office:value="1"/>',
    "percent": 'office:value-type="percentage" office:value="0.5"/>',
    "date": 'office:value-type="date" office:date-value="2026-01-05"/>',
    "text": f'office:value-type="string"><text:p>{"x" * 2000}</text:p></table:table-cell>',
}


def repeated(what: str, n_rows: int, n_columns: int) -> bytes:
    cell = f'<table:table-cell table:number-columns-repeated="{n_columns}" {REPEATED[what]}'
    row = f'<table:table-row table:number-rows-repeated="{n_rows}">{cell}</table:table-row>'
    return ods_with(f'<table:table table:name="4A">{row}</table:table>')


@pytest.mark.parametrize("what", REPEATED)
def test_small_file_that_repeats_a_cell_is_refused_before_it_takes_time(status_of, what):
    content = repeated(what, 300 if what == "text" else 59_000, 50)
    assert len(content) < 2000
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Of the two statuses with this sentence the fixture gives the first.
    assert status_of(content) is Exit.UNPACKS_TOO_BIG
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize(
    ("what", "n_rows"), [("number", 1000), ("percent", 1000), ("date", 1000), ("text", 10)]
)
def test_cell_repeated_as_often_as_people_do_is_read(tmp_path, what, n_rows):
    path = tmp_path / "resultat.ods"
    path.write_bytes(repeated(what, n_rows, 50))
    (sheet,) = read_workbook(path).sheets
    assert (len(sheet.rows), sheet.width) == (n_rows, 50)


@pytest.mark.parametrize("cell", [b'<c t="e"><v>#N/A</v></c>', b"<c><f>A1</f></c>"], ids=["error", "formula"])
def test_more_cells_without_a_value_than_a_table_has_are_refused_in_words_of_their_own(tmp_path, cell):
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(with_cells(b"<row>" + cell * 30 + b"</row>"))
    assert len(read_workbook(path, limits=workbook.ReadLimits(errors=30)).sheets[0].rows) == 3
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path, limits=workbook.ReadLimits(errors=29))
    assert caught.value.sentence == workbook.SENTENCES[Exit.TOO_MANY_ERRORS]


@pytest.mark.slow
@pytest.mark.parametrize("cell", [b'<c r="A%d" t="e"><v>#N/A</v></c>', b'<c r="A%d"><f>A1</f></c>'])
def test_workbook_of_nothing_but_errors_takes_little_time(status_of, cell):
    row = (
        b'<row r="%d">'
        + b"".join(cell.replace(b"A%", b"%c%%" % letter) for letter in b"ABCDEFGHIJKLM")
        + b"</row>"
    )
    content = with_cells(b"".join(row % ((number,) * 14) for number in range(3, 59_000)))
    before = os.times()
    assert status_of(content) is Exit.TOO_MANY_ERRORS
    after = os.times()
    assert sum(after[:4]) - sum(before[:4]) < 1.6


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml"])
def test_deep_and_endless_parts_are_refused(status_of, part):
    book = xlsx_bytes([TABLE])
    assert status_of(changed_members(book, {part: b"<a>" * 1000})) is Exit.DAMAGED
    endless = b"<styleSheet>" + b"<xf/>" * 600_000 + b"</styleSheet>"
    assert status_of(changed_members(book, {part: endless})) is Exit.UNPACKS_TOO_BIG


def test_sheets_that_are_all_the_same_part_count_each(status_of):
    book = with_cells(
        b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (r, r) for r in range(3, 59_000)) * 2
    )
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        listed = archive.read("xl/workbook.xml")
    sheet = re.search(rb"<sheet [^>]*/>", listed)[0]
    sheets = b"".join(sheet.replace(b'name="4A"', b'name="%d"' % n) for n in range(40))
    assert (
        status_of(changed_members(book, {"xl/workbook.xml": listed.replace(sheet, sheets)}))
        is Exit.TOO_MANY_CELLS
    )


def test_characters_that_no_database_stores_are_left_out(tmp_path):
    """A spreadsheet program escapes them, so that the XML itself is sound."""
    text = b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'
    row = (
        b'<row r="3">'
        + text % (b"A3", b"E_x0000_k \xf0\x9f\x98\x80")
        + text % (b"B3", b"_x0000_")
        + b"</row>"
    )
    path = tmp_path / "resultat.xlsx"
    path.write_bytes(with_cells(row))
    assert read_workbook(path).sheets[0].rows[2] == ["Ek 😀", None]


def test_half_a_character_of_an_xls_is_left_out():
    out = io.StringIO()
    output.write(out, [["a\ud800b", "\\u0000", 0, ""], {"e": "\udfff#N/A"}])
    assert json.loads(out.getvalue()) == [["ab", "\\u0000", 0, None], {"e": "#N/A"}]


def test_small_file_that_unpacks_to_gigabytes_of_text_stays_within_300_mebibytes(status_of):
    """Address space bounds what the child can ever hold in memory."""
    assert workbook.DEFAULT_LIMITS.memory_bytes <= 300 * workbook.MEBIBYTE
    cell = f'<table:table-cell table:number-columns-repeated="1000"><text:p>{"x" * 30_000}</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="2900">{cell}</table:table-row>'
    # Of the two statuses with this sentence the fixture gives the first.
    assert status_of(ods_with(f'<table:table table:name="4A">{row}</table:table>')) is Exit.UNPACKS_TOO_BIG


def test_two_members_of_one_name_are_refused(status_of):
    content = io.BytesIO(xlsx_bytes([TABLE]))
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, "<worksheet/>")
    assert status_of(content.getvalue()) is Exit.DAMAGED


def test_members_that_share_their_bytes_are_refused(status_of):
    content = bytearray(xlsx_bytes([TABLE]))
    entries = [match.start() for match in re.finditer(b"PK\x01\x02", content)]
    content[entries[1] + 42 : entries[1] + 46] = content[entries[0] + 42 : entries[0] + 46]
    assert status_of(bytes(content)) in (Exit.UNPACKS_TOO_BIG, Exit.DAMAGED)


def test_members_of_unknown_length_and_in_zip64_are_read(tmp_path):
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe, large = Pipe(), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes([TABLE]))) as source,
        zipfile.ZipFile(pipe, "w") as piped,
        zipfile.ZipFile(large, "w") as zip64,
    ):
        for name in source.namelist():
            piped.writestr(name, source.read(name))
            with zip64.open(name, "w", force_zip64=True) as stream:
                stream.write(source.read(name))
    path = tmp_path / "resultat.xlsx"
    for content in (pipe, large):
        path.write_bytes(content.getvalue())
        assert read_workbook(path).sheets[0].rows == [["Namn", "Poäng"], ["Ada", 3]]


def test_every_status_has_a_sentence():
    assert set(workbook.SENTENCES) == set(Exit)


def test_filled_cells_are_counted_as_they_come():
    limits = refusal.Limits(**json.loads(workbook.ReadLimits(rows=2, cells=3).for_child(0)))
    table = cells.CellTable("4A", limits)
    table.put(1, 1, "a")
    table.put(1, 2, "b")
    table.put(2, 1, "c")
    with pytest.raises(refusal.Refused):
        table.put(2, 2, "d")
