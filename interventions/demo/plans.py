"""The whole plan of an invented intervention: what a school would write beside its title and its aim."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from colourmaps.models import Indicator, IndicatorArea
from interventions.models import Kind

WEEK = datetime.timedelta(weeks=1)
# Of the indicator's scale: what is hoped for, in measurement errors.
HOPED_FOR = 1.5


@dataclass(frozen=True)
class PlanTexts:
    """practice, family: for a class, for a few pupils. steps: with the week after the start, or before it."""

    practice: tuple[str, str]
    background: tuple[str, str]
    family: str
    others: str
    steps: tuple[tuple[int, str], ...]
    costs: tuple[tuple[str, int, int], ...]


SWEDISH = PlanTexts(
    practice=(
        "Vi lägger om schemat så att passet ligger först på dagen. Två vuxna är med, i samma grupp varje gång.",
        "Eleverna går till grupprummet efter samlingen. Samma vuxen leder varje pass och för en rad i loggen efteråt.",
    ),
    background=(
        "Resultaten vid senaste mättillfället räcker inte. Vi tror att undervisningen har gått för fort fram och att "
        "för få uppgifter har följts upp tillsammans.",
        "Eleverna har fått samma stöd som resten av klassen, och det har inte räckt. De behöver fler korta pass med "
        "direkt återkoppling.",
    ),
    family="Mentor berättar på utvecklingssamtalet vad vi gör. Hemmet får ett kort meddelande var tredje vecka.",
    others="specialpedagogen, fritidspedagogen",
    steps=(
        (-1, "Schemat är omlagt och alla vuxna vet vem som gör vad"),
        (1, "Första passen är hållna; vi ser efter att det fungerar"),
        (5, "Avstämning i arbetslaget: vad ska vi ändra?"),
        (9, "Alla moment är genomförda"),
    ),
    costs=(
        ("Undervisningstid, speciallärare", 0, 30),
        ("Material", 4500, 0),
        ("Vikarie under fortbildning", 6200, 8),
    ),
)
NORWEGIAN = PlanTexts(
    practice=(
        "Vi legger om timeplanen slik at økten ligger først på dagen. To voksne er med, og gruppen er den samme.",
        "Elevene går til grupperommet etter samlingen. Samme voksen leder hver økt og skriver en linje i loggen.",
    ),
    background=(
        "Resultatene ved forrige måletidspunkt er ikke gode nok. Vi tror at undervisningen har gått for fort fram.",
        "Elevene har fått samme støtte som resten av klassen, og det har ikke vært nok.",
    ),
    family="Kontaktlæreren forteller hva vi gjør på utviklingssamtalen. Hjemmet får en kort melding hver tredje uke.",
    others="spesialpedagogen",
    steps=(
        (-1, "Timeplanen er lagt om, og alle voksne vet hvem som gjør hva"),
        (1, "De første øktene er holdt"),
        (5, "Vi ser på teamet hva som må endres"),
    ),
    costs=(("Undervisningstid, spesialpedagog", 0, 24), ("Materiell", 3800, 0)),
)
KINDS = {
    IndicatorArea.HEALTH: Kind.HEALTH_PROMOTING,
    IndicatorArea.ATTENDANCE: Kind.PREVENTING,
    IndicatorArea.LEARNING_ENVIRONMENT: Kind.ORGANISATION,
}


def texts_of(country: str) -> PlanTexts:
    return NORWEGIAN if country == "NO" else SWEDISH


def plan_fields(
    texts: PlanTexts, indicator: Indicator, starts_on: datetime.date, *, is_for_pupils: bool
) -> dict[str, Any]:
    """The columns of the intervention beside its title, aim, days and people."""
    usual = Kind.SUPPORT if is_for_pupils else Kind.TEACHING
    hope = max(100, round(indicator.measurement_error * HOPED_FOR / 100) * 100)
    return {
        "kind": KINDS.get(IndicatorArea(indicator.area), usual),
        "practice": texts.practice[is_for_pupils],
        "background": texts.background[is_for_pupils],
        "family_part": texts.family,
        "other_participants": texts.others,
        "times_per_week": 3 if is_for_pupils else 4,
        "minutes_each_time": 20 if is_for_pupils else 40,
        "planned_until": starts_on + 12 * WEEK,
        "expected_change": hope if indicator.is_high_good else -hope,
    }
