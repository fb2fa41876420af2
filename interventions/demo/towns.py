"""Puts an invented municipality together: tree, people, pupils, results, sums and interventions."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from python_calamine import CalamineWorkbook

from accounts.audit import record
from accounts.demo import (
    PASSWORD,
    Town,
    TownPlan,
    demo_class,
    trial,
    write_people,
    write_tree,
)
from accounts.models import Country, Municipality, RoleAssignment, Unit
from accounts.roles import RoleCode
from accounts.tenancy import municipality_scope
from aggregation.models import Release, ReleaseWork, RollupWork, UnitSum
from aggregation.release_work import do_waiting_releases
from aggregation.releasing import release_round
from aggregation.rollup import recount_municipality
from colourmaps.demo import (
    RoundPlan,
    RoundWriter,
    indicators_for,
    rounds_until,
    write_indicators,
    write_maps,
)
from colourmaps.medical.demo import write_health_talks
from colourmaps.models import MeasurementRound
from pupils.demo import write_group, write_log, write_pupils
from pupils.models import Pupil
from pupils.school_years import SchoolYear, first_year_group, year_groups

from .answers import Answers, write_follow_ups
from .catalogue import write_catalogue
from .delivery import write_sessions
from .evaluations import write_evaluations
from .families import write_families
from .history import write_interventions
from .lines import write_lines
from .meetings import write_meetings
from .phases import Say, phase
from .protection import write_protection
from .questions import write_questions
from .shared import write_shared
from .tables import gather_statistics

# The day on which the story is told: the last round is over, its late follow-ups are a few days old.
TOLD_ON = datetime.date(2026, 11, 21)
LAST_AUTUMN = SchoolYear.of(TOLD_ON).start_year
EXAMPLE = Path("docs") / "examples" / "solviksskolan_ht2026_fargkarta.xlsx"
TEMPORARY_NUMBER = re.compile(r"\d{8}TF\d\d")

SignIns = Callable[[Town], dict[tuple[RoleCode, Unit], str]]


@dataclass(frozen=True)
class Tale:
    """What is told of a municipality beside its layout.

    sign_ins: who can sign in; None for nobody. everything_in: year groups in which all is measured in every round.
    leaves_to_worker: what takes long and nobody looks at first is done by the worker that runs afterwards.
    """

    plan: TownPlan
    rounds: Sequence[RoundPlan]
    n_indicators: int
    n_interventions: int
    domain: str
    seed: int
    sign_ins: SignIns | None = None
    everything_in: range | None = None
    leaves_to_worker: bool = False


def autumns_of(rounds: Sequence[RoundPlan]) -> tuple[int, ...]:
    """The school years, by their autumns, from the first round to the last."""
    first, last = (SchoolYear.of(plan.ends_on).start_year for plan in (rounds[0], rounds[-1]))
    return tuple(range(first, last + 1))


def trial_tale(
    municipality: Municipality, n_pupils: int, *, n_indicators: int, n_rounds: int, seed: int
) -> Tale:
    """For trials and measurements: every indicator in every year group and round, and nobody who can sign in."""
    country = municipality.country
    rounds = rounds_until(LAST_AUTUMN, n_rounds, country)
    return Tale(
        plan=trial(
            municipality.name, country, n_pupils, autumns_of(rounds), first_year_group(country, TOLD_ON)
        ),
        rounds=rounds,
        n_indicators=n_indicators,
        n_interventions=18,
        domain=f"{municipality.code}.example".lower(),
        seed=seed,
        everything_in=year_groups(country, TOLD_ON),
    )


@transaction.atomic
def tell(municipality: Municipality, tale: Tale, say: Say) -> None:
    """Fills an empty municipality, whole or not at all."""
    _lift_time_limits()
    with municipality_scope(municipality):
        with phase("Schools and classes", say) as made:
            town = write_tree(tale.plan)
            made.n_made = len(town.schools) + len(town.classes)
        with phase("People and roles", say) as made:
            sign_ins = tale.sign_ins(town) if tale.sign_ins else {}
            made.n_made = write_people(town, sign_ins, domain=tale.domain, password=PASSWORD, seed=tale.seed)
        with phase("Pupils", say) as made:
            made.n_made = write_pupils(
                town,
                seed=tale.seed,
                told_on=TOLD_ON,
                protected_in=demo_class(town),
                taken=example_identity_numbers(),
            )
        if municipality.country == Country.SWEDEN:
            with phase("Newly arrived pupils", say) as made:
                made.n_made = write_group(seed=tale.seed)
        _measure(tale, town, say)
        if tale.sign_ins and municipality.country == Country.SWEDEN:
            with phase("Health talks", say) as made:
                made.n_made = write_health_talks(
                    town, first_class=demo_class(town), told_on=TOLD_ON, seed=tale.seed
                )
        with phase("Sums", say) as made:
            gather_statistics()
            recount_municipality()
            # Everything has just been counted; nothing waits for the worker.
            RollupWork.objects.all().delete()
            made.n_made = UnitSum.objects.count()
        with phase("Releases", say) as made:
            _release(tale)
            made.n_made = Release.objects.count()
        with phase("Interventions", say) as made:
            made.n_made = write_interventions(town, tale.n_interventions, first_class=demo_class(town))
            made.n_made += write_shared(town, told_on=TOLD_ON)
            write_lines(town, told_on=TOLD_ON)
        with phase("Follow-ups", say) as made:
            made.n_made = write_follow_ups()
        with phase("Evaluations", say) as made:
            made.n_made = write_evaluations(town, told_on=TOLD_ON)
        with phase("Sessions", say) as made:
            made.n_made = write_sessions(told_on=TOLD_ON)
        with phase("Catalogue", say) as made:
            made.n_made = write_catalogue(town, on=TOLD_ON, is_demo=tale.sign_ins is not None)
        with phase("Questions", say) as made:
            made.n_made = write_questions(town, first_class=demo_class(town), told_on=TOLD_ON)
        with phase("Meetings", say) as made:
            made.n_made = write_meetings(town, first_class=demo_class(town), told_on=TOLD_ON)
        with phase("Families' answers", say) as made:
            made.n_made = write_families(town, first_class=demo_class(town), told_on=TOLD_ON, seed=tale.seed)
        if tale.sign_ins is not None:
            with phase("Protected identity and an emergency", say) as made:
                made.n_made = write_protection(town, first_class=demo_class(town), told_on=TOLD_ON)
            with phase("Log", say) as made:
                made.n_made = write_log(told_on=TOLD_ON, seed=tale.seed)
        record("municipality seeded", by=None, subject=municipality.code, seed=tale.seed)


def _measure(tale: Tale, town: Town, say: Say) -> None:
    specs = indicators_for(town.plan.country, town.plan.first_year_group)[: tale.n_indicators]
    indicators = write_indicators(specs, tale.everything_in)
    coordinator = RoleAssignment.objects.select_related("user").filter(role=RoleCode.COORDINATOR)[0].user
    with phase("Maps", say) as made:
        made.n_made = write_maps(town.schools, by=coordinator)
    writer = RoundWriter(specs, indicators, by=coordinator, seed=tale.seed, everything_in=tale.everything_in)
    answers = Answers(town, writer)
    for plan in tale.rounds:
        with phase(f"Results {plan.name}", say) as made:
            made.n_made = writer.write(plan).n_new
            answers.after(MeasurementRound.objects.latest("starts_on"))


def _release(tale: Tale) -> None:
    """Where a worker comes after us, the last round alone: the others wait for it."""
    if tale.leaves_to_worker:
        last = MeasurementRound.objects.latest("starts_on")
        release_round(last)
        ReleaseWork.objects.filter(round=last).delete()
    else:
        do_waiting_releases()


def _lift_time_limits() -> None:
    """A page's limits are too short for filling a municipality; they hold again when the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = 0")
            cursor.execute("set local idle_in_transaction_session_timeout = 0")


def example_identity_numbers() -> set[str]:
    """The identity numbers of the example workbook, whose pupils are to come: nobody else may have one of them."""
    path = Path(settings.BASE_DIR) / EXAMPLE
    if not path.exists():
        return set()
    workbook = CalamineWorkbook.from_path(str(path))
    sheets = (workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names)
    return {
        str(cell) for rows in sheets for row in rows for cell in row if TEMPORARY_NUMBER.fullmatch(str(cell))
    }


def has_pupils(municipality: Municipality) -> bool:
    with municipality_scope(municipality):
        return Pupil.objects.exists()
