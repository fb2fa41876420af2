import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Country, Municipality
from accounts.services import create_municipality
from accounts.tenancy import municipality_scope
from colourmaps.demo import indicators_for
from colourmaps.models import Indicator, MeasurementRound
from interventions.demo import has_pupils, tell, trial_tale
from interventions.demo.demo_towns import FEWEST_PUPILS

MOST_ROUNDS = 12


class Command(BaseCommand):
    help = (
        "Fills a municipality, new or empty, with invented pupils and results, for trials and measurements: "
        "every indicator in every year group and round. Nobody there can sign in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--code", required=True, help="of the municipality; a new one is made if there is none"
        )
        parser.add_argument("--pupils", type=int, required=True)
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same pupils and results"
        )
        parser.add_argument("--indicators", type=int, default=20)
        parser.add_argument("--rounds", type=int, default=4)
        parser.add_argument(
            "--country", choices=Country.values, default=Country.SWEDEN.value, help="of a new one"
        )

    def handle(
        self, *, code: str, pupils: int, seed: int, indicators: int, rounds: int, country: str, **options: Any
    ) -> None:
        municipality = Municipality.objects.filter(code=code).first()
        if municipality:
            self.check_empty(municipality)
            country = municipality.country
        self.check_numbers(pupils, indicators, rounds, country)
        started = time.monotonic()
        if municipality is None:
            municipality = create_municipality(code=code, name=f"Kommun {code}", country=country)
        tale = trial_tale(municipality, pupils, n_indicators=indicators, n_rounds=rounds, seed=seed)
        self.say(f"{municipality.name} (invented)")
        tell(municipality, tale, self.say)
        self.say(f"  ready in {time.monotonic() - started:.1f} s")

    def check_empty(self, municipality: Municipality) -> None:
        if has_pupils(municipality):
            raise CommandError(
                f"{municipality.name} has pupils already. Choose the code of an empty municipality."
            )
        with municipality_scope(municipality):
            if Indicator.objects.exists() or MeasurementRound.objects.exists():
                raise CommandError(
                    f"{municipality.name} has indicators or rounds of its own. "
                    "Choose the code of an empty municipality."
                )

    def check_numbers(self, pupils: int, indicators: int, rounds: int, country: str) -> None:
        most_indicators = len(indicators_for(country, 0))
        if pupils < FEWEST_PUPILS:
            raise CommandError(
                f"At least {FEWEST_PUPILS} pupils are needed, so that there is one in every class."
            )
        if not 1 <= indicators <= most_indicators:
            raise CommandError(f"There are 1 to {most_indicators} indicators to choose.")
        if not 1 <= rounds <= MOST_ROUNDS:
            raise CommandError(f"There are 1 to {MOST_ROUNDS} rounds to choose.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
