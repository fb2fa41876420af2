"""Which answers of families are shown, and with which: pure, no database. docs/family_voice.md says why.

Answers become blocks, month by month, and each answer is in one block or in none. A school's answers wait until enough
have come; then they are a block, for good. What still waits at schools when a term is over is added together under the
nearest unit above that has enough. What is too little there, too, waits on, and is never shown after the school year.
Everything that is shown is a sum of blocks. So whatever is worked out from it, by subtracting a row from another or
today's page from last month's, is made of whole blocks as well, and none of these has fewer answers than the limit.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pupils.school_years import SchoolYear, Term

# A block is of so many meetings at least: a figure of one meeting would be a mark for whoever led it.
FEWEST_MEETINGS = 3
FEWEST_SCHOOLS_TOGETHER = 2

# The units from one up to the municipality, by id, as the tree was on a day.
LineOn = Callable[[int, datetime.date], tuple[int, ...]]


@dataclass(frozen=True)
class Tally:
    """Answers that can be added. counts: by (question, answer), and by ("who", who)."""

    n: int = 0
    n_meetings: int = 0
    counts: Counter[tuple[str, int | str]] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.n_meetings + other.n_meetings, self.counts + other.counts)


# By school and first day of the month, of one kind of meeting.
Tallies = Mapping[tuple[int, datetime.date], Tally]


@dataclass(frozen=True)
class Block:
    """What is shown as one. line: the unit that it is of, and those above it; schools: whose answers are in it."""

    line: tuple[int, ...]
    schools: frozenset[int]
    tally: Tally


def blocks_of(
    tallies: Tallies, year: SchoolYear, today: datetime.date, line_on: LineOn, smallest: int
) -> list[Block]:
    """The blocks of a school year as they can be shown on a day. They only ever become more."""
    waiting: dict[int, Tally] = {}
    blocks: list[Block] = []
    for term in year.terms:
        for month in months_of(term):
            if not is_over(month, today):
                return blocks
            for school in sorted({school for school, of_month in tallies if of_month == month}):
                waiting[school] = waiting.get(school, Tally()) + tallies[school, month]
            for school in [each for each in waiting if _is_enough(waiting[each], smallest)]:
                line = line_on(school, last_day_of(month))
                blocks.append(Block(line, frozenset({school}), waiting.pop(school)))
        lines = {school: line_on(school, term.last_day) for school in waiting}
        blocks += _together(waiting, lines, smallest)
    return blocks


def months_of(term: Term) -> list[datetime.date]:
    """The first days of its months."""
    first, months = term.first_day, []
    while first < term.valid_to:
        months.append(first)
        first = next_month(first)
    return months


def next_month(month: datetime.date) -> datetime.date:
    return (month.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def last_day_of(month: datetime.date) -> datetime.date:
    return next_month(month) - datetime.timedelta(days=1)


def is_over(month: datetime.date, today: datetime.date) -> bool:
    """Nothing is added to the month any more: a code of its last day is open the day after, too."""
    return today > next_month(month)


def total_of(blocks: Iterable[Block]) -> Tally:
    return sum((block.tally for block in blocks), Tally())


def _is_enough(tally: Tally, smallest: int) -> bool:
    return tally.n >= smallest and tally.n_meetings >= FEWEST_MEETINGS


def _together(waiting: dict[int, Tally], lines: Mapping[int, tuple[int, ...]], smallest: int) -> list[Block]:
    """Of what waits, blocks of several schools, each under the lowest unit that has enough; these wait no longer."""
    blocks = []
    for height in range(max(map(len, lines.values()), default=0), 0, -1):
        by_unit: dict[int, list[int]] = {}
        for school in sorted(waiting):
            if len(lines[school]) > height:
                by_unit.setdefault(lines[school][-height], []).append(school)
        for schools in by_unit.values():
            tally = sum((waiting[school] for school in schools), Tally())
            if len(schools) >= FEWEST_SCHOOLS_TOGETHER and _is_enough(tally, smallest):
                blocks.append(Block(lines[schools[0]][-height:], frozenset(schools), tally))
                for school in schools:
                    del waiting[school]
    return blocks
