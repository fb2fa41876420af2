"""What came of the interventions adopted from an entry: counted, with all that did not help."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.tenancy import municipality_scope
from interventions.catalogue.results import n_pupils_measured, results_of, schools_of_use
from tests.factories.accounts import SchoolClassFactory, UnitFactory
from tests.factories.interventions import (
    CostLineFactory,
    EntryFactory,
    FollowUpFactory,
    InterventionFactory,
)
from tests.factories.pupils import PupilFactory

EARLIER, LATER = (datetime.datetime(2026, month, 1, 12, tzinfo=datetime.UTC) for month in (9, 10))


@pytest.fixture
def entry(in_solviken):
    return EntryFactory(owner=in_solviken.principal)


@pytest.fixture
def adopted(in_solviken, entry):
    """Makes an intervention from the entry, with the verdicts of its follow-ups in order of time."""

    def made(*verdicts, pupils=(), unit=None):
        done = InterventionFactory(
            unit=unit or in_solviken.class_4a, responsible=in_solviken.teacher, entry=entry
        )
        for verdict, at in zip(verdicts, (EARLIER, LATER), strict=False):
            FollowUpFactory(intervention=done, verdict=verdict, frozen_at=at, pupils=pupils)
        return done

    return made


def test_all_four_verdicts_are_counted_and_what_waits(entry, adopted):
    for verdict in ("better", "no_difference", "no_difference", "worse", "cannot_say"):
        adopted(verdict)
    adopted()

    results = results_of([entry])[entry.pk]

    assert results.counts == {"better": 1, "no_difference": 2, "worse": 1, "cannot_say": 1}
    assert (results.n_waiting, results.n_measured, results.n_used) == (1, 5, 6)


def test_latest_follow_up_is_the_one_that_counts(entry, adopted):
    adopted("better", "no_difference")

    assert results_of([entry])[entry.pk].counts == {
        "better": 0,
        "no_difference": 1,
        "worse": 0,
        "cannot_say": 0,
    }


def test_cost_stands_beside_the_change_it_came_with(entry, adopted):
    helped, helped_not = adopted("better"), adopted("no_difference")
    CostLineFactory(intervention=helped, money=1000, hours=Decimal("2.5"))
    CostLineFactory(intervention=helped, money=500, hours=0)
    CostLineFactory(intervention=helped_not, money=700, hours=Decimal(4))

    came = results_of([entry])[entry.pk].by_verdict

    assert {verdict: (each.money, each.hours) for verdict, each in came.items()} == {
        "better": (1500, Decimal("2.5")),
        "no_difference": (700, Decimal(4)),
        "worse": (0, Decimal(0)),
        "cannot_say": (0, Decimal(0)),
    }


def test_entry_that_nobody_used_has_no_results(entry):
    assert results_of([entry])[entry.pk].n_used == 0


@pytest.mark.parametrize(("n_pupils", "told"), [(9, None), (10, 10)])
def test_number_of_pupils_is_told_from_the_smallest_base_on(in_solviken, entry, adopted, n_pupils, told):
    pupils = [PupilFactory(school_class=in_solviken.class_4a) for _n in range(n_pupils)]
    adopted("better", pupils=pupils[:5])
    adopted("worse", "cannot_say", pupils=pupils)

    assert n_pupils_measured(entry) == told


def test_pupils_without_a_value_at_the_follow_up_are_not_counted(in_solviken, entry, adopted):
    pupils = [PupilFactory(school_class=in_solviken.class_4a) for _n in range(10)]
    follow_up = adopted("better", pupils=pupils).follow_ups.get()
    follow_up.values[0]["value"] = None
    follow_up.save()

    assert n_pupils_measured(entry) is None


def test_stricter_municipality_tells_the_number_later(in_solviken, entry, adopted):
    in_solviken.municipality.smallest_base = 12
    in_solviken.municipality.save()
    pupils = [PupilFactory(school_class=in_solviken.class_4a) for _n in range(11)]
    adopted("better", pupils=pupils)

    assert n_pupils_measured(entry) is None


def test_where_used_names_schools_also_of_earlier_years_and_never_a_class(in_solviken, entry, adopted):
    other = UnitFactory(name="Annan skola", parent=in_solviken.area)
    last_year = SchoolClassFactory(
        parent=other, valid_from=datetime.date(2025, 8, 1), valid_to=datetime.date(2026, 8, 1)
    )
    for unit in (in_solviken.class_4a, in_solviken.class_5a, last_year, in_solviken.area):
        adopted(unit=unit)

    assert schools_of_use(entry) == ["Annan skola", "Område Solviken", "Solviksskolan"]


def test_page_gives_no_change_the_same_place_as_success(solviken, sign_in):
    with municipality_scope(solviken.municipality):
        entry = EntryFactory(owner=solviken.principal)
        done = InterventionFactory(unit=solviken.class_4a, responsible=solviken.teacher, entry=entry)
        FollowUpFactory(intervention=done, verdict="no_difference")

    page = sign_in(solviken.board_member).get(reverse("interventions:entry", args=[entry.key]))

    text = page.content.decode()
    rows = [
        f'<tr><th scope="row">{word}</th><td class="number count">{n}</td>'
        for word, n in (("Better", 0), ("No measurable change", 1), ("Worse", 0), ("Cannot say", 0))
    ]
    assert [row for row in rows if row not in text] == []
    assert page.context["schools"] == []


def test_results_of_another_municipality_are_not_counted(solviken, fjordvik, sign_in):
    """The same row number in two municipalities is two entries."""
    with municipality_scope(fjordvik.municipality):
        theirs = EntryFactory(owner=fjordvik.principal)
        done = InterventionFactory(unit=fjordvik.class_4a, responsible=fjordvik.teacher, entry=theirs)
        FollowUpFactory(intervention=done)
    with municipality_scope(solviken.municipality):
        assert results_of([theirs]) == {}
