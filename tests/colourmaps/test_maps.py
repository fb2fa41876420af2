"""Maps: which columns and in what order, for whom they can be chosen, and what becomes of one that goes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.access import Sight
from accounts.models import AuditEvent, User
from accounts.tenancy import municipality_scope
from colourmaps.maps import ChosenMap, MapChoice, choose_map
from colourmaps.models import ColourMap, Indicator, IndicatorArea, MapAdoption, MeasurementRound
from colourmaps.services import adopt_map, change_map, delete_map, leave_map, leave_out, make_map, share_map
from tests.factories.colourmaps import (
    ColourMapFactory,
    DueIndicatorFactory,
    IndicatorFactory,
    RoundFactory,
    ThresholdFactory,
    record,
)
from tests.factories.imports import shown
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

SignIn = Callable[[User], Client]
CODES = ("LAS", "TAL", "NARV", "TRIV")
AREAS = (
    IndicatorArea.LANGUAGE,
    IndicatorArea.MATHEMATICS,
    IndicatorArea.ATTENDANCE,
    IndicatorArea.LEARNING_ENVIRONMENT,
)


@dataclass(frozen=True)
class Autumn:
    """Four indicators of four areas, all measured of the one pupil of 4A."""

    place: Place
    round: MeasurementRound
    indicators: dict[str, Indicator]

    def some(self, *codes: str) -> list[Indicator]:
        return [self.indicators[code] for code in codes]

    def used_map(self, *codes: str, **fields: object) -> ColourMap:
        colour_map = ColourMapFactory(indicators=self.some(*codes), **fields)
        adopt_map(colour_map=colour_map, school=self.place.school, by=self.place.principal)
        return colour_map

    def choose(self, key: str | None, *, at_school: bool = True) -> MapChoice:
        person, unit = (
            (self.place.principal, self.place.class_4a)
            if at_school
            else (self.place.area_head, self.place.area)
        )
        return choose_map(key, Sight(person).line_of(unit))


@pytest.fixture
def autumn(in_solviken: Place, in_english: None) -> Autumn:
    round_ = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 9, 1), ends_on=datetime.date(2026, 10, 9)
    )
    indicators = {
        code: IndicatorFactory(code=code, area=area) for code, area in zip(CODES, AREAS, strict=True)
    }
    pupil = PupilFactory(school_class=in_solviken.class_4a)
    for indicator in indicators.values():
        ThresholdFactory(indicator=indicator)
        DueIndicatorFactory(round=round_, indicator=indicator)
        record(round_, indicator, {pupil: 3000})
    return Autumn(in_solviken, round_, indicators)


def codes_of(indicators: list[Indicator]) -> list[str]:
    return [indicator.code for indicator in indicators]


# ---- which columns ----


def test_map_has_an_order_of_its_own(autumn: Autumn) -> None:
    chosen = autumn.choose(autumn.used_map("TRIV", "LAS").key).chosen

    assert chosen is not None
    assert codes_of(chosen.pick(autumn.some(*CODES))) == ["TRIV", "LAS"]
    assert chosen.order_of(autumn.some(*CODES)) == [3, 0]


def test_indicators_of_the_area_come_after_those_with_a_place(autumn: Autumn) -> None:
    chosen = autumn.choose(autumn.used_map("TRIV", area="mathematics").key).chosen
    new = IndicatorFactory(code="NEW", area=IndicatorArea.MATHEMATICS)

    assert chosen is not None
    assert codes_of(chosen.pick([new, *autumn.some(*CODES)])) == ["TRIV", "NEW", "TAL"]


def test_what_the_school_leaves_out_is_not_shown_there_alone(autumn: Autumn) -> None:
    colour_map = autumn.used_map("TRIV", "LAS", area="mathematics")
    adoption = MapAdoption.objects.get()
    leave_out(adoption=adoption, codes=["LAS", "TAL"], by=autumn.place.principal)

    at_school, above = (autumn.choose(colour_map.key, at_school=here).chosen for here in (True, False))

    assert at_school is not None
    assert above is not None
    assert codes_of(at_school.pick(autumn.some(*CODES))) == ["TRIV"]
    assert codes_of(above.pick(autumn.some(*CODES))) == ["TRIV", "LAS", "TAL"]


def test_empty_map_shows_nothing() -> None:
    assert ChosenMap("x", "X").pick([Indicator(code="LAS", area="language")]) == []


def test_indicator_that_is_removed_leaves_the_map(autumn: Autumn) -> None:
    new = IndicatorFactory(code="NEW")
    colour_map = autumn.used_map("LAS")
    change_map(
        colour_map=colour_map,
        names=colour_map.names,
        area="",
        indicators=[new, *autumn.some("LAS")],
        by=autumn.place.administrator,
    )

    new.delete()

    chosen = autumn.choose(colour_map.key).chosen
    assert chosen is not None
    assert codes_of(chosen.pick(autumn.some(*CODES))) == ["LAS"]


# ---- what can be chosen ----


def test_school_chooses_among_the_maps_it_uses_and_others_among_all(autumn: Autumn) -> None:
    autumn.used_map("LAS", names={"sv": "Skolkarta"})
    ColourMapFactory(names={"sv": "HUB-karta"})
    ColourMapFactory(names={"sv": "Utkast"}, shared_at=None)

    at_school, above = (autumn.choose(None, at_school=here).offered for here in (True, False))

    assert [each.name for each in at_school] == ["All indicators", "Skolkarta"]
    assert [each.name for each in above] == ["All indicators", "HUB-karta", "Skolkarta"]
    assert [each.is_chosen for each in at_school] == [True, False]


def test_where_there_are_no_maps_nothing_is_offered(autumn: Autumn) -> None:
    assert autumn.choose(None) == MapChoice()


@pytest.mark.parametrize("what", ["unknown", "draft"])
def test_map_that_is_not_there_shows_all_with_a_notice(autumn: Autumn, what: str) -> None:
    key = ColourMapFactory(shared_at=None).key if what == "draft" else "bcdf"

    choice = autumn.choose(key)

    assert choice.chosen is None
    assert choice.notice == "The map that was chosen is no longer there. All indicators are shown."


def test_map_that_the_school_does_not_use_shows_all_with_a_notice(autumn: Autumn) -> None:
    colour_map = ColourMapFactory(names={"sv": "HUB-karta"})

    choice = autumn.choose(colour_map.key)

    assert choice.chosen is None
    assert choice.notice == "The school does not use the map “HUB-karta”. All indicators are shown."


def test_map_of_another_municipality_is_as_unknown_as_any(autumn: Autumn, fjordvik: Place) -> None:
    with municipality_scope(fjordvik.municipality):
        foreign = ColourMapFactory()

    assert autumn.choose(foreign.key) == autumn.choose("bcdf")


# ---- the services ----


def test_map_is_made_shared_adopted_left_and_deleted(autumn: Autumn) -> None:
    place, by = autumn.place, autumn.place.administrator
    colour_map = make_map(names={"sv": "Ma"}, area="", indicators=autumn.some("TAL", "LAS"), by=by)
    assert autumn.choose(None, at_school=False).offered == []
    share_map(colour_map=colour_map, by=by)
    adopt_map(colour_map=colour_map, school=place.school, by=place.principal)
    adopt_map(colour_map=colour_map, school=place.school, by=place.principal)
    assert MapAdoption.objects.count() == 1

    leave_map(colour_map=colour_map, school=place.school, by=place.principal)
    adopt_map(colour_map=colour_map, school=place.school, by=place.principal)
    delete_map(colour_map=colour_map, by=by)

    assert (ColourMap.objects.count(), MapAdoption.objects.count()) == (0, 0)
    assert Indicator.objects.count() == len(CODES)
    actions = AuditEvent.objects.filter(action__startswith="map ").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        *("map made", "map shared", "map adopted", "map left", "map adopted", "map deleted"),
    ]


def test_who_adopts_again_begins_with_the_whole_map(autumn: Autumn) -> None:
    colour_map, place = autumn.used_map("LAS", "TAL"), autumn.place
    leave_out(adoption=MapAdoption.objects.get(), codes=["LAS"], by=place.principal)
    leave_map(colour_map=colour_map, school=place.school, by=place.principal)

    assert adopt_map(colour_map=colour_map, school=place.school, by=place.principal).left_out == []


# ---- on the class map ----


def class_map(autumn: Autumn, sign_in: SignIn, key: str, name: str = "class-map") -> HttpResponse:
    address = reverse(f"colourmaps:{name}", args=[autumn.place.class_4a.key])
    return sign_in(autumn.place.teacher).get(address, {"map": key})


def test_class_map_shows_and_counts_the_columns_of_the_map(autumn: Autumn, sign_in: SignIn) -> None:
    colour_map = autumn.used_map("TRIV", "LAS", names={"sv": "Skolkarta"})

    response = class_map(autumn, sign_in, colour_map.key)

    grid = response.context["grid"]
    assert codes_of(grid.indicators) == ["TRIV", "LAS"]
    assert (grid.n_measured, grid.n_due) == (2, 2)
    assert "2 of 2 values measured" in shown(response)
    page = response.content.decode()
    assert (
        f'<a href="?round={autumn.round.key}&amp;map={colour_map.key}" aria-current="true">Skolkarta</a>'
        in page
    )
    assert f'<a href="?round={autumn.round.key}">All indicators</a>' in page
    assert f"map.xlsx?round={autumn.round.key}&amp;map={colour_map.key}" in page


def test_class_map_without_a_map_shows_all(autumn: Autumn, sign_in: SignIn) -> None:
    autumn.used_map("TRIV")

    assert codes_of(class_map(autumn, sign_in, "").context["grid"].indicators) == list(CODES)


def test_file_of_the_class_map_has_the_columns_of_the_map(autumn: Autumn, sign_in: SignIn) -> None:
    colour_map = autumn.used_map("TRIV", "LAS")

    heads = class_map(autumn, sign_in, colour_map.key, "class-map-csv").content.decode("utf-8-sig")

    names = [f"Prov {code}" for code in CODES]
    assert sorted((name for name in names if name in heads), key=heads.index) == ["Prov TRIV", "Prov LAS"]


def test_map_of_which_nothing_is_due_says_so(autumn: Autumn, sign_in: SignIn) -> None:
    colour_map = ColourMapFactory(indicators=[IndicatorFactory(code="NEW")])
    adopt_map(colour_map=colour_map, school=autumn.place.school, by=autumn.place.principal)

    page = shown(class_map(autumn, sign_in, colour_map.key))

    assert (
        "None of the map's indicators is due for the class. Choose another map or round above."
        in page.replace("&#x27;", "'")
    )


def test_deleted_map_leaves_a_notice_on_the_page(autumn: Autumn, sign_in: SignIn) -> None:
    colour_map = autumn.used_map("TRIV")
    delete_map(colour_map=colour_map, by=autumn.place.administrator)

    response = class_map(autumn, sign_in, colour_map.key)

    assert "The map that was chosen is no longer there." in shown(response)
    assert codes_of(response.context["grid"].indicators) == list(CODES)
