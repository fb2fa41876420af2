"""Writes indicators, limits, rounds and results of an invented municipality."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
from django.db.models import Min
from django.utils import timezone

from accounts.models import Country, Level, UnitPlacement, User
from accounts.tenancy import current_municipality
from colourmaps.definition import Definition
from colourmaps.models import DueIndicator, Indicator, IndicatorArea, MeasurementRound, Threshold
from colourmaps.scales import HUNDREDTHS, SWEDISH_GRADES, Mark
from colourmaps.services import Recorded, record_results
from pupils.models import Enrolment
from pupils.queries import enrolments_at

from .development import Development
from .specification import IndicatorSpec, Season

BATCH = 5_000
LIMITS_SINCE = datetime.date(2024, 8, 1)
DECISION = "Beslut i skolledningsgruppen 2024-06-10"
DAYS_OF_A_YEAR = 365.25
# Days between two tests of a class: not all are taken in one week.
DAYS_APART = 3
OWNERS = {
    IndicatorArea.LANGUAGE: "Språkutvecklare",
    IndicatorArea.MATHEMATICS: "Matematikutvecklare",
    IndicatorArea.OTHER_SUBJECTS: "Skolutvecklingsenheten",
    IndicatorArea.HEALTH: "Centrala elevhälsan",
    IndicatorArea.ATTENDANCE: "Närvaroteamet",
    IndicatorArea.LEARNING_ENVIRONMENT: "Skolutvecklingsenheten",
}


@dataclass(frozen=True)
class RoundPlan:
    name: str
    season: Season
    starts_on: datetime.date
    ends_on: datetime.date


def rounds_until(last_autumn: int, n_rounds: int, country: str) -> list[RoundPlan]:
    """Autumn, January and spring of each school year, the last of them in the given autumn; 1 round or more."""
    autumn, january, spring = {"SE": ("HT", "Januari", "VT"), "DK": ("Efterår", "Januar", "Forår")}.get(
        country, ("Høst", "Januar", "Vår")
    )
    plans = [
        RoundPlan(
            f"{autumn} {last_autumn}",
            Season.AUTUMN,
            datetime.date(last_autumn, 8, 24),
            datetime.date(last_autumn, 10, 9),
        )
    ]
    for year in range(last_autumn, last_autumn - n_rounds, -1):
        before = year - 1
        plans += [
            RoundPlan(
                f"{spring} {year}", Season.SPRING, datetime.date(year, 4, 13), datetime.date(year, 5, 22)
            ),
            RoundPlan(
                f"{january} {year}", Season.MIDWINTER, datetime.date(year, 1, 12), datetime.date(year, 1, 30)
            ),
            RoundPlan(
                f"{autumn} {before}",
                Season.AUTUMN,
                datetime.date(before, 8, 25),
                datetime.date(before, 10, 10),
            ),
        ]
    return plans[:n_rounds][::-1]


def write_indicators(specs: Sequence[IndicatorSpec], year_groups: range | None = None) -> list[Indicator]:
    """Indicators and their limits; with `year_groups`, limits in all of them instead of those that have their own."""
    municipality = current_municipality()
    is_swedish = municipality.country == Country.SWEDEN
    indicators = [
        Indicator(
            municipality=municipality,
            position=position,
            **_definition(spec, is_swedish, year_groups).columns(),
        )
        for position, spec in enumerate(specs, start=1)
    ]
    Indicator.objects.bulk_create(indicators)
    Threshold.objects.bulk_create(
        Threshold(
            municipality=municipality,
            indicator=indicator,
            year_group=year_group,
            yellow_limit=round(spec.limits_in(year_group)[0] * HUNDREDTHS),
            green_limit=round(spec.limits_in(year_group)[1] * HUNDREDTHS),
            valid_from=LIMITS_SINCE,
            known_from=None,
            source=DECISION if is_swedish else "",
        )
        for indicator, spec in zip(indicators, specs, strict=True)
        for year_group in year_groups or spec.limits
    )
    return indicators


def _definition(spec: IndicatorSpec, is_swedish: bool, year_groups: range | None) -> Definition:
    """What the demo has invented is told in Swedish alone; a starter set speaks its own country's language."""
    is_told = is_swedish or bool(spec.purpose)
    return Definition(
        code=spec.code,
        names=spec.names,
        definitions=spec.definitions,
        aliases=spec.aliases,
        area=spec.area,
        scale=spec.scale,
        is_high_good=spec.is_high_good,
        measurement_error=round(spec.error * HUNDREDTHS),
        year_groups=() if year_groups else tuple(sorted({*chain(*spec.due.values())})),
        purpose=spec.purpose,
        legal_ground=spec.legal_ground,
        source=spec.source if is_told else "",
        owner=spec.owner or (OWNERS[spec.area] if is_swedish else ""),
        subject=spec.subject if spec.scale.steps == SWEDISH_GRADES else "",
    )


class RoundWriter:
    """Opens one round after the other and records its results.

    A round is made when its turn has come, so that nothing later has to be set right again.
    everything_in: year groups in which every indicator is due in every round; None for the catalogue's own plan.
    """

    def __init__(
        self,
        specs: Sequence[IndicatorSpec],
        indicators: list[Indicator],
        *,
        by: User,
        seed: int,
        everything_in: range | None = None,
    ) -> None:
        self.specs = specs
        self.indicators = indicators
        self.indicator_ids = np.array([indicator.pk for indicator in indicators])
        self.by = by
        self.everything_in = everything_in
        starts = _first_days_and_schools()
        self.pupil_ids = starts["pupil_id"].to_numpy()
        self.joined_on = pd.to_datetime(starts["joined_on"]).to_numpy()
        self.development = Development(
            specs, pd.factorize(starts["school_id"])[0], np.random.default_rng([seed, 3])
        )
        self.began_on: datetime.date | None = None

    def write(self, plan: RoundPlan) -> Recorded:
        round_ = MeasurementRound.objects.create(
            municipality=current_municipality(),
            name=plan.name,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
        )
        due = self.due_in(plan.season)
        DueIndicator.objects.bulk_create(
            DueIndicator(
                municipality=round_.municipality,
                round=round_,
                indicator=self.indicators[place],
                year_group=year_group,
                known_from=None,
            )
            for place, year_group in due.itertuples(index=False)
        )
        return record_results(self.results_of(plan, round_, due), by=self.by, at=_recorded_at(round_))

    def help(self, pupil_ids: Collection[int], indicator: Indicator, gain: float) -> None:
        """From the next round on the pupils do better on the indicator, by a share of its spread; worse, if below 0."""
        pupils = np.searchsorted(self.pupil_ids, sorted(pupil_ids))
        self.development.own_way[pupils, self.indicators.index(indicator)] += gain

    def due_in(self, season: Season) -> pd.DataFrame:
        """Columns place (of the indicator), year_group."""
        due = [
            (place, year_group)
            for place, spec in enumerate(self.specs)
            for year_group in self.everything_in or spec.due.get(season, ())
        ]
        return pd.DataFrame(due, columns=["place", "year_group"])

    def results_of(self, plan: RoundPlan, round_: MeasurementRound, due: pd.DataFrame) -> pd.DataFrame:
        """What record_results asks for, of everybody who is due and was there on the day of measurement."""
        self.began_on = self.began_on or plan.starts_on
        years = (plan.starts_on - self.began_on).days / DAYS_OF_A_YEAR
        rows = enrolments_at(round_.counted_on, self.pupil_ids).merge(due, on="year_group")
        rows = rows.sort_values(["pupil_id", "place"], ignore_index=True)
        pupils = np.searchsorted(self.pupil_ids, rows["pupil_id"].to_numpy())
        places = rows["place"].to_numpy()
        values = self.development.values(pupils, places, rows["year_group"].to_numpy(), plan.season, years)
        marks, is_missing = self.development.marks(pupils, places)
        measured_on = self.days_of(plan, places, rows["school_class_id"].to_numpy())
        is_there = self.joined_on[pupils] <= measured_on
        results = pd.DataFrame(
            {
                "pupil_id": rows["pupil_id"],
                "indicator_id": self.indicator_ids[places],
                "round_id": round_.pk,
                "value": np.where(marks == Mark.MEASURED, values, np.nan),
                "mark": marks,
                "measured_on": pd.Series(measured_on).dt.date,
            }
        )
        return results[is_there & ~is_missing]

    def days_of(self, plan: RoundPlan, places: np.ndarray, class_ids: np.ndarray) -> np.ndarray:
        """The day of measurement: a test is taken by a whole class on a weekday of the round, what is registered is
        read off on its last day."""
        weekdays = pd.bdate_range(plan.starts_on, plan.ends_on).to_numpy()
        is_registered = np.array([spec.is_registered for spec in self.specs])[places]
        nth = (places * DAYS_APART + pd.factorize(class_ids, sort=True)[0]) % len(weekdays)
        return weekdays[np.where(is_registered, len(weekdays) - 1, nth)]


def _recorded_at(round_: MeasurementRound) -> datetime.datetime:
    """The afternoon of the round's last day, so that the map can be shown as it stood on any day since."""
    afternoon = datetime.datetime.combine(round_.ends_on, datetime.time(16))
    return min(timezone.make_aware(afternoon), timezone.now())


def _first_days_and_schools() -> pd.DataFrame:
    """Of every pupil, in order of ids: pupil_id, joined_on, school_id of the first class."""
    first_days = dict(Enrolment.objects.values_list("pupil_id").annotate(Min("valid_from")).order_by())
    school_of_class = dict(
        UnitPlacement.objects.filter(unit__level=Level.SCHOOL_CLASS).values_list("unit_id", "parent_id")
    )
    enrolments = Enrolment.objects.order_by("pupil_id", "valid_from").values_list(
        "pupil_id", "school_class_id", "valid_from"
    )
    rows = [
        (pupil_id, joined_on, school_of_class[school_class_id])
        for pupil_id, school_class_id, joined_on in enrolments
        if first_days[pupil_id] == joined_on
    ]
    return pd.DataFrame(rows, columns=["pupil_id", "joined_on", "school_id"])
