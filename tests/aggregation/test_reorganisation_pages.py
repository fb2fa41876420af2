"""The pages on which units are reorganised: asked for, shown in numbers, done; what is impossible is said, not done."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Level, Unit, UnitCode, UnitPlacement, User
from accounts.queries import line_of
from accounts.reorganisation import KINDS
from aggregation.models import ALL_PUPILS, UnitSum
from aggregation.reorganisation_pages.acts import ACTS
from aggregation.work import do_waiting_recounts
from colourmaps.models import MeasurementRound
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, RoundFactory, record
from tests.factories.imports import text_of
from tests.factories.pupils import PupilFactory
from tests.fixtures import Place

pytestmark = pytest.mark.usefixtures("in_english", "ticking")

DAY = "2026-12-01"
BEFORE = datetime.date(2026, 11, 30)
FIRST = datetime.date(2026, 12, 1)


@dataclass(frozen=True)
class Desk:
    """The administrator's browser, and Norra with a class 4C of three pupils, measured in a round that goes on."""

    place: Place
    browser: Client
    north: Unit
    class_4c: Unit
    round: MeasurementRound

    def address(self, act: str, unit: Unit | None = None) -> str:
        return reverse("aggregation:reorganise", args=[(unit or self.north).key, act])

    def page(self, act: str, unit: Unit | None = None) -> str:
        answer = self.browser.get(self.address(act, unit))
        assert answer.status_code == 200
        return text_of(answer.content.decode())

    def preview(self, act: str, unit: Unit | None = None, **sent: object) -> tuple[str, str]:
        """The preview as text, and its seal."""
        answer = self.browser.post(self.address(act, unit), {"on": DAY, **sent})
        assert answer.status_code == 200
        return text_of(answer.content.decode().partition("<main")[2]), answer.context["preview"].seal

    def do(self, act: str, unit: Unit | None = None, **sent: object) -> str:
        _page, seal = self.preview(act, unit, **sent)
        answer = self.browser.post(
            self.address(act, unit), {"on": DAY, **sent, "step": "do", "seal": seal}, follow=True
        )
        assert answer.redirect_chain
        return text_of(answer.content.decode().partition("<main")[2])

    def refused(self, act: str, unit: Unit | None = None, **sent: object) -> str:
        answer = self.browser.post(self.address(act, unit), {"on": DAY, **sent})
        assert answer.status_code == 422
        return text_of(answer.content.decode().partition("<main")[2])


@pytest.fixture
def desk(in_solviken: Place, sign_in: Callable[[User], Client]) -> Desk:
    north = UnitFactory(name="Norra", parent=in_solviken.area, code="10000001")
    class_4c = SchoolClassFactory(name="4C", parent=north)
    round_ = RoundFactory(
        name="HT 2026", starts_on=datetime.date(2026, 11, 1), ends_on=datetime.date(2026, 12, 18)
    )
    due = DueIndicatorFactory(round=round_)
    record(round_, due.indicator, {PupilFactory(school_class=class_4c): 1000 * n for n in (1, 2, 3)})
    do_waiting_recounts()
    return Desk(in_solviken, sign_in(in_solviken.administrator), north, class_4c, round_)


def tree() -> list[tuple]:
    return [
        *Unit.objects.order_by("pk").values_list(),
        *UnitPlacement.objects.order_by("pk").values_list(),
        *UnitCode.objects.order_by("pk").values_list(),
        *AuditEvent.objects.order_by("pk").values_list(),
    ]


def measured(unit: Unit) -> int:
    return sum(UnitSum.objects.filter(unit=unit, slice=ALL_PUPILS).values_list("measured", flat=True))


def test_every_kind_of_act_has_its_page() -> None:
    assert set(ACTS) == set(KINDS)


def test_page_of_a_unit_offers_what_its_level_allows(desk: Desk) -> None:
    def offered(unit: Unit) -> list[str]:
        answer = desk.browser.get(reverse("accounts:unit", args=[unit.key]))
        return [act["url"].split("/")[-2] for act in answer.context["acts"]]

    assert offered(desk.north) == ["move", "merge", "divide", "close", "code", "rename", "add"]
    assert offered(desk.class_4c) == ["move", "close", "code", "rename"]
    assert offered(desk.place.root) == ["add"]


@pytest.mark.parametrize("act", ["merge", "divide", "add", "nonsense"])
def test_act_that_is_not_for_the_level_is_not_there(desk: Desk, act: str) -> None:
    assert desk.browser.get(desk.address(act, desk.class_4c)).status_code == 404


def test_preview_says_in_numbers_what_a_move_comes_to_and_writes_nothing(desk: Desk) -> None:
    west = UnitFactory(level=Level.AREA, name="Västra", parent=desk.place.administration)
    before = tree()

    said, _seal = desk.preview("move", parent=west.key)

    assert "Move “Norra” to “Västra” on Dec. 1, 2026?" in said
    assert f"From “{desk.place.area.name}” to “Västra” “Norra”" in said
    assert "Classes that stand elsewhere then 1 class, and 1 other unit" in said
    assert "Pupils in them on that day 3" in said
    assert "Rounds whose sums follow HT 2026" in said
    assert tree() == before


def test_moved_unit_takes_its_sums_along(desk: Desk) -> None:
    west = UnitFactory(level=Level.AREA, name="Västra", parent=desk.place.administration)

    said = desk.do("move", parent=west.key)

    assert "The unit is moved." in said
    assert [unit.name for unit in line_of(desk.class_4c, FIRST)][-3:] == ["Västra", "Norra", "4C"]
    assert (measured(west), measured(desk.place.area)) == (3, 0)
    event = AuditEvent.objects.get(action="unit moved")
    assert event.actor_id == desk.place.administrator.pk


def test_schools_become_a_new_one(desk: Desk) -> None:
    place = desk.place
    sent = {"others": [place.school.key], "name": "Nya skolan", "code": "20000002"}

    said, _seal = desk.preview("merge", **sent)
    assert "Merge “Norra”, “Solviksskolan” into “Nya skolan” on Dec. 1, 2026?" in said
    assert "Units that end “Norra”, “Solviksskolan”" in said
    # Analysis lead, principal, pupil-health team and medical pupil health of Solviksskolan.
    assert "Roles held at them 4; their holders need new ones" in said
    assert "Classes that stand elsewhere then 3 classes" in said
    desk.do("merge", **sent)

    new = Unit.objects.get(name="Nya skolan")
    assert {Unit.objects.get(pk=unit.pk).successor for unit in (desk.north, place.school)} == {new}
    assert UnitCode.objects.get(unit=new).code == "20000002"
    assert measured(new) == 3


def test_school_goes_on_and_takes_another_in(desk: Desk) -> None:
    desk.do("merge", others=[desk.place.school.key], into=desk.place.school.key)

    assert Unit.objects.get(pk=desk.north.pk).successor == desk.place.school
    assert Unit.objects.get(pk=desk.place.school.pk).valid_to is None


def test_school_is_divided(desk: Desk) -> None:
    desk.do("divide", desk.place.school, children=[desk.place.class_5a.key], name="Södra")

    assert [unit.name for unit in line_of(desk.place.class_5a, FIRST)][-2:] == ["Södra", "5A"]
    assert [unit.name for unit in line_of(desk.place.class_5a, BEFORE)][-2:] == ["Solviksskolan", "5A"]
    assert [unit.name for unit in line_of(desk.place.class_4a, FIRST)][-2:] == ["Solviksskolan", "4A"]


def test_empty_unit_is_closed_and_offers_nothing_more(desk: Desk) -> None:
    empty = UnitFactory(name="Tomma", parent=desk.place.area)

    said = desk.do("close", empty)

    assert "The unit is closed." in said
    assert Unit.objects.get(pk=empty.pk).valid_to == FIRST
    later = desk.browser.get(reverse("accounts:unit-tree"), {"on": DAY, "ended": "1"})
    assert "Tomma" in text_of(later.content.decode())
    assert "Tomma" not in [row.unit.name for row in later.context["rows"]]


def test_new_code_holds_from_the_day_on(desk: Desk) -> None:
    said, _seal = desk.preview("code", code="30000003")
    assert "Code until then 10000001 Code from then on 30000003" in said

    desk.do("code", code="30000003")

    codes = UnitCode.objects.filter(unit=desk.north).order_by("valid_from").values_list("code", "valid_to")
    assert list(codes) == [("10000001", FIRST), ("30000003", None)]


def test_unit_gets_another_name_and_the_log_knows_the_old_one(desk: Desk) -> None:
    said, _seal = desk.preview("rename", name="Norra skolan")
    assert "Rounds in which it has figures, and is called so too 1 round" in said

    desk.do("rename", name=" Norra skolan ")

    assert Unit.objects.get(pk=desk.north.pk).name == "Norra skolan"
    facts = AuditEvent.objects.get(action="unit renamed").facts
    assert (facts["before"], facts["after"]) == ("Norra", "Norra skolan")


def test_new_school_and_new_class_are_added(desk: Desk) -> None:
    desk.do("add", desk.place.area, kind=str(Level.SCHOOL.value), name="Östra", code="40000004")
    east = Unit.objects.get(name="Östra")
    desk.do("add", east, kind=str(Level.SCHOOL_CLASS.value), name="7A", year_group="7")

    new = Unit.objects.get(name="7A")
    assert [unit.name for unit in line_of(new, FIRST)][-3:] == [desk.place.area.name, "Östra", "7A"]
    assert (new.valid_from, new.valid_to, new.year_group) == (FIRST, datetime.date(2027, 8, 1), 7)
    assert AuditEvent.objects.filter(action="unit created").count() == 2


@pytest.mark.parametrize(
    ("act", "sent", "why"),
    [
        ("close", {}, "Below “Norra” there are still “4C” on Dec. 1, 2026. Move them or end them first."),
        ("code", {"code": "10000001"}, "“Norra” has the code 10000001 already."),
        ("code", {}, "This field is required."),
        ("rename", {"name": "Norra"}, "“Norra” has that name already."),
        ("rename", {"name": "Solviksskolan"}, "has a unit “Solviksskolan” already. Choose another name."),
        ("add", {"kind": "50", "name": "4C"}, "“Norra” has a unit “4C” already. Choose another name."),
        ("merge", {"name": "Nya"}, "This field is required."),
        ("divide", {"children": "4C", "name": "Nya"}, "Select a valid choice."),
        ("move", {"parent": "nobody"}, "Select a valid choice."),
        ("close", {"on": "2026-02-30"}, "Enter a valid date."),
    ],
)
def test_what_is_impossible_is_said_and_not_done(
    desk: Desk, act: str, sent: dict[str, str], why: str
) -> None:
    before = tree()

    assert why in desk.refused(act, **sent)
    assert tree() == before


def test_unit_that_goes_on_must_be_one_of_those_that_become_one(desk: Desk) -> None:
    third = UnitFactory(name="Tredje", parent=desk.place.area)

    said = desk.refused("merge", others=[desk.place.school.key], into=third.key, name="Nya")

    assert "Choose one of the units that become one." in said
    assert "A unit that goes on keeps its name." in said


def test_what_has_changed_since_the_preview_is_shown_again_and_not_done(desk: Desk) -> None:
    west = UnitFactory(level=Level.AREA, name="Västra", parent=desk.place.administration)
    _said, seal = desk.preview("move", parent=west.key)
    PupilFactory(school_class=desk.class_4c)
    sent = {"on": DAY, "parent": west.key, "step": "do", "seal": seal}

    answer = desk.browser.post(desk.address("move"), sent)

    said = text_of(answer.content.decode())
    assert answer.status_code == 200
    assert "Something has changed since you looked." in said
    assert "Pupils in them on that day 4" in said
    assert not AuditEvent.objects.filter(action="unit moved").exists()


def test_second_click_is_refused_in_words(desk: Desk) -> None:
    sent = {"others": [desk.place.school.key], "name": "Nya skolan"}
    _said, seal = desk.preview("merge", **sent)
    for _click in range(2):
        answer = desk.browser.post(desk.address("merge"), {"on": DAY, **sent, "step": "do", "seal": seal})

    assert answer.status_code == 422
    assert Unit.objects.filter(name="Nya skolan").count() == 1


def test_what_was_filled_in_is_there_again_when_one_goes_back(desk: Desk) -> None:
    answer = desk.browser.post(desk.address("rename"), {"name": "Norra skolan", "step": "change"})

    assert answer.status_code == 200
    assert 'value="Norra skolan"' in answer.content.decode()


def test_closed_round_keeps_its_organisation(desk: Desk) -> None:
    MeasurementRound.objects.update(closed_at=datetime.datetime(2026, 11, 15, tzinfo=datetime.UTC))
    west = UnitFactory(level=Level.AREA, name="Västra", parent=desk.place.administration)

    assert "The round “HT 2026” is closed" in desk.refused("move", parent=west.key)


def test_tree_shows_a_day_and_asks_as_often_for_many_units_as_for_few(
    desk: Desk, django_assert_max_num_queries: Callable
) -> None:
    address = reverse("accounts:unit-tree")
    with django_assert_max_num_queries(14) as few:
        assert desk.browser.get(address).status_code == 200
    UnitFactory.create_batch(3, parent=desk.place.area)
    with django_assert_max_num_queries(len(few)):
        answer = desk.browser.get(address)

    rows = {row.unit.name: (row.depth, row.n_classes) for row in answer.context["rows"]}
    assert (rows[desk.place.root.name], rows["Norra"], rows["Solviksskolan"]) == ((0, 0), (3, 1), (3, 2))
    assert desk.browser.get(address, {"on": "not a day"}).context["is_today"]
