"""A class map that was given out can be imported again, and then changes nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Unit
from colourmaps.cells import STATE_OF_MARK, Cell, State
from colourmaps.classification import Colour, Movement
from colourmaps.exporting.class_map import Origin, class_map_csv, class_map_workbook
from colourmaps.grid import Column, Grid, Row
from colourmaps.importing.columns import BLANK
from colourmaps.importing.headers import KnownIndicator, Vocabulary
from colourmaps.importing.lifecycle import upload_file
from colourmaps.importing.mapping import Mapping, Meaning
from colourmaps.importing.proposal import propose_mapping
from colourmaps.importing.rows import extract
from colourmaps.importing.understanding import understand
from colourmaps.importing.workbook import Workbook, read_workbook
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.scales import (
    DANISH_GRADES,
    NO_AND_YES,
    NORWEGIAN_GRADES,
    SWEDISH_GRADES,
    Mark,
    Step,
    ValueType,
)
from pupils.models import Pupil
from tests.factories.colourmaps import record
from tests.factories.imports import fresh, work

from .scene import ClassWithMap

LANGUAGES = ("sv", "nb", "da", "en")
STEPS = {
    ValueType.GRADE: (SWEDISH_GRADES, NORWEGIAN_GRADES, DANISH_GRADES),
    ValueType.STEPS: ((Step("inte än", 100), Step("på väg", 200), Step("säker", 300)),),
    ValueType.YES_NO: (NO_AND_YES,),
}
RANGES = {
    ValueType.NUMBER: (None, None),
    ValueType.POINTS: (0, 60_00),
    ValueType.PERCENT: (0, 100_00),
    ValueType.STANINE: (100, 900),
    ValueType.SURVEY: (100, 1000),
    ValueType.MINUTES: (0, None),
}
ORIGIN = Origin("Solviksskolan", "Anna Ek", "SE", datetime.datetime(2026, 11, 16, 10, 0, tzinfo=datetime.UTC))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_sent_back_as_it_is_changes_nothing(
    mapped: ClassWithMap, download: Callable[..., HttpResponse], language: str
) -> None:
    """Every pupil and every value is found again, older values are no new ones, and nothing is left out unsaid."""
    content = download("xlsx", language=language).content
    batch = upload_file(upload=SimpleUploadedFile("4A.xlsx", content), by=mapped.place.coordinator)

    work()

    batch = fresh(batch)
    counted = {name: batch.counts[name] for name in ("rows", "refused", "new", "changed", "unchanged")}
    assert counted == {"rows": 2, "refused": 0, "new": 0, "changed": 0, "unchanged": 4}
    assert batch.counts["messages"]["error"] == 0


@pytest.mark.slow
def test_value_that_somebody_corrects_in_the_file_is_the_only_change(
    mapped: ClassWithMap, download: Callable[..., HttpResponse]
) -> None:
    content = download("xlsx").content
    record(mapped.round, mapped.reading, {mapped.ada: 1000})
    batch = upload_file(upload=SimpleUploadedFile("a.xlsx", content), by=mapped.place.coordinator)

    work()

    counts = fresh(batch).counts
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 1, 3)


@st.composite
def indicators(draw: st.DrawFn, code: str) -> Indicator:
    value_type = draw(st.sampled_from(ValueType))
    steps = draw(st.sampled_from(STEPS.get(value_type, ((),))))
    minimum, maximum = RANGES.get(value_type, (None, None))
    return Indicator(
        code=code,
        names={"sv": f"Indikator {code}"},
        area=draw(st.sampled_from(["language", "health"])),
        value_type=value_type.value,
        minimum=minimum,
        maximum=maximum,
        steps=[[step.label, step.number] for step in steps],
        decimals=draw(st.integers(0, 2)),
        unit="%" if value_type is ValueType.PERCENT else draw(st.sampled_from(["", "ord/min", "p"])),
    )


def values_of(indicator: Indicator) -> st.SearchStrategy[int]:
    scale = indicator.scale
    if scale.steps:
        return st.sampled_from([step.number for step in scale.steps])
    low = -99_999_99 if scale.minimum is None else scale.minimum
    high = 99_999_99 if scale.maximum is None else scale.maximum
    if scale.value_type in (ValueType.STANINE, ValueType.SURVEY):
        return st.integers(low // 100, high // 100).map(lambda whole: whole * 100)
    return st.integers(low, high)


def cells_of(indicator: Indicator) -> st.SearchStrategy[Cell]:
    coloured = st.sampled_from(
        [(State.GREEN, Colour.GREEN), (State.YELLOW, Colour.YELLOW), (State.RED, Colour.RED)]
    )
    measured = st.builds(
        lambda value, colour, movement, is_near: Cell(colour[0], value, colour[1], movement, is_near=is_near),
        values_of(indicator),
        coloured,
        st.sampled_from(Movement),
        st.booleans(),
    )
    earlier = st.builds(
        lambda value, colour, months, is_stale: Cell(
            colour[0], value, colour[1], earlier_months=months, is_stale=is_stale
        ),
        values_of(indicator),
        coloured,
        st.integers(1, 40),
        st.booleans(),
    )
    others = st.sampled_from([State.MISSING, State.NOT_DUE, *STATE_OF_MARK.values()]).map(Cell)
    return st.one_of(measured, measured, earlier, others)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    columns = [draw(indicators(code)) for code in ("ALFA", "BRAVO", "CESAR")]
    columns.sort(key=lambda indicator: indicator.area)
    rows = [
        Row(
            Pupil(pk=n, own_id=f"E{n}", family_name=f"Ek{n}", given_name="Ada"),
            [draw(cells_of(indicator)) for indicator in columns],
        )
        for n in range(1, draw(st.integers(2, 6)))
    ]
    day = datetime.date(2026, 10, 1)
    round_ = MeasurementRound(name="HT 2026", starts_on=day, ends_on=day)
    return Grid(Unit(name="4A"), round_, [Column(each, limits={}, due_in={4}) for each in columns], rows)


def expected_of(cell: Cell) -> tuple[int, int]:
    """(hundredths, mark) that the import reads."""
    if cell.is_measured:
        return cell.value or 0, Mark.MEASURED
    marks = {state: mark for mark, state in STATE_OF_MARK.items()}
    return 0, BLANK if cell.is_earlier else marks.get(cell.state, BLANK)


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(grid=grids(), language=st.sampled_from(LANGUAGES))
def test_any_map_is_understood_and_read_as_it_was(grid: Grid, language: str, tmp_path: Path) -> None:
    known = [KnownIndicator(each.code, tuple(each.names.values()), each.scale) for each in grid.indicators]
    vocabulary = Vocabulary(tuple(known), rounds=("HT 2026",), classes=("4A",))
    with translation.override(language):
        files = {"4A.xlsx": class_map_workbook(grid, ORIGIN), "4A.csv": class_map_csv(grid, ORIGIN)}

    mappings = {}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        workbook = read_workbook(tmp_path / name)
        mappings[name] = propose_mapping(understand(workbook, vocabulary))
        assert values_in(workbook, mappings[name], grid) == {
            indicator.code: [expected_of(row.cells[at]) for row in grid.rows]
            for at, indicator in enumerate(grid.indicators)
        }

    mapping, of_csv = mappings["4A.xlsx"], mappings["4A.csv"]
    names = [Meaning.FAMILY_NAME, Meaning.GIVEN_NAME, Meaning.PUPIL_ID]
    values = [Meaning.INDICATOR] * len(grid.columns)
    assert mapping
    assert (mapping.round, mapping.school, mapping.class_from_sheet_name) == (
        "HT 2026",
        "Solviksskolan",
        True,
    )
    assert [column.meaning for column in mapping.columns] == [*names, *values]
    assert of_csv
    assert [column.meaning for column in of_csv.columns] == [
        Meaning.SCHOOL,
        Meaning.SCHOOL_CLASS,
        *names,
        *values,
    ]


def values_in(workbook: Workbook, mapping: Mapping | None, grid: Grid) -> dict[str, list[tuple[int, int]]]:
    """By code of the indicator, (hundredths, mark) of the pupils, who are those of the grid in its order."""
    assert mapping
    extraction = extract(workbook, mapping, {each.code: each.scale for each in grid.indicators})
    assert [pupil.own_id for pupil in extraction.pupils] == [row.pupil.own_id for row in grid.rows]
    return {
        column.indicator: list(zip(column.hundredths.tolist(), column.marks.tolist(), strict=True))
        for column in extraction.columns
    }
