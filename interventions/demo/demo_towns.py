"""The two municipalities of the demo: Solviken, and beside it Fjordvik, which shows that neither sees the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import transaction

from accounts.demo import fjordvik, fjordvik_sign_ins, solviken, solviken_sign_ins
from accounts.demo.single_sign_on import write_provider
from accounts.models import Municipality
from accounts.services import create_municipality
from accounts.tenancy import municipality_scope
from colourmaps.demo import rounds_until

from .catalogue import take_what_others_offer
from .phases import Say
from .towns import LAST_AUTUMN, TOLD_ON, Tale, autumns_of, tell

N_ROUNDS = 4
N_INDICATORS = 20
FEWEST_PUPILS = 60
# With the usual number of pupils the teacher's class then has newcomers and every kind of empty cell.
SOLVIKEN_SEED = 11074


@dataclass(frozen=True)
class DemoTown:
    """A municipality of the demo. logins: of those who can sign in, in the order in which they are shown."""

    code: str
    name: str
    country: str
    domain: str
    roles: tuple[str, ...]
    tale: Callable[[int], Tale]

    @property
    def logins(self) -> list[str]:
        return [f"{role}@{self.domain}" for role in self.roles]

    def municipality(self) -> Municipality | None:
        return Municipality.objects.filter(code=self.code).first()


def solviken_tale(n_pupils: int) -> Tale:
    rounds = rounds_until(LAST_AUTUMN, N_ROUNDS, "SE")
    return Tale(
        plan=solviken(n_pupils, autumns_of(rounds)),
        rounds=rounds,
        n_indicators=N_INDICATORS,
        n_interventions=18,
        domain=SOLVIKEN.domain,
        seed=SOLVIKEN_SEED,
        sign_ins=solviken_sign_ins,
    )


def fjordvik_tale(n_pupils: int) -> Tale:
    """A tenth of Solviken."""
    rounds = rounds_until(LAST_AUTUMN, N_ROUNDS, "NO")
    return Tale(
        plan=fjordvik(max(FEWEST_PUPILS, n_pupils // 10), autumns_of(rounds)),
        rounds=rounds,
        n_indicators=N_INDICATORS,
        n_interventions=4,
        domain=FJORDVIK.domain,
        seed=9902,
        sign_ins=fjordvik_sign_ins,
    )


SOLVIKEN = DemoTown(
    code="9901",
    name="Solviken",
    country="SE",
    domain="solviken.example",
    roles=(
        "larare",
        "mentor4a",
        "analysledare",
        "rektor",
        "elevhalsa",
        "skolskoterska",
        "omradeschef",
        "forvaltningschef",
        "namnd",
        "samverkan",
        "stod",
        "samordnare",
        "administrator",
        "loggkontroll",
        "dataskydd",
    ),
    tale=solviken_tale,
)
FJORDVIK = DemoTown(
    code="9902",
    name="Fjordvik",
    country="NO",
    domain="fjordvik.example",
    roles=("larer", "rektor", "skolesjef", "koordinator", "administrator"),
    tale=fjordvik_tale,
)
DEMO_TOWNS = (SOLVIKEN, FJORDVIK)


@transaction.atomic
def make_demo_town(
    demo: DemoTown, n_pupils: int, say: Say, *, leaves_to_worker: bool = False
) -> Municipality:
    """The municipality with all that is told of it, or nothing at all. leaves_to_worker: see Tale."""
    municipality = create_municipality(code=demo.code, name=demo.name, country=demo.country)
    tell(municipality, replace(demo.tale(n_pupils), leaves_to_worker=leaves_to_worker), say)
    with municipality_scope(municipality):
        write_provider(demo.domain)
    for each in filter(None, (town.municipality() for town in DEMO_TOWNS)):
        take_what_others_offer(each, on=TOLD_ON)
    return municipality
