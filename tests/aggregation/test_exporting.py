"""The unit map as a file: the figures of the page, and not one more."""

from __future__ import annotations

import csv
import datetime
import io
import re
import time
from collections.abc import Callable

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl.workbook import Workbook

from accounts.models import AuditEvent, Unit, User
from aggregation.disclosure import Colours, Figures, Moves
from aggregation.exporting import Origin, unit_map_csv, unit_map_workbook
from aggregation.models import UnitSum
from aggregation.releasing import release_round
from aggregation.shares import Share, UnitMap, UnitRow
from colourmaps.models import Indicator, MeasurementRound
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from .scene import store_sums
from .towns import summed

pytestmark = pytest.mark.usefixtures("in_english")

LARGE = Figures(Colours(90, 80, 70), Moves(60, 50, 40), 50)
FEW_RED = Figures(Colours(20, 10, 3), Moves(5, 10, 0), 5)
FEW_MOVED = Figures(Colours(20, 10, 5, 6), Moves(2, 7, 0), 2)
HIDDEN = "hidden (few pupils)"
FORMULA = "=1+1"
AREA = "Område Solviken"


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(name="HT 2026", starts_on=TODAY - datetime.timedelta(days=40))


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    return IndicatorFactory(names={"sv": "Läsförståelse"})


@pytest.fixture
def download(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, sign_in: Callable[[User], Client]
) -> Callable[..., HttpResponse]:
    """`download(figures, "xlsx")`: the file of the area whose school has the figures, two larger ones beside it."""

    def answer(figures: Figures, file_type: str, reader: str = "area_head") -> HttpResponse:
        place = in_solviken
        if not Unit.objects.filter(name=FORMULA).exists():
            beside = [UnitFactory(name=FORMULA, parent=place.area), UnitFactory(name="Ö", parent=place.area)]
            table = summed({1: 0, 2: 0, 3: 0}, {1: figures, 2: LARGE, 3: LARGE})
            store_sums(dict(enumerate([place.area, place.school, *beside])), table, autumn, reading)
            release_round(autumn)
        address = reverse(f"aggregation:unit-map-{file_type}", args=[place.area.key])
        return sign_in(getattr(place, reader)).get(address, {"round": autumn.key})

    return answer


def opened(response: HttpResponse) -> Workbook:
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def figures_in(workbook: Workbook) -> dict[str, tuple[object, ...]]:
    """By the name of the unit, the nine counts (for the school also who came and went) and the remark."""
    return {str(row[0]): row[3:] for row in workbook["Figures"].iter_rows(min_row=2, values_only=True)}


def map_in(workbook: Workbook) -> dict[str, tuple[object, ...]]:
    """By the name of the unit, the cells of the indicator."""
    rows = workbook.worksheets[0].iter_rows(min_row=10, values_only=True)
    return {str(row[0]): row[2:] for row in rows if row[1]}


def test_counts_stand_as_numbers(download: Callable[..., HttpResponse]) -> None:
    workbook = opened(download(LARGE, "xlsx"))

    counts = (50, 240, 70, 80, 90, 0, 60, 50, 40)
    total = tuple(3 * count for count in counts)
    assert figures_in(workbook) == {
        "Område Solviken": (*total, None),
        "Solviksskolan": (*counts, None),
        FORMULA: (*counts, None),
        "Ö": (*counts, None),
    }
    assert map_in(workbook)["Solviksskolan"] == (70, 80, 90)


def test_who_came_and_went_stands_in_the_file_of_the_school_alone(
    in_solviken: Place, download: Callable[..., HttpResponse], sign_in: Callable[[User], Client]
) -> None:
    of_area = opened(download(LARGE, "xlsx"))
    UnitSum.objects.update(joined=3, left=1)
    address = reverse("aggregation:unit-map-xlsx", args=[in_solviken.school.key])
    of_school = opened(sign_in(in_solviken.principal).get(address))

    came_and_went = ["measured for the first time", "measured last time and not now"]
    heads = [[cell.value for cell in book["Figures"][1]] for book in (of_area, of_school)]
    assert [head for head in heads[1] if head not in heads[0]] == came_and_went
    assert figures_in(of_school)["Solviksskolan"][9:] == (3, 1, None)


def test_half_of_the_red_stands_below_the_map_in_the_file_too(download: Callable[..., HttpResponse]) -> None:
    sheet = opened(download(LARGE, "xlsx")).worksheets[0]

    rows = {row[0]: row[2] for row in sheet.iter_rows(min_row=10, values_only=True)}
    assert rows["Half of the red"] == "spread"


def test_map_has_the_colours_and_signs_of_the_page(download: Callable[..., HttpResponse]) -> None:
    sheet = opened(download(LARGE, "xlsx")).worksheets[0]

    fills = [[cell.fill.fgColor.rgb[2:] for cell in sheet[row][2:]] for row in (9, 10)]
    assert fills == [["C63D2F", "FFE38A", "8FCB9B"]] * 2
    assert [cell.value for cell in sheet[9][2:]] == ["■!", "◐", "●"]
    assert [cell.value for cell in sheet[8]] == ["Unit", "Kind", "Läsförståelse", None, None]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C10", "$7:$9")


POOL = f"Solviksskolan, {FORMULA} and Ö"
WITH_BOTH = f"shown together with {FORMULA} and Ö (otherwise single pupils in one of them could be made out)"


@pytest.mark.parametrize(
    ("figures", "counts", "remark", "of_pool"),
    [
        (
            FEW_RED,
            (5, *["together"] * 5, 5, 10, 0),
            WITH_BOTH,
            [None, 513, 143, 170, 200, 0, None, None, None],
        ),
        (
            FEW_MOVED,
            ("together", 41, 5, 10, 20, 6, *["together"] * 3),
            f"shown together with {FORMULA} and Ö (too few pupils here)",
            [102, *[None] * 5, 122, 107, 80],
        ),
    ],
)
def test_what_is_shown_together_stands_once_on_a_line_of_its_own(
    download: Callable[..., HttpResponse],
    figures: Figures,
    counts: tuple[object, ...],
    remark: str,
    of_pool: list[object],
) -> None:
    workbook = opened(download(figures, "xlsx"))
    rows = list(csv.reader(io.StringIO(download(figures, "csv").content.decode("utf-8-sig")), delimiter=";"))

    shown = figures_in(workbook)
    assert shown["Solviksskolan"][:9] == counts
    assert remark in str(shown["Solviksskolan"][9])
    [pool] = [row for name, row in shown.items() if name not in ("Solviksskolan", FORMULA, "Ö", AREA)]
    assert list(pool[:9]) == of_pool
    [of_csv] = [row[3:] for row in rows if row[0] == "Solviksskolan"]
    assert of_csv[:9] == [str(count) for count in counts]


def test_pooled_cell_of_the_map_has_the_sum_in_a_dotted_frame(download: Callable[..., HttpResponse]) -> None:
    workbook = opened(download(FEW_RED, "xlsx"))

    cells = map_in(workbook)
    assert [cells[name] for name in ("Solviksskolan", FORMULA, "Ö")] == [(143, 170, 200)] * 3
    sheet = workbook.worksheets[0]
    edges = {row[0].value: row[2].border.left.style for row in sheet.iter_rows(min_row=10, max_row=13)}
    assert edges == {AREA: "thin", "Solviksskolan": "dotted", FORMULA: "dotted", "Ö": "dotted"}
    assert f"Here: {POOL} (1 indicator)." in text_of(workbook)


def test_hidden_cell_of_the_map_is_a_word_over_its_columns(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, sign_in: Callable[[User], Client]
) -> None:
    place = in_solviken
    store_sums({0: place.area, 1: place.school}, dict.fromkeys((0, 1), FEW_RED), autumn, reading)
    release_round(autumn)
    address = reverse("aggregation:unit-map-xlsx", args=[place.area.key])

    workbook = opened(sign_in(place.area_head).get(address, {"round": autumn.key}))

    assert map_in(workbook)["Solviksskolan"] == (HIDDEN, None, None)
    assert "C11:E11" in {str(area) for area in workbook.worksheets[0].merged_cells.ranges}
    shown = figures_in(workbook)["Solviksskolan"]
    assert shown[1:6] == (HIDDEN,) * 5
    assert "hidden: too few pupils, or a few or all of the same colour" in str(shown[9])


def test_board_gets_shares_in_steps(download: Callable[..., HttpResponse]) -> None:
    workbook = opened(download(LARGE, "xlsx", "board_member"))

    assert map_in(workbook)["Solviksskolan"] == (30, 35, 40)
    assert figures_in(workbook)["Solviksskolan"] == (85, 240, 30, 35, 40, 40, 35, 25, None)
    assert "steps of five percentage points" in text_of(workbook)


def text_of(workbook: Workbook) -> str:
    return " ".join(str(cell.value) for sheet in workbook for row in sheet for cell in row if cell.value)


def test_missing_and_not_due_are_told_apart(
    download: Callable[..., HttpResponse], in_solviken: Place
) -> None:
    none_measured = Figures(Colours(0, 0, 0), Moves(0, 0, 0), 30)
    UnitFactory(name="Utan", parent=in_solviken.area)

    workbook = opened(download(none_measured, "xlsx"))

    cells = map_in(workbook)
    assert (cells["Solviksskolan"][0], cells["Utan"][0]) == ("missing", "not due")
    figures = figures_in(workbook)
    assert (figures["Solviksskolan"], "Utan" in figures) == ((30, 0, 0, 0, 0, 0, 0, 0, 0, None), False)


def test_who_sees_the_pupils_gets_every_number_in_the_file(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, sign_in: Callable[[User], Client]
) -> None:
    store_sums({0: in_solviken.school}, {0: FEW_RED}, autumn, reading)
    address = reverse("aggregation:unit-map-xlsx", args=[in_solviken.school.key])

    workbook = opened(sign_in(in_solviken.principal).get(address))

    assert figures_in(workbook)["Solviksskolan"] == (5, 33, 3, 10, 20, 0, 5, 10, 0, 0, 0, None)


def test_names_of_units_never_become_formulas(download: Callable[..., HttpResponse]) -> None:
    workbook = opened(download(LARGE, "xlsx"))

    kinds = {cell.data_type for sheet in workbook for row in sheet for cell in row}
    assert kinds & {"f", "e"} == set()
    assert f"'{FORMULA};" in download(LARGE, "csv").content.decode()


def test_download_is_named_recorded_and_kept_nowhere(
    download: Callable[..., HttpResponse], in_solviken: Place, autumn: MeasurementRound
) -> None:
    response = download(LARGE, "csv")

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.search(
        r"Colour%20map%20Omr%C3%A5de%20Solviken%20HT%202026\.csv", response.headers["Content-Disposition"]
    )
    event = AuditEvent.objects.get(action="unit map downloaded")
    assert (event.actor_id, event.unit_id, event.subject, event.pupil_ids, event.facts) == (
        in_solviken.area_head.pk,
        in_solviken.area.pk,
        autumn.key,
        [],
        {"file": ".csv"},
    )


def test_who_may_not_see_the_page_gets_no_file(download: Callable[..., HttpResponse]) -> None:
    assert [download(LARGE, kind, "teacher").status_code for kind in ("xlsx", "csv")] == [403, 403]
    assert AuditEvent.objects.filter(action="unit map downloaded").count() == 0


def test_class_and_unit_before_the_first_round_have_no_unit_map(
    in_solviken: Place, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(in_solviken.principal)

    assert browser.get(reverse("aggregation:unit-map-xlsx", args=[in_solviken.school.key])).status_code == 404
    RoundFactory(starts_on=TODAY - datetime.timedelta(days=40))
    assert (
        browser.get(reverse("aggregation:unit-map-xlsx", args=[in_solviken.class_4a.key])).status_code == 404
    )


def test_page_offers_the_files_of_the_round_it_shows(
    download: Callable[..., HttpResponse],
    in_solviken: Place,
    autumn: MeasurementRound,
    sign_in: Callable[[User], Client],
) -> None:
    download(LARGE, "csv")
    browser = sign_in(in_solviken.area_head)

    page = browser.get(reverse("aggregation:unit-map", args=[in_solviken.area.key]), {"round": autumn.key})

    assert [file["label"] for file in page.context["downloads"]] == ["Excel", "CSV"]
    assert [browser.get(file["url"]).status_code for file in page.context["downloads"]] == [200, 200]
    assert all(f'href="{file["url"]}"' in page.content.decode() for file in page.context["downloads"])


@pytest.mark.slow
def test_large_municipality_takes_about_a_second(in_solviken: Place, autumn: MeasurementRound) -> None:
    """131 schools x 20 indicators, as in the largest example."""
    indicators = IndicatorFactory.build_batch(20, municipality=in_solviken.municipality)
    share = Share(Colours(90, 80, 70), Moves(60, 50, 40), 290)
    rows = [UnitRow(in_solviken.school, [share] * len(indicators)) for _n in range(131)]
    figures = UnitMap(in_solviken.area, autumn, indicators, own=rows[0], children=rows)
    origin = Origin("Anna Ek", timezone.localtime())

    started = time.process_time()
    unit_map_workbook(figures, origin)
    workbook_seconds = time.process_time() - started
    unit_map_csv(figures)

    assert workbook_seconds < 3
    assert time.process_time() - started - workbook_seconds < 0.3
