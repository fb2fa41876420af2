"""School years, terms, year groups and names of classes in the three countries: pure, no database."""

from .class_names import year_group_of_class
from .terms import SchoolYear, Season, Term
from .year_groups import (
    TEN_YEAR_SCHOOL_FROM,
    cohort,
    expected_year_group,
    first_year_group,
    shifted_year_group,
    stage,
    year_group_name,
    year_groups,
)

__all__ = [
    "TEN_YEAR_SCHOOL_FROM",
    "SchoolYear",
    "Season",
    "Term",
    "cohort",
    "expected_year_group",
    "first_year_group",
    "shifted_year_group",
    "stage",
    "year_group_name",
    "year_group_of_class",
    "year_groups",
]
