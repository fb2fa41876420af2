"""Versions: when figures that have changed may be shown, what stops them, and that the old ones stay as they were."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db.models import Sum
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Sight
from accounts.models import Level, Unit, UnitPlacement, User
from accounts.roles import Tier
from aggregation import release_decision, release_proposal
from aggregation.disclosure import Colours, Figures, Moves, Part, Rule
from aggregation.disclosure.attack import Displayed, Leak
from aggregation.disclosure.partitions import Partition
from aggregation.models import HeldBack, Release, ReleaseCheck, ReleasedFigure, UnitSum
from aggregation.queries import unit_map
from aggregation.releasing import release_round
from aggregation.slices import (
    ALL,
    ALL_PUPILS,
    BY_SEX,
    BY_YEAR_GROUP,
    joined_years,
    slice_of_sex,
    slice_of_year_group,
)
from aggregation.wording import held_back_words
from colourmaps.models import Indicator, MeasurementRound
from pupils.models import Sex
from tests.factories.accounts import UnitFactory
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, RoundFactory
from tests.fixtures import TODAY, Place

from .scene import store_sums
from .towns import summed

pytestmark = pytest.mark.usefixtures("in_english", "ticking")

STILL = Moves(0, 0, 0)
GIRLS, BOYS = slice_of_sex(Sex.FEMALE), slice_of_sex(Sex.MALE)


def figures(green: int, yellow: int, red: int, missing: int = 0) -> Figures:
    return Figures(Colours(green, yellow, red), STILL, missing)


SCHOOLS = [figures(40, 30, 20), figures(60, 40, 30), figures(80, 50, 40), figures(90, 60, 50)]


@pytest.fixture
def autumn(in_solviken: Place) -> MeasurementRound:
    return RoundFactory(starts_on=TODAY - datetime.timedelta(days=60))


@pytest.fixture
def reading(in_solviken: Place) -> Indicator:
    return IndicatorFactory(names={"sv": "Läsförståelse", "en": "Reading"})


@pytest.fixture
def schools(in_solviken: Place) -> list[Unit]:
    return [in_solviken.school, *(UnitFactory(parent=in_solviken.area) for _more in range(3))]


@pytest.fixture
def publish(
    in_solviken: Place, autumn: MeasurementRound, reading: Indicator, schools: list[Unit]
) -> Callable[..., int]:
    """`publish([figures of each school])` stores the sums and releases them; returns how many new versions there are.

    split: for each slice the same, of which the figures of all pupils are the sum.
    """

    def store_and_release(
        of_schools: Sequence[Figures] = (),
        round_: MeasurementRound = autumn,
        split: Mapping[int, Sequence[Figures]] | None = None,
    ) -> int:
        place = in_solviken
        units = dict(enumerate([place.root, place.administration, place.area, *schools]))
        parents = {1: 0, 2: 1, **dict.fromkeys(range(3, len(units)), 2)}
        for slice_, leaves in (split or {ALL_PUPILS: of_schools}).items():
            table = summed(parents, dict(enumerate(leaves, start=3)))
            store_sums(units, table, round_, reading, slice_)
        if split:
            together = [
                summed(dict.fromkeys(range(1, len(split) + 1), 0), dict(enumerate(slices, start=1)))[0]
                for slices in zip(*split.values(), strict=True)
            ]
            return store_and_release(together, round_)
        return release_round(round_)

    return store_and_release


def shown(school: Unit, slice_: int = ALL_PUPILS, tier: Tier = Tier.HEADS) -> tuple[int | None, ...]:
    """Green, yellow and red, as the last version shows them."""
    figure = ReleasedFigure.objects.get(
        unit=school, slice=slice_, release__tier=tier, release__superseded_at__isnull=True
    )
    return figure.green, figure.yellow, figure.red


def checks(split: str = ALL.code) -> set[str]:
    return set(ReleaseCheck.objects.filter(split=split).values_list("held_back", flat=True))


def changed(of_schools: Sequence[Figures], place: int, green: int, red: int) -> list[Figures]:
    """One school with so many more of these colours."""
    colours = of_schools[place].colours
    other = figures(colours.green + green, colours.yellow, colours.red + red)
    return [*of_schools[:place], other, *of_schools[place + 1 :]]


def test_heads_and_board_get_a_version_each(publish: Callable[..., int], schools: list[Unit]) -> None:
    assert publish(SCHOOLS) == 2
    assert [shown(schools[1], tier=tier) for tier in Tier] == [(60, 40, 30)] * 2
    assert checks() == {HeldBack.NO}


def test_same_figures_are_looked_at_once(
    publish: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(SCHOOLS)
    monkeypatch.setattr(release_proposal, "protect", None)
    monkeypatch.setattr(release_proposal, "next_version", None)

    assert publish(SCHOOLS) == 0


def test_change_of_one_pupil_waits_and_the_page_says_so(
    publish: Callable[..., int],
    in_solviken: Place,
    autumn: MeasurementRound,
    reading: Indicator,
    schools: list[Unit],
) -> None:
    publish(SCHOOLS)
    before = list(ReleasedFigure.objects.values())

    assert publish(changed(SCHOOLS, 1, green=1, red=-1)) == 0

    assert list(ReleasedFigure.objects.values()) == before
    assert checks() == {HeldBack.FEW_CHANGED}
    heads = unit_map(in_solviken.area, autumn, Sight(in_solviken.area_head))
    assert heads.held_back == {HeldBack.FEW_CHANGED: [reading]}
    assert held_back_words(heads.held_back) == (
        "Newer figures are waiting (Reading): the results of too few pupils have changed for them to be shown without "
        "single pupils being made out."
    )


def test_who_sees_the_pupils_sees_the_change_at_once(
    publish: Callable[..., int], in_solviken: Place, autumn: MeasurementRound
) -> None:
    publish(SCHOOLS)
    publish(changed(SCHOOLS, 0, green=1, red=-1))

    figures_of_school = unit_map(in_solviken.school, autumn, Sight(in_solviken.principal))

    assert figures_of_school.own.shares[0].colours == (41, 30, 19, 0)
    assert figures_of_school.held_back == {}


def test_change_of_many_pupils_is_a_new_version_and_the_old_one_stays_as_it_was(
    publish: Callable[..., int], schools: list[Unit]
) -> None:
    publish(SCHOOLS)
    old = Release.objects.get(tier=Tier.HEADS)
    behind, pools = old.behind, old.pools
    rows = list(ReleasedFigure.objects.filter(release=old).values())

    assert publish(changed(SCHOOLS, 1, green=12, red=9)) == 2

    assert shown(schools[1]) == (72, 40, 39)
    assert checks() == {HeldBack.NO}
    old.refresh_from_db()
    assert (old.behind, old.pools) == (behind, pools)
    assert list(ReleasedFigure.objects.filter(release=old).values()) == rows
    new = Release.objects.get(tier=Tier.HEADS, superseded_at__isnull=True)
    assert (old.version, new.version, old.superseded_at) == (1, 2, new.released_at)


def test_map_of_a_moment_shows_what_had_been_released_by_then(
    publish: Callable[..., int], in_solviken: Place, autumn: MeasurementRound, schools: list[Unit]
) -> None:
    def colours(at: datetime.datetime | None = None) -> list[Colours | None]:
        shown_map = unit_map(in_solviken.area, autumn, Sight(in_solviken.area_head), at=at)
        return [share.colours for row in shown_map.rows for share in row.shares]

    before = timezone.now()
    publish(SCHOOLS)
    first, then = colours(), timezone.now()
    publish(changed(SCHOOLS, 1, green=12, red=9))

    assert colours() != first
    assert colours(then) == first
    assert colours(before) == []


def test_page_of_a_head_shows_a_day_and_that_of_who_sees_the_pupils_says_why_not(
    publish: Callable[..., int],
    in_solviken: Place,
    autumn: MeasurementRound,
    sign_in: Callable[[User], Client],
) -> None:
    publish(SCHOOLS)
    yesterday = (TODAY - datetime.timedelta(days=1)).isoformat()

    def page(person: User, unit: Unit) -> HttpResponse:
        address = reverse("aggregation:unit-map", args=[unit.key])
        return sign_in(person).get(address, {"as_of": yesterday, "round": autumn.key})

    head, principal = (
        page(in_solviken.area_head, in_solviken.area),
        page(in_solviken.principal, in_solviken.school),
    )

    assert head.context["as_of"]["day"] == yesterday
    assert head.context["map"].indicators == []  # nothing had been released yet
    assert "As it stood on Nov. 15, 2026." in head.content.decode()
    assert principal.context["as_of"]["day"] == ""
    assert "Sums are kept as they stand now" in principal.content.decode()


def test_what_waits_is_shown_with_the_change_that_makes_it_many(
    publish: Callable[..., int], schools: list[Unit]
) -> None:
    publish(SCHOOLS)
    publish(changed(SCHOOLS, 1, green=1, red=-1))

    assert publish(changed(SCHOOLS, 1, green=13, red=8)) == 2
    assert shown(schools[1]) == (73, 40, 38)


def test_split_is_never_newer_than_the_whole(publish: Callable[..., int], schools: list[Unit]) -> None:
    """Five girls better and five boys worse would be safe, and add up to what is held back."""
    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]
    publish(split={GIRLS: half, BOYS: half})
    assert (shown(schools[1], GIRLS), shown(schools[1])) == ((30, 20, 15), (60, 40, 30))

    girls, boys = changed(half, 1, green=8, red=7), changed(half, 1, green=-7, red=-6)
    publish(split={GIRLS: girls, BOYS: boys})

    assert checks() == {HeldBack.FEW_CHANGED}
    assert (shown(schools[1], GIRLS), shown(schools[1])) == ((30, 20, 15), (60, 40, 30))
    assert checks(BY_SEX.code) == {HeldBack.FEW_CHANGED}


def test_split_that_is_shown_for_the_first_time_waits_for_the_whole(
    publish: Callable[..., int], schools: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A girl in red has come since all pupils were shown: girls and boys would add up to one more than all."""
    publish(SCHOOLS)
    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]
    split = {GIRLS: changed(half, 1, green=0, red=1), BOYS: half}

    publish(split=split)

    assert (shown(schools[1]), shown(schools[1], GIRLS)) == ((60, 40, 30), (None, None, None))
    assert checks(BY_SEX.code) == {HeldBack.FEW_CHANGED}

    # The fault: without the guard the attacker finds it, and the split is withdrawn.
    ReleaseCheck.objects.all().delete()
    monkeypatch.setattr(release_proposal, "_is_behind", lambda *_tables: False)
    publish(split=split)
    assert shown(schools[1], GIRLS) == (None, None, None)
    assert checks(BY_SEX.code) == {HeldBack.NO_SAFE_SPLIT}


def test_split_names_the_whole_that_it_adds_up_to(publish: Callable[..., int]) -> None:
    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]
    publish(split={GIRLS: half, BOYS: half})
    whole, of_sex = (Release.objects.get(tier=Tier.HEADS, split=split.code) for split in (ALL, BY_SEX))
    assert (whole.whole, of_sex.whole) == (None, whole)

    larger = changed(SCHOOLS, 1, green=12, red=9)
    publish(larger)

    assert Release.objects.get(tier=Tier.HEADS, split=ALL.code, version=2).figures.exists()
    assert Release.objects.filter(split=BY_SEX.code, whole__version=2).count() == 0


@pytest.fixture
def found(schools: list[Unit], monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`found(n)`: from now on the attacker finds something as soon as more than n tables are there."""

    def find_in(most_tables: int) -> None:
        def leaks(tables: Sequence[Displayed], *_arguments: Any, **_options: Any) -> Iterator[Leak]:
            if len(tables) > most_tables:
                yield Leak(frozenset({schools[0].pk}), 0, 2, 3, 3, Rule.FEW_OF_A_KIND)

        monkeypatch.setattr(release_proposal, "leaks", leaks)

    return find_in


def test_leak_stops_the_release_and_is_kept_and_logged(
    publish: Callable[..., int],
    found: Callable[[int], None],
    schools: list[Unit],
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(SCHOOLS)
    found(0)

    with caplog.at_level(logging.ERROR, logger="aggregation.releasing"):
        assert publish(changed(SCHOOLS, 1, green=12, red=9)) == 0

    assert shown(schools[1]) == (60, 40, 30)
    assert "nothing new is shown" in caplog.text
    for check in ReleaseCheck.objects.all():
        assert check.held_back == HeldBack.LEAK
        expected = f"everybody can work out that kind 2 of unit {schools[0].pk} in slice 0 is 3"
        assert expected in check.found


def test_without_the_attacker_the_leak_would_be_shown(
    publish: Callable[..., int], schools: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault that it is there for: a protection that lets every school be shown by itself."""
    few = [figures(40, 30, 2), *SCHOOLS[1:]]
    for module in (release_decision, release_proposal):
        monkeypatch.setattr(
            module, "protect", lambda table, *_arguments, **_options: Partition.into_single(table.leaves)
        )

    assert publish(few) == 0
    assert checks() == {HeldBack.LEAK}

    monkeypatch.setattr(release_proposal, "leaks", lambda *_arguments, **_options: iter(()))
    ReleaseCheck.objects.all().delete()
    assert publish(few) == 2
    assert shown(schools[0]) == (40, 30, 2)


def test_split_from_which_something_follows_is_withdrawn_alone_and_no_error(
    publish: Callable[..., int],
    found: Callable[[int], None],
    schools: list[Unit],
    caplog: pytest.LogCaptureFixture,
) -> None:
    found(1)
    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]

    publish(split={GIRLS: half, BOYS: half})

    assert (shown(schools[1]), shown(schools[1], GIRLS)) == ((60, 40, 30), (None, None, None))
    assert (checks(), checks(BY_SEX.code)) == ({HeldBack.NO}, {HeldBack.NO_SAFE_SPLIT})
    assert caplog.records == []


def test_block_of_a_split_that_leaks_in_a_later_version_stays_as_it_was_shown(
    publish: Callable[..., int], schools: list[Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]
    publish(split={GIRLS: half, BOYS: half})
    school = schools[1].pk

    def leaks(tables: Sequence[Displayed], *_arguments: Any, **_options: Any) -> Iterator[Leak]:
        """Whenever newer girls are shown."""
        if tables[0].part is Part.COLOURS and tables[1].truth[school][GIRLS][:3] != (30, 20, 15):
            yield Leak(frozenset({school}), GIRLS, 2, 3, 3, Rule.FEW_OF_A_KIND)

    monkeypatch.setattr(release_proposal, "leaks", leaks)
    more = changed(changed(half, 1, green=16, red=12), 3, green=16, red=12)

    publish(split={GIRLS: more, BOYS: more})

    assert (shown(schools[1]), shown(schools[1], GIRLS)) == ((92, 40, 54), (30, 20, 15))
    assert (shown(schools[3]), shown(schools[3], GIRLS)) == ((122, 60, 74), (61, 30, 37))
    assert (checks(), checks(BY_SEX.code)) == ({HeldBack.NO}, {HeldBack.FEW_CHANGED})


def test_split_that_is_shown_takes_part_when_another_is_looked_at_by_itself(
    publish: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []

    def leaks(tables: Sequence[Displayed], *_arguments: Any, **_options: Any) -> Iterator[Leak]:
        looked_at.append(len(tables))
        return iter(())

    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]
    publish(split={GIRLS: half, BOYS: half})
    monkeypatch.setattr(release_proposal, "leaks", leaks)
    UnitSum.objects.exclude(slice=ALL_PUPILS).delete()

    publish(changed(SCHOOLS, 1, green=12, red=9))

    assert looked_at == [2] * len(Part)


def test_leak_is_looked_at_again_when_the_code_has_changed(
    publish: Callable[..., int], found: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mended = release_proposal.leaks
    found(0)
    publish(SCHOOLS)
    monkeypatch.setattr(release_proposal, "leaks", mended)
    assert (publish(SCHOOLS), checks()) == (0, {HeldBack.LEAK})

    monkeypatch.setattr(release_decision, "code_version", lambda: "the next one")

    assert (publish(SCHOOLS), checks()) == (2, {HeldBack.NO})


def test_same_figures_looked_at_by_other_code_are_no_new_version(
    publish: Callable[..., int], autumn: MeasurementRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a school has nobody in a slice, which later versions write down as zeros."""
    girls = [*SCHOOLS[:3], figures(0, 0, 0)]
    publish(split={GIRLS: girls, BOYS: SCHOOLS})
    before = ReleaseCheck.objects.first().digest
    monkeypatch.setattr(release_decision, "code_version", lambda: "the next one")

    assert release_round(autumn) == 0
    assert ReleaseCheck.objects.first().digest != before


def test_same_figures_in_another_tree_are_a_new_version(
    publish: Callable[..., int], in_solviken: Place, schools: list[Unit], autumn: MeasurementRound
) -> None:
    publish(SCHOOLS)
    assert shown(in_solviken.area) == (270, 180, 140)
    other = UnitFactory(level=Level.AREA, parent=in_solviken.administration)
    UnitPlacement.objects.filter(unit=schools[3]).update(parent=other)
    of_schools = UnitSum.objects.filter(unit__in=schools)
    for area, below in ((in_solviken.area, schools[:3]), (other, schools[3:])):
        sums = of_schools.filter(unit__in=below).aggregate(
            **{count: Sum(count) for count in ("due", "measured", "green", "yellow", "red")}
        )
        row = UnitSum.objects.get(unit=in_solviken.area) if area is other else None
        if row is None:
            UnitSum.objects.filter(unit=area).update(**sums)
        else:
            row.unit = other
            for count, value in sums.items():
                setattr(row, count, value)
            row.save(force_insert=True)

    assert release_round(autumn) == 2

    assert (shown(in_solviken.area), shown(other)) == ((180, 120, 90), (90, 60, 50))
    assert release_round(autumn) == 0


def test_split_that_is_being_counted_waits_and_says_so(
    publish: Callable[..., int],
    in_solviken: Place,
    schools: list[Unit],
    autumn: MeasurementRound,
    reading: Indicator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A recount has counted the girls of one school already, and not yet those of the others."""
    half = [figures(*(count // 2 for count in school.colours[:3])) for school in SCHOOLS]
    publish(split={GIRLS: half, BOYS: half})
    before = Release.objects.filter(split=BY_SEX.code).count()
    UnitSum.objects.filter(unit=schools[1], slice=GIRLS).delete()

    release_round(autumn)

    assert Release.objects.filter(split=BY_SEX.code).count() == before
    assert (checks(), checks(BY_SEX.code)) == ({HeldBack.NO}, {HeldBack.COUNTING})
    assert caplog.records == []
    heads = unit_map(in_solviken.area, autumn, Sight(in_solviken.area_head), GIRLS)
    assert held_back_words(heads.held_back) == (
        "Newer figures are waiting (Reading): the pupils are just being counted by this division."
    )

    publish(split={GIRLS: half, BOYS: half})
    assert checks(BY_SEX.code) == {HeldBack.NO}


def test_year_groups_that_are_joined_are_shown_joined_and_not_by_themselves(
    publish: Callable[..., int],
    in_solviken: Place,
    schools: list[Unit],
    autumn: MeasurementRound,
    reading: Indicator,
) -> None:
    """Of seven pupils in each of three year groups only two together make a figure."""
    for year in (6, 7, 8):
        DueIndicatorFactory(round=autumn, indicator=reading, year_group=year)
    few, many = [figures(4, 2, 1)] * 4, [figures(60, 40, 20)] * 4
    publish(split={slice_of_year_group(6): few, slice_of_year_group(7): few, slice_of_year_group(8): many})

    joined = joined_years([slice_of_year_group(6), slice_of_year_group(7)])

    assert shown(in_solviken.area, joined) == (32, 16, 8)
    assert shown(in_solviken.area, slice_of_year_group(8)) == (240, 160, 80)
    for year in (6, 7):
        assert shown(in_solviken.area, slice_of_year_group(year)) == (None, None, None)
    rules = ReleasedFigure.objects.filter(slice=slice_of_year_group(6)).values_list("colours_rule", flat=True)
    assert set(rules) == {Rule.NO_SAFE_POOL.name}
    assert checks(BY_YEAR_GROUP.code) == {HeldBack.NO}


def test_what_cannot_be_attacked_is_not_shown(
    publish: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> list[Leak]:
        raise ArithmeticError("not solved")

    monkeypatch.setattr(release_proposal, "leaks", fail)

    assert publish(SCHOOLS) == 0
    assert set(ReleaseCheck.objects.values_list("found", flat=True)) == {
        "\n".join(["not solved"] * len(Part))
    }


def test_nothing_is_shown_before_half_of_the_pupils_are_measured(
    publish: Callable[..., int], schools: list[Unit]
) -> None:
    going_on = RoundFactory(starts_on=TODAY - datetime.timedelta(days=3), ends_on=TODAY)
    few = [figures(5, 5, 5, missing=100) for _school in schools]

    assert publish(few, going_on) == 0
    assert checks() == {HeldBack.EARLY}
    assert publish(SCHOOLS, going_on) == 2


def test_over_is_over_however_few_are_measured(publish: Callable[..., int], schools: list[Unit]) -> None:
    assert publish([figures(5, 5, 5, missing=100) for _school in schools]) == 2


def test_pools_are_kept_from_round_to_round(publish: Callable[..., int], schools: list[Unit]) -> None:
    """In spring another school would be the cheaper company for the small one."""
    few = figures(20, 10, 2)
    publish([few, figures(30, 20, 10), figures(31, 20, 10), figures(34, 22, 11)])
    [before] = Release.objects.get(tier=Tier.HEADS).pools
    spring = RoundFactory(starts_on=TODAY - datetime.timedelta(days=35))

    publish([few, figures(34, 22, 11), figures(31, 20, 10), figures(30, 20, 10)], spring)

    assert Release.objects.get(tier=Tier.HEADS, round=spring).pools == [before]
    Release.objects.all().delete()
    ReleaseCheck.objects.all().delete()
    release_round(spring)
    assert Release.objects.get(tier=Tier.HEADS, round=spring).pools != [before]


def test_school_that_comes_late_with_few_pupils_is_hidden_and_not_none(
    publish: Callable[..., int], schools: list[Unit], in_solviken: Place, autumn: MeasurementRound
) -> None:
    publish(SCHOOLS[:3])

    publish([*SCHOOLS[:3], figures(2, 1, 1)])

    shares = {
        row.unit: row.shares[0]
        for row in unit_map(in_solviken.area, autumn, Sight(in_solviken.area_head)).children
    }
    late = shares[schools[3]]
    assert (late.colours, late.missing) == (None, None)
    assert late.hidden_by[Part.COLOURS] is Rule.SMALL_CHANGE
    assert checks() == {HeldBack.FEW_CHANGED}


def test_round_keeps_the_rules_that_it_was_first_shown_by(
    publish: Callable[..., int], in_solviken: Place, schools: list[Unit], autumn: MeasurementRound
) -> None:
    """What has been shown cannot be taken back; and what comes after must not be compared by other rules with it."""
    publish(SCHOOLS)
    in_solviken.municipality.smallest_count = 25

    assert publish(changed(SCHOOLS, 1, green=12, red=9)) == 2
    assert shown(schools[1]) == (72, 40, 39)
    assert checks() == {HeldBack.NO}

    spring = RoundFactory(starts_on=TODAY - datetime.timedelta(days=35))
    publish(SCHOOLS, spring)
    figure = ReleasedFigure.objects.get(unit=schools[0], release__round=spring, release__tier=Tier.HEADS)
    assert figure.green == 180


def test_coordinator_reads_what_waits_and_why_but_no_figures(
    publish: Callable[..., int], in_solviken: Place, sign_in: Callable
) -> None:
    publish(SCHOOLS)
    browser = sign_in(in_solviken.coordinator)
    assert "Nothing waits" in browser.get(reverse("aggregation:held-back")).content.decode()

    publish(changed(SCHOOLS, 1, green=1, red=-1))

    page = browser.get(reverse("aggregation:held-back")).content.decode()
    assert "<td>Reading</td><td>all pupils</td><td>the results of too few pupils have changed</td>" in page
