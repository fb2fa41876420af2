"""What a mapping brings along is made where it lacks, counted, shown and remembered."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import AuditEvent
from colourmaps import scales
from colourmaps.importing.definitions import Made, make_definitions
from colourmaps.importing.mapping import (
    MappedColumn,
    Mapping,
    MappingError,
    Meaning,
    NewIndicator,
    NewRound,
    NewThreshold,
)
from colourmaps.models import Indicator, MeasurementRound, Threshold
from tests.factories.imports import Autumn, import_rows
from tests.fixtures import TODAY

KEY = MappedColumn("Id", Meaning.PUPIL_ID)
SPRING = NewRound("VT 2027", datetime.date(2027, 1, 11), datetime.date(2027, 6, 4))
WRITING = NewIndicator(
    "SKRIV",
    {"sv": "Skrivning"},
    scales.points(40),
    thresholds=(NewThreshold(yellow=1000, green=2000), NewThreshold(yellow=500, green=900, year_group=1)),
    year_groups=(1, 2, 3),
)
BROUGHT = {"new_indicators": (WRITING,), "new_rounds": (SPRING,)}

pytestmark = pytest.mark.usefixtures("autumn", "in_solviken")


def test_what_the_municipality_lacks_is_made_and_counted() -> None:
    made = make_definitions(Mapping((KEY,), **BROUGHT), TODAY)

    assert made == Made(n_rounds=1, n_indicators=1, n_thresholds=3)
    limits = Threshold.objects.filter(indicator__code="SKRIV").order_by("year_group")
    assert list(limits.values_list("year_group", "yellow_limit", "green_limit")) == [
        (1, 500, 900),
        (2, 1000, 2000),
        (3, 1000, 2000),
    ]


def test_what_the_municipality_has_is_left_as_it_is(autumn: Autumn) -> None:
    reading = NewIndicator("LAS", {"sv": "Annat"}, scales.points(10))
    same_name = NewRound("ht 2026", datetime.date(2026, 9, 1), datetime.date(2026, 9, 2))

    made = make_definitions(Mapping((KEY,), new_indicators=(reading,), new_rounds=(same_name,)), TODAY)

    assert made == Made()
    assert Indicator.objects.get().name == "Läsförståelse"
    assert MeasurementRound.objects.get().starts_on == autumn.round.starts_on


@pytest.mark.parametrize("others", [(), (NewRound("Vår", SPRING.starts_on, SPRING.ends_on),)])
def test_two_rounds_that_begin_on_one_day_are_refused(autumn: Autumn, others: tuple[NewRound, ...]) -> None:
    new = others or (NewRound("Höst", autumn.round.starts_on, autumn.round.ends_on),)

    with pytest.raises(MappingError, match="begins on the same day as"):
        make_definitions(Mapping((KEY,), new_rounds=(SPRING, *new)), TODAY)


def test_definitions_are_one_event_of_counts(autumn: Autumn) -> None:
    outcome = import_rows("Id Läs", ["A1", 20], by=autumn.coordinator, **BROUGHT)

    assert (outcome.counts["new_indicators"], outcome.counts["new_rounds"]) == (1, 1)
    event = AuditEvent.objects.get(action="definitions imported")
    assert (event.actor_id, event.facts) == (
        autumn.coordinator.pk,
        {"indicators": 1, "limits": 3, "rounds": 1},
    )


def test_definitions_that_are_there_are_not_remembered_again() -> None:
    for _time in range(2):
        outcome = import_rows("Id Läs", ["A1", 20], **BROUGHT)

    assert (outcome.counts["new_indicators"], outcome.counts["new_rounds"]) == (0, 0)
    assert AuditEvent.objects.filter(action="definitions imported").count() == 1


def test_dry_run_counts_definitions_and_makes_none() -> None:
    outcome = import_rows("Id Läs", ["A1", 20], dry_run=True, **BROUGHT)

    assert (outcome.n_new_indicators, outcome.n_new_thresholds, outcome.n_new_rounds) == (1, 3, 1)
    assert not Indicator.objects.filter(code="SKRIV").exists()
    assert not AuditEvent.objects.filter(action="definitions imported").exists()
