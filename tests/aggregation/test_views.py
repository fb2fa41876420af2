"""What the cells of the pages above the class say, to those who see no pupils and to those who do."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from aggregation.disclosure import Colours, Figures, Moves
from aggregation.releasing import release_round
from colourmaps.models import Indicator, MeasurementRound
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from .reading import rows_in
from .scene import store_sums
from .towns import summed

pytestmark = pytest.mark.usefixtures("in_english")

SAFE, FEW_RED = Colours(20, 10, 5), Colours(20, 10, 4)
STILL, MOVED = Moves(0, 0, 0), Moves(5, 10, 0)
LARGE = Figures(Colours(90, 90, 90), Moves(90, 90, 90), 50)
TOGETHER = "shown together with Norrskolan and Sjöskolan"
SAFE_WORDS = "5 intervention needed, 10 passed, 20 good result"


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=TODAY - datetime.timedelta(days=40))


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    return IndicatorFactory()


@pytest.fixture
def cell_of(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, sign_in: Callable[[User], Client]
) -> Callable[..., dict[str, str]]:
    """The cell of a school with these figures, others beside it, as the area head or another one sees it."""

    def cell(
        figures: Figures, reader: str = "area_head", beside: tuple[Figures, ...] = (LARGE, LARGE)
    ) -> dict[str, str]:
        place = in_solviken
        schools = [UnitFactory(parent=place.area, name=name) for name in ("Norrskolan", "Sjöskolan")]
        leaves = dict(enumerate([figures, *beside], start=1))
        table = summed(dict.fromkeys(leaves, 0), leaves)
        store_sums(
            dict(enumerate([place.area, place.school, *schools][: len(table)])), table, autumn, reading
        )
        release_round(autumn)
        client = sign_in(getattr(place, reader))
        address = reverse("aggregation:unit-map", args=[place.school.key])
        return rows_in(client.get(address, {"round": autumn.key}))[0][0]

    return cell


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            Figures(SAFE, MOVED, 5),
            f"{SAFE_WORDS}; 35 of 40 measured; of 15 measured both times: 5 better, 10 unchanged, 0 worse",
        ),
        (
            Figures(FEW_RED, STILL, 5),
            f"{TOGETHER} (otherwise single pupils in one of them could be made out); "
            "184 intervention needed, 190 passed, 200 good result; 5 missing, counted here alone",
        ),
        (
            Figures(Colours(5, 0, 0), STILL, 5),
            f"{TOGETHER} (too few pupils here); "
            "180 intervention needed, 180 passed, 185 good result; 5 missing, counted here alone",
        ),
        (
            Figures(SAFE, Moves(2, 7, 0), 5),
            f"{SAFE_WORDS}; 35 of 40 measured; here and in Norrskolan and Sjöskolan: "
            "of 549 measured both times: 182 better, 187 unchanged, 180 worse",
        ),
        (Figures(SAFE, STILL, 2), f"{SAFE_WORDS}; 102 missing, counted here and in Norrskolan and Sjöskolan"),
        (
            Figures(Colours(20, 10, 5, 6), STILL, 0),
            f"{SAFE_WORDS}; 41 of 41 measured; no limits are set for 6",
        ),
        (Figures(Colours(0, 0, 0), STILL, 30), "missing: none of 30 measured"),
        (
            Figures(Colours(0, 0, 0), STILL, 3),
            "missing: none measured; 103 missing, counted here and in Norrskolan and Sjöskolan",
        ),
    ],
)
def test_cell_says_what_it_shows_of_whom_and_why(
    cell_of: Callable[..., dict[str, str]], figures: Figures, words: str
) -> None:
    cell = cell_of(figures)

    assert (cell["words"], cell["title"]) == (words, words)


def test_cell_of_several_units_says_so_to_the_eye_too(cell_of: Callable[..., dict[str, str]]) -> None:
    cell = cell_of(Figures(FEW_RED, STILL, 5))

    assert "pool" in cell["class"].split()
    assert "3 schools together" in cell["text"]


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            Figures(FEW_RED, MOVED, 5),
            "hidden: too few pupils, or a few or all of the same colour, also together with other units; "
            "here alone: of 15 measured both times: 5 better, 10 unchanged, 0 worse",
        ),
        (
            Figures(SAFE, Moves(2, 7, 0), 5),
            f"{SAFE_WORDS}; 35 of 40 measured; movement hidden: too few pupils, or a few or all moved the same "
            "way, also together with other units",
        ),
        (
            Figures(SAFE, STILL, 2),
            f"{SAFE_WORDS}; number missing hidden: a few pupils, also together with other units",
        ),
    ],
)
def test_school_with_nobody_to_be_shown_together_with_says_why_it_hides(
    cell_of: Callable[..., dict[str, str]], figures: Figures, words: str
) -> None:
    assert cell_of(figures, beside=())["words"] == words


def test_hidden_cell_holds_no_number(cell_of: Callable[..., dict[str, str]]) -> None:
    assert re.search(r"\d", "".join(cell_of(Figures(FEW_RED, STILL, 5), beside=()).values())) is None


def test_line_of_coverage_is_not_drawn_of_other_units(cell_of: Callable[..., dict[str, str]]) -> None:
    assert "coverage" not in cell_of(Figures(SAFE, STILL, 2))["drawn"]


def test_movement_of_other_units_has_a_visible_sign(cell_of: Callable[..., dict[str, str]]) -> None:
    assert cell_of(Figures(SAFE, Moves(2, 7, 0), 5))["text"].endswith("..")


def test_board_reads_shares_in_steps(cell_of: Callable[..., dict[str, str]]) -> None:
    cell = cell_of(Figures(SAFE, MOVED, 5), reader="board_member")

    assert cell["words"] == (
        "of 35 pupils about 15 % intervention needed, 30 % passed, 55 % good result; "
        "about 90 % of those due measured"
    )
    assert cell["text"] == "30%55%.."


def test_who_sees_the_pupils_sees_every_number(cell_of: Callable[..., dict[str, str]]) -> None:
    cell = cell_of(Figures(Colours(3, 1, 1, 1), Moves(1, 2, 0), 2), reader="principal")

    assert cell["words"] == (
        "1 intervention needed, 1 passed, 3 good result; 6 of 8 measured; no limits are set for 1; "
        "of 3 measured both times: 1 better, 2 unchanged, 0 worse"
    )


@pytest.mark.parametrize(
    ("reader", "is_shown"),
    [("principal", True), ("analysis_lead", True), ("health_team", False), ("area_head", False)],
)
def test_school_leads_to_its_workbook_for_those_who_fill_it_in(
    in_solviken: Place,
    autumn: MeasurementRound,
    sign_in: Callable[[User], Client],
    reader: str,
    is_shown: bool,
) -> None:
    client, school = sign_in(getattr(in_solviken, reader)), in_solviken.school
    link = reverse("colourmaps:fill-in", args=[school.key]) + f"?round={autumn.key}"

    page = client.get(reverse("aggregation:unit-map", args=[school.key])).content.decode()

    assert (f'href="{link}">Fill in for the whole school</a>' in page) is is_shown
    assert ("Fill in for the whole school" in page) is is_shown
    assert (client.get(link).status_code == 200) is is_shown


def test_school_has_no_workbook_for_a_round_that_is_closed(
    in_solviken: Place, autumn: MeasurementRound, sign_in: Callable[[User], Client]
) -> None:
    autumn.closed_at = timezone.now()
    autumn.save()

    page = sign_in(in_solviken.principal).get(reverse("aggregation:unit-map", args=[in_solviken.school.key]))

    assert "Fill in for the whole school" not in page.content.decode()
