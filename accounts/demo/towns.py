"""The invented municipalities: Solviken, Fjordvik beside it, and one of any size for trials."""

from __future__ import annotations

from .layout import SchoolPlan, TownPlan

USUAL_CLASS = 22
# The classes of the example workbook docs/examples/solviksskolan_ht2026_fargkarta.xlsx: 4A, 4B and 5A.
AWAITED = {4: 2, 5: 1}
# In the order of the areas: the first three stand in the first area, the next three in the second.
SOLVIKEN_SCHOOLS = (
    SchoolPlan("Solviksskolan", last_year=6, n_parallel=2, awaited=AWAITED),
    SchoolPlan("Björkängsskolan", last_year=6),
    SchoolPlan("Klockarhagsskolan", first_year=7, last_year=9, n_upper=3),
    SchoolPlan("Hamnskolan", last_year=9, n_upper=3),
    SchoolPlan("Kvarnbyskolan", last_year=6),
    SchoolPlan("Strandängsskolan", last_year=6),
    SchoolPlan("Granliskolan", last_year=9, n_upper=1),
    SchoolPlan("Utskärs skola", last_year=6, mixed=((0, 1), (2, 3), (4, 5, 6))),
)
# Which of them a smaller municipality has: places in the list above, the most needed first.
BY_NEED = (0, 3, 7, 6, 2, 1, 4, 5)
FEWEST_SCHOOLS = 3

AREA_NAMES = (
    "Område Centrum",
    "Område Hamnen",
    "Område Kusten",
    "Område Slätten",
    "Område Åsen",
    "Område Sjöstaden",
    "Område Skogsbygden",
    "Område Bruket",
    "Område Norrmalm",
)
ADMINISTRATIONS = ("Skolförvaltning Stad", "Skolförvaltning Land")
TREES = (
    "Alm",
    "Ask",
    "Ek",
    "Hassel",
    "Lind",
    "Lönn",
    "Rönn",
    "Sälg",
    "Tall",
    "Vide",
    "Apel",
    "Gran",
    "Hägg",
    "Pil",
)
GROUNDS = (
    "backaskolan",
    "dalsskolan",
    "ängsskolan",
    "hagaskolan",
    "lundaskolan",
    "bergsskolan",
    "bäcksskolan",
)


def solviken(n_pupils: int, autumns: tuple[int, ...]) -> TownPlan:
    """The demo municipality; with 1,500 pupils it has its eight schools and about 70 classes a year."""
    n_schools = schools_for(n_pupils)
    if n_schools < len(SOLVIKEN_SCHOOLS):
        schools = [SOLVIKEN_SCHOOLS[place] for place in sorted(BY_NEED[:n_schools])]
    else:
        schools = [*SOLVIKEN_SCHOOLS, *more_schools(n_schools - len(SOLVIKEN_SCHOOLS))]
    return town("Solviken", "SE", n_pupils, schools, autumns)


def fjordvik(n_pupils: int, autumns: tuple[int, ...]) -> TownPlan:
    """A small Norwegian municipality without areas."""
    return TownPlan(
        name="Fjordvik",
        country="NO",
        n_pupils=n_pupils,
        administrations={"Oppvekst og utdanning": ()},
        schools=(
            SchoolPlan("Fjordvik barneskole", last_year=6),
            SchoolPlan("Neset ungdomsskole", first_year=7, last_year=9, n_upper=1),
        ),
        autumns=autumns,
        first_year_group=1,
    )


def trial(
    name: str, country: str, n_pupils: int, autumns: tuple[int, ...], first_year_group: int
) -> TownPlan:
    """A municipality of any size, for trials and measurements: no class waits for a file."""
    schools = more_schools(schools_for(n_pupils))
    return town(name, country, n_pupils, schools, autumns, first_year_group)


def schools_for(n_pupils: int) -> int:
    """How many schools serve so many pupils: 8 for 1,500 and about 80 for 20,000, since towns have larger ones."""
    return max(FEWEST_SCHOOLS, round(8 * (n_pupils / 1500) ** 0.88))


def more_schools(n_schools: int) -> list[SchoolPlan]:
    """Further schools of the same kinds, each with a name of its own."""
    kinds = [SOLVIKEN_SCHOOLS[place] for place in BY_NEED]
    names = [tree + ground for ground in GROUNDS for tree in TREES]
    schools = []
    for n in range(n_schools):
        kind, rank = kinds[n % len(kinds)], n // len(names)
        name = names[n % len(names)] + (f" {rank + 1}" if rank else "")
        schools.append(
            SchoolPlan(name, kind.last_year, kind.first_year, kind.n_parallel, kind.n_upper, kind.mixed)
        )
    return schools


def town(
    name: str,
    country: str,
    n_pupils: int,
    schools: list[SchoolPlan],
    autumns: tuple[int, ...],
    first_year_group: int = 0,
) -> TownPlan:
    """Two administrations and an area for every handful of schools, whose classes are as many as the pupils need."""
    n_areas = min(max(min(3, len(schools)), len(schools) // 7), len(AREA_NAMES))
    areas = AREA_NAMES[:n_areas]
    first_half = -(-n_areas * 2 // 3)
    n_classes = sum(
        school.n_classes(stage)
        for school in schools
        for stage in range(school.first_year, school.last_year + 1)
    )
    factor = n_pupils / (n_classes * USUAL_CLASS)
    return TownPlan(
        name=name,
        country=country,
        n_pupils=n_pupils,
        administrations={ADMINISTRATIONS[0]: areas[:first_half], ADMINISTRATIONS[1]: areas[first_half:]},
        schools=tuple(school if school.mixed else school.scaled(factor) for school in schools),
        autumns=autumns,
        first_year_group=first_year_group,
    )
