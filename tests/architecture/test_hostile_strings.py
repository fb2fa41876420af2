"""Sixty hostile strings as the name of everything: no page takes one for markup, and no file for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html.parser import HTMLParser

import openpyxl
import pytest
from django.test import Client
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from accounts.models import User
from colourmaps.exporting.csv_file import csv_bytes
from colourmaps.exporting.safe_cells import FORMULA_SIGNS, PLAIN_NUMBER
from tests.fixtures import Place
from tests.walls import everywhere

from .hostile import PAYLOADS, WORD, plant
from .permission_matrix import MATRIX, World, make_world
from .walk import HTMX, Answer, Walker

pytestmark = [pytest.mark.slow, pytest.mark.walk]

TABLE_ENDINGS = ("-xlsx", "-csv", "-workbook", "-refused")
ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "srcdoc",
    "poster",
    "xlink:href",
    "hx-get",
    "hx-post",
}
OURS = (
    "/",
    "#",
    "?",
    "https://www.",
    "https://digst.dk",
    "data:image/svg+xml",
    "mailto:",
    "webcal:",
    "otpauth:",
    "http://testserver/",
)


class Markup(HTMLParser):
    """What a browser would take for markup and has come out of a name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        for name, value in attributes:
            value = value or ""
            if name.startswith(("on", "hx-on")) or WORD in name:
                self.faults.append(f"<{tag} {name}={value[:80]}>")
            if name in ADDRESSES and value and not value.startswith(OURS):
                self.faults.append(f"<{tag} {name}={value[:80]}>")
            if tag == "script" and name == "src" and not value.startswith("/static/"):
                self.faults.append(f"script of {value[:80]}")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)

    def handle_data(self, data: str) -> None:
        if self.inside and WORD in data and not data.lstrip().startswith(("{", "[", '"')):
            self.faults.append(f"{self.inside}: {data[:80]}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_comment(self, data: str) -> None:
        if WORD in data:
            self.faults.append(f"comment: {data[:80]}")


def faults_in(body: bytes) -> list[str]:
    parser = Markup()
    parser.feed(body.decode())
    parser.close()
    return parser.faults


@pytest.fixture
def walker(solviken: Place, sign_in: Callable[[User], Client]) -> Walker:
    world = make_world(solviken, "Solberg", "LAS")
    plant(world)
    return Walker(world, sign_in)


def test_there_are_sixty_different_strings() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 60


def test_no_page_takes_a_name_for_markup_and_no_file_one_for_a_formula(walker: Walker) -> None:
    answers = [*walker.everywhere(), *walker.everywhere(parts_of_pages(), headers=HTMX)]
    pages = [answer for answer in answers if answer.is_page]
    files = {answer.name: answer for answer in answers if is_table(answer)}

    assert [answer.name for answer in answers if answer.response.status_code >= 500] == []
    assert {page.name: faults_in(page.body)[:3] for page in pages if faults_in(page.body)} == {}
    assert len({page.name for page in pages if WORD.encode() in page.body}) > 60
    assert payloads_missing_on(pages, "colourmaps:class-map") == []
    assert payloads_missing_on(pages, "accounts:unit-tree", "accounts:unit") == []
    assert payloads_missing_on(pages, "pupils:group-registry") == []

    assert {name: formulas_in(file)[:3] for name, file in files.items() if formulas_in(file)} == {}
    asked_for = {name for name, address in MATRIX.items() if address.answer == 200}
    assert {name for name in asked_for if name.endswith(TABLE_ENDINGS)} <= files.keys()
    assert "=1+1" in texts_in(files["colourmaps:class-map-xlsx"])
    assert "'=1+1" in files["colourmaps:class-map-csv"].body.decode("utf-8-sig")
    for name, file in files.items():
        disposition = file.response.headers["Content-Disposition"]
        assert disposition.startswith("attachment"), name
        assert not set("\r\n<") & set(disposition), name
    assert_everything_is_called_so(walker.world)


def parts_of_pages() -> list[str]:
    """Addresses that answer htmx with something else."""
    return [name for name, address in MATRIX.items() if address.part]


def payloads_missing_on(pages: list[Answer], *names: str) -> list[str]:
    """Those that no page of the names shows; very long ones are cut by the table."""
    said = "".join(words_of_page(page.body) for page in pages if page.name in names)
    return [payload for payload in PAYLOADS if len(payload) <= 60 and words_of(payload) not in said]


def assert_everything_is_called_so(world: World) -> None:
    for thing, field in (
        (world.pupil, "family_name"),
        (world.class_4a, "name"),
        (world.school, "name"),
        (world.group, "name"),
        (world.import_batch, "file_name"),
        (world.intervention, "title"),
        (world.question, "text"),
        (world.meeting, "place"),
        (world.talk, "present"),
    ):
        with everywhere():
            name = getattr(type(thing)._base_manager.get(pk=thing.pk), field)
        assert any(name.endswith(payload[:40]) for payload in PAYLOADS), field


def words_of(text: str) -> str:
    return "".join(text.split())


def words_of_page(body: bytes) -> str:
    class Words(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.said: list[str] = []

        def handle_data(self, data: str) -> None:
            self.said.append(data)

    parser = Words()
    parser.feed(body.decode())
    parser.close()
    return "".join("".join(parser.said).split())


@pytest.mark.parametrize("payload", [each for each in PAYLOADS if "<" in each and not each.startswith("&")])
def test_walk_would_find_it_raw(payload: str) -> None:
    """Without escaping, in a text, in an attribute or in a script, each of them is found."""
    places = (
        f"<p>{payload}</p>",
        f'<a title="{payload}">x</a>',
        f"<a title='{payload}'>x</a>",
        f"<textarea>{payload}</textarea>",
        f"<script>let name = '{payload}'</script>",
    )

    assert any(faults_in(place.encode()) for place in places)
    assert faults_in(format_html("<p title='{}'>{}</p>", payload, payload).encode()) == []
    assert mark_safe(payload) == payload  # noqa: S308 – what the test is about


# --- Files -----------------------------------------------------------------------------------------


def formulas_in(answer: Answer) -> list[str]:
    """Cells of a file that a spreadsheet program would work out."""
    if answer.body.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(answer.body))
        return [
            f"{sheet.title}!{cell.coordinate} {cell.value}"
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f" or (is_formula(cell.value) and not cell.quotePrefix)
        ]
    return formulas_of_csv(answer.body)


def formulas_of_csv(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [field for row in rows for field in row if is_formula(field)]


def is_formula(value: object) -> bool:
    text = value.lstrip() if isinstance(value, str) else ""
    return text.startswith(FORMULA_SIGNS) and not PLAIN_NUMBER.fullmatch(text)


def is_table(answer: Answer) -> bool:
    kind = answer.response.headers.get("Content-Type", "")
    return answer.response.status_code == 200 and ("spreadsheetml" in kind or "csv" in kind)


def texts_in(answer: Answer) -> str:
    book = openpyxl.load_workbook(io.BytesIO(answer.body))
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return "\n".join(str(cell) for cell in cells if cell is not None)


@pytest.mark.parametrize("payload", [each for each in PAYLOADS if each.startswith(FORMULA_SIGNS)])
def test_walk_would_find_a_formula(payload: str) -> None:
    raw = io.StringIO()
    csv.writer(raw, delimiter=";").writerow([payload])

    assert formulas_of_csv(raw.getvalue().encode()) != []
    assert formulas_of_csv(csv_bytes([[payload]])) == []
