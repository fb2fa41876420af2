"""Year groups of the three countries, and the shift of the Swedish ten-year school.

A year group is the number that a class carries in its own school year, 0 for the preschool class, and is
stored as it was. A stage counts the years since school start instead, 0 in the first, and stays the same
through a reform: whatever follows pupils over the years counts in stages and shows year groups.
"""

import datetime

from .terms import SchoolYear

# Riksdag decision 2024/25:UbU17: from autumn 2028 the Swedish preschool class is year 1, year 1 is year 2 …
TEN_YEAR_SCHOOL_FROM = SchoolYear(2028)
_N_STAGES = {"SE": 10, "NO": 10, "DK": 11}
_FIRST_YEAR_GROUP = {"SE": 0, "NO": 1, "DK": 0}


def first_year_group(country: str, on: datetime.date) -> int:
    """The year group in which pupils start school: 0, or 1 in Norway and, from autumn 2028, in Sweden.

    country: "SE", "NO" or "DK"; here and below KeyError for others.
    """
    first = _FIRST_YEAR_GROUP[country]
    return first + (country == "SE" and SchoolYear.of(on) >= TEN_YEAR_SCHOOL_FROM)


def year_groups(country: str, on: datetime.date) -> range:
    """The year groups of compulsory school on a day, with the voluntary tenth in Denmark."""
    first = first_year_group(country, on)
    return range(first, first + _N_STAGES[country])


def year_group_name(year_group: int, country: str, on: datetime.date) -> str:
    """The year group as a column head shows it: "F" for the Swedish preschool class, else its number."""
    is_preschool_class = country == "SE" and year_group == 0 == first_year_group(country, on)
    return "F" if is_preschool_class else str(year_group)


def stage(year_group: int, country: str, on: datetime.date) -> int:
    """Years of school before the year group, 0 at the start: the axis along which a cohort's line runs."""
    return year_group - first_year_group(country, on)


def cohort(year_group: int, country: str, on: datetime.date) -> SchoolYear:
    """The school year in which pupils of the year group started school, had they moved up every year."""
    return SchoolYear(SchoolYear.of(on).start_year - stage(year_group, country, on))


def shifted_year_group(year_group: int, country: str, *, then: datetime.date, on: datetime.date) -> int:
    """What the year group of one day is called on another: year 3 of 2027 is year 4 of 2028 in Sweden.

    For comparing the same stage over the years, and for carrying thresholds over the shift.
    """
    return year_group + first_year_group(country, on) - first_year_group(country, then)


def expected_year_group(year_group: int, country: str, *, then: datetime.date, on: datetime.date) -> int:
    """The year group on a day of pupils who were in `year_group` then and have moved up every year.

    From spring to autumn 2028 Swedish pupils go from preschool class to year 2, and from 5 to 7.
    """
    n_years = SchoolYear.of(on).start_year - SchoolYear.of(then).start_year
    return shifted_year_group(year_group, country, then=then, on=on) + n_years
