"""Ages in words, with the year groups that they mean in the country. Pure: no database."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pupils.school_years import year_group_name, year_groups

SCHOOL_BEGINS_AT = 6  # in all three countries children turn six in the year in which they start


def check_ages(first: int, last: int) -> None:
    """Raises ValidationError unless they are in order."""
    if last < first:
        raise ValidationError(_("The last age must not be lower than the first."))


def year_group_of_age(age: int, country: str, on: datetime.date) -> str:
    """The name of the year group in which children turn so old during the autumn; empty where there is none."""
    groups = year_groups(country, on)
    at = age - SCHOOL_BEGINS_AT
    return year_group_name(groups[at], country, on) if 0 <= at < len(groups) else ""


def age_in_words(age: int, country: str, on: datetime.date) -> str:
    """ "7 years (year 1)", "4 years"."""
    name = year_group_of_age(age, country, on)
    if name:
        return _("%(age)s years (year %(name)s)") % {"age": age, "name": name}
    return _("%(age)s years") % {"age": age}


def ages_in_words(first: int, last: int, country: str, on: datetime.date) -> str:
    """ "6–9 years (years F–3)", "16–19 years"; the years only where both ends are at school."""
    if first == last:
        return age_in_words(first, country, on)
    names = [year_group_of_age(age, country, on) for age in (first, last)]
    ages = {"first": first, "last": last}
    if all(names):
        return _("%(first)s–%(last)s years (years %(lowest)s–%(highest)s)") % (
            ages | {"lowest": names[0], "highest": names[1]}
        )
    return _("%(first)s–%(last)s years") % ages
