"""The biggest improvements of a round: from sums for who sees the pupils, from what is released for everybody else."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from accounts.access import Sight
from accounts.tenancy import municipality_scope
from aggregation.queries import unit_map
from aggregation.releasing import release_round
from aggregation.rollup import recount_municipality
from interventions.radar import radar_of

from .followed import begun, measure_in_spring


@pytest.fixture
def improved(year, in_spring):
    """4A and 4B came further by 4 or 6 points, all others by 1 or 3; more than 2 are a movement."""
    begun(year, unit=year.place.school, title="Högläsning", starts_on=datetime.date(2026, 11, 1))
    begun(year, year.lowest(5, 2), unit=year.other_school, title="Någon annanstans")
    measure_in_spring(year, [*year.pupils[0], *year.pupils[1]], gain=300)
    in_spring()
    recount_municipality()
    return year


def told(radar):
    return [(each.name, each.indicator.code, tuple(each.moves)) for each in radar.improvements]


def test_principal_sees_the_school_and_its_classes_with_what_ran_there(improved):
    radar = radar_of(improved.place.school, improved.spring, Sight(improved.place.principal))

    assert told(radar) == [
        ("Solviksskolan", "LAS", (48, 0, 0)),
        ("4A", "LAS", (24, 0, 0)),
        ("4B", "LAS", (24, 0, 0)),
    ]
    assert [[one.title for one in each.running] for each in radar.improvements] == [["Högläsning"]] * 3
    assert radar.n_looked_at == 3


def test_head_sees_what_is_released_and_nothing_else(improved):
    head = Sight(improved.place.area_head)
    before = radar_of(improved.place.area, improved.spring, head)

    release_round(improved.spring)

    after = radar_of(improved.place.area, improved.spring, head)
    assert (before.n_looked_at, told(before)) == (0, [])
    shown = unit_map(improved.place.area, improved.spring, head).shares()
    map_says = {tuple(share.moves) for _unit, share in shown if share.moves is not None}
    assert {moves for _name, _code, moves in told(after)} <= map_says
    assert after.n_looked_at > 0


def test_units_with_few_pupils_are_not_told_of(improved):
    municipality = improved.place.municipality
    municipality.smallest_base = 30
    municipality.save()

    with municipality_scope(municipality):
        radar = radar_of(improved.place.school, improved.spring, Sight(improved.place.principal))

    assert [each.name for each in radar.improvements] == ["Solviksskolan"]


def test_page_says_what_ran_and_claims_no_cause(improved, sign_in):
    address = reverse("interventions:improvements", args=[improved.place.school.key])

    content = sign_in(improved.place.principal).get(address).content.decode()

    assert "48 better, 0 unchanged, 0 worse of 48 measured both times" in content
    assert "What ran there at the time:" in content
    assert "Någon annanstans" not in content
    assert "does not mean that it was the reason" in content


def test_page_of_a_head_names_no_pupil(improved, sign_in):
    release_round(improved.spring)
    address = reverse("interventions:improvements", args=[improved.place.area.key])

    content = sign_in(improved.place.area_head).get(address).content.decode()

    assert "Kanarie" not in content


def test_radar_costs_as_many_queries_for_few_interventions_as_for_many(
    improved, django_assert_max_num_queries, django_assert_num_queries
):
    def look():
        return radar_of(improved.place.school, improved.spring, Sight(improved.place.principal))

    with django_assert_max_num_queries(40) as counted:
        look()
    for place in (0, 0, 1):
        begun(improved, unit=improved.classes[place], starts_on=datetime.date(2026, 11, 1))

    with django_assert_num_queries(len(counted)):
        radar = look()
    assert [len(each.running) for each in radar.improvements] == [4, 3, 2]
