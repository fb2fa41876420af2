"""School years and terms."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_YEAR_NAME = re.compile(r"(?P<start>(?:[0-9]{2})?[0-9]{2})\s*[/–-]\s*(?P<end>(?:[0-9]{2})?[0-9]{2})")
_TERM_NAME = re.compile(r"(?P<season>[^\W\d_]+)[\s_-]*(?P<year>(?:20)?[0-9]{2})")


@dataclass(frozen=True, order=True, slots=True)
class SchoolYear:
    """A school year, from 1 August up to, but not including, the next 1 August. SchoolYear(2026) is 2026/27.

    Sources: by folkeskoleloven § 14 a it begins on 1 August; skolförordningen (2011:185) chapter 3 asks for a
    start in August and an end in June; Norwegian schools keep within the same months. So one day serves all
    three countries, and the summer holidays belong to the year that has been.
    """

    start_year: int

    @classmethod
    def of(cls, day: datetime.date) -> SchoolYear:
        """The school year in which the day falls."""
        return cls(day.year if day.month >= 8 else day.year - 1)

    @classmethod
    def named(cls, name: str) -> SchoolYear:
        """The school year of a name such as "2026/27", "2026/2027" or "26/27". ValueError for other texts."""
        parts = _YEAR_NAME.fullmatch(name.strip())
        if parts is None:
            raise ValueError("not the name of a school year")
        start = _full_year(parts["start"])
        if (start + 1) % 100 != int(parts["end"]) % 100:
            raise ValueError("a school year ends in the year after its start")
        return cls(start)

    @property
    def name(self) -> str:
        return f"{self.start_year}/{(self.start_year + 1) % 100:02}"

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.start_year, 8, 1)

    @property
    def last_day(self) -> datetime.date:
        return datetime.date(self.start_year + 1, 7, 31)

    @property
    def valid_to(self) -> datetime.date:
        """The day after the last, where the half-open range of a school class ends."""
        return datetime.date(self.start_year + 1, 8, 1)

    @property
    def terms(self) -> tuple[Term, Term]:
        return Term(self, Season.AUTUMN), Term(self, Season.SPRING)

    @property
    def previous(self) -> SchoolYear:
        return SchoolYear(self.start_year - 1)

    @property
    def next(self) -> SchoolYear:
        return SchoolYear(self.start_year + 1)

    def __contains__(self, day: datetime.date) -> bool:
        return self.first_day <= day < self.valid_to

    def __str__(self) -> str:
        return self.name


class Season(TextChoices):
    """The two terms of a school year, by their codes in SS 12000 (`semester`), which sort by time."""

    AUTUMN = "HT", _("autumn term")
    SPRING = "VT", _("spring term")


_SEASONS = {
    "ht": Season.AUTUMN,
    "höst": Season.AUTUMN,
    "høst": Season.AUTUMN,
    "haust": Season.AUTUMN,
    "efterår": Season.AUTUMN,
    "vt": Season.SPRING,
    "vår": Season.SPRING,
    "forår": Season.SPRING,
}


@dataclass(frozen=True, order=True, slots=True)
class Term:
    """Half a school year: autumn from 1 August, spring from 1 January. Terms sort in order of time."""

    school_year: SchoolYear
    season: Season

    @classmethod
    def of(cls, day: datetime.date) -> Term:
        """The term in which the day falls; July still belongs to spring."""
        return cls(SchoolYear.of(day), Season.AUTUMN if day.month >= 8 else Season.SPRING)

    @classmethod
    def named(cls, name: str) -> Term:
        """The term of a name such as "HT 2026", "vt27" or "høst 2026". ValueError for other texts."""
        parts = _TERM_NAME.fullmatch(unicodedata.normalize("NFC", name).strip())
        season = _SEASONS.get(parts["season"].lower()) if parts else None
        if parts is None or season is None:
            raise ValueError("not the name of a term")
        year = _full_year(parts["year"])
        return cls(SchoolYear(year if season is Season.AUTUMN else year - 1), season)

    @property
    def year(self) -> int:
        """The calendar year in which the term lies."""
        return self.school_year.start_year + (self.season is Season.SPRING)

    @property
    def name(self) -> str:
        """The name in files and in Swedish: "HT 2026"."""
        return f"{self.season.value} {self.year}"

    @property
    def label(self) -> str:
        """The name on a page, in the language of the moment."""
        return gettext("%(term)s %(year)s") % {"term": self.season.label, "year": self.year}

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, 8 if self.season is Season.AUTUMN else 1, 1)

    @property
    def last_day(self) -> datetime.date:
        return self.valid_to - datetime.timedelta(days=1)

    @property
    def valid_to(self) -> datetime.date:
        """The day after the last."""
        return self.next.first_day

    @property
    def previous(self) -> Term:
        if self.season is Season.SPRING:
            return Term(self.school_year, Season.AUTUMN)
        return Term(self.school_year.previous, Season.SPRING)

    @property
    def next(self) -> Term:
        if self.season is Season.AUTUMN:
            return Term(self.school_year, Season.SPRING)
        return Term(self.school_year.next, Season.AUTUMN)

    def __contains__(self, day: datetime.date) -> bool:
        return self.first_day <= day < self.valid_to

    def __str__(self) -> str:
        return self.name


def _full_year(figures: str) -> int:
    return int(figures) if len(figures) == 4 else 2000 + int(figures)
