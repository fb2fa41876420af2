"""Merit value and eligibility for upper-secondary school in Sweden, out of a pupil's grades. Pure, no database.

Grades are points in hundredths by subject, as on the scale A–F (scales.SWEDISH_GRADES: E is 1000, F is 0). None stands
for a dash: no basis for a grade, because of absence. A dash is no grade and no pass.

Sources: gymnasieförordningen (2010:2039) 7 kap. 4 § (merit value: the 16 best grades; a modern language that was the
language choice is added to the 16 best of the others); skollagen (2010:800) 16 kap. 30–32 §§ and gymnasieförordningen
7 kap. 2 § (eligibility by kind of programme). A block grade (NO, SO) stands for each of its subjects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .scales import HUNDREDTHS

Grades = Mapping[str, int | None]


class Subject(TextChoices):
    """The subjects of compulsory school by their codes in Skolverket's catalogue of grades."""

    BIOLOGY = "BI", _("biology")
    ART = "BL", _("art")
    DANCE = "DA", _("dance")
    ENGLISH = "EN", _("English")
    PHYSICS = "FY", _("physics")
    GEOGRAPHY = "GE", _("geography")
    HISTORY = "HI", _("history")
    HOME_ECONOMICS = "HKK", _("home and consumer studies")
    PHYSICAL_EDUCATION = "IDH", _("physical education and health")
    CHEMISTRY = "KE", _("chemistry")
    OWN_LANGUAGE = "M1", _("modern language, pupil's choice")
    LANGUAGE_CHOICE = "M2", _("modern language, language choice")
    MATHEMATICS = "MA", _("mathematics")
    MOTHER_TONGUE = "ML", _("mother tongue")
    MUSIC = "MU", _("music")
    SCIENCE_BLOCK = "NO", _("science, one grade for all")
    RELIGION = "RE", _("religion")
    CIVICS = "SH", _("civics")
    CRAFTS = "SL", _("crafts")
    SOCIAL_BLOCK = "SO", _("social studies, one grade for all")
    SWEDISH = "SV", _("Swedish")
    SWEDISH_AS_SECOND = "SVA", _("Swedish as a second language")
    TECHNOLOGY = "TK", _("technology")
    SIGN_LANGUAGE = "TN", _("sign language for hearing pupils")


SCIENCES = (Subject.BIOLOGY.value, Subject.PHYSICS.value, Subject.CHEMISTRY.value)
SOCIAL_STUDIES = (
    Subject.GEOGRAPHY.value,
    Subject.HISTORY.value,
    Subject.RELIGION.value,
    Subject.CIVICS.value,
)
BLOCKS = {Subject.SCIENCE_BLOCK.value: SCIENCES, Subject.SOCIAL_BLOCK.value: SOCIAL_STUDIES}
SWEDISH_OR_SECOND = frozenset({Subject.SWEDISH.value, Subject.SWEDISH_AS_SECOND.value})
N_COUNTED = 16

# Passes beyond Swedish, English and mathematics.
OTHERS_FOR_VOCATIONAL, OTHERS_FOR_PREPARATORY = 5, 9
YES, NO = HUNDREDTHS, 0


def merit_of_16(grades: Grades) -> int | None:
    """The sum of the 16 best grades, of all there are if they are fewer; None for a pupil without any pass.

    A pupil without a pass is in no average merit value (Skolverket's statistics of grades).
    """
    points = _spread(grades)
    return _sum_of_best(points) if _passes(points) else None


def merit_of_17(grades: Grades) -> int | None:
    """As merit_of_16, and a modern language that was the language choice beside the 16 best of the others."""
    points = _spread(grades)
    if not _passes(points):
        return None
    as_choice = points.get(Subject.LANGUAGE_CHOICE.value, 0)
    others = {subject: n for subject, n in points.items() if subject != Subject.LANGUAGE_CHOICE.value}
    return _sum_of_best(others) + as_choice


def has_passed_all(grades: Grades) -> bool:
    """Whether every subject of the pupil's is passed. A dash is not; nor is a pupil without any grade or dash."""
    return bool(grades) and all(points for points in grades.values())


def is_eligible_for_vocational(grades: Grades, *, needs_english: bool = True) -> bool:
    """needs_english: False for a pupil with dispensation (skollagen 16 kap. 32 §); here and below."""
    return _has_core_and(OTHERS_FOR_VOCATIONAL, grades, (), needs_english=needs_english)


def is_eligible_for_arts(grades: Grades, *, needs_english: bool = True) -> bool:
    """For the aesthetic programme, which asks for any nine others."""
    return _has_core_and(OTHERS_FOR_PREPARATORY, grades, (), needs_english=needs_english)


def is_eligible_for_social(grades: Grades, *, needs_english: bool = True) -> bool:
    """For the programmes of economics, humanities and social science."""
    return _has_core_and(OTHERS_FOR_PREPARATORY, grades, SOCIAL_STUDIES, needs_english=needs_english)


def is_eligible_for_science(grades: Grades, *, needs_english: bool = True) -> bool:
    """For the programmes of natural science and technology."""
    return _has_core_and(OTHERS_FOR_PREPARATORY, grades, SCIENCES, needs_english=needs_english)


class Rule(TextChoices):
    """What is worked out of a pupil's grades, and by which rule."""

    MERIT_16 = "merit_16", _("merit value, 16 subjects")
    MERIT_17 = "merit_17", _("merit value, 17 subjects")
    ALL_PASSED = "all_passed", _("pass in all subjects")
    VOCATIONAL = "vocational", _("eligible for vocational programmes")
    ARTS = "arts", _("eligible for the aesthetic programme")
    SOCIAL = "social", _("eligible for economics, humanities and social science")
    SCIENCE = "science", _("eligible for natural science and technology")


MERITS: Mapping[Rule, Callable[[Grades], int | None]] = {
    Rule.MERIT_16: merit_of_16,
    Rule.MERIT_17: merit_of_17,
}
ANSWERS: Mapping[Rule, Callable[[Grades], bool]] = {
    Rule.ALL_PASSED: has_passed_all,
    Rule.VOCATIONAL: is_eligible_for_vocational,
    Rule.ARTS: is_eligible_for_arts,
    Rule.SOCIAL: is_eligible_for_social,
    Rule.SCIENCE: is_eligible_for_science,
}


def value_by(rule: Rule, grades: Grades) -> int | None:
    """What the rule makes of the grades, in hundredths: points, or 1 for yes and 0 for no; None where there is none."""
    merit = MERITS.get(rule)
    if merit is not None:
        return merit(grades)
    return YES if ANSWERS[rule](grades) else NO


def _spread(grades: Grades) -> dict[str, int]:
    """Points by subject; a block grade is given to each of its subjects that has no grade of its own."""
    points = {subject: n for subject, n in grades.items() if n is not None and subject not in BLOCKS}
    for block, subjects in BLOCKS.items():
        of_block = grades.get(block)
        if of_block is not None:
            points |= {subject: of_block for subject in subjects if subject not in points}
    return points


def _sum_of_best(points: Mapping[str, int]) -> int:
    return sum(sorted(points.values(), reverse=True)[:N_COUNTED])


def _passes(points: Mapping[str, int]) -> set[str]:
    return {subject for subject, n in points.items() if n > 0}


def _has_core_and(n_others: int, grades: Grades, asked: tuple[str, ...], *, needs_english: bool) -> bool:
    passed = _passes(_spread(grades))
    has_core = bool(passed & SWEDISH_OR_SECOND) and Subject.MATHEMATICS.value in passed
    if needs_english and Subject.ENGLISH.value not in passed:
        return False
    others = passed - SWEDISH_OR_SECOND - {Subject.ENGLISH.value, Subject.MATHEMATICS.value}
    return has_core and len(others) >= n_others and others.issuperset(asked)
