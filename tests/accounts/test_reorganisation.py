"""Units move, become one, are divided, end and get new codes by date; what is impossible is refused in words."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from accounts.models import AuditEvent, Level, RoleAssignment, Unit, UnitCode, UnitPlacement
from accounts.queries import children_of, line_of
from accounts.reorganisation import (
    FormerPlace,
    Refused,
    close_unit,
    effect_of,
    give_code,
    merge_units,
    move_unit,
    plan_closing,
    plan_merge,
    plan_move,
    plan_split,
    split_unit,
)
from accounts.services import add_unit
from accounts.signals import units_moved
from tests.factories.accounts import LONG_AGO, SchoolClassFactory, UnitFactory
from tests.fixtures import Place

DAY = datetime.date(2026, 11, 1)
DAY_BEFORE = datetime.date(2026, 10, 31)
NEXT_YEAR = datetime.date(2027, 8, 1)

pytestmark = pytest.mark.usefixtures("in_english")


@dataclass(frozen=True)
class Town:
    """Solviken with a second school, that has a class 4A too and one for the coming school year, and a second area."""

    place: Place
    other_school: Unit
    other_4a: Unit
    next_5a: Unit
    other_area: Unit


@pytest.fixture
def town(in_solviken: Place) -> Town:
    other_school = add_unit(
        level=Level.SCHOOL, name="Norra", parent=in_solviken.area, valid_from=LONG_AGO, code="10000001"
    )
    return Town(
        in_solviken,
        other_school,
        other_4a=SchoolClassFactory(name="4A", parent=other_school),
        next_5a=SchoolClassFactory(
            name="5A", parent=other_school, valid_from=NEXT_YEAR, valid_to=datetime.date(2028, 8, 1)
        ),
        other_area=UnitFactory(level=Level.AREA, name="Västra", parent=in_solviken.administration),
    )


Announced = set[FormerPlace]


@pytest.fixture
def announced(db: None) -> Iterator[list[Announced]]:
    told: list[Announced] = []

    def listen(former_places: list[FormerPlace], **_kwargs: object) -> None:
        told.append(set(former_places))

    units_moved.connect(listen)
    yield told
    units_moved.disconnect(listen)


def names(units: list[Unit]) -> list[str]:
    return [unit.name for unit in units]


def fresh(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def tree() -> list[tuple]:
    """All rows that an act of reorganisation may write."""
    return [
        *Unit.objects.order_by("pk").values_list(),
        *UnitPlacement.objects.order_by("pk").values_list(),
        *UnitCode.objects.order_by("pk").values_list(),
        *AuditEvent.objects.order_by("pk").values_list(),
    ]


def test_moved_unit_stands_under_its_new_parent_from_the_day_on(
    town: Town, announced: list[Announced]
) -> None:
    place = town.place

    move_unit(unit=town.other_school, parent=town.other_area, on=DAY, by=place.administrator)

    assert names(line_of(town.other_4a, DAY_BEFORE))[-3:] == [place.area.name, "Norra", "4A"]
    assert names(line_of(town.other_4a, DAY))[-3:] == ["Västra", "Norra", "4A"]
    assert announced == [{FormerPlace(town.other_school.pk, place.area.pk, DAY, None)}]
    event = AuditEvent.objects.get(action="unit moved")
    assert (event.actor_id, event.unit_id) == (place.administrator.pk, town.other_area.pk)
    assert event.facts == {
        "on": "2026-11-01",
        "moved": [[town.other_school.pk, place.area.pk]],
        "ended": [],
    }


def test_class_that_has_not_begun_has_always_stood_where_it_is_moved_to(town: Town) -> None:
    move_unit(unit=town.next_5a, parent=town.place.school, on=NEXT_YEAR, by=None)

    (placement,) = town.next_5a.placements.all()
    assert (placement.parent, placement.valid_from, placement.valid_to) == (
        town.place.school,
        NEXT_YEAR,
        datetime.date(2028, 8, 1),
    )


def test_unit_that_moves_keeps_its_end(town: Town) -> None:
    move_unit(unit=town.other_4a, parent=town.place.school, on=DAY, by=None)

    placements = town.other_4a.placements.order_by("valid_from").values_list(
        "parent", "valid_from", "valid_to"
    )
    assert list(placements) == [
        (town.other_school.pk, datetime.date(2026, 8, 1), DAY),
        (town.place.school.pk, DAY, NEXT_YEAR),
    ]


@pytest.fixture
def merged(town: Town) -> Unit:
    """Solviksskolan and Norra become Nya skolan, which keeps the code of Norra."""
    return merge_units(
        units=[town.place.school, town.other_school],
        on=DAY,
        by=town.place.administrator,
        name="Nya skolan",
        code="10000001",
    )


def test_schools_that_become_one_end_and_have_the_successor(town: Town, merged: Unit) -> None:
    place = town.place

    for school in (place.school, town.other_school):
        assert (fresh(school).valid_to, fresh(school).successor) == (DAY, merged)
    assert (merged.name, merged.level, merged.valid_from, merged.valid_to) == ("Nya skolan", 40, DAY, None)
    assert children_of(place.area, DAY_BEFORE) == [town.other_school, place.school]
    assert children_of(place.area, DAY) == [merged]
    assert list(UnitCode.objects.order_by("valid_from").values_list("unit", "valid_from", "valid_to")) == [
        (town.other_school.pk, LONG_AGO, DAY),
        (merged.pk, DAY, None),
    ]


def test_classes_of_merged_schools_go_on_under_the_successor_and_so_do_those_that_are_to_come(
    town: Town, merged: Unit
) -> None:
    place = town.place

    assert names(children_of(place.school, DAY_BEFORE)) == ["4A", "5A"]
    assert children_of(merged, DAY) == [place.class_4a, town.other_4a, place.class_5a]
    assert children_of(merged, NEXT_YEAR) == [town.next_5a]
    assert town.next_5a.placements.get().parent == merged


def test_merger_announces_the_classes_and_the_schools_that_end(
    town: Town, announced: list[Announced]
) -> None:
    place = town.place

    merge_units(units=[town.other_school], into=place.school, on=DAY, by=None)

    school = town.other_school
    assert announced == [
        {
            FormerPlace(school.pk, place.area.pk, DAY, None),
            FormerPlace(town.other_4a.pk, school.pk, DAY, NEXT_YEAR),
            FormerPlace(town.next_5a.pk, school.pk, NEXT_YEAR, datetime.date(2028, 8, 1)),
        }
    ]


def test_school_that_takes_another_in_goes_on(town: Town) -> None:
    place = town.place

    successor = merge_units(units=[town.other_school], into=place.school, on=DAY, by=None)

    assert successor == place.school
    assert (fresh(place.school).valid_to, fresh(town.other_school).successor) == (None, place.school)
    assert names(children_of(place.school, DAY)) == ["4A", "4A", "5A"]
    assert not UnitCode.objects.on(DAY).exists()


def test_areas_become_one_with_their_schools(town: Town) -> None:
    merge_units(units=[town.place.area], into=town.other_area, on=DAY, by=None)

    assert names(line_of(town.other_4a, DAY))[-3:] == ["Västra", "Norra", "4A"]
    assert children_of(town.place.administration, DAY) == [town.other_area]


def test_new_unit_of_different_parents_stands_where_it_is_said(town: Town) -> None:
    far = UnitFactory(name="Fjärran", parent=town.other_area)
    merge = {"units": [town.other_school, far], "on": DAY, "name": "Nya skolan"}
    with pytest.raises(Refused, match="stand under different ones"):
        plan_merge(**merge)

    new = merge_units(**merge, parent=town.other_area, by=None)

    assert line_of(new, DAY)[-2:] == [town.other_area, new]


def test_unit_that_is_empty_closes_on_the_day(town: Town) -> None:
    close_unit(unit=town.other_area, on=DAY, by=town.place.administrator)

    closed = fresh(town.other_area)
    assert (closed.valid_to, closed.successor, closed.placements.get().valid_to) == (DAY, None, DAY)
    assert AuditEvent.objects.get(action="unit closed").facts["ended"] == [closed.pk]


def test_class_that_is_to_come_keeps_its_school_open(town: Town) -> None:
    with pytest.raises(Refused, match=r"Below “Norra” there are still “5A” on Aug\. 1, 2027"):
        close_unit(unit=town.other_school, on=NEXT_YEAR, by=None)


def test_divided_school_goes_on_with_the_rest(town: Town) -> None:
    place = town.place

    new = split_unit(unit=place.school, children=[place.class_5a], on=DAY, name="Lilla skolan", by=None)

    assert children_of(new, DAY) == [place.class_5a]
    assert children_of(place.school, DAY) == [place.class_4a]
    assert line_of(new, DAY)[-2:] == [place.area, new]
    assert (fresh(place.school).valid_to, fresh(place.school).successor) == (None, None)


def test_code_changes_on_the_day_and_the_old_one_stays_in_history(town: Town) -> None:
    give_code(unit=town.other_school, code=" 20000002 ", on=DAY, by=town.place.administrator)

    codes = town.other_school.codes.order_by("valid_from").values_list("code", "valid_from", "valid_to")
    assert list(codes) == [("10000001", LONG_AGO, DAY), ("20000002", DAY, None)]
    event = AuditEvent.objects.get(action="unit code given")
    assert (event.unit_id, event.subject, event.facts) == (
        town.other_school.pk,
        "20000002",
        {"on": "2026-11-01"},
    )


def test_code_given_twice_for_the_same_day_is_the_later_one(town: Town) -> None:
    give_code(unit=town.other_school, code="20000002", on=DAY, by=None)

    give_code(unit=town.other_school, code="20000003", on=DAY, by=None)

    assert list(town.other_school.codes.order_by("valid_from").values_list("code", flat=True)) == [
        "10000001",
        "20000003",
    ]


def test_unit_may_have_its_own_former_code_again(town: Town) -> None:
    give_code(unit=town.other_school, code="20000002", on=DAY, by=None)

    give_code(unit=town.other_school, code="10000001", on=NEXT_YEAR, by=None)

    assert UnitCode.objects.on(NEXT_YEAR).get().code == "10000001"


Act = Callable[[Town], object]
REFUSED: dict[str, tuple[Act, str]] = {
    "the municipality moves": (
        lambda town: plan_move(unit=town.place.root, parent=town.place.area, on=DAY),
        "is the municipality itself",
    ),
    "under itself": (
        lambda town: plan_move(unit=town.other_area, parent=town.other_area, on=DAY),
        "“Västra” cannot stand under itself",
    ),
    "below itself": (
        lambda town: plan_move(unit=town.place.area, parent=town.other_school, on=DAY),
        "“Norra” stands below “Område Solviken”",
    ),
    "levels out of order": (
        lambda town: plan_move(unit=town.other_area, parent=town.other_school, on=DAY),
        r"“Västra” \(area\) cannot stand under “Norra” \(school\)",
    ),
    "where it stands already": (
        lambda town: plan_move(unit=town.other_school, parent=town.place.area, on=DAY),
        "“Norra” stands under “Område Solviken” already",
    ),
    "before it was there": (
        lambda town: plan_move(unit=town.other_4a, parent=town.place.school, on=datetime.date(2026, 7, 31)),
        r"“4A” begins on Aug\. 1, 2026",
    ),
    "after it has ended": (
        lambda town: plan_move(unit=town.other_4a, parent=town.place.school, on=NEXT_YEAR),
        r"“4A” ends on Aug\. 1, 2027",
    ),
    "before the parent is there": (
        lambda town: plan_move(
            unit=town.other_school,
            parent=UnitFactory(level=Level.AREA, name="Ny", valid_from=NEXT_YEAR),
            on=DAY,
        ),
        r"“Ny” begins on Aug\. 1, 2027",
    ),
    "under what ends earlier": (
        lambda town: plan_move(
            unit=town.other_school,
            parent=UnitFactory(level=Level.AREA, name="Kort", valid_to=NEXT_YEAR),
            on=DAY,
        ),
        r"“Kort” ends on Aug\. 1, 2027, and “Norra” is there longer",
    ),
    "merger of one": (lambda town: plan_merge(units=[town.other_school], on=DAY, name="Ny"), "at least two"),
    "merger of one with itself": (
        lambda town: plan_merge(units=[town.other_school, town.other_school], on=DAY, name="Ny"),
        "at least two",
    ),
    "merger of levels": (
        lambda town: plan_merge(units=[town.other_school, town.other_area], on=DAY, name="Ny"),
        "of the same level",
    ),
    "merger of classes": (
        lambda town: plan_merge(units=[town.other_4a, town.place.class_4a], on=DAY, name="4AB"),
        "when their pupils are moved",
    ),
    "merger into one that ends": (
        lambda town: plan_merge(units=[town.other_school, town.place.school], into=town.other_school, on=DAY),
        "“Norra” goes on",
    ),
    "merger without a name": (
        lambda town: plan_merge(units=[town.other_school, town.place.school], on=DAY, name=" "),
        "Give the new unit a name",
    ),
    "merger on the first day": (
        lambda town: plan_merge(units=[town.other_school, town.place.school], on=LONG_AGO, name="Ny"),
        r"is as it is now from Jan\. 1, 2020 on",
    ),
    "merger into a unit that is to end": (
        lambda town: plan_merge(
            units=[town.other_school], into=UnitFactory(name="Kort", valid_to=NEXT_YEAR), on=DAY
        ),
        r"“Kort” ends on Aug\. 1, 2027",
    ),
    "merger under what is to end": (
        lambda town: plan_merge(
            units=[town.other_school, town.place.school],
            on=DAY,
            name="Ny",
            parent=UnitFactory(level=Level.AREA, name="Kort", valid_to=NEXT_YEAR),
        ),
        r"“Kort” ends on Aug\. 1, 2027",
    ),
    "merger under its own level": (
        lambda town: plan_merge(
            units=[town.other_school, town.place.school], on=DAY, name="Ny", parent=UnitFactory(name="Tredje")
        ),
        r"“Ny” \(school\) cannot stand under “Tredje” \(school\)",
    ),
    "closing of what is not empty": (
        lambda town: plan_closing(unit=town.place.school, on=DAY),
        "Below “Solviksskolan” there are still “4A”, “5A”",
    ),
    "closing of the municipality": (
        lambda town: plan_closing(unit=town.place.root, on=DAY),
        "is the municipality itself",
    ),
    "division by strangers": (
        lambda town: plan_split(unit=town.other_school, children=[town.place.class_4a], on=DAY, name="Ny"),
        "Choose from what stands directly below “Norra”",
    ),
    "division by nobody": (
        lambda town: plan_split(unit=town.other_school, children=[], on=DAY, name="Ny"),
        "Choose from what stands directly below “Norra”",
    ),
    "division with the code of the school": (
        lambda town: plan_split(
            unit=town.other_school, children=[town.other_4a], on=DAY, name="Ny", code="10000001"
        ),
        "“Norra” has the code 10000001",
    ),
    "the code of another": (
        lambda town: give_code(unit=town.place.school, code="10000001", on=DAY, by=None),
        "“Norra” has the code 10000001",
    ),
    "the same code": (
        lambda town: give_code(unit=town.other_school, code="10000001", on=DAY, by=None),
        "“Norra” has the code 10000001 already",
    ),
    "no code": (lambda town: give_code(unit=town.other_school, code=" ", on=DAY, by=None), "Write the new"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_impossible_act_is_refused_in_words(town: Town, name: str) -> None:
    act, words = REFUSED[name]

    with pytest.raises(Refused, match=words):
        act(town)


LATER_ACTS: dict[str, tuple[Act, str]] = {
    "move": (
        lambda town: plan_move(unit=town.other_school, parent=town.place.administration, on=DAY),
        r"“Norra” moves to “Västra” on Aug\. 1, 2027",
    ),
    "merger": (
        lambda town: plan_merge(units=[town.other_school], into=town.place.school, on=DAY),
        r"“Norra” moves to “Västra” on Aug\. 1, 2027",
    ),
    "code": (
        lambda town: give_code(unit=town.other_school, code="30000003", on=DAY, by=None),
        r"“Norra” has the code 20000002 from Aug\. 1, 2027 on",
    ),
    "merger on the day of the code": (
        lambda town: plan_merge(units=[town.other_school], into=town.place.school, on=NEXT_YEAR),
        r"“Norra” is as it is now from Aug\. 1, 2027 on",
    ),
}


@pytest.mark.parametrize("name", LATER_ACTS)
def test_day_before_what_is_decided_already_is_refused(town: Town, name: str) -> None:
    move_unit(unit=town.other_school, parent=town.other_area, on=NEXT_YEAR, by=None)
    give_code(unit=town.other_school, code="20000002", on=NEXT_YEAR, by=None)
    act, words = LATER_ACTS[name]

    with pytest.raises(Refused, match=words):
        act(town)


def test_unit_of_another_municipality_is_refused(town: Town, fjordvik: Place) -> None:
    before = tree()
    acts: list[Callable[[], object]] = [
        lambda: move_unit(unit=fjordvik.school, parent=town.other_area, on=DAY, by=None),
        lambda: move_unit(unit=town.other_school, parent=fjordvik.area, on=DAY, by=None),
        lambda: merge_units(units=[fjordvik.school], into=town.other_school, on=DAY, by=None),
        lambda: merge_units(units=[town.other_school], into=fjordvik.school, on=DAY, by=None),
        lambda: close_unit(unit=fjordvik.area, on=DAY, by=None),
        lambda: give_code(unit=fjordvik.school, code="1", on=DAY, by=None),
        lambda: split_unit(unit=fjordvik.school, children=[fjordvik.class_4a], on=DAY, name="Ny", by=None),
    ]

    for act in acts:
        with pytest.raises(Refused, match="belongs to another municipality"):
            act()

    assert tree() == before


def test_plan_says_in_numbers_what_will_happen_and_changes_nothing(town: Town) -> None:
    place = town.place
    before = tree()

    merger = effect_of(plan_merge(units=[place.school, town.other_school], on=DAY, name="Nya skolan"))
    move = effect_of(plan_move(unit=place.area, parent=place.root, on=DAY))
    into = effect_of(plan_merge(units=[town.other_school], into=place.school, on=DAY))

    assert merger.class_ids == {place.class_4a.pk, place.class_5a.pk, town.other_4a.pk, town.next_5a.pk}
    assert (merger.n_classes, merger.n_units, merger.n_ending, list(merger.same_names)) == (4, 0, 2, ["4A"])
    assert merger.n_roles == RoleAssignment.objects.filter(unit=place.school).count() == 4
    assert (move.n_classes, move.n_units, move.n_ending) == (4, 3, 0)
    assert (into.n_classes, into.n_ending, list(into.same_names)) == (2, 1, ["4A"])
    assert tree() == before


def test_class_made_under_a_school_that_is_to_end_goes_on_under_its_successor(town: Town) -> None:
    new = merge_units(units=[town.place.school, town.other_school], on=NEXT_YEAR, by=None, name="Nya skolan")

    begun = SchoolClassFactory(parent=town.other_school, valid_to=datetime.date(2028, 8, 1))
    to_come = SchoolClassFactory(
        parent=town.other_school, valid_from=NEXT_YEAR, valid_to=datetime.date(2028, 8, 1)
    )

    assert line_of(begun, DAY)[-2] == town.other_school
    assert line_of(begun, NEXT_YEAR)[-2] == new
    assert to_come.placements.get().parent == new


def test_what_a_page_read_before_another_act_came_first_counts_as_it_is_now(town: Town) -> None:
    read_before = fresh(town.other_area)
    close_unit(unit=town.other_area, on=DAY, by=None)

    with pytest.raises(Refused, match=r"“Västra” ends on Nov\. 1, 2026"):
        move_unit(unit=town.other_school, parent=read_before, on=DAY, by=None)
    with pytest.raises(Refused, match=r"“Västra” ends on Nov\. 1, 2026"):
        close_unit(unit=read_before, on=NEXT_YEAR, by=None)
