"""Whatever order, format and clutter a table of results has: what comes in is what was written.

The tables are made the way people make them: columns in any order, holes, marks for absence, numbers as numbers or
as text with a decimal comma, percent in three ways, titles above, totals and notes below, a sheet per class or one
for all, as a workbook or as text in several encodings. Nothing tells the import what the columns are.
"""

from __future__ import annotations

import datetime
import io
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colourmaps.importing.apply import run_import
from colourmaps.importing.saved_mappings import find_mapping
from colourmaps.importing.understanding import understand
from colourmaps.importing.vocabulary import vocabulary
from colourmaps.importing.workbook import read_workbook
from colourmaps.models import Result
from colourmaps.scales import HUNDREDTHS, NO_AND_YES, SWEDISH_GRADES, Mark
from tests.factories.accounts import SchoolClassFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY, Place

pytestmark = pytest.mark.slow

N_PUPILS = 8
TITLES = ["Solviksskolan", "Mättillfälle: HT 2026", "Uttaget 2026-11-10"]
PERCENT_FORMAT = "0.0%"
ABSENT = "frånv."

# A result as it is meant: hundredths, or why there is no number; None where nothing is written.
Meant = int | Mark | None
Table = dict[str, dict[str, Meant]]


@dataclass(frozen=True)
class Kind:
    """An indicator, the values that it may have, and the ways in which people write one."""

    code: str
    name: str
    value_type: str
    values: st.SearchStrategy[int]
    ways: tuple[str, ...]


WAYS_TO_WRITE: dict[str, Callable[[int], object]] = {
    "number": lambda value: value / HUNDREDTHS,
    "comma": lambda value: f"{value / HUNDREDTHS:.2f}".replace(".", ","),
    "point": lambda value: f"{value / HUNDREDTHS:.2f}",
    "nbsp": lambda value: f"\N{NO-BREAK SPACE}{value / HUNDREDTHS:.2f}\N{NO-BREAK SPACE}".replace(".", ","),
    "percent text": lambda value: f"{value / HUNDREDTHS:.2f} %".replace(".", ","),
    "percent cell": lambda value: round(value / HUNDREDTHS / 100, 6),
    "label": lambda value: {step.number: step.label for step in (*SWEDISH_GRADES,)}[value],
    "yes": lambda value: {step.number: step.label for step in NO_AND_YES}[value],
    "YES": lambda value: {step.number: step.label.upper() for step in NO_AND_YES}[value],
}
IN_TEXT_FILES = frozenset(WAYS_TO_WRITE) - {"percent cell"}

KINDS = (
    Kind(
        "LAS",
        "Läsförståelse",
        "points",
        st.integers(0, 80).map(lambda half: half * 50),
        ("number", "comma", "nbsp"),
    ),
    Kind(
        "NARV",
        "Närvaro",
        "percent",
        st.integers(150, 10_000),
        ("number", "comma", "percent text", "percent cell"),
    ),
    Kind(
        "BETYG",
        "Betyg svenska",
        "grade",
        st.sampled_from([step.number for step in SWEDISH_GRADES]),
        ("label",),
    ),
    Kind(
        "TRYGG",
        "Trygg i skolan",
        "yes_no",
        st.sampled_from([step.number for step in NO_AND_YES]),
        ("yes", "YES"),
    ),
    Kind("KOND", "Kondition", "minutes", st.integers(0, 6000), ("number", "comma", "point")),
)


@dataclass(frozen=True)
class Layout:
    """How a table is laid out; ways: how each indicator is written, in the order of KINDS."""

    order: int
    ways: tuple[str, ...]
    n_titles: int
    sheet_per_class: bool
    has_total: bool
    has_note: bool
    breaks_headers: bool
    is_text: bool
    delimiter: str
    encoding: str


LAYOUTS = st.builds(
    Layout,
    order=st.integers(0, 10_000),
    ways=st.tuples(*(st.sampled_from(kind.ways) for kind in KINDS)),
    n_titles=st.integers(2, len(TITLES)),
    sheet_per_class=st.booleans(),
    has_total=st.booleans(),
    has_note=st.booleans(),
    breaks_headers=st.booleans(),
    is_text=st.booleans(),
    delimiter=st.sampled_from(";\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
ROW = st.fixed_dictionaries(
    {kind.code: st.one_of(st.none(), st.just(Mark.ABSENT), kind.values, kind.values) for kind in KINDS}
)
TABLES = st.fixed_dictionaries({f"E{n:03}": ROW for n in range(N_PUPILS)})


@pytest.fixture
def town(in_solviken: Place) -> dict[str, list[str]]:
    """The ids of the pupils by class."""
    for kind in KINDS:
        IndicatorFactory(
            code=kind.code,
            names={"sv": kind.name},
            value_type=kind.value_type,
            minimum=None if kind.value_type in ("grade", "yes_no") else 0,
            maximum={"points": 4000, "percent": 10_000}.get(kind.value_type),
            steps=[
                [step.label, step.number]
                for step in {"grade": SWEDISH_GRADES, "yes_no": NO_AND_YES}.get(kind.value_type, ())
            ],
            unit="min" if kind.value_type == "minutes" else "",
        )
    RoundFactory(name="HT 2026", starts_on=datetime.date(2026, 8, 17), ends_on=datetime.date(2026, 12, 18))
    classes = {"4A": in_solviken.class_4a, "4B": SchoolClassFactory(name="4B", parent=in_solviken.school)}
    ids: dict[str, list[str]] = {"4A": [], "4B": []}
    for n in range(N_PUPILS):
        name = "4A" if n % 2 else "4B"
        ids[name].append(PupilFactory(own_id=f"E{n:03}", school_class=classes[name]).own_id)
    return ids


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(table=TABLES, layout=LAYOUTS)
def test_what_was_written_comes_in(town: dict[str, list[str]], table: Table, layout: Layout) -> None:
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        path = Path(folder) / "resultat"
        path.write_bytes(written(table, layout, town))

        workbook = read_workbook(path)
        mapping = find_mapping(understand(workbook, vocabulary(TODAY)))
        outcome = run_import(workbook, mapping, by=None, today=TODAY)

        assert [message.text for message in outcome.messages if message.level.name == "ERROR"] == []
        assert read_back() == without_holes(table)
        transaction.set_rollback(True)


def written(table: Table, layout: Layout, town: dict[str, list[str]]) -> bytes:
    """The table as a file."""
    if layout.is_text:
        return text_of(
            lines(table, layout, [own_id for ids in town.values() for own_id in ids], town), layout
        )
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    groups = (
        town if layout.sheet_per_class else {"Resultat": [own_id for ids in town.values() for own_id in ids]}
    )
    for name, ids in groups.items():
        sheet = workbook.create_sheet(name)
        for row in lines(table, layout, ids, town):
            sheet.append(row)
        show_percent(sheet, layout)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def lines(table: Table, layout: Layout, ids: list[str], town: dict[str, list[str]]) -> list[list[object]]:
    """Titles, header, a row per pupil in no order, then what stands below."""
    shuffled = random.Random(layout.order)  # noqa: S311 – an order to repeat, nothing secret
    class_of = {own_id: name for name, members in town.items() for own_id in members}
    columns = [0, 1, *range(2, 2 + len(KINDS))]
    shuffled.shuffle(columns)
    ids = shuffled.sample(ids, len(ids))
    headers = ["Elev-id", "Klass", *(kind.name for kind in KINDS)]
    if layout.breaks_headers and not layout.is_text:
        headers = [header.replace(" ", "\n") for header in headers]
    rows: list[list[object]] = [[title] for title in TITLES[: layout.n_titles]]
    rows.append([headers[column] for column in columns])
    for own_id in ids:
        cells: list[object] = [own_id, class_of[own_id]]
        cells += [cell(table[own_id][kind.code], way) for kind, way in zip(KINDS, ways(layout), strict=True)]
        rows.append([cells[column] for column in columns])
    if layout.has_total:
        total: list[object] = [None] * len(columns)
        total[0] = "Medelvärde"
        rows.append(total)
    if layout.has_note:
        rows += [[], ["Källa: lärarnas egna listor. Frånvarande elever skriver provet i januari."]]
    return rows


def ways(layout: Layout) -> list[str]:
    """In a text file nothing can be shown as percent without the sign."""
    return [way if not layout.is_text or way in IN_TEXT_FILES else "percent text" for way in layout.ways]


def cell(meant: Meant, way: str) -> object:
    if meant is None:
        return None
    return ABSENT if isinstance(meant, Mark) else WAYS_TO_WRITE[way](meant)


def show_percent(sheet: openpyxl.worksheet.worksheet.Worksheet, layout: Layout) -> None:
    """The cells of the attendance column get a percent format if they are shares."""
    if layout.ways[1] != "percent cell":
        return
    header = layout.n_titles + 1
    name = KINDS[1].name
    column = next(each.column for each in sheet[header] if each.value == name)
    for row in range(header + 1, sheet.max_row + 1):
        sheet.cell(row, column).number_format = PERCENT_FORMAT


def text_of(rows: list[list[object]], layout: Layout) -> bytes:
    def as_text(value: object) -> str:
        return (
            "" if value is None else str(value).replace(".", ",") if isinstance(value, float) else str(value)
        )

    text = "\r\n".join(layout.delimiter.join(map(as_text, row)) for row in rows)
    return text.encode(layout.encoding)


def read_back() -> Table:
    """What the register holds, as it was meant."""
    table: Table = {}
    for own_id, code, value, mark in Result.objects.values_list(
        "pupil__own_id", "indicator__code", "value", "mark"
    ):
        table.setdefault(own_id, {})[code] = Mark(mark) if mark else value
    return table


def without_holes(table: Table) -> Table:
    filled = {
        own_id: {code: meant for code, meant in row.items() if meant is not None}
        for own_id, row in table.items()
    }
    return {own_id: row for own_id, row in filled.items() if row}
