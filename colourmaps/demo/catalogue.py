"""The demo's indicators, in the order of the map. Limits and tests are invented, but for what a starter set ships.

Measurement errors are small against the distance between the limits, so that about one value in six is near a limit.
Scales of few steps have none: a stanine, a day or a pupil's own answer is a step as wide as its error.
"""

from __future__ import annotations

from colourmaps.models import IndicatorArea
from colourmaps.scales import GRADE, PERCENT, STANINE, SURVEY, YES_NO, Scale, ValueType, points

from .specification import GRADES, IndicatorSpec, Season, every, names, number, shipped

LANGUAGE, MATHEMATICS = IndicatorArea.LANGUAGE, IndicatorArea.MATHEMATICS
OTHER, HEALTH = IndicatorArea.OTHER_SUBJECTS, IndicatorArea.HEALTH
ATTENDANCE, ENVIRONMENT = IndicatorArea.ATTENDANCE, IndicatorArea.LEARNING_ENVIRONMENT
AUTUMN, MIDWINTER, SPRING = Season.AUTUMN, Season.MIDWINTER, Season.SPRING

ALL_YEARS = range(10)
LOWER, MIDDLE, UPPER = range(1, 4), range(4, 7), range(7, 10)
GRADED = range(6, 10)
NORWEGIAN, DANISH = "norway_grades_absence", "denmark_marks_absence"
PASS_AND_GOOD = GRADES["SE"].limits

LANGUAGE_INDICATORS = (
    IndicatorSpec(
        **shipped("sweden_screening", "SPRAKF"),
        limits=every([0], (2, 3)),
        due={AUTUMN: [0], SPRING: [0]},
    ),
    IndicatorSpec(
        code="AVKODNING",
        names=names("Avkodning", "Decoding", "Avkoding", "Afkodning"),
        aliases=("Avkodning (poäng)", "Ordavkodning"),
        area=LANGUAGE,
        scale=points(60),
        limits={0: (5, 11), 1: (15, 25), 2: (26, 36), 3: (34, 44)},
        due={AUTUMN: range(4), SPRING: range(4)},
        error=1,
        source="Screening, lågstadiet",
    ),
    IndicatorSpec(
        code="LASETTAN",
        names=names("LäsEttan", "LäsEttan reading test", "LäsEttan leseprøve", "LäsEttan læseprøve"),
        aliases=("LäsEttan (stanine)", "Läs Ettan", "LäsEttan stanine"),
        area=LANGUAGE,
        scale=STANINE,
        limits=every(range(1, 7), (4, 5)),
        due={AUTUMN: range(1, 7), SPRING: range(1, 7)},
        source="Normerat läsprov, höst och vår",
        centre=0.23,
        spread=2.13,
    ),
    IndicatorSpec(
        code="LASHASTIGHET",
        names=names("Läshastighet", "Reading speed", "Lesehastighet", "Læsehastighed"),
        aliases=("Läshastighet (ord/min)", "Läsflyt", "Ord per minut"),
        area=LANGUAGE,
        scale=number(400, "ord/min"),
        limits={1: (15, 30), 2: (40, 60), 3: (60, 80), 4: (75, 95), 5: (85, 105), 6: (95, 120)},
        due={AUTUMN: range(1, 7), SPRING: range(1, 7)},
        error=5,
        source="Läsning under en minut, ordinarie lärare",
        centre=0.23,
        spread=1.34,
    ),
    IndicatorSpec(
        code="LASFORST",
        names=names("Läsförståelse", "Reading comprehension", "Leseforståelse", "Læseforståelse"),
        aliases=("Läsförståelse (poäng)", "Läsförståelse av 30"),
        area=LANGUAGE,
        scale=points(30),
        limits={4: (11, 17), 5: (12, 18), 6: (13, 19), 7: (13, 19), 8: (14, 20), 9: (15, 21)},
        due={AUTUMN: GRADED, MIDWINTER: MIDDLE, SPRING: [4, 5, *GRADED]},
        error=1,
        source="Gemensamt prov i kommunen",
        spread=1.12,
    ),
    IndicatorSpec(
        code="SKRIVNING",
        names=names("Skrivning", "Writing", "Skriving", "Skrivning"),
        aliases=("Skriva", "Skrivuppgift"),
        area=LANGUAGE,
        scale=GRADE,
        limits=every(range(4, 7), PASS_AND_GOOD),
        due={AUTUMN: MIDDLE, SPRING: MIDDLE},
        source="Sambedömd skrivuppgift",
        centre=0.1,
        spread=1.01,
    ),
    IndicatorSpec(
        **shipped("sweden_grades", "BETYGSV"),
        limits=every(GRADED, PASS_AND_GOOD),
        due={MIDWINTER: GRADED, SPRING: GRADED},
        centre=0.08,
        spread=1.06,
        elsewhere={"NO": (NORWEGIAN, "KARNORSK"), "DK": (DANISH, "KARDANS")},
    ),
)
MATHEMATICS_INDICATORS = (
    IndicatorSpec(
        code="TALUPPFATTNING",
        names=names("Taluppfattning", "Number sense", "Tallforståelse", "Talforståelse"),
        aliases=("Taluppfattning (poäng av 40)", "Taluppfattning, poäng"),
        area=MATHEMATICS,
        scale=points(40, decimals=1),
        limits={0: (9, 17), 1: (11, 20), 2: (13, 22), 3: (15, 24), 4: (16, 26), 5: (16, 26), 6: (18, 28)},
        due={AUTUMN: range(7), SPRING: range(7)},
        error=1.5,
        source="Kartläggningsprov i taluppfattning",
        centre=0.15,
        spread=0.9,
    ),
    IndicatorSpec(
        code="PROBLEMLOSNING",
        names=names("Problemlösning", "Problem solving", "Problemløsning", "Problemløsning"),
        aliases=("Problemlösning, %", "Problemlösning (%)"),
        area=MATHEMATICS,
        scale=PERCENT,
        limits={4: (35, 55), 5: (35, 55), 6: (40, 58), 7: (40, 58), 8: (40, 60), 9: (40, 60)},
        due={AUTUMN: range(4, 10), SPRING: range(4, 10)},
        error=4,
        source="Gemensamt prov i kommunen, andel rätt",
        spread=1.12,
    ),
    IndicatorSpec(
        **shipped("sweden_grades", "BETYGMA"),
        limits=every(GRADED, PASS_AND_GOOD),
        due={MIDWINTER: GRADED, SPRING: GRADED},
        centre=0.1,
        spread=1.06,
        elsewhere={"NO": (NORWEGIAN, "KARMAT"), "DK": (DANISH, "KARMATM")},
    ),
)
OTHER_INDICATORS = (
    IndicatorSpec(
        **shipped("sweden_grades", "BETYGEN"),
        limits=every(GRADED, PASS_AND_GOOD),
        due={MIDWINTER: GRADED, SPRING: GRADED},
        centre=0.18,
        spread=1.12,
        elsewhere={"NO": (NORWEGIAN, "KARENG"), "DK": (DANISH, "KARENGM")},
    ),
    IndicatorSpec(
        code="SIMMAR",
        names=names("Simkunnighet 200 m", "Can swim 200 m", "Svømmer 200 m", "Svømmer 200 m"),
        aliases=("Simkunnig", "Simkunnighet"),
        area=OTHER,
        scale=YES_NO,
        limits=every(GRADED, (1, 1)),
        due={AUTUMN: GRADED, SPRING: GRADED},
        source="Idrott och hälsa",
        centre=1.25,
        spread=1,
    ),
)
HEALTH_INDICATORS = (
    IndicatorSpec(
        code="VALBEF",
        names=names("Välbefinnande", "Well-being", "Trivsel", "Trivsel"),
        aliases=("Välbefinnande (1–10)", "Mående"),
        area=HEALTH,
        scale=SURVEY,
        limits=every(range(4, 10), (5, 7)),
        due={AUTUMN: GRADED, MIDWINTER: range(4, 10), SPRING: GRADED},
        source="Elevenkät, egen skattning",
        centre=-0.02,
        spread=1.06,
    ),
    IndicatorSpec(
        code="SOMN",
        names=names(
            "Dagar med god sömn", "Days with enough sleep", "Dager med god søvn", "Dage med god søvn"
        ),
        aliases=("Sömn", "Sömn (dagar/vecka)"),
        area=HEALTH,
        scale=number(7, "d/v"),
        limits=every(range(4, 10), (4, 6)),
        due={AUTUMN: GRADED, MIDWINTER: range(4, 10)},
        source="Elevhälsans enkät",
        centre=-0.07,
        spread=0.9,
    ),
    IndicatorSpec(
        code="RORELSE",
        names=names("Dagar med rörelse", "Active days", "Aktive dager", "Aktive dage"),
        aliases=("Rörelse", "Rörelse (dagar/vecka)", "Fysisk aktivitet"),
        area=HEALTH,
        scale=number(7, "d/v"),
        limits=every(range(4, 10), (2, 4)),
        due={MIDWINTER: range(4, 10), SPRING: GRADED},
        source="Elevhälsans enkät",
        centre=-0.02,
        spread=0.95,
    ),
)
ATTENDANCE_INDICATORS = (
    IndicatorSpec(
        **shipped("sweden_attendance", "FRANVARO"),
        limits=every(ALL_YEARS, (10, 5)),
        due=dict.fromkeys(Season, ALL_YEARS),
        centre=0.23,
        spread=1.29,
        is_skewed=True,
        is_registered=True,
        elsewhere={"NO": (NORWEGIAN, "FRAVAR"), "DK": (DANISH, "FRAVAER")},
    ),
    IndicatorSpec(
        code="SENANK",
        names=names("Sen ankomst", "Late arrival", "For sent frammøte", "For sent fremmøde"),
        aliases=("Sen ankomst (min/vecka)", "Sena ankomster"),
        area=ATTENDANCE,
        scale=Scale(ValueType.MINUTES, 0, 500_00, unit="min"),
        limits=every(GRADED, (30, 12)),
        due=dict.fromkeys(Season, GRADED),
        error=3,
        source="Minuter per vecka, ur frånvarosystemet",
        is_high_good=False,
        spread=1.12,
        is_skewed=True,
        is_registered=True,
    ),
)
ENVIRONMENT_INDICATORS = (
    IndicatorSpec(
        code="TRYGGHET",
        names=names("Trygghet", "Feeling safe", "Trygghet", "Tryghed"),
        aliases=("Trygghet (1–10)", "Trygg i skolan"),
        area=ENVIRONMENT,
        scale=SURVEY,
        limits=every(range(1, 10), (5, 7)),
        due={AUTUMN: range(1, 10), SPRING: range(1, 10)},
        source="Elevenkät, egen skattning",
        centre=0.08,
        spread=1.12,
    ),
    IndicatorSpec(
        code="STUDIERO",
        names=names("Studiero", "Calm to study", "Arbeidsro", "Ro til arbejde"),
        aliases=("Studiero (1–10)", "Arbetsro"),
        area=ENVIRONMENT,
        scale=SURVEY,
        limits=every(range(4, 10), (4, 6)),
        due={AUTUMN: GRADED, MIDWINTER: range(4, 10), SPRING: GRADED},
        source="Elevenkät, egen skattning",
        centre=-0.12,
        spread=1.06,
    ),
    IndicatorSpec(
        code="DELAKTIG",
        names=names("Delaktighet", "Having a say", "Medvirkning", "Medbestemmelse"),
        aliases=("Delaktighet (1–10)", "Inflytande"),
        area=ENVIRONMENT,
        scale=SURVEY,
        limits=every(range(4, 10), (4, 6)),
        due={MIDWINTER: range(4, 10), SPRING: GRADED},
        source="Elevenkät, egen skattning",
        centre=0.05,
        spread=1,
    ),
)
CATALOGUE = (
    *LANGUAGE_INDICATORS,
    *MATHEMATICS_INDICATORS,
    *OTHER_INDICATORS,
    *HEALTH_INDICATORS,
    *ATTENDANCE_INDICATORS,
    *ENVIRONMENT_INDICATORS,
)


# Tests that are Swedish, or whose steps are written in Swedish.
ONLY_SWEDISH = frozenset({"SPRAKF", "LASETTAN", "SIMMAR"})


def indicators_for(country: str, first_year_group: int) -> tuple[IndicatorSpec, ...]:
    """The catalogue with a country's grades and year groups; outside Sweden without the Swedish tests."""
    return tuple(
        spec.of_country(country).moved_up(first_year_group)
        for spec in CATALOGUE
        if country == "SE" or spec.code not in ONLY_SWEDISH
    )
